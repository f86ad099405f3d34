/**
 * The language server beside TypeScript's on generated projects of equal size, in one run: start to
 * first findings cold and warm, keystroke to findings, completion, hover, definition, references,
 * rename, memory.
 *
 * `deno run -A bench/lsp.ts [CLASSES]`
 * @module
 */
import { dirname, fromFileUrl, join, toFileUrl } from "@std/path";
import { LspClient } from "../tests/lsp_client.ts";
import { beamtalkClass } from "./generated_classes.ts";
import { TsServer, typescriptClass } from "./typescript_server.ts";

const CLASSES = Number(Deno.args[0] ?? 2000);
const ROUNDS = 100;
const repository = dirname(dirname(fromFileUrl(import.meta.url)));

/** A class of 2,000 lines. */
function bigClass(): string {
  const lines = ["Actor subclass: Big", "  state: value :: Integer = 0"];
  for (let index = 0; lines.length < 2000; index++) {
    lines.push(
      "",
      `  method${index}: list with: other =>`,
      "    total := 0",
      "    list do: [:each |",
      "      each isNil ifTrue: [^ nil]",
      `      total := total + (each size * ${index})`,
      "    ]",
      "    self.value += total",
      `    Ledger${index % CLASSES} new total`,
      '    "total {total} of {list size}" printString size',
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The same in TypeScript. */
function bigTypeScript(): string {
  const lines = ["export class Big {", "  value = 0;"];
  for (let index = 0; lines.length < 2000; index++) {
    lines.push(
      "",
      `  method${index}(list: string[], other: number) {`,
      "    let total = 0;",
      "    for (const each of list) {",
      "      if (each === null) return null;",
      `      total = total + (each.length * ${index});`,
      "    }",
      "    this.value += total + other;",
      "    return `total ${total} of ${list.length}`.length;",
      "  }",
    );
  }
  return `${lines.join("\n")}\n}\n`;
}

function report(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const part = (each: number) => (sorted[Math.floor(each * (sorted.length - 1))] ?? 0).toFixed(1);
  console.log(`${what.padEnd(48)} p50 ${part(0.5).padStart(7)} ms   p99 ${part(0.99)} ms`);
}

async function timed<T>(into: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  into.push(performance.now() - start);
  return value;
}

/** The memory that a process has now, or has had at most. */
async function megabytes(pid: number | undefined, what: "VmRSS" | "VmHWM"): Promise<string> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const kilobytes = Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}

/** Long enough for a server to look at the files that are not open. */
const REST = 12_000;

async function beamtalkServer(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "src"), { recursive: true });
  await Deno.writeTextFile(
    join(folder, "beamtalk.toml"),
    '[package]\nname = "big"\nversion = "0.1.0"\n',
  );
  for (let index = 0; index < CLASSES; index++) {
    await Deno.writeTextFile(join(folder, "src", `Ledger${index}.bt`), beamtalkClass(index));
  }
  const big = join(folder, "src", "Big.bt");
  await Deno.writeTextFile(big, bigClass());
  const environment = { BEAMTALK_HOME: join(folder, "home") };
  for (const what of ["cold", "warm", "warm"]) {
    const times: number[] = [];
    const client = new LspClient(folder, environment);
    await timed(times, async () => {
      await client.start(folder);
      const uri = await client.open(big);
      await client.until(() => client.published.has(uri), 60_000);
    });
    await timed(times, () => client.untilKnown());
    console.log(
      `beamtalk: ${what} start to first findings ${times[0]?.toFixed(0)} ms, ` +
        `all ${CLASSES} files known ${((times[0] ?? 0) + (times[1] ?? 0)).toFixed(0)} ms`,
    );
    // The cache is written behind the answer.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await client.close();
  }
  const client = new LspClient(folder, environment);
  try {
    await client.start(folder);
    await client.untilKnown();
    await requestsOf(client, big);
    const { pid } = client.process;
    console.log(`beamtalk: memory ${await megabytes(pid, "VmRSS")}`);
    await new Promise((resolve) => setTimeout(resolve, REST));
    console.log(
      `beamtalk: memory at rest ${await megabytes(pid, "VmRSS")}, ` +
        `at most ${await megabytes(pid, "VmHWM")}, all files looked at`,
    );
    await client.close();
  } finally {
    client.kill();
  }
}

