/**
 * Stack traces of Erlang as data.
 *
 * @module
 */

import { type Term, Tuple } from "./term.ts";
import { elements, integer, isAtom, text } from "./read.ts";

/** One frame of a stack trace. */
export interface ErlangStackFrame {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** The frames of a stack trace as Erlang gives it, innermost first; what is no frame is left out. */
export function stackFrames(stack: Term): readonly ErlangStackFrame[] {
  const frames: ErlangStackFrame[] = [];
  for (const entry of elements(stack) ?? []) {
    const frame = entry instanceof Tuple ? stackFrame(entry.elements) : undefined;
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

function stackFrame(entry: readonly Term[]): ErlangStackFrame | undefined {
  const [module, name, args, location] = entry;
  if (entry.length !== 4 || !isAtom(module) || !isAtom(name)) return undefined;
  const arity = integer(args) ?? elements(args)?.length ?? 0;
  return { module: module.name, function: name.name, arity, ...place(location) };
}

function place(location: Term | undefined): { file: string | undefined; line: number | undefined } {
  let file: string | undefined;
  let line: number | undefined;
  for (const entry of elements(location) ?? []) {
    if (!(entry instanceof Tuple) || entry.size !== 2) continue;
    const [key, value] = entry.elements;
    if (isAtom(key, "file") && value !== undefined) file = text(value);
    if (isAtom(key, "line")) line = integer(value);
  }
  return { file, line };
}
