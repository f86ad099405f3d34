/**
 * Runs a script in a session: statements and declarations in order, each checked against its
 * `// =>` expectation.
 * @module
 */
import { dirname, isAbsolute, resolve } from "@std/path";
import type { Declaration } from "../compiler/syntax/ast.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import { findProject, shownFrom } from "../compiler/project/sources.ts";
import { SourceError } from "./live_program.ts";
import type { OpenWorkspace } from "./open_workspace.ts";
import { loadFiles } from "./program_change.ts";
import { sourcesAt } from "./program_sources.ts";
import { isPart, matchesExpectation } from "./script_expectation.ts";
import { belongsTo } from "./prompt_declarations.ts";
import { invalid, isFailure, type Outcome } from "./outcome.ts";
import type { Session } from "./session.ts";

/** What running a script needs beside its session. */
export interface StepOptions {
  readonly workingFolder: string;
  /** Milliseconds for each statement. */
  readonly limitMs: number;
  /** Evaluate each statement alone, so that it is known which one takes the node down. */
  readonly apart?: boolean;
}

/** The node of a script went down while statements ran. */
export class ScriptNodeLost extends Error {
  override readonly name = "ScriptNodeLost";
  constructor() {
    super("the node went down");
  }
}

/** What became of one step of a script: a statement, a declaration or a `@load`. */
export interface ScriptStep {
  /** Offset in the script. */
  readonly offset: number;
  /** The step's own text. */
  readonly source: string;
  /** The expectation; undefined where there is none. */
  readonly expected: string | undefined;
  /** What was printed, or the error's message. */
  readonly actual: string;
  /** As expected; without an expectation, whether it ran without an error. */
  readonly passed: boolean;
  readonly failed: Outcome | undefined;
  readonly durationMs: number;
}

/** A script and where it runs. */
export interface RunningScript {
  readonly path: string;
  readonly text: string;
  readonly session: Session;
  readonly open: OpenWorkspace;
}

/** Runs a script in its session; the steps come as they end. */
export function scriptSteps(
  { path, text, session, open }: RunningScript,
  options: StepOptions,
): AsyncGenerator<ScriptStep> {
  return new ScriptRun(path, text, session, open, options).steps();
}

/** A declaration or statement with the part of the text that is its own. */
interface Piece {
  readonly kind: "piece";
  readonly declaration: Declaration;
  readonly start: number;
  readonly end: number;
  readonly expected: string | undefined;
  readonly errors: readonly Diagnostic[];
}

/** `// @load PATH` or `// @load-error PATH => text`. */
interface Directive {
  readonly kind: "load";
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** What the load's error must hold; undefined where it must succeed. */
  readonly error: string | undefined;
}

type Item = Piece | Directive;

class ScriptRun {
  readonly #path: string;
  readonly #text: string;
  readonly #session: Session;
  readonly #open: OpenWorkspace;
  readonly #options: StepOptions;

  constructor(
    path: string,
    text: string,
    session: Session,
    open: OpenWorkspace,
    options: StepOptions,
  ) {
    this.#path = path;
    this.#text = text;
    this.#session = session;
    this.#open = open;
    this.#options = options;
  }

