/**
 * A session at a node: evaluates texts as the prompt and scripts do. Declarations load at once,
 * statements run in order in the session's own process there.
 * @module
 */
import { analyze } from "../compiler/analysis/analyze.ts";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { looseNaming } from "../compiler/analysis/module_naming.ts";
import { generateEvaluation, printCore, type SessionFutures } from "../compiler/codegen/mod.ts";
import type { Declaration, PlacedUnit, StatementUnit } from "../compiler/syntax/ast.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import { atom, binary, map, type Pid, type Term, text as termText } from "../bridge/mod.ts";
import { compileModules } from "./build_compile.ts";
import { type Author, thisUser } from "./changes.ts";
import { type LiveProgram, SourceError } from "./live_program.ts";
import { field, listField, numberField, textField } from "./node_terms.ts";
import { invalid, isFailure, type Outcome, outcomeOf, refused } from "./outcome.ts";
import type { WantedNodes } from "./other_nodes.ts";
import { catchUp } from "./program_change.ts";
import { belongsTo, declare } from "./prompt_declarations.ts";
import { answered, type Workspace } from "./workspace.ts";

export type { Outcome };

/** An outcome and the declaration of the text that it belongs to. */
export interface Evaluated {
  readonly outcome: Outcome;
  readonly declaration: Declaration | undefined;
}

/** How a text is evaluated. */
export interface EvaluateOptions {
  /** Milliseconds for each statement. */
  readonly limitMs?: number;
  /** Go on after a statement that failed. */
  readonly goOn?: boolean;
  /** The name that stack traces and diagnostics show. */
  readonly file?: string;
  /** The text is a script's: each value is shown by its `printString` alone. */
  readonly isScript?: boolean;
}

/** The nodes that a session changes beside its own. */
export interface SessionNodes {
  readonly wanted: WantedNodes;
  /** Those of them that are there now. */
  connected(): Promise<readonly Workspace[]>;
}

const ALONE: SessionNodes = {
  wanted: { nodes: [], cluster: false },
  connected: () => Promise.resolve([]),
};

/** How long a statement may take where no limit is given, about 24 days: Erlang's timers take no more. */
const NO_LIMIT = 0x7fff_0000;

function limitTerm({ limitMs = NO_LIMIT }: EvaluateOptions): Term {
  return limitMs < NO_LIMIT ? limitMs : atom("infinity");
}

