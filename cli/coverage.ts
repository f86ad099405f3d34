/**
 * Which lines the tests of a program reached, collected from the tests' node and told in a line.
 * @module
 */
import type { BuildResult, BuiltFile } from "../live/build.ts";
import { classKind } from "../compiler/analysis/hierarchy.ts";

/** The lines of one file that hold statements, with how often each was reached. */
export interface CoveredFile {
  /** As it is shown, with slashes. */
  readonly shown: string;
  readonly path: string;
  readonly text: string;
  readonly lines: ReadonlyMap<number, number>;
}

/** Collects counts as they come. */
export class Coverage {
  readonly #files: readonly BuiltFile[];
  readonly #lines = new Map<string, Map<number, number>>();
  readonly #pathOf = new Map<string, string>();

  /** Of the program's own files, without those that only hold tests. */
  constructor(result: BuildResult, packageName: string) {
    this.#files = result.files.filter((file) =>
      file.source.package === packageName && !isTest(file, result)
    );
    for (const { source, modules } of this.#files) {
      for (const module of modules ?? []) this.#pathOf.set(module, source.path);
    }
  }

  /** Adds counts of a module's lines. */
  add(module: string, lines: readonly (readonly [number, number])[]): void {
    const path = this.#pathOf.get(module);
    if (path === undefined) return;
    const known = this.#lines.get(path) ?? new Map<number, number>();
    this.#lines.set(path, known);
    for (const [line, count] of lines) known.set(line, (known.get(line) ?? 0) + count);
  }

  /** All files that have lines to be reached. */
  files(shown: (path: string) => string): CoveredFile[] {
    return this.#files.flatMap(({ source: { path }, text }) => {
      const lines = this.#lines.get(path);
      if (lines === undefined || lines.size === 0) return [];
      return [{ shown: shown(path), path, text, lines: new Map([...lines].sort(byLine)) }];
    });
  }
}

function byLine([a]: readonly [number, number], [b]: readonly [number, number]): number {
  return a - b;
}

/** A file of the test folder, or one whose classes are all test classes. */
function isTest({ source, facts }: BuiltFile, { environment }: BuildResult): boolean {
  if (source.test) return true;
  return facts.classes.length > 0 &&
    facts.classes.every((each) => classKind(each, environment) === "testCase");
}

/** Files that are part of several programs once each, with the counts of all. */
export function mergedFiles(files: readonly CoveredFile[]): CoveredFile[] {
  const byPath = new Map<string, CoveredFile>();
  for (const file of files) {
    const known = byPath.get(file.path);
    const lines = new Map(known?.lines);
    for (const [line, count] of file.lines) lines.set(line, (lines.get(line) ?? 0) + count);
    byPath.set(file.path, { ...file, lines });
  }
  return [...byPath.values()];
}

/** How many lines there are and how many were reached. */
export interface CoverageCounts {
  readonly reached: number;
  readonly total: number;
}

/** The counts of some files together. */
export function coverageCounts(files: readonly CoveredFile[]): CoverageCounts {
  const counts = files.flatMap(({ lines }) => [...lines.values()]);
  return { reached: counts.filter((count) => count > 0).length, total: counts.length };
}

/** As `87.5%`; a file without lines is covered. */
export function percentage({ reached, total }: CoverageCounts): string {
  return `${(total === 0 ? 100 : 100 * reached / total).toFixed(1)}%`;
}
