/**
 * Class names with and without a package.
 * @module
 */

/** Splits `package@Name`; the package is undefined where none is written. */
export function splitClassName(
  written: string,
): { readonly package: string | undefined; readonly name: string } {
  const at = written.indexOf("@");
  if (at < 0) return { package: undefined, name: written };
  return { package: written.slice(0, at), name: written.slice(at + 1) };
}
