/**
 * Which messages with literal blocks are compiled in place instead of being sent.
 * @module
 */
import type { Block, Expression, Send } from "../syntax/ast.ts";
import { literalBlock } from "./walk.ts";

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
