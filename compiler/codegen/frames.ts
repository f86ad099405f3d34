/**
 * Which methods stay on the stack while their last send runs.
 * @module
 */
import { LIBRARY_PACKAGE } from "../analysis/module_naming.ts";
import type { Block, Expression, Send, Statement } from "../syntax/ast.ts";
import { atom, caseOf, clause, type Core, nil } from "./core.ts";
import type { Generator } from "./generator.ts";
import { inlinedBlocks, isInlined } from "./inlining.ts";
import { isOperator } from "./operators.ts";
import { BLOCK_CALLS } from "./selectors.ts";
import { bare, literalBlock } from "../analysis/walk.ts";

/**
 * Whether a body's last send is to be no tail call, so that its line stays in the stack trace: an
 * assertion is most often the last thing that a test says, an error that of a method. Methods that
 * end with a message to `self` may be loops, and the library's are not what a trace is read for but
 * where they leave something to subclasses.
 */
export function keepsFrame(g: Generator, bodies: readonly (readonly Statement[])[]): boolean {
  if (g.context.holds === "testCase") return true;
  const last = endSends(g, bodies.flatMap((body) => body.at(-1)?.expression ?? []));
  const stays = g.source.module.startsWith(`bt@${LIBRARY_PACKAGE}@`) ? isRaising : isNoLoop;
  return last.length > 0 && last.every(stays);
}

/**
 * Whether a block's last send is to be no tail call. Blocks that end with a call of a block may be
 * loops.
 */
export function keepsBlockFrame(g: Generator, node: Block): boolean {
  if (g.source.module.startsWith(`bt@${LIBRARY_PACKAGE}@`)) return false;
  const last = endSends(g, [lastOf(node)]);
  return last.length > 0 &&
    last.every((each) => isNoLoop(each) && !BLOCK_CALLS.has(each.selector));
}

/** The sends whose value is that of one of the expressions. */
function endSends(g: Generator, nodes: readonly Expression[]): Send[] {
  return nodes.flatMap((node) => {
    const inner = bare(node);
    switch (inner.kind) {
      case "send":
        if (isInlined(inner)) return endSends(g, inlinedBlocks(inner).map(lastOf));
        return keepsOwnFrame(g, inner) ? [] : [inner];
      case "return":
        return endSends(g, [inner.value]);
      case "match":
        return endSends(
          g,
          inner.arms.map(({ body }) => {
            const block = literalBlock(body);
            return block === undefined ? body : lastOf(block);
          }),
        );
      default:
        return [];
    }
  });
}

/** Operators keep the frame where they are sent, and need none for numbers. */
function keepsOwnFrame(g: Generator, node: Send): boolean {
  return g.source.compact !== true && isOperator(node.selector);
}

function lastOf(block: Block): Expression {
  return block.statements.at(-1)?.expression ?? block;
}

/** Messages to `self` that only raise. */
const RAISING = new Set([
  "error:",
  "subclassResponsibility",
  "notImplemented",
  "signal",
  "signal:",
]);

function isNoLoop(node: Send): boolean {
  return !isToSelf(node) || RAISING.has(node.selector);
}

function isRaising(node: Send): boolean {
  return isToSelf(node) && RAISING.has(node.selector);
}

function isToSelf(node: Send): boolean {
  const receiver = bare(node.receiver);
  return receiver.kind === "self" || receiver.kind === "super";
}

/** A clause that never matches, with another value, keeps the last call from being a tail call. */
export function keepingFrame(g: Generator, body: Core): Core {
  const value = g.fresh();
  return caseOf(body, [clause(atom("$bt_never"), nil), clause(value, value)]);
}
