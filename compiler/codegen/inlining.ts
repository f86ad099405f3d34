/**
 * Which messages with literal blocks are compiled in place instead of being sent.
 * @module
 */
import type { Block, Expression, Send } from "../syntax/ast.ts";
import { bare, literalBlock } from "../analysis/walk.ts";
import { mentions, returnsInside } from "./mentions.ts";

/** Number of parameters allowed for each argument that must be a literal block. */
type BlockShape = readonly (number | readonly number[] | undefined)[];

const BLOCK_ARGUMENTS: Readonly<Record<string, BlockShape>> = {
  "ifTrue:": [0],
  "ifFalse:": [0],
  "ifTrue:ifFalse:": [0, 0],
  "ifFalse:ifTrue:": [0, 0],
  "ifNil:": [0],
  "ifNotNil:": [[0, 1]],
  "ifNil:ifNotNil:": [0, [0, 1]],
  "ifNotNil:ifNil:": [[0, 1], 0],
  "and:": [0],
  "or:": [0],
  "whileTrue:": [0],
  "whileFalse:": [0],
  "timesRepeat:": [0],
  "to:do:": [undefined, 1],
  "to:by:do:": [undefined, undefined, 1],
};

const BLOCK_RECEIVERS = new Set([
  "whileTrue:",
  "whileFalse:",
  "whileTrue",
  "whileFalse",
  "repeat",
]);

/** Loops: their blocks may run more than once. */
const LOOPS = new Set([...BLOCK_RECEIVERS, "timesRepeat:", "to:do:", "to:by:do:"]);

/** Whether the message is compiled in place. */
export function isInlined(send: Send): boolean {
  if (send.receiver.kind === "super") return false;
  if (BLOCK_RECEIVERS.has(send.selector) && literalBlock(send.receiver)?.parameters.length !== 0) {
    return false;
  }
  const shape = BLOCK_ARGUMENTS[send.selector];
  if (shape === undefined) return BLOCK_RECEIVERS.has(send.selector);
  return shape.every((allowed, index) => fits(allowed, send.arguments[index]));
}

function fits(allowed: BlockShape[number], argument: Expression | undefined): boolean {
  if (allowed === undefined) return true;
  const block = literalBlock(argument);
  if (block === undefined) return false;
  const count = block.parameters.length;
  return typeof allowed === "number" ? count === allowed : allowed.includes(count);
}

/**
 * Messages that every receiver is done with when it answers. `collect:` and its like are not among
 * them: a stream keeps their blocks for later.
 */
const COLLECTION_LOOPS: Readonly<Record<string, BlockShape>> = {
  "do:": [1],
  "inject:into:": [undefined, 2],
  "detect:": [1],
  "detect:ifNone:": [1, 0],
  "doWithIndex:": [2],
  "eachWithIndex:": [2],
};

const ENDS_WITH_SEND: ReadonlySet<string> = new Set([
  ...Object.keys(BLOCK_ARGUMENTS),
  ...Object.keys(COLLECTION_LOOPS),
  "on:do:",
  "ensure:",
  "ifCurtailed:",
  "keysAndValuesDo:",
  "anySatisfy:",
  "allSatisfy:",
  "at:ifAbsent:",
]);

/** Whether blocks given with the message cannot be run after it is answered. */
export function endsWithSend(send: Send): boolean {
  return ENDS_WITH_SEND.has(send.selector);
}

const collectionLoops = new WeakMap<Send, boolean>();

/**
 * Whether the message goes over a collection with blocks that assign variables or return from the
 * method, so that a loop in place is worth its code.
 */
export function isCollectionLoop(send: Send): boolean {
  const known = collectionLoops.get(send);
  if (known !== undefined) return known;
  const found = findCollectionLoop(send);
  collectionLoops.set(send, found);
  return found;
}

function findCollectionLoop(send: Send): boolean {
  const shape = COLLECTION_LOOPS[send.selector];
  if (shape === undefined) return false;
  const receiver = bare(send.receiver);
  if (receiver.kind === "self" || receiver.kind === "super" || receiver.kind === "block") {
    return false;
  }
  if (!shape.every((allowed, index) => fits(allowed, send.arguments[index]))) return false;
  if (shape.some((allowed, index) => allowed === undefined && isBlock(send.arguments[index]))) {
    return false;
  }
  // A fold hands its result from turn to turn, as a loop in place does at no cost.
  if (send.selector === "inject:into:") return true;
  const blocks = loopBlocks(send);
  return mentions(blocks).assigned.size > 0 || returnsInside(blocks);
}

function isBlock(argument: Expression | undefined): boolean {
  return literalBlock(argument) !== undefined;
}

/** The blocks of a collection's message. */
export function loopBlocks(send: Send): Block[] {
  return send.arguments.flatMap((argument) => literalBlock(argument) ?? []);
}

/** The blocks of an inlined message, its receiver's first. */
export function inlinedBlocks(send: Send): Block[] {
  const parts = [send.receiver, ...send.arguments];
  if (!BLOCK_RECEIVERS.has(send.selector)) parts.shift();
  return parts.flatMap((part) => literalBlock(part) ?? []);
}

/** Whether an inlined message runs its blocks repeatedly. */
export function isLoop(send: Send): boolean {
  return LOOPS.has(send.selector);
}
