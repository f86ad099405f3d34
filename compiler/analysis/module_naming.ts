/**
 * Names of the Erlang modules that a Beamtalk file becomes: `bt@package@path@Name`.
 * @module
 */

/** Where a file stands, as far as the names of its modules depend on it. */
export interface ModuleNaming {
  /** The package; `user` for loose files and scripts, `stdlib` for the class library. */
  readonly package: string;
  /** Folders between the package's source root and the file. */
  readonly folders: readonly string[];
  /** The file's name without its extension. */
  readonly stem: string;
}

/** The package of files and scripts that belong to no project. */
export const LOOSE_PACKAGE = "user";

/** The package of the class library. */
export const LIBRARY_PACKAGE = "stdlib";

/**
 * Naming of a file of a package. `path` is relative to the package's root and written with `/`;
 * a leading `src` does not show in the module's name, and neither do the folders of the library.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { classModule, moduleNaming } from "./module_naming.ts";
 * assertEquals(classModule(moduleNaming("bank", "src/a/Till.bt"), "Till"), "bt@bank@a@Till");
 * ```
 */
export function moduleNaming(packageName: string, path: string): ModuleNaming {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const file = parts.pop() ?? "";
  const inner = parts[0] === "src" ? parts.slice(1) : parts;
  const folders = packageName === LIBRARY_PACKAGE ? [] : inner;
  return { package: packageName, folders, stem: withoutExtension(file) };
}

/** Naming of a file that belongs to no package: its folders are left out. */
export function looseNaming(path: string): ModuleNaming {
  return { ...moduleNaming(LOOSE_PACKAGE, path), folders: [] };
}

/** The module of a class. */
export function classModule(naming: ModuleNaming, className: string): string {
  return qualified(naming, className);
}

/** The module that holds the extensions and protocols of a file. */
export function extensionModule(naming: ModuleNaming): string {
  return `${qualified(naming, naming.stem)}+ext`;
}

/** The module that holds the migrations of a file. */
export function patchModule(naming: ModuleNaming): string {
  return `${qualified(naming, naming.stem)}+patch`;
}

function qualified(naming: ModuleNaming, last: string): string {
  return ["bt", naming.package, ...naming.folders, last].join("@");
}

function withoutExtension(file: string): string {
  const dot = file.lastIndexOf(".");
  return dot <= 0 ? file : file.slice(0, dot);
}

/** The package that a module is of; undefined for a module that is none of Beamtalk's. */
export function packageOfModule(module: string): string | undefined {
  const [prefix, packageName] = module.split("@");
  return prefix === "bt" ? packageName : undefined;
}
