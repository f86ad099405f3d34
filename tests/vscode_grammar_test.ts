/**
 * The grammar of colours, run by the engine of Visual Studio Code over the library and the examples,
 * held against the compiler's own tokens.
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join, relative } from "@std/path";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { filesUnder } from "../compiler/project/sources.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import { K } from "../compiler/syntax/token.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const grammarFile = join(root, "editors", "vscode", "syntaxes", "beamtalk.tmLanguage.json");

async function loadGrammar() {
  const wasm = join(root, "node_modules", "vscode-oniguruma", "release", "onig.wasm");
  await oniguruma.loadWASM((await Deno.readFile(wasm)).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () =>
      textmate.parseRawGrammar(await Deno.readTextFile(grammarFile), grammarFile),
  });
  const grammar = await registry.loadGrammar("source.beamtalk");
  if (grammar === null) throw new Error("there is no grammar for source.beamtalk");
  return grammar;
}

const grammar = await loadGrammar();

/** The scopes of each character of a text, and whether all that was opened is closed at the end. */
function scopesOf(text: string) {
  const scopes: string[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    for (const { startIndex, endIndex, scopes: names } of tokens) {
      for (let at = startIndex; at < Math.min(endIndex, line.length); at++) {
        scopes.push(names.join(" "));
      }
    }
    scopes.push("newline");
    state = ruleStack;
  }
  return { scopes, isClosed: state.depth === 1 };
}

/** What the scopes of a token's first character must hold, by the compiler's kind of the token. */
const WANTED: Readonly<Record<string, RegExp>> = {
  [K.className]: /class|type|support/,
  [K.keyword]: /function\.keyword|keyword\.declaration/,
  [K.self]: /variable\.language/,
  [K.super]: /variable\.language/,
  [K.nil]: /constant\.language/,
  [K.boolean]: /constant\.language/,
  [K.integer]: /constant\.numeric/,
  [K.float]: /constant\.numeric/,
  [K.string]: /string\.quoted/,
  [K.stringOpen]: /string\.quoted/,
  [K.character]: /constant\.character/,
  [K.symbol]: /constant\.other\.symbol/,
  [K.assign]: /keyword\.operator/,
  [K.fatArrow]: /keyword\.operator/,
  [K.doubleColon]: /keyword\.operator/,
  [K.pragma]: /keyword\.other\.pragma/,
};

/** Places that the grammar takes for something else than the compiler does. */
function disagreements(name: string, text: string): readonly string[] {
  const { scopes, isClosed } = scopesOf(text);
  const found = isClosed ? [] : [`${name}: something is open at the end`];
  const { units } = parse(text, { kind: name.endsWith(".btscript") ? "script" : "file" });
  for (const { offset, tokens } of units) {
    tokens.starts.forEach((start, index) => {
      const wanted = WANTED[tokens.kinds[index] ?? ""];
      const scope = scopes[offset + start] ?? "";
      const isCode = !/comment/.test(scope);
      if (isCode && (wanted === undefined || wanted.test(scope))) return;
      const line = text.slice(0, offset + start).split("\n").length;
      const token = tokens.text.slice(start, tokens.ends[index]).replaceAll("\n", "\\n");
      if (token.trim() === "\\n" || token === "") return;
      found.push(`${name}:${line} ${token.slice(0, 40)}: ${scope}`);
    });
  }
  return found;
}

Deno.test("the grammar and the compiler agree on every token of the library and the examples", async () => {
  const folders = ["stdlib", "examples"].map((each) => join(root, each));
  const paths = (await Promise.all(folders.map((each) => filesUnder(each, ".bt")))).flat();
  const scripts = await Promise.all(folders.map((each) => filesUnder(each, ".btscript")));
  assert(paths.length > 80);
  const found: string[] = [];
  for (const path of [...paths, ...scripts.flat()]) {
    found.push(...disagreements(relative(root, path), await Deno.readTextFile(path)));
  }
  assertEquals(found.slice(0, 20), []);
});

Deno.test("what is hard to colour", () => {
  for (
    const text of [
      'Object subclass: A\n  m => "a {"b {1 + 2}"} c"\n  k => 1\n',
      'Object subclass: A\n  m => "say ""hi"" {#{#a => {1, 2}}} x"\n  k => 1\n',
      'Object subclass: A\n  m => $" size\n  k => $\\n\n  j => $  \n  i => 1\n',
      "Object subclass: A\n  /* one /* two */ three */\n  m => 16r1F + 0xFF - 1_000\n",
      "Object subclass: A\n  m: x when: [x > 1] -> Integer => x\n  + o => #+ size\n",
      "Object subclass: A\n  at: i put: v => #at:put: printString ++ #'a b'\n",
      "typed sealed Collection(E) subclass: Bag(E) native: bag\n  field: x :: List(E) = #()\n",
      "Object subclass: A\n  m => self.value := self.other - 3\n  k => x match: [-1 -> #neg; _ -> nil]\n",
    ]
  ) {
    assertEquals(disagreements("sample.bt", text), [], text);
  }
});