  async *steps(): AsyncGenerator<ScriptStep> {
    const items = [...piecesOf(this.#text), ...directivesOf(this.#text)]
      .sort((a, b) => a.start - b.start);
    const parts = this.#options.apart === true ? items.map((item) => [item]) : batches(items);
    for (const [index, batch] of parts.entries()) {
      const [first] = batch;
      if (first === undefined) continue;
      if (first.kind === "load") yield await this.#load(first);
      else {
        try {
          yield* this.#runBatch(batch.filter((item) => item.kind === "piece"));
        } catch (error) {
          if (!(error instanceof ScriptNodeLost) || this.#options.apart !== true) throw error;
          yield* this.#withoutNode(first, parts.slice(index + 1).flat());
          return;
        }
      }
    }
  }

  /** The step that took the node down, and those that cannot be run any more. */
  *#withoutNode(culprit: Item, rest: readonly Item[]): Generator<ScriptStep> {
    yield this.#lostStep(culprit, "the node went down while it ran");
    const line = lineOf(this.#text, culprit.start);
    for (const item of rest) {
      yield this.#lostStep(item, `not run: the node went down in line ${line}`);
    }
  }

  #lostStep(item: Item, message: string): ScriptStep {
    const source = this.#text.slice(item.start, item.end).trim();
    return {
      offset: item.start,
      source,
      expected: item.kind === "piece" ? item.expected : undefined,
      actual: `ERROR: ${message}`,
      passed: false,
      failed: undefined,
      durationMs: 0,
    };
  }

  /** Statements that follow one another are compiled together; if that fails, one by one. */
  async *#runBatch(batch: readonly Piece[]): AsyncGenerator<ScriptStep> {
    const start = performance.now();
    const outcomes = await this.#evaluate(batch);
    const [only] = outcomes;
    if (only?.kind === "refused" && only.isLost === true) throw new ScriptNodeLost();
    if (batch.length > 1 && outcomes.length === 1 && only?.kind === "refused") {
      for (const piece of batch) yield* this.#runBatch([piece]);
      return;
    }
    const elapsed = performance.now() - start;
    for (const [index, outcome] of outcomes.entries()) {
      const piece = batch[index];
      if (piece !== undefined) yield this.#stepOf(piece, outcome, elapsed);
    }
    // A statement that was stopped, or that ended its process, ends what was sent with it.
    const rest = batch.slice(Math.max(1, outcomes.length));
    if (rest.length > 0) yield* this.#runBatch(rest);
  }

  async #evaluate(batch: readonly Piece[]): Promise<Outcome[]> {
    const [first] = batch;
    const last = batch.at(-1);
    if (first === undefined || last === undefined) return [];
    if (first.errors.length > 0) return [invalid(first.errors, this.#text)];
    // Newlines in front keep the line numbers of stack traces.
    const margin = "\n".repeat(lineOf(this.#text, first.start) - 1);
    const source = margin + this.#text.slice(first.start, last.end);
    const evaluated = this.#session.evaluate(source, {
      goOn: true,
      isScript: true,
      limitMs: this.#options.limitMs,
      file: shownFrom(this.#options.workingFolder, this.#path),
    });
    return await Array.fromAsync(evaluated, ({ outcome }) => outcome);
  }

  #stepOf(piece: Piece, outcome: Outcome, durationMs: number): ScriptStep {
    const actual = shownOutcome(outcome);
    const passed = piece.expected === undefined
      ? !isFailure(outcome)
      : matchesExpectation(piece.expected, outcome);
    return {
      offset: piece.start,
      source: this.#text.slice(piece.start, piece.end).trim(),
      expected: piece.expected,
      actual,
      passed,
      failed: passed || !isFailure(outcome) ? undefined : outcome,
      durationMs: "microseconds" in outcome ? outcome.microseconds / 1000 : durationMs,
    };
  }

  async #load(directive: Directive): Promise<ScriptStep> {
    const start = performance.now();
    const message = await this.#loadError(directive.path);
    const { error } = directive;
    return {
      offset: directive.start,
      source: this.#text.slice(directive.start, directive.end),
      expected: error === undefined ? undefined : `ERROR: ${error}`,
      actual: message ?? "loaded",
      passed: error === undefined || message === undefined
        ? error === message
        : isPart(error, message),
      failed: undefined,
      durationMs: performance.now() - start,
    };
  }

  /** Loads a file; answers why it could not be, undefined where it was. */
  async #loadError(path: string): Promise<string | undefined> {
    try {
      const { root, program, workspace } = this.#open;
      const file = await this.#findFile(path);
      await loadFiles([workspace], program, await sourcesAt(program, file, root));
      return undefined;
    } catch (error) {
      return errorText(error);
    }
  }

