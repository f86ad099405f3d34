/**
 * Parts loose files into programs: files of which each declares the same class, or the same
 * extension, cannot be in one. A test sees its own file first, then the fixtures beside it, the
 * files of its folder, and all others.
 * @module
 */
import { dirname } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { extensionModule } from "../compiler/analysis/module_naming.ts";
import type { SourceFile } from "../compiler/project/sources.ts";
import type { Target } from "../compiler/project/targets.ts";
import { fixtureFolder } from "./test_fixtures.ts";

/** A file with what it declares. */
export interface DeclaringFile {
  readonly source: SourceFile;
  readonly text: string;
  readonly facts: FileFacts;
}

/** A name that only one file of a program may declare, and the files that do. */
export interface Clash {
  /** As in `Class Point` or ``String >> shout``. */
  readonly subject: string;
  readonly paths: readonly string[];
}

/** What is declared more than once, in the order of the files. */
export function clashesOf(files: readonly DeclaringFile[]): Clash[] {
  const byKey = new Map<string, string[]>();
  for (const { source, facts } of files) {
    for (const key of keysOf(source, facts)) {
      const paths = byKey.get(key);
      if (paths === undefined) byKey.set(key, [source.path]);
      else paths.push(source.path);
    }
  }
  return [...byKey].filter(([, paths]) => paths.length > 1)
    .map(([subject, paths]) => ({ subject, paths }));
}

function keysOf(
  { naming }: SourceFile,
  { classes, extensions, protocols }: FileFacts,
): Set<string> {
  const keys = new Set(classes.map(({ name }) => `Class ${name}`));
  for (const { target, classSide, method } of extensions) {
    keys.add(`${target}${classSide ? " class" : ""} >> ${method.selector}`);
  }
  if (extensions.length + protocols.length > 0) keys.add(`Module ${extensionModule(naming)}`);
  return keys;
}

/** The programs; the target alone where nothing is declared more than once. */
export function programsOf(target: Target, files: readonly DeclaringFile[]): readonly Target[] {
  if (clashesOf(files).length === 0) return [target];
  return new Parting(target, files).programs();
}

class Parting {
  readonly #target: Target;
  readonly #files: readonly DeclaringFile[];
  readonly #keys: ReadonlyMap<DeclaringFile, ReadonlySet<string>>;
  readonly #words: ReadonlyMap<DeclaringFile, ReadonlySet<string>>;

  constructor(target: Target, files: readonly DeclaringFile[]) {
    this.#target = target;
    this.#files = files;
    this.#keys = new Map(files.map((file) => [file, keysOf(file.source, file.facts)]));
    this.#words = new Map(files.map((file) => [file, wordsOf(file.text)]));
  }

  programs(): Target[] {
    const { selected, sources } = this.#target;
    const whole = this.#compatible(this.#files);
    const scripts = sources.scripts.filter((path) => selected.has(path));
    const main = { files: whole, selected: [...scripts] };
    const apart: Target[] = [];
    for (const file of this.#files) {
      if (!selected.has(file.source.path)) continue;
      const own = this.#programOf(file);
      const fits = own.every((each) => whole.has(each));
      if (fits) main.selected.push(file.source.path);
      else apart.push(this.#targetOf(new Set(own), [file.source.path]));
    }
    return [this.#targetOf(main.files, main.selected), ...apart];
  }

  #targetOf(files: ReadonlySet<DeclaringFile>, selected: readonly string[]): Target {
    const paths = new Set([...files].map(({ source }) => source.path));
    const { sources } = this.#target;
    const kept = sources.files.filter(({ path }) => paths.has(path));
    return { sources: { ...sources, files: kept }, selected: new Set(selected) };
  }

  /** Of files that exclude one another the first. */
  #compatible(files: Iterable<DeclaringFile>): Set<DeclaringFile> {
    const taken = new Set<string>();
    const kept = new Set<DeclaringFile>();
    for (const file of files) {
      const keys = this.#keysOf(file);
      if (!keys.isDisjointFrom(taken)) continue;
      for (const key of keys) taken.add(key);
      kept.add(file);
    }
    return kept;
  }

  /** The file and those that it needs, and they in turn, the nearest where several would do. */
  #programOf(file: DeclaringFile): DeclaringFile[] {
    const candidates = this.#compatible(this.#fromNearest(file));
    const found = new Set([file]);
    for (const each of found) {
      const words = this.#words.get(each)!;
      for (const other of candidates) if (isNamedIn(words, other)) found.add(other);
    }
    return [...found];
  }

  #fromNearest(file: DeclaringFile): DeclaringFile[] {
    const folder = dirname(file.source.path);
    const distance = (other: DeclaringFile) => {
      if (other === file) return 0;
      if (fixtureFolder(other.source.path) === folder) return 1;
      return dirname(other.source.path) === folder ? 2 : 3;
    };
    return this.#files.toSorted((a, b) => distance(a) - distance(b));
  }

  #keysOf(file: DeclaringFile): ReadonlySet<string> {
    return this.#keys.get(file)!;
  }
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/g));
}

/** Whether one of the file's classes, protocols or extensions may be meant by one of the words. */
function isNamedIn(words: ReadonlySet<string>, { facts }: DeclaringFile): boolean {
  const { classes, protocols, aliases, extensions } = facts;
  return [...classes, ...protocols, ...aliases].some(({ name }) => words.has(name)) ||
    extensions.some(({ method: { selector } }) => {
      const [word = ""] = selector.split(":");
      return !/^[A-Za-z_]/.test(word) || words.has(word);
    });
}