async function requestsOf(client: LspClient, big: string): Promise<void> {
  const uri = await client.open(big);
  const lines = bigClass().split("\n");
  const keystroke: number[] = [];
  const completion: number[] = [];
  const hover: number[] = [];
  const definition: number[] = [];
  const references: number[] = [];
  const rename: number[] = [];
  let version = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const line = 5 + round * 10 - 1;
    const text = lines[line] ?? "";
    const at = { line, character: Math.max(0, text.length) };
    version++;
    await timed(keystroke, async () => {
      await client.notify("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at, end: at }, text: round % 2 === 0 ? " " : "1" }],
      });
      await client.until(() => client.published.get(uri)?.version === version);
    });
    const ledger = 10 + (round % 100) * 10;
    const name = { textDocument: { uri }, position: { line: ledger, character: 5 } };
    const message = {
      textDocument: { uri },
      position: { line: ledger, character: (lines[ledger] ?? "").length - 2 },
    };
    await timed(completion, () => client.request("textDocument/completion", message));
    await timed(hover, () => client.request("textDocument/hover", name));
    await timed(definition, () => client.request("textDocument/definition", name));
    if (round % 10 !== 0) continue;
    const context = { includeDeclaration: true };
    await timed(references, () => client.request("textDocument/references", { ...name, context }));
    await timed(
      rename,
      () => client.request("textDocument/rename", { ...name, newName: `Renamed${round}` }),
    );
  }
  report("beamtalk: keystroke to findings, 2,000 lines", keystroke);
  report("beamtalk: completion", completion);
  report("beamtalk: hover", hover);
  report("beamtalk: definition", definition);
  report("beamtalk: references of a class", references);
  report("beamtalk: rename of a class", rename);
}

async function typescriptServer(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "src"), { recursive: true });
  await Deno.writeTextFile(
    join(folder, "tsconfig.json"),
    '{"compilerOptions":{"strict":true,"target":"es2022","module":"esnext","types":[]},"include":["src"]}',
  );
  for (let index = 0; index < CLASSES; index++) {
    await Deno.writeTextFile(join(folder, "src", `ledger${index}.ts`), typescriptClass(index));
  }
  const big = join(folder, "src", "big.ts");
  const uses =
    `import { Ledger1 } from "./ledger1.ts";\nexport const l = new Ledger1();\nl.total();\n`;
  await Deno.writeTextFile(big, bigTypeScript() + uses);
  const server = new TsServer(repository);
  try {
    const start: number[] = [];
    await timed(start, () => server.open(big));
    console.log(`tsserver: start to first findings ${start[0]?.toFixed(0)} ms (project loaded)`);
    const keystroke: number[] = [];
    const completion: number[] = [];
    const hover: number[] = [];
    const definition: number[] = [];
    const references: number[] = [];
    const rename: number[] = [];
    const lineCount = bigTypeScript().split("\n").length;
    const use = { file: big, line: lineCount + 2, offset: 4 };
    const name = { file: big, line: lineCount + 1, offset: 24 };
    for (let round = 0; round < ROUNDS; round++) {
      const line = 5 + round * 10;
      await timed(keystroke, () => server.type(big, line, round % 2 === 0 ? " " : ";"));
      await timed(completion, () => server.request("completionInfo", { ...use, prefix: "" }));
      await timed(hover, () => server.request("quickinfo", name));
      await timed(definition, () => server.request("definition", name));
      if (round % 10 !== 0) continue;
      await timed(references, () => server.request("references", name));
      await timed(rename, () => server.request("rename", name));
    }
    report("tsserver: keystroke to findings, 2,000 lines", keystroke);
    report("tsserver: completion", completion);
    report("tsserver: hover", hover);
    report("tsserver: definition", definition);
    report("tsserver: references of a class", references);
    report("tsserver: rename of a class", rename);
    console.log(`tsserver: memory ${await megabytes(server.pid, "VmRSS")}`);
  } finally {
    await server.close();
  }
}

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-bench-" }));
try {
  console.log(`a project of ${CLASSES} classes, ${toFileUrl(folder).href}`);
  await beamtalkServer(join(folder, "beamtalk"));
  await typescriptServer(join(folder, "typescript"));
} finally {
  await Deno.remove(folder, { recursive: true });
}
