/**
 * What type an expression probably has where nothing declares it: what a field begins with, what a
 * method without a result type answers. Good enough to propose by, not to complain by.
 * @module
 */
import { allClassState, allFields } from "../compiler/analysis/hierarchy.ts";
import { type FoundMethod, lookupMethod } from "../compiler/analysis/lookup.ts";
import { arithmeticResult, learn, signatureFor } from "../compiler/analysis/types/send_result.ts";
import {
  DYNAMIC,
  substitute,
  type Type,
  union,
  withoutVariables,
} from "../compiler/analysis/types/type.ts";
import { walkStatements } from "../compiler/analysis/walk.ts";
import type { Block, Expression, Member, PlacedUnit, Variable } from "../compiler/syntax/ast.ts";
import { type FileView, type KnownBody, knownBodyAt, type ProjectView } from "./file_view.ts";
import { assignmentBefore } from "./script_variables.ts";

/** Where an expression stands. */
export interface LikelyScope {
  readonly project: Pick<ProjectView, "view">;
  readonly view: FileView;
  readonly body: KnownBody;
  /** How many guesses are left; a number that fits any question where it is missing. */
  readonly budget?: { left: number };
}

/** How many guesses may rest on each other, and how many may be made for one question. */
const DEPTH = 5;
const BUDGET = 300;

/** The type of an expression, guessed where it is not known. */
export function likelyType(asked: LikelyScope, expression: Expression, depth = DEPTH): Type {
  const known = asked.body.types.typeOf(expression);
  if (known !== undefined && known.kind !== "dynamic") return known;
  const budget = asked.budget ?? { left: BUDGET };
  if (depth === 0 || budget.left-- <= 0) return DYNAMIC;
  const scope: LikelyScope = { ...asked, budget };
  switch (expression.kind) {
    case "parenthesized":
      return likelyType(scope, expression.expression, depth);
    case "variable":
      return variableType(scope, expression, depth);
    case "field":
      return fieldType(scope, expression.name.text, depth);
    case "send":
      return sendType(scope, expression, depth);
    case "assignment":
      return likelyType(scope, expression.value, depth);
    default:
      return DYNAMIC;
  }
}

/** As the last assignment before says. */
function variableType(scope: LikelyScope, node: Variable, depth: number): Type {
  const { bindingOf } = scope.body.names;
  const binding = bindingOf.get(node);
  if (binding === undefined) return scriptVariableType(scope, node, depth);
  if (binding.block !== undefined && binding.kind === "blockParameter") {
    return blockParameterType(scope, binding.block, binding.name);
  }
  let value: Expression | undefined;
  walkStatements(scope.body.source.statements, (each) => {
    if (each.kind !== "assignment" || each.target.kind !== "variable") return;
    if (each.operator !== undefined || each.span.start >= node.span.start) return;
    const isBefore = value === undefined || value.span.start < each.span.start;
    if (isBefore && bindingOf.get(each.target) === binding) value = each.value;
  });
  return value === undefined ? DYNAMIC : likelyType(scope, value, depth - 1);
}

/** As the last statement of the script says that assigned it. */
function scriptVariableType(scope: LikelyScope, { name }: Variable, depth: number): Type {
  if (scope.view.mode !== "script") return DYNAMIC;
  const found = assignmentBefore(scope.view, name, scope.body.source.unit.offset);
  return found === undefined
    ? DYNAMIC
    : likelyType({ ...scope, body: found.body }, found.value, depth - 1);
}

/** As the method says that is given the block, after what its other arguments are. */
function blockParameterType(scope: LikelyScope, block: Block, name: string): Type {
  const { body, view: { environment } } = scope;
  let type: Type = DYNAMIC;
  walkStatements(body.source.statements, (node) => {
    if (node.kind !== "send" || !node.arguments.includes(block)) return;
    const sent = body.types.sends.get(node);
    if (sent?.found === undefined) return;
    const { parameters, known } = signatureFor(sent.receiver, sent.found, environment);
    const learned = new Map<string, Type>(known);
    node.arguments.forEach((argument, index) => {
      const wanted = parameters[index];
      const given = body.types.typeOf(argument);
      if (argument === block || wanted === undefined || given === undefined) return;
      learn(wanted, given, learned, environment);
    });
    const wanted = parameters[node.arguments.indexOf(block)];
    const position = block.parameters.findIndex((each) => each.text === name);
    const found = wanted?.kind === "block" ? wanted.parameters?.[position] : undefined;
    if (found !== undefined) type = withoutVariables(substitute(found, learned));
  });
  return type;
}

