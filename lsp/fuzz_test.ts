/**
 * Random edits and requests, well-formed and not: nothing crashes, and what an edited server answers
 * is what a fresh one answers on the same text. `BEAMTALK_FUZZ` sets how many steps are taken.
 */
import { assert } from "@std/assert";
import { modeOf } from "./disk_index.ts";
import { looseNaming } from "../compiler/analysis/module_naming.ts";
import { InvalidRequest, ServerState } from "./state.ts";
import { noLiveAnswers } from "./live_answers.ts";
import { ProjectIndex } from "./project_index.ts";
import { REQUESTS } from "./requests.ts";
import { markedFiles } from "./testing.ts";
import { uriOf } from "./uris.ts";

const STEPS = Number(Deno.env.get("BEAMTALK_FUZZ") ?? 1500);
const COMPARE_EVERY = 60;

const FILES = {
  "Dog.bt": `/// Barks.
Actor subclass: Dog
  state: name :: String = "rex"
  classState: count = 0

  class named: n :: String -> Dog => self spawnWith: #{#name => n}
  speak: times :: Integer loudly: flag => times timesRepeat: [self bark: flag]
  bark: flag =>
    text := flag ifTrue: ["WUFF"] ifFalse: ["wuff {self.name}"]
    Transcript show: text; cr
    text match: ["WUFF" -> #loud; s :: String -> s size; _ -> nil]
`,
  "Main.bt": `Object subclass: Main
  class run =>
    d := Dog named: "ben"
    f := d speak: 2 loudly: true
    #(1, 2) do: [:each | d bark: each > 1]
    {a, b} := {f, Erlang lists reverse: #(1)}
    [d bark: a] on: Error do: [:e | e message ++ b printString]

Dog >> twice => self bark: true
type Loudness = #loud | #quiet
Protocol define: Noisy
  bark: flag -> Object
`,
  "try.btscript": `dog := Dog named: "ada"
n := #(1, 2) inject: 0 into: [:sum :each | sum + each]
// @expect nothing
{a, b} := {n, dog}
n := n + a // => 6
[:x | x bark: n > 3] value: dog
/// \`\`\`
/// n := 3
/// \`\`\`
Dog >> thrice => self bark: n
`,
};

/** A small generator of numbers with a seed, so that a failure can be seen again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = [
  ...' \n[](){}#$".;:^!|,=>:=<>+-*/%@0aZ',
  "self",
  "super ",
  "=> ",
  " subclass: X\n",
  "  state: y = 1\n",
  "at: 1 put: 2",
  "/* ",
  "*/",
  "///",
  '"{',
  "𝄞",
  "\r\n",
  "\t",
  "match: [",
  "Dog",
  "  m => self foo\n",
];

const state = new ServerState(
  freshIndex(),
  { modules: () => ["lists"], functions: () => [{ name: "reverse", arity: 1 }] },
  noLiveAnswers,
);

function freshIndex(): ProjectIndex {
  const { index } = markedFiles({ "empty.bt": "" });
  return index;
}

/** The library is shared: it takes longest to read and is never changed. */
function emptyState(): ServerState {
  const index = new ProjectIndex({
    readText: (path) => path.startsWith("/fuzz/") ? undefined : Deno.readTextFileSync(path),
    describe: (path) => ({ naming: looseNaming(path), mode: modeOf(path) }),
  });
  const library = state.index.paths().filter((path) => state.index.isLibrary(path))
    .flatMap((path) => state.index.file(path) ?? []);
  index.setLibrary(library);
  const fresh = new ServerState(index, state.erlang, noLiveAnswers);
  fresh.isProjectKnown = true;
  return fresh;
}

const POSITIONED = Object.keys(REQUESTS).filter((method) =>
  /^textDocument\/(?!.*(semanticTokens|diagnostic))/.test(method)
);
const FILE_WIDE = [
  "textDocument/diagnostic",
  "textDocument/documentSymbol",
  "textDocument/codeLens",
  "textDocument/foldingRange",
];

function paramsFor(method: string, uri: string, line: number, character: number) {
  const position = { line, character };
  const range = { start: position, end: { line: line + 1, character: character + 3 } };
  return {
    textDocument: { uri },
    position,
    range,
    positions: [position],
    context: { includeDeclaration: true, diagnostics: [] },
    newName: method === "textDocument/rename" ? "other" : "x",
    ch: "\n",
    options: { tabSize: 2, insertSpaces: true },
  };
}

