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
import { beamtalkClass, bigClass } from "./generated_classes.ts";
import { percentile } from "./percentile.ts";
import { TsServer, typescriptClass } from "./typescript_server.ts";

const CLASSES = Number(Deno.args[0] ?? 2000);
const ROUNDS = 100;
const repository = dirname(dirname(fromFileUrl(import.meta.url)));

/** A class of 2,000 lines that uses the others. */
const BIG = bigClass((index) => `Ledger${index % CLASSES} new total`);

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

/** What is asked of a server, the keystroke first. */
const MEASURES = [
  "keystroke to findings, 2,000 lines",
  "completion",
  "hover",
  "definition",
  "references of a class",
  "rename of a class",
] as const;

/** Asked in each tenth round only. */
const RARE: ReadonlySet<string> = new Set(["references of a class", "rename of a class"]);

/** How a server is asked for each, in a given round. */
type Requests = Record<typeof MEASURES[number], (round: number) => Promise<unknown>>;

/** Asks a server for all, round by round, and tells how long it took. */
async function measure(server: string, requests: Requests): Promise<void> {
  const times = MEASURES.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, what] of MEASURES.entries()) {
      if (RARE.has(what) && round % 10 !== 0) continue;
      times[index]?.push(await timed(() => requests[what](round)));
    }
  }
  for (const [index, what] of MEASURES.entries()) {
    const at = (part: number) => percentile(times[index] ?? [], part).toFixed(1);
    const label = `${server}: ${what}`;
    console.log(`${label.padEnd(48)} p50 ${at(0.5).padStart(7)} ms   p99 ${at(0.99)} ms`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
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
  await Deno.writeTextFile(big, BIG);
  const environment = { BEAMTALK_HOME: join(folder, "home") };
  for (const what of ["cold", "warm", "warm"]) {
    const client = new LspClient(folder, environment);
    const first = await timed(async () => {
      await client.start(folder);
      const uri = await client.open(big);
      await client.until(() => client.published.has(uri), 60_000);
    });
    const rest = await timed(() => client.untilKnown());
    console.log(
      `beamtalk: ${what} start to first findings ${first.toFixed(0)} ms, ` +
        `all ${CLASSES} files known ${(first + rest).toFixed(0)} ms`,
    );
    // The cache is written behind the answer.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await client.close();
  }
  const client = new LspClient(folder, environment);
  try {
    await client.start(folder);
    await client.untilKnown();
    await measureBeamtalk(client, big);
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

async function measureBeamtalk(client: LspClient, big: string): Promise<void> {
  const uri = await client.open(big);
  const textDocument = { uri };
  const lines = BIG.split("\n");
  const useLine = (round: number) => 10 + (round % 100) * 10;
  const name = (round: number) => ({
    textDocument,
    position: { line: useLine(round), character: 5 },
  });
  await measure("beamtalk", {
    "keystroke to findings, 2,000 lines": async (round) => {
      const line = 5 + round * 10 - 1;
      const at = { line, character: (lines[line] ?? "").length };
      const version = round + 2;
      await client.notify("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at, end: at }, text: round % 2 === 0 ? " " : "1" }],
      });
      await client.until(() => client.published.get(uri)?.version === version);
    },
    "completion": (round) => {
      const line = useLine(round);
      const position = { line, character: (lines[line] ?? "").length - 2 };
      return client.request("textDocument/completion", { textDocument, position });
    },
    "hover": (round) => client.request("textDocument/hover", name(round)),
    "definition": (round) => client.request("textDocument/definition", name(round)),
    "references of a class": (round) => {
      const context = { includeDeclaration: true };
      return client.request("textDocument/references", { ...name(round), context });
    },
    "rename of a class": (round) =>
      client.request("textDocument/rename", { ...name(round), newName: `Renamed${round}` }),
  });
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
    const start = await timed(() => server.open(big));
    console.log(`tsserver: start to first findings ${start.toFixed(0)} ms (project loaded)`);
    const lineCount = bigTypeScript().split("\n").length;
    const use = { file: big, line: lineCount + 2, offset: 4 };
    const name = { file: big, line: lineCount + 1, offset: 24 };
    await measure("tsserver", {
      "keystroke to findings, 2,000 lines": (round) =>
        server.type(big, 5 + round * 10, round % 2 === 0 ? " " : ";"),
      "completion": () => server.request("completionInfo", { ...use, prefix: "" }),
      "hover": () => server.request("quickinfo", name),
      "definition": () => server.request("definition", name),
      "references of a class": () => server.request("references", name),
      "rename of a class": () => server.request("rename", name),
    });
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
