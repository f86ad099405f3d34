/**
 * Random messages to the real server, well-formed and not: each request is answered, none by an
 * internal error, and the server ends in good order. `BEAMTALK_FUZZ` sets how many are sent.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { REQUESTS } from "../lsp/requests.ts";
import { LspClient } from "./lsp_client.ts";

const STEPS = Number(Deno.env.get("BEAMTALK_FUZZ") ?? 1500);
const INTERNAL_ERROR = -32603;

/** A small generator of numbers with a seed, so that a failure can be seen again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const FILES = {
  "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
  "src/Dog.bt": '/// Barks.\nActor subclass: Dog\n  state: name :: String = "rex"\n' +
    '  bark: n :: Integer => n timesRepeat: [Transcript show: "{self.name} barks"; cr]\n',
  "src/Main.bt": "Object subclass: Main\n  class run =>\n    d := Dog spawn\n    d bark: 3\n",
  "try.btscript": "n := 3\nn + 4 // => 7\n",
};
const PIECES = ["", "x", "\n", "[", "]", '"', "{", "self ", ":: ", "=> ", "  m => 1\n", "𝄞", "`"];
const METHODS = [...Object.keys(REQUESTS), "no/such", "$/no/such", "workspace/executeCommand"];
const NOTIFICATIONS = [
  "textDocument/didChange",
  "textDocument/didClose",
  "textDocument/didOpen",
  "textDocument/didSave",
  "workspace/didChangeWatchedFiles",
  "workspace/didChangeWorkspaceFolders",
  "workspace/didRenameFiles",
  "window/workDoneProgress/cancel",
  "no/such",
];

Deno.test(`${STEPS} random messages over the wire`, async () => {
  const random = randomFrom(Number(Deno.env.get("BEAMTALK_SEED") ?? 4711));
  const one = <T>(of: readonly T[]): T | undefined => of[random(of.length)];
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-lsp-" }));
  await Deno.mkdir(join(folder, "src"));
  for (const [name, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  const client = new LspClient(folder, { BEAMTALK_HOME: join(folder, "home") });
  try {
    await client.start(folder);
    await client.untilKnown();
    const uris: string[] = [];
    for (const name of Object.keys(FILES).slice(1)) {
      uris.push(await client.open(join(folder, name)));
    }
    const at = () => ({ line: random(12), character: random(60) });
    const place = (start = at()) => ({
      start,
      end: { line: start.line + random(2), character: 5 },
    });
    const document = () => ({
      uri: one(uris),
      version: random(1000),
      text: "Object subclass: A\n",
    });
    const item = () => ({
      name: "bark:",
      uri: one(uris),
      range: place(),
      selectionRange: place(),
      data: 4,
    });
    const wellFormed = () => ({
      textDocument: document(),
      position: at(),
      positions: [at()],
      range: place(),
      newName: "other",
      ch: "\n",
      options: {},
      query: "a",
      context: { includeDeclaration: true, diagnostics: [] },
      item: item(),
      contentChanges: [{ range: place(), text: one(PIECES) }],
      changes: [{ uri: one(uris), type: 2 }],
      event: { added: [], removed: [] },
      files: [],
      token: "t",
    });
    const malformed: readonly unknown[] = [
      ...[null, {}, [], { textDocument: 3 }, { textDocument: { uri: 7 } }, { item: {} }],
      { textDocument: { uri: uris[0] }, position: { line: -5, character: 1e9 } },
      { textDocument: { uri: uris[0] }, range: { start: {}, end: null } },
      { textDocument: { uri: uris[0], version: "x" }, contentChanges: 5 },
    ];
    const failures: string[] = [];
    const answers: Promise<void>[] = [];
    for (let step = 0; step < STEPS; step++) {
      const params = (random(5) === 0 ? one(malformed) : wellFormed()) as object;
      const choice = random(10);
      if (choice < 5) {
        const method = one(METHODS) ?? "";
        answers.push(
          client.request(method, params).then(() => {}, ({ code, message }) => {
            if (code === INTERNAL_ERROR) failures.push(`${method}: ${message}`);
          }),
        );
      } else {
        const method = choice < 9 ? "textDocument/didChange" : one(NOTIFICATIONS) ?? "";
        await client.notify(method, params);
      }
      if (step % 100 === 0) await Promise.all(answers.splice(0));
    }
    await Promise.all(answers);
    assertEquals(failures, []);
    assertEquals(await client.close(), 0);
  } finally {
    client.kill();
    await Deno.remove(folder, { recursive: true });
  }
});