/** The answer, or what is told instead; other failures are failures of the test. */
async function answer(on: ServerState, method: string, params: unknown): Promise<string> {
  try {
    let found = REQUESTS[method]?.(on, params as never);
    if (
      typeof found === "object" && found !== null && Symbol.iterator in found && "next" in found
    ) {
      const steps = found as Generator<void, unknown>;
      for (;;) {
        const step = steps.next();
        if (step.done !== true) continue;
        found = step.value;
        break;
      }
    }
    return JSON.stringify(await found) ?? "null";
  } catch (error) {
    if (error instanceof InvalidRequest) return `refused: ${error.message}`;
    throw error;
  }
}

const MALFORMED: readonly unknown[] = [
  {},
  null,
  [],
  { textDocument: null },
  { textDocument: { uri: 5 } },
  { textDocument: { uri: "file:///gone.bt" }, position: {} },
  { textDocument: { uri: "%%%" }, position: { line: -1, character: NaN } },
];

Deno.test(`${STEPS} random edits and requests`, async () => {
  const random = randomFrom(Number(Deno.env.get("BEAMTALK_SEED") ?? 20_241));
  const uris = Object.keys(FILES).map((name) => uriOf(`/fuzz/${name}`));
  state.isProjectKnown = true;
  const texts = () => uris.map((uri) => state.view(uri).source.text);
  const reset = () =>
    uris.forEach((uri, index) => state.open(uri, 1, Object.values(FILES)[index] ?? ""));
  reset();
  for (let step = 1; step <= STEPS; step++) {
    const uri = uris[random(uris.length)] ?? "";
    const lines = state.linesOf(state.view(uri));
    const line = random(lines.lineCount + 2);
    const character = random(90);
    const choice = random(10);
    if (choice < 4) {
      const end = { line: line + random(2), character: character + random(6) };
      const text = random(3) === 0 ? "" : PIECES[random(PIECES.length)] ?? "";
      state.change(uri, step, [{ range: { start: { line, character }, end }, text }]);
    } else if (choice < 9) {
      const method = POSITIONED[random(POSITIONED.length)] ?? "";
      await answer(state, method, paramsFor(method, uri, line, character));
    } else {
      const method = POSITIONED[random(POSITIONED.length)] ?? "";
      const params = MALFORMED[random(MALFORMED.length)];
      await answer(state, method, params).catch((error) =>
        assert(error instanceof TypeError, `${method}: ${error.stack}`)
      );
    }
    if (step % COMPARE_EVERY === 0) {
      await compare(uris, texts(), random);
      if (random(4) === 0) reset();
    }
  }
});

async function compare(
  uris: readonly string[],
  texts: readonly string[],
  random: (below: number) => number,
): Promise<void> {
  const fresh = emptyState();
  uris.forEach((uri, index) => fresh.open(uri, 1, texts[index] ?? ""));
  for (const uri of uris) {
    for (const method of FILE_WIDE) {
      const params = { textDocument: { uri } };
      await compareOne(fresh, method, params, texts);
    }
    for (let count = 0; count < 4; count++) {
      const method = POSITIONED[random(POSITIONED.length)] ?? "";
      const { lineCount } = state.linesOf(state.view(uri));
      const params = paramsFor(method, uri, random(lineCount), random(40));
      await compareOne(fresh, method, params, texts);
    }
  }
}

async function compareOne(
  fresh: ServerState,
  method: string,
  params: ReturnType<typeof paramsFor> | { readonly textDocument: { readonly uri: string } },
  texts: readonly string[],
): Promise<void> {
  const [edited, expected] = [
    await answer(state, method, params),
    await answer(fresh, method, params),
  ];
  if (edited === expected) return;
  let at = 0;
  while (edited[at] === expected[at]) at++;
  const part = (text: string) => text.slice(Math.max(0, at - 150), at + 150);
  throw new Error(
    `${method} ${JSON.stringify(params)}\n${part(edited)}\nbut fresh\n${part(expected)}\n` +
      texts.join("\n---\n"),
  );
}
