/**
 * Statements of scripts and of the prompt as an Erlang module.
 * @module
 */
import type { ClassEnvironment } from "../analysis/class_facts.ts";
import type { Expression, PlacedUnit, Statement, StatementUnit } from "../syntax/ast.ts";
import { surround } from "./bodies.ts";
import {
  apply,
  atom,
  call,
  caseOf,
  clause,
  type Core,
  type CoreModule,
  type Definition,
  fun,
  functionName,
  integer,
  nil,
  string,
} from "./core.ts";
import { finishModule } from "./erlang_module.ts";
import { statements } from "./expression.ts";
import { keepingFrame } from "./frames.ts";
import { explicitFuture, mayBeFuture } from "./future_positions.ts";
import { Generator, type MethodContext, type SessionNames, tail } from "./generator.ts";
import { emptyEnvironment } from "./locals.ts";
import { analyzeScopes } from "./scopes.ts";
import { assignment } from "./variables.ts";
import { bare, boundNames, expressionsOf } from "../analysis/walk.ts";
import { mentions } from "./mentions.ts";

/** What evaluating needs to know. */
export interface EvaluationOptions {
  /** Name of the Erlang module. */
  readonly module: string;
  /** The path that stack traces show. */
  readonly file: string;
  readonly text: string;
  readonly environment: ClassEnvironment;
  /** Variables that the session has already, so that blocks assign those. */
  readonly sessionVariables?: Iterable<string>;
  /** What the session's last evaluation said; all variables may hold futures where it is left out. */
  readonly sessionFutures?: SessionFutures;
}

/** Which variables of a session may hold a future that stands for its value. */
export interface SessionFutures {
  readonly held: ReadonlySet<string>;
  /** Those that a block, kept somewhere, may give one. */
  readonly lasting: ReadonlySet<string>;
  /** Variables that hold a future as an ordinary object. */
  readonly objects: ReadonlySet<string>;
  /** Variables that hold a character. */
  readonly characters?: ReadonlySet<string>;
  /** Variables that a block assigns. */
  readonly changing?: ReadonlySet<string>;
}

/** A module with `'$eval'(N)`, and what it makes of the session. */
export interface GeneratedEvaluation {
  readonly module: string;
  readonly kind: "evaluation";
  readonly core: CoreModule;
  /** Number of statements. */
  readonly count: number;
  /** For the session's next evaluation. */
  readonly sessionFutures: SessionFutures;
}

/** Code for statements in order; variables assigned at the top are the session's. */
export function generateEvaluation(
  units: readonly PlacedUnit<StatementUnit>[],
  options: EvaluationOptions,
): GeneratedEvaluation {
  const { module } = options;
  const context: MethodContext = {
    holds: "script",
    selector: "$eval",
    owner: undefined,
    module,
    side: "instance",
    inOwnModule: false,
  };
  const generator = new Generator(options, context, analyzeScopes([], []));
  const session: SessionNames = {
    known: new Set(options.sessionVariables ?? []),
    futures: new Set(options.sessionFutures?.held ?? options.sessionVariables ?? []),
    lasting: new Set(options.sessionFutures?.lasting ?? []),
    objects: new Set(options.sessionFutures?.objects ?? []),
  };
  generator.session = session;
  const { characters } = generator;
  options.sessionFutures?.characters?.forEach((name) => characters.variables.add(name));
  options.sessionFutures?.changing?.forEach((name) => characters.noteChanging(name));
  const definitions = units.map((unit, index) =>
    statementDefinition(generator, context, session, unit, index + 1)
  );
  const core = finishModule(module, options.file, [entry(definitions), ...definitions]);
  const { futures: held, lasting, objects } = session;
  const { variables, changing } = characters;
  const sessionFutures = { held, lasting, objects, characters: variables, changing };
  return { module, kind: "evaluation", core, count: units.length, sessionFutures };
}

