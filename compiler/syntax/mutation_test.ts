import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { edit, outline, parse, print } from "./mod.ts";

/** Real sources of this repository: the class library, examples and programs. */
function sources(): string[] {
  const found: string[] = [];
  for (const folder of ["stdlib", "examples", "tests"]) {
    collect(new URL(`../../${folder}/`, import.meta.url), found);
  }
  return found.sort();
}

function collect(folder: URL, into: string[]): void {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) collect(new URL(`${entry.name}/`, folder), into);
    else if (/\.bt(script)?$/.test(entry.name)) into.push(new URL(entry.name, folder).pathname);
  }
}

const paths = sources();
const tokens = /\s+|[A-Za-z_]\w*:?|\d+|[-+*/<>=|:]+|[^]/g;

type Mutation = "delete" | "swap" | "duplicate" | "truncate";

/** One small accident to a text's tokens. */
function mutated(
  text: string,
  mutation: Mutation,
  at: number,
): { start: number; end: number; newText: string } {
  const found = [...text.matchAll(tokens)];
  const one = found[at % Math.max(1, found.length)];
  if (one === undefined) return { start: 0, end: 0, newText: "(" };
  const start = one.index;
  const end = start + one[0].length;
  const next = found[(at % found.length) + 1]?.[0] ?? "";
  switch (mutation) {
    case "delete":
      return { start, end, newText: "" };
    case "swap":
      return { start, end: end + next.length, newText: next + one[0] };
    case "duplicate":
      return { start, end, newText: one[0] + one[0] };
    case "truncate":
      return { start, end: text.length, newText: "" };
  }
}

Deno.test("accidents to real sources: no throw, nothing lost, incremental equals full", () => {
  assert(paths.length > 10);
  const mutation = fc.constantFrom<Mutation>("delete", "swap", "duplicate", "truncate");
  fc.assert(
    fc.property(fc.constantFrom(...paths), mutation, fc.nat(), (path, kind, at) => {
      const text = Deno.readTextFileSync(path);
      const before = parse(text, { kind: path.endsWith("script") ? "script" : "file" });
      const after = edit(before, mutated(text, kind, at));
      const fresh = parse(after.text, { kind: before.kind });
      assertEquals(print(after), after.text);
      assertEquals(outline(after), outline(fresh));
      assertEquals(after.diagnostics, fresh.diagnostics);
      assertEquals(after.units.map((it) => it.line), fresh.units.map((it) => it.line));
    }),
    { numRuns: 400 },
  );
});

Deno.test("real sources have no syntax errors", () => {
  const ours = paths.filter((path) => !path.includes("/tests/"));
  const found = ours.flatMap((path) => {
    const kind = path.endsWith("script") ? "script" : "file";
    const { diagnostics } = parse(Deno.readTextFileSync(path), { kind });
    return diagnostics.filter((it) => it.severity === "error").map((it) => `${path} ${it.message}`);
  });
  assertEquals(found, []);
});
