/**
 * Which locals hold integers whatever happens, found from the text alone: those that start as one
 * and are only ever assigned literals and sums, differences, products, remainders and the like of
 * such. Arithmetic on them needs neither tests nor the message as a way out.
 * @module
 */
import type { Block, Expression, Send } from "../syntax/ast.ts";
import { inlinedBlocks, isInlined } from "./inlining.ts";
import {
  bare,
  boundNames,
  childExpressions,
  expressionsOf,
  literalBlock,
} from "../analysis/walk.ts";

/** A value that a name is given; undefined where it may be anything. */
type Source = Expression | undefined;

/** What is known before: integers among the names that the text does not assign, and sends. */
export interface Known {
  /** Whether a name holds an integer where the text begins. */
  readonly integer: (name: string) => boolean;
  /** Whether the name can be seen where the text begins. */
  readonly visible: (name: string) => boolean;
  /** Whether a send answers an integer, given which arguments are integers. */
  readonly answer?: (send: Send, isInteger: (node: Expression) => boolean) => boolean;
}

/** Answers whether an expression of `nodes`, evaluated any number of times, is an integer. */
export function integersIn(
  nodes: readonly Expression[],
  known: Known,
): (node: Expression) => boolean {
  const sources = new Map<string, Source[]>();
  for (const node of nodes) gather(node, sources);
  const assumed = new Set<string>();
  for (const name of sources.keys()) {
    if (!known.visible(name) || known.integer(name)) assumed.add(name);
  }
  const isInteger = (node: Expression) => integral(node, sources, assumed, known);
  let before = -1;
  while (before !== assumed.size) {
    before = assumed.size;
    for (const name of [...assumed]) {
      const all = sources.get(name) ?? [];
      if (!all.every((source) => source !== undefined && isInteger(source))) assumed.delete(name);
    }
  }
  return isInteger;
}

function note(sources: Map<string, Source[]>, name: string, source: Source): void {
  const known = sources.get(name);
  if (known === undefined) sources.set(name, [source]);
  else known.push(source);
}

function gather(node: Expression, sources: Map<string, Source[]>): void {
  switch (node.kind) {
    case "assignment":
      if (node.target.kind === "variable") note(sources, node.target.name, assigned(node));
      break;
    case "destructuring":
      for (const name of boundNames(node.pattern)) note(sources, name, undefined);
      break;
    case "match":
      for (const arm of node.arms) {
        for (const name of boundNames(arm.pattern)) note(sources, name, undefined);
      }
      break;
    case "block":
      for (const { text } of node.parameters) note(sources, text, undefined);
      break;
    case "send":
      if (gatherCounting(node, sources)) return;
      break;
  }
  for (const child of childExpressions(node)) gather(child, sources);
}

/** A compound assignment as the operation that it stands for. */
function assigned(node: Expression & { kind: "assignment" }): Source {
  const { operator, target, value, span } = node;
  if (operator === undefined || target.kind !== "variable") return value;
  const selectorSpans = [span];
  return {
    kind: "send",
    receiver: target,
    selector: operator,
    selectorSpans,
    arguments: [value],
    span,
  };
}

/** The index of a counting loop is an integer if its start and its step are. */
function gatherCounting(node: Send, sources: Map<string, Source[]>): boolean {
  if (node.selector !== "to:do:" && node.selector !== "to:by:do:") return false;
  const block = literalBlock(node.arguments[node.arguments.length - 1]);
  const [index] = block?.parameters ?? [];
  if (block === undefined || index === undefined || !isInlined(node)) return false;
  note(sources, index.text, node.receiver);
  if (node.selector === "to:by:do:") note(sources, index.text, node.arguments[0]);
  const bounds = [node.receiver, ...node.arguments.slice(0, -1)];
  for (const child of [...bounds, ...expressionsOf(block.statements)]) gather(child, sources);
  return true;
}

function integral(
  written: Expression,
  sources: ReadonlyMap<string, Source[]>,
  assumed: ReadonlySet<string>,
  known: Known,
): boolean {
  const node = bare(written);
  const isInteger = (each: Expression) => integral(each, sources, assumed, known);
  switch (node.kind) {
    case "integer":
      return true;
    case "variable":
      return sources.has(node.name) ? assumed.has(node.name) : known.integer(node.name);
    case "assignment": {
      const source = assigned(node);
      return source !== undefined && isInteger(source);
    }
    case "send":
      return integralSend(node, isInteger, known);
    default:
      return false;
  }
}

function integralSend(
  node: Send,
  isInteger: (node: Expression) => boolean,
  known: Known,
): boolean {
  if (CLOSED.has(node.selector)) {
    const [right] = node.arguments;
    return right !== undefined && !isZero(right) && isInteger(node.receiver) && isInteger(right);
  }
  if (CHOICES.has(node.selector) && isInlined(node)) {
    return inlinedBlocks(node).every((block) => isIntegerBlock(block, isInteger));
  }
  return known.answer?.(node, isInteger) === true;
}

/** Operations that answer an integer for two integers, or raise. */
const CLOSED: ReadonlySet<string> = new Set(["+", "-", "*", "%", "div:"]);
const CHOICES: ReadonlySet<string> = new Set(["ifTrue:ifFalse:", "ifFalse:ifTrue:"]);

/** The remainder of a division by a literal zero is sent as a message, and might be answered. */
function isZero(node: Expression): boolean {
  const inner = bare(node);
  return inner.kind === "integer" && inner.value === 0n;
}

function isIntegerBlock(block: Block, isInteger: (node: Expression) => boolean): boolean {
  const last = block.statements[block.statements.length - 1];
  return last !== undefined && isInteger(last.expression);
}
