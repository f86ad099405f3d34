import { assertEquals } from "@std/assert";
import { documentationPages, documentedCodes } from "./diagnostic_pages.ts";

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

/** Folders whose code reports diagnostics. */
const REPORTING = ["compiler", "live", "cli", "lsp"];

function* sources(folder: string): Iterable<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (/(?<!_test)\.ts$/.test(entry.name)) yield path;
  }
}

Deno.test("each code that the toolchain can report has its page, and no others have", () => {
  const root = new URL("../../", import.meta.url).pathname;
  const reported = new Set<string>();
  for (const path of REPORTING.flatMap((folder) => [...sources(`${root}${folder}`)])) {
    for (const [, code = ""] of Deno.readTextFileSync(path).matchAll(/"(BT\d{4})"/g)) {
      reported.add(code);
    }
  }
  const documented = documentedCodes().map(({ code }) => code);
  assertEquals([...reported].sort(), documented);
});
