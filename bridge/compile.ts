/**
 * The compile service: Core Erlang to BEAM code.
 *
 * @module
 */

import type { PortProgram, RequestOptions } from "./port_program.ts";
import { elements, isAtom, text } from "./read.ts";
import { atom, binary, map, type Term, TermMap, Tuple, tuple } from "./term.ts";

/**
 * A module to compile: a `{c_module, ...}` tuple of `cerl` records, the bytes of such a tuple in
 * the external term format, or Core Erlang as text.
 */
export type CoreModule = Tuple | Uint8Array | string;

/** How modules are compiled. */
export interface CompileOptions extends RequestOptions {
  /** `quick` leaves out optimisations that take long; `full` is the compiler's usual way. */
  readonly mode?: "quick" | "full";
  /** Check the Core code first; without it, wrong Core code may crash the compiler. */
  readonly lint?: boolean;
  /** The path that the modules' `compile_info` tells. */
  readonly source?: string;
  /** Options for Erlang's `compile:forms/2`, as terms. */
  readonly options?: readonly Term[];
}

/** An error or a warning of the compiler. */
export interface CompileFinding {
  /** The file of the annotation, where there is one. */
  readonly file: string;
  /** From 1; 0 where the compiler tells no place. */
  readonly line: number;
  readonly column: number;
  /** The pass that found it. */
  readonly module: string;
  readonly message: string;
}

/** What became of one module. */
export type CompileResult =
  | {
    readonly kind: "compiled";
    readonly module: string;
    readonly beam: Uint8Array;
    readonly warnings: readonly CompileFinding[];
  }
  | {
    readonly kind: "failed";
    readonly errors: readonly CompileFinding[];
    readonly warnings: readonly CompileFinding[];
  };

/** Compiles modules, several at a time; the results are in their order. */
export async function compileCore(
  port: PortProgram,
  modules: readonly CoreModule[],
  options: CompileOptions = {},
): Promise<readonly CompileResult[]> {
  const sources = modules.map((core) => {
    if (typeof core === "string") return binary(core);
    return core instanceof Uint8Array ? tuple(atom("encoded"), core) : core;
  });
  const command = tuple(atom("compile"), sources, optionsTerm(options));
  const answer = elements(await port.request(command, options)) ?? [];
  return answer.map(compileResult);
}

/** A Core Erlang tree as the compiler's own printer writes it. */
export async function coreText(
  port: PortProgram,
  core: Tuple,
  options: RequestOptions = {},
): Promise<string> {
  return text(await port.request(tuple(atom("core_text"), core), options));
}

function optionsTerm(options: CompileOptions): TermMap {
  const made = map([[atom("mode"), atom(options.mode ?? "full")]]);
  if (options.lint) made.set(atom("lint"), atom("true"));
  if (options.source !== undefined) made.set(atom("source"), binary(options.source));
  if (options.options !== undefined) made.set(atom("options"), options.options);
  return made;
}

function compileResult(term: Term): CompileResult {
  const parts = term instanceof Tuple ? term.elements : [];
  const [kind, second, third, fourth] = parts;
  if (isAtom(kind, "ok") && isAtom(second) && third instanceof Uint8Array) {
    return { kind: "compiled", module: second.name, beam: third, warnings: findings(fourth) };
  }
  return { kind: "failed", errors: findings(second), warnings: findings(third) };
}

function findings(term: Term | undefined): readonly CompileFinding[] {
  return (elements(term) ?? []).filter((entry) => entry instanceof TermMap).map(finding);
}

function finding(entry: TermMap): CompileFinding {
  return {
    file: text(entry.get(atom("file")) ?? []),
    line: Number(entry.get(atom("line")) ?? 0),
    column: Number(entry.get(atom("column")) ?? 0),
    module: text(entry.get(atom("module")) ?? atom("compile")),
    message: text(entry.get(atom("message")) ?? []),
  };
}
