/**
 * Names of the Erlang functions that methods become.
 * @module
 */

/** The function of an instance method. */
export function methodFunction(selector: string): string {
  return selector === "module_info" ? "$m:module_info" : selector;
}

/** The function of a class method. */
export function classMethodFunction(selector: string): string {
  return `class ${selector}`;
}

/** The function of a method of either side. */
export function functionOf(selector: string, side: "instance" | "class"): string {
  return side === "class" ? classMethodFunction(selector) : methodFunction(selector);
}

/** The Erlang module of a library class's primitives: `beamtalk_` and the name in snake case. */
export function primitiveModule(className: string): string {
  const snake = className
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
  return `beamtalk_${snake}`;
}

/** Messages that evaluate a block. */
export const BLOCK_CALLS: ReadonlySet<string> = new Set([
  "value",
  "value:",
  "value:value:",
  "value:value:value:",
  "value:value:value:value:",
]);
