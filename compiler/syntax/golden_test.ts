import { assertEquals } from "@std/assert";
import { outlineOf, parse } from "./mod.ts";

const folder = new URL("./testdata/", import.meta.url);

/** Each source with its tree and diagnostics indented below it. */
function render(sources: readonly string[], kind: "file" | "script"): string {
  return sources.map((source) => {
    const file = parse(source, { kind });
    const nodes = file.units.map((unit) => outlineOf(unit.node));
    const found = file.diagnostics.map((it) => {
      const place = JSON.stringify(source.slice(it.span.start, it.span.end));
      return `! ${it.code} ${place} ${it.message}`;
    });
    return [source, ...[...nodes, ...found].map((line) => `    => ${line}`)].join("\n");
  }).join("\n\n") + "\n";
}

/** The golden file is compared to what its own sources give; `UPDATE_GOLDEN=1` writes it anew. */
async function check(name: string, kind: "file" | "script"): Promise<void> {
  const path = new URL(name, folder);
  const golden = await Deno.readTextFile(path);
  const sources = golden.split(/(?:\n {4}=> [^\n]*)+\n+/).filter((it) => it !== "");
  const actual = render(sources, kind);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") return await Deno.writeTextFile(path, actual);
  assertEquals(actual, golden);
}

Deno.test("expressions have the trees of the golden file", () =>
  check("expressions.txt", "script"));
Deno.test("declarations have the trees of the golden file", () =>
  check("declarations.txt", "file"));
Deno.test("layout decides statements as in the golden file", () => check("layout.txt", "script"));
