/**
 * Runs a script in a session: statements and declarations in order, each checked against its
 * `// =>` expectation.
 * @module
 */
import { dirname, isAbsolute, resolve } from "@std/path";
import { lineOf } from "../compiler/syntax/source_file.ts";
import { findProject, shownFrom } from "../compiler/project/sources.ts";
import { SourceError } from "./live_program.ts";
import type { OpenWorkspace } from "./open_workspace.ts";
import { loadFiles } from "./program_change.ts";
import { sourcesAt } from "./program_sources.ts";
import { isPart, matchesExpectation } from "./script_expectation.ts";
import { batches, type Directive, type Item, type Piece, scriptItems } from "./script_items.ts";
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
    const items = scriptItems(this.#text);
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