/** An open session. */
export class Session {
  readonly workspace: Workspace;
  readonly #program: LiveProgram;
  readonly #author: Author;
  readonly #nodes: SessionNodes;
  readonly #pid: Pid;
  readonly id: string;
  readonly #names: string[];
  #variables: readonly string[] = [];
  #futures: SessionFutures = {
    held: new Set(),
    lasting: new Set(),
    objects: new Set(),
  };
  #received = 0;
  #awaitingOutput: { readonly bytes: number; readonly resolve: () => void } | undefined;

  private constructor(
    workspace: Workspace,
    program: LiveProgram,
    opened: Term,
    id: string,
    author: Author,
    nodes: SessionNodes,
  ) {
    this.workspace = workspace;
    this.#nodes = nodes;
    this.#author = author;
    this.#program = program;
    this.#pid = field(opened, "pid") as Pid;
    this.id = id;
    this.#names = listField(opened, "names").map(termText);
  }

  /**
   * Opens a session; what its code writes goes to `onOutput` as it comes. What is declared in it, and
   * what its code loads and changes, is changed on all of its nodes or on none.
   */
  static async open(
    workspace: Workspace,
    program: LiveProgram,
    onOutput: (text: string) => void = () => {},
    author: Author = thisUser(),
    nodes: SessionNodes = ALONE,
  ): Promise<Session> {
    const client = await workspace.connections.client();
    const options = map([[atom("nodes"), nodesTerm(nodes.wanted)]]);
    const opened = answered(await workspace.call(SESSION, "open", [client, options]));
    const id = textField(opened, "id") ?? "";
    const session = new Session(workspace, program, opened, id, author, nodes);
    workspace.connections.onOutput(session.id, (text) => session.#onOutput(text, onOutput));
    return session;
  }

  /** Evaluates a text; answers what became of each statement and declaration, in order. */
  async *evaluate(text: string, options: EvaluateOptions = {}): AsyncGenerator<Evaluated> {
    const tree = parse(text, { kind: "script" });
    const errors = tree.diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
      yield { outcome: invalid(tree.diagnostics, text), declaration: undefined };
      return;
    }
    for (const part of partsOf(tree.declarations)) {
      const made = part.kind === "statements" ? await this.#run(part.units, tree, options) : [{
        outcome: await this.#declare(part.declarations, tree, options),
        declaration: part.first,
      }];
      yield* made;
      if (options.goOn !== true && made.some(({ outcome }) => isFailure(outcome))) return;
    }
  }

  /** Takes in what others have changed since. */
  async catchUp(): Promise<void> {
    await catchUp(this.workspace, this.#program);
  }

  /** Stops what runs now; the variables stay. */
  async interrupt(): Promise<void> {
    await this.workspace.call(SESSION, "interrupt", [this.#pid]);
  }

  /** The variables with their printed values. */
  async bindings(): Promise<readonly { readonly name: string; readonly value: string }[]> {
    const known = await this.workspace.info("bindings", [this.#pid]);
    return (known as readonly (readonly [string, string])[]).map(([name, value]) => ({
      name,
      value,
    }));
  }

  /** The Core Erlang of the statements of a text, or what is wrong with it. */
  coreOf(text: string): string | Outcome {
    const tree = parse(text, { kind: "script" });
    const units = tree.declarations.flatMap((each) => each.kind === "statement" ? [each.unit] : []);
    if (tree.diagnostics.some(({ severity }) => severity === "error")) {
      return invalid(tree.diagnostics, text);
    }
    if (units.length < tree.declarations.length || units.length === 0) {
      const message = "expected expressions; beamtalk build --emit core shows classes";
      return refused(new SourceError(message), text);
    }
    return printCore(
      generateEvaluation(units, {
        module: "bt@eval",
        file: "prompt",
        text,
        environment: this.#program.environment(),
        sessionVariables: this.#variables,
      }).core,
    );
  }

  /** The variables and the workspace's bindings with the classes of their values. */
  async variableClasses(): Promise<readonly { readonly name: string; readonly class: string }[]> {
    const known = await this.workspace.info("binding_classes", [this.#pid]);
    return (known as readonly (readonly [string, string])[]).map(([name, value]) => ({
      name,
      class: value,
    }));
  }

  /** Forgets all variables. */
  async clear(): Promise<void> {
    await this.workspace.call(SESSION, "clear", [this.#pid]);
    this.#variables = [];
  }

  async close(): Promise<void> {
    await this.workspace.call(SESSION, "close", [this.#pid]).catch(() => {});
  }

  async #declare(
    declarations: readonly Declaration[],
    tree: SourceFile,
    { file }: EvaluateOptions,
  ): Promise<Outcome> {
    try {
      const { shown, warnings } = await declare(
        [this.workspace, ...await this.#nodes.connected()],
        this.#program,
        declarations,
        tree,
        this.#author,
        file,
      );
      return { kind: "declared", text: shown, warnings };
    } catch (error) {
      return refused(error, tree.text);
    }
  }

  async #run(
    units: readonly PlacedUnit<StatementUnit>[],
    tree: SourceFile,
    options: EvaluateOptions,
  ): Promise<Evaluated[]> {
    const declarations = units.map((unit) => ({ kind: "statement", unit } as const));
    try {
      await catchUp(this.workspace, this.#program);
      const evaluation = await this.#compile(units, declarations, tree, options);
      if ("outcome" in evaluation) return [evaluation];
      const results = await this.#send(evaluation, units, options);
      return results.map((outcome, index) => ({ outcome, declaration: declarations[index] }));
    } catch (error) {
      return [{ outcome: refused(error, tree.text), declaration: declarations[0] }];
    }
  }

  async #compile(
    units: readonly PlacedUnit<StatementUnit>[],
    declarations: readonly Declaration[],
    tree: SourceFile,
    options: EvaluateOptions,
  ): Promise<{ readonly module: string; readonly beam: Uint8Array } | Evaluated> {
    const file = options.file ?? "prompt";
    const environment = this.#program.environment();
    const part = { text: tree.text, declarations, diagnostics: tree.diagnostics };
    const facts = fileFacts(part, { file, naming: looseNaming(file) });
    const found = analyze(part, facts, environment, {
      file,
      package: environment.package,
      mode: "script",
    });
    if (found.some(({ severity }) => severity === "error")) {
      return { outcome: invalid(found, tree.text), declaration: declarations[0] };
    }
    const module = this.#names.shift() ?? await this.#lend();
    try {
      const generated = generateEvaluation(units, {
        module,
        file,
        text: tree.text,
        environment,
        sessionVariables: this.#variables,
        sessionFutures: this.#futures,
      });
      this.#futures = generated.sessionFutures;
      const [code] = await compileModules(
        this.workspace.connections.port,
        [generated.core],
        "quick",
      );
      return code!;
    } catch (error) {
      this.#names.unshift(module);
      throw error;
    }
  }

  /** A name for an evaluated module, for when those of failed evaluations are used up. */
  async #lend(): Promise<string> {
    const [name] = answered(
      await this.workspace.call("beamtalk_workspace_names", "lend", [1]),
    ) as readonly Term[];
    return termText(name!);
  }

  async #send(
    { module, beam }: { readonly module: string; readonly beam: Uint8Array },
    units: readonly PlacedUnit<StatementUnit>[],
    options: EvaluateOptions,
  ): Promise<readonly Outcome[]> {
    const evaluation = map([
      [atom("module"), atom(module)],
      [atom("beam"), beam],
      [atom("statements"), units.map((_, index) => index + 1)],
      [atom("started"), startedOnly(units, options)],
      [atom("continue"), atom(String(options.goOn === true))],
      [atom("script"), atom(String(options.isScript === true))],
      [atom("limit"), limitTerm(options)],
    ]);
    const answer = answered(
      await this.workspace.call(SESSION, "evaluate", [this.#pid, evaluation], NO_LIMIT),
    );
    const name = textField(answer, "name");
    if (name !== undefined) this.#names.push(name);
    this.#variables = listField(answer, "variables").map(termText);
    await this.#outputUntil(numberField(answer, "written"));
    return listField(answer, "results").map(outcomeOf);
  }

  #onOutput(text: string, onOutput: (text: string) => void): void {
    this.#received += new TextEncoder().encode(text).length;
    onOutput(text);
    const awaiting = this.#awaitingOutput;
    if (awaiting !== undefined && this.#received >= awaiting.bytes) awaiting.resolve();
  }

  /** Output comes on its own way; the value is shown after all that was written before it. */
  #outputUntil(bytes: number): Promise<void> {
    if (this.#received >= bytes) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaitingOutput = { bytes, resolve };
    return promise;
  }
}

function nodesTerm({ nodes, cluster }: WantedNodes): Term {
  return cluster ? atom("cluster") : nodes.map((name) => binary(name));
}

const SESSION = "beamtalk_workspace_session";

type Part =
  | { readonly kind: "statements"; readonly units: readonly PlacedUnit<StatementUnit>[] }
  | {
    readonly kind: "declarations";
    readonly declarations: Declaration[];
    readonly first: Declaration;
  };

/**
 * Statements that follow one another run as one; a declaration is loaded before what follows, the
 * clauses of a method together.
 */
function partsOf(declarations: readonly Declaration[]): Part[] {
  const parts: Part[] = [];
  let units: PlacedUnit<StatementUnit>[] = [];
  for (const declaration of declarations) {
    if (declaration.kind === "statement") {
      if (units.length === 0) parts.push({ kind: "statements", units });
      units.push(declaration.unit);
      continue;
    }
    units = [];
    const last = parts.at(-1);
    if (last?.kind === "declarations" && belongsTo(declaration, last.declarations.at(-1))) {
      last.declarations.push(declaration);
    } else parts.push({ kind: "declarations", declarations: [declaration], first: declaration });
  }
  return parts;
}

/**
 * Numbers of the statements whose value nobody looks at: a future that they answer is not waited for.
 * A script looks at what it expects, the prompt at the last value.
 */
function startedOnly(
  units: readonly PlacedUnit<StatementUnit>[],
  options: EvaluateOptions,
): number[] {
  return units.flatMap(({ node }, index) => {
    const isSeen = options.goOn === true ? node.expected !== undefined : index === units.length - 1;
    return isSeen ? [] : [index + 1];
  });
}
