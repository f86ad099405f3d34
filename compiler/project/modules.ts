/**
 * The names of the Erlang modules that a source file becomes.
 * @module
 */

/** Where a file stands in its package: the ground for its modules' names. */
export interface ModulePlace {
  /** Package name; `user` for loose files and scripts. */
  readonly package: string;
  /** Folders between the source root and the file. */
  readonly folders: readonly string[];
  /** The file's name without extension. */
  readonly stem: string;
}

/** The package of loose files and scripts. */
export const LOOSE_PACKAGE = "user";
/** The package of the class library. */
export const LIBRARY_PACKAGE = "stdlib";

/** The start of every module name of a file: `bt@p@a@` for `src/a/Counter.bt` of package `p`. */
export function modulePrefix(place: ModulePlace): string {
  return ["bt", place.package, ...place.folders, ""].join("@");
}

/** Module of a class of the file. */
export function classModule(place: ModulePlace, className: string): string {
  return modulePrefix(place) + className;
}

/** Module of the file's extension methods and protocols. */
export function extensionModule(place: ModulePlace): string {
  return `${modulePrefix(place)}${place.stem}+ext`;
}

/** Module of the file's migrations. */
export function patchModule(place: ModulePlace): string {
  return `${modulePrefix(place)}${place.stem}+patch`;
}