function entry(definitions: readonly Definition[]): Definition {
  const number = { kind: "var", id: 0, hint: "N" } as const;
  const other = { kind: "var", id: 1, hint: "" } as const;
  const clauses = definitions.map(({ name }, index) => clause(integer(index + 1), apply(name, [])));
  const failure = call("beamtalk_exception", "raise", [
    atom("invalid_argument"),
    nil,
    nil,
    string("There is no such statement"),
    nil,
    nil,
  ]);
  const body = caseOf(number, [...clauses, clause(other, failure)]);
  return { name: functionName("$eval", 1), fun: fun([number], body) };
}

function statementDefinition(
  g: Generator,
  context: MethodContext,
  session: SessionNames,
  unit: PlacedUnit<StatementUnit>,
  number: number,
): Definition {
  const { statement } = unit.node;
  const root = [statement];
  for (const name of assignedAtTop(statement)) {
    if (!session.known.has(name)) session.known.add(name);
  }
  noteFuturesOfBlocks(session, statement);
  g.begin(context, analyzeScopes([], root, [], session.known), unit.offset);
  g.characters.begin(context, undefined, root);
  const self = g.fresh("Self");
  const body = surround(g, self, expressionsOf(root), (scope) => {
    const env = emptyEnvironment({ ...scope, self: nil }, root);
    return topLevel(g, statement, root, env);
  });
  noteCharacters(g, statement);
  return {
    name: functionName(`statement ${number}`, 0),
    fun: fun([], body, g.line(statement.span)),
  };
}

/**
 * A variable that is assigned inside an expression may hold a future at any of its uses: loops come
 * back to those that stand before, and blocks run when they like.
 */
function noteFuturesOfBlocks(session: SessionNames, statement: Statement): void {
  const top = bare(statement.expression);
  const outermost = top.kind === "assignment" ? bare(top.value) : undefined;
  if (top.kind === "assignment" && top.target.kind === "variable") {
    if (isFutureObject(outermost)) session.objects.add(top.target.name);
    else session.objects.delete(top.target.name);
  }
  const inner = mentions(expressionsOf([statement])).values
    .filter(({ value }) => value !== outermost);
  let before = -1;
  while (before !== session.lasting.size) {
    before = session.lasting.size;
    for (const { name, value } of inner) {
      const copies = value.kind === "variable" && session.futures.has(value.name);
      if (!copies && !mayBeFuture(value)) continue;
      session.futures.add(name);
      session.lasting.add(name);
    }
  }
}

/** After a statement: which variables of the session hold a character. */
function noteCharacters(g: Generator, statement: Statement): void {
  const top = bare(statement.expression);
  const outermost = top.kind === "assignment" ? bare(top.value) : undefined;
  for (const { name, value } of mentions(expressionsOf([statement])).values) {
    if (value !== outermost) g.characters.noteChanging(name);
  }
  const isPlain = top.kind === "assignment" && top.operator === undefined;
  for (const name of assignedAtTop(statement)) {
    g.characters.noteVariable(name, isPlain ? top.value : undefined);
  }
}

/** `x future sel`, or a message to the class `Future`. */
function isFutureObject(node: Expression | undefined): boolean {
  if (node?.kind !== "send") return false;
  const receiver = bare(node.receiver);
  return explicitFuture(node) !== undefined ||
    (receiver.kind === "class" && receiver.name === "Future");
}

/** The value of a top-level assignment may be a future: who shows it waits. */
function topLevel(
  g: Generator,
  statement: Statement,
  root: readonly Statement[],
  env: ReturnType<typeof emptyEnvironment>,
): Core {
  const node = bare(statement.expression);
  if (node.kind === "assignment") return assignment(g, node, env, (value) => value.core);
  // The statement is the last frame of what it calls.
  return keepingFrame(g, statements(g, root, env, tail));
}

function assignedAtTop(statement: Statement): string[] {
  const node = bare(statement.expression);
  if (node.kind === "destructuring") return boundNames(node.pattern);
  return node.kind === "assignment" && node.target.kind === "variable" ? [node.target.name] : [];
}
