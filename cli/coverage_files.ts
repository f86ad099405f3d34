/**
 * What a coverage run leaves on disk: an `lcov.info` file and pages.
 * @module
 */
import { dirname, join } from "@std/path";
import { coverageCounts, type CoveredFile } from "./coverage.ts";
import { coveragePages } from "./coverage_pages.ts";

/** The counts in the form that other tools read. */
export function lcov(files: readonly CoveredFile[]): string {
  return files.map((file) => {
    const { reached, total } = coverageCounts([file]);
    const lines = [...file.lines].map(([line, count]) => `DA:${line},${count}`);
    return ["TN:", `SF:${file.path}`, ...lines, `LF:${total}`, `LH:${reached}`, "end_of_record", ""]
      .join("\n");
  }).join("");
}

/** Writes `lcov.info` and the pages into a folder. */
export async function writeCoverage(
  files: readonly CoveredFile[],
  folder: string,
): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const written = new Map([...coveragePages(files), ["lcov.info", lcov(files)]]);
  for (const [path, content] of written) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
}