/** As its default says; where that is nil or missing, as the first telling assignment says. */
function fieldType(scope: LikelyScope, name: string, depth: number): Type {
  const { class: owner, side } = scope.body.source.owner;
  if (owner === undefined) return DYNAMIC;
  const { environment } = scope.view;
  const fields = side === "class"
    ? allClassState(owner, environment)
    : allFields(owner, environment);
  const field = fields.find((each) => each.name === name);
  if (field === undefined) return DYNAMIC;
  const declaring = viewOf(scope, field.owner.file);
  if (declaring === undefined) return DYNAMIC;
  for (const { node, offset } of membersOf(declaring, field.owner.name)) {
    if (node.kind !== "data" || node.name.text !== name) continue;
    if (node.defaultValue === undefined || node.defaultValue.kind === "nil") break;
    const body = knownBodyAt(declaring, offset + node.defaultValue.span.start);
    return body === undefined
      ? DYNAMIC
      : likelyType({ ...scope, view: declaring, body }, node.defaultValue, depth - 1);
  }
  return assignedFieldType(scope, declaring, field.owner.name, name, depth);
}

function assignedFieldType(
  scope: LikelyScope,
  view: FileView,
  className: string,
  name: string,
  depth: number,
): Type {
  for (const { node, offset } of membersOf(view, className)) {
    if (node.kind !== "method") continue;
    const body = knownBodyAt(view, offset + node.span.end);
    if (body === undefined) continue;
    const values: Expression[] = [];
    walkStatements(body.source.statements, (each) => {
      const isIt = each.kind === "assignment" && each.target.kind === "field" &&
        each.target.name.text === name && each.operator === undefined;
      if (isIt && each.value.kind !== "nil") values.push(each.value);
    });
    for (const value of values) {
      const type = likelyType({ ...scope, view, body }, value, depth - 1);
      if (type.kind !== "dynamic") return type;
    }
  }
  return DYNAMIC;
}

/** The receiver's method by its result, or by what its body answers. */
function sendType(
  scope: LikelyScope,
  node: Extract<Expression, { kind: "send" }>,
  depth: number,
): Type {
  const { environment } = scope.view;
  const sent = scope.body.types.sends.get(node);
  if (sent?.found !== undefined) return answerOf(scope, sent.found, sent.receiver, depth);
  const receiver = likelyType(scope, node.receiver, depth - 1);
  const [first] = node.arguments;
  const given = first && likelyType(scope, first, depth - 1);
  const arithmetic = given && arithmeticResult(node.selector, receiver, given, environment);
  if (arithmetic !== undefined) return arithmetic;
  if (receiver.kind !== "instance" && receiver.kind !== "classObject") return DYNAMIC;
  const side = receiver.kind === "instance" ? "instance" : "class";
  const found = lookupMethod(receiver.class, node.selector, side, environment);
  return found === undefined ? DYNAMIC : answerOf(scope, found, receiver, depth);
}

function answerOf(scope: LikelyScope, found: FoundMethod, receiver: Type, depth: number): Type {
  const { method, owner, side } = found;
  if (method.returnType !== undefined) {
    const { result, known } = signatureFor(receiver, found, scope.view.environment);
    return withoutVariables(substitute(result, known));
  }
  if (found.origin !== "declared" || owner.package === "stdlib") return DYNAMIC;
  const view = viewOf(scope, owner.file);
  if (view === undefined) return DYNAMIC;
  for (const { node, offset } of membersOf(view, owner.name)) {
    if (node.kind !== "method" || node.selector !== method.selector) continue;
    if (node.modifiers.includes("class") !== (side === "class")) continue;
    const body = knownBodyAt(view, offset + node.span.end);
    return body === undefined ? DYNAMIC : answered({ ...scope, view, body }, depth);
  }
  return DYNAMIC;
}

/** The type of all that a body answers; one guess is enough. */
function answered(scope: LikelyScope, depth: number): Type {
  const types = scope.body.types.answers.map(({ expression, type }) =>
    type.kind === "dynamic" ? likelyType(scope, expression, depth - 1) : type
  );
  const told = types.filter(({ kind }) => kind !== "dynamic");
  return told.length === 0 ? DYNAMIC : union(told);
}

function viewOf({ project, view }: LikelyScope, path: string): FileView | undefined {
  return path === view.path ? view : project.view(path);
}

function membersOf(view: FileView, className: string): readonly PlacedUnit<Member>[] {
  return view.source.declarations.flatMap((each) =>
    each.kind === "class" && each.header.node.name.text === className ? [...each.members] : []
  );
}
