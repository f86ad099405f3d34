import { assertEquals } from "@std/assert";
import { documentationPages } from "./documentation.ts";

const FOLDER = new URL("../../docs/diagnostics/", import.meta.url).pathname;

function readPages(): ReadonlyMap<string, string> {
  const names = [...Deno.readDirSync(FOLDER)].map((entry) => entry.name)
    .filter((name) => name.endsWith(".md"));
  return new Map(names.map((name) => [name, Deno.readTextFileSync(`${FOLDER}${name}`)]));
}

/** `UPDATE_GOLDEN=1` writes the pages anew. */
function writePages(pages: ReadonlyMap<string, string>): void {
  Deno.mkdirSync(FOLDER, { recursive: true });
  for (const entry of Deno.readDirSync(FOLDER)) {
    if (!pages.has(entry.name)) Deno.removeSync(`${FOLDER}${entry.name}`);
  }
  for (const [name, text] of pages) Deno.writeTextFileSync(`${FOLDER}${name}`, text);
}

Deno.test("docs/diagnostics has a page for each code, as the code says it", () => {
  const pages = documentationPages();
  if (Deno.env.get("UPDATE_GOLDEN") === "1") return writePages(pages);
  const written = readPages();
  assertEquals([...written.keys()].sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) assertEquals(written.get(name), text, name);
});