  /** Relative to the script, to its project, then to the working folder. */
  async #findFile(path: string): Promise<string> {
    if (isAbsolute(path)) return path;
    const own = dirname(this.#path);
    const project = await findProject(own);
    const folders = [own, ...(project === undefined ? [] : [project]), this.#options.workingFolder];
    for (const folder of folders) {
      const candidate = resolve(folder, path);
      if (await Deno.stat(candidate).then(() => true, () => false)) return candidate;
    }
    return path;
  }
}

/**
 * A piece a declaration; the clauses of one method are one piece. A statement that goes wrong, as
 * with a bracket that is never closed, ends with its expectation: what follows is read anew.
 */
function piecesOf(text: string): Piece[] {
  const pieces = piecesOfTree(parse(text, { kind: "script" }));
  for (const [index, piece] of pieces.entries()) {
    if (piece.errors.length === 0 || piece.declaration.kind !== "statement") continue;
    const found = EXPECTATION.exec(text.slice(piece.start, piece.end));
    const end = piece.start + (found === null ? 0 : found.index + found[0].length);
    if (found === null || text.slice(end, piece.end).trim() === "") continue;
    const broken = { ...piece, end, expected: expectedText(found[0]) };
    const blank = text.slice(0, end).replaceAll(/[^\r\n]/g, " ");
    return [...pieces.slice(0, index), broken, ...piecesOf(blank + text.slice(end))];
  }
  return pieces;
}

function piecesOfTree(tree: SourceFile): Piece[] {
  const { declarations } = tree;
  const firsts = declarations.flatMap((each, i) => belongsTo(each, declarations[i - 1]) ? [] : [i]);
  return firsts.map((first, index) => {
    const next = firsts[index + 1] ?? declarations.length;
    const declaration = declarations[first]!;
    const start = startOf(declaration);
    const following = declarations[next];
    const end = following === undefined ? tree.text.length : startOf(following);
    const errors = tree.diagnostics.filter(({ severity, span }) =>
      severity === "error" && span.start >= start && span.start < Math.max(end, start + 1)
    );
    const expected = declaration.kind === "statement"
      ? declaration.unit.node.expected
      : expectationAfter(tree.text, start, endOf(declarations[next - 1] ?? declaration), end);
    return { kind: "piece", declaration, start, end, expected, errors };
  });
}

/** The line, from 1, of an offset. */
function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function startOf(declaration: Declaration): number {
  const unit = declaration.kind === "class" ? declaration.header : declaration.unit;
  return unit.offset + unit.node.span.start;
}

function endOf(declaration: Declaration): number {
  const unit = declaration.kind === "class"
    ? declaration.members.at(-1) ?? declaration.header
    : declaration.unit;
  return unit.offset + unit.node.span.end;
}

/**
 * The first expectation behind a declaration: unindented lines that follow one another. One that is
 * a single line may have it at its end; at the ends of other lines, comments are of their methods.
 */
function expectationAfter(
  text: string,
  start: number,
  declared: number,
  end: number,
): string | undefined {
  const behind = text.slice(declared, end);
  const isLine = !text.slice(start, declared).trimEnd().includes("\n");
  const found = (isLine ? /^[ \t]*\/\/ ?=> ?.*(?:\r?\n\/\/ ?=> ?.*)*/.exec(behind) : null) ??
    /^\/\/ ?=> ?.*(?:\r?\n\/\/ ?=> ?.*)*/m.exec(behind);
  return found === null ? undefined : expectedText(found[0]);
}

/** An expectation that ends a line or follows it, and the lines that go on with it. */
const EXPECTATION = /(?<!\/)\/\/ ?=> ?.*(?:\r?\n[ \t]*\/\/ ?=> ?.*)*/;

function expectedText(comments: string): string {
  return comments.replaceAll(/^[ \t]*\/\/ ?=> ?/gm, "").replaceAll("\r", "").trim();
}

function directivesOf(text: string): Directive[] {
  const pattern = /^[ \t]*\/\/ @load(-error)?[ \t]+(.+?)(?:[ \t]+=>[ \t]*(.*))?$/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    kind: "load",
    start: match.index,
    end: match.index + match[0].length,
    path: (match[2] ?? "").trim(),
    error: match[1] === undefined ? undefined : (match[3] ?? "").replace(/^ERROR:\s*/, "").trim(),
  }));
}

/** Statements without syntax errors that follow one another; everything else alone. */
function batches(items: readonly Item[]): Item[][] {
  const found: Item[][] = [];
  let open = false;
  for (const item of items) {
    const joins = item.kind === "piece" && item.declaration.kind === "statement" &&
      item.errors.length === 0;
    if (joins && open) found.at(-1)?.push(item);
    else found.push([item]);
    open = joins;
  }
  return found;
}

function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SourceError)) return message;
  const said = error.findings.flatMap(({ diagnostics }) => diagnostics.map((each) => each.message));
  return [message, ...said].join("\n");
}

function shownOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "value":
    case "declared":
      return outcome.text;
    case "error":
      return `ERROR: ${outcome.message}`;
    case "refused":
      return `ERROR: ${
        outcome.diagnostics.length > 0
          ? outcome.diagnostics.map(({ message }) => message).join("; ")
          : outcome.message
      }`;
  }
}
