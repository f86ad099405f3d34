/**
 * Gives memory back after much work at once, such as reading all files of a project: the engine
 * alone keeps what it has grown to until it needs more.
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Collects garbage now; does nothing where the engine does not let itself be asked. */
export function releaseMemory(): void {
  try {
    if (collect === undefined) {
      setFlagsFromString("--expose-gc");
      const found: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
      collect = typeof found === "function" ? () => found() : () => {};
    }
    collect();
  } catch {
    collect = () => {};
  }
}
