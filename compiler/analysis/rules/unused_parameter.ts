import type { Block } from "../../syntax/ast.ts";
import { lookupSuper } from "../lookup.ts";
import type { Binding } from "../names.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { bare, walkStatements } from "../walk.ts";
import { unusedBindings } from "./unused_variable.ts";

/** A parameter that the body never reads. */
export const unusedParameter: Rule = {
  code: "BT2005",
  name: "unused-parameter",
  severity: "hint",
  category: "unused",
  summary: "A parameter of a method or block is never read.",
  explanation:
    "The value is passed for nothing. Begin the name with `_` where the parameter must be there, " +
    "or remove it. Nothing is said where others fix the parameters: in a method that overrides " +
    "another, in one of several clauses, in a block of several parameters, in a handler.",
  wrong: `Object subclass: Greeter
  greetAll: names => names collect: [:name | "hello"]
`,
  right: `Object subclass: Greeter
  greetAll: names => names collect: [:_name | "hello"]
`,
  body: (context) => {
    if (context.scope.mode === "script") return;
    const isFixed = isFixedByOthers(context);
    const handlers = handlerParameters(context);
    for (const binding of unusedBindings(context)) {
      if (binding.kind === "parameter" && isFixed) continue;
      if (binding.kind === "blockParameter" && !isFree(binding, handlers)) continue;
      if (binding.kind !== "parameter" && binding.kind !== "blockParameter") continue;
      const newText = `_${binding.name}`;
      const fixes = [{
        title: `Rename to \`${newText}\``,
        edits: [{ span: binding.span, newText }],
      }];
      context.report(unusedParameter, binding.span, `\`${binding.name}\` is never read`, { fixes });
    }
  },
};

/** A block of several parameters, and a handler, has the shape that its caller wants. */
function isFree(binding: Binding, handlers: ReadonlySet<Block>): boolean {
  const { block } = binding;
  return block?.parameters.length === 1 && !handlers.has(block);
}

const HANDLING = new Set(["on:do:", "ifOk:ifError:", "ifError:", "ifNotNil:", "ifNil:ifNotNil:"]);

function handlerParameters(context: BodyContext): ReadonlySet<Block> {
  const blocks = new Set<Block>();
  walkStatements(context.statements, (node) => {
    if (node.kind !== "send" || !HANDLING.has(node.selector)) return;
    for (const argument of node.arguments.map(bare)) {
      if (argument.kind === "block") blocks.add(argument);
    }
  });
  return blocks;
}

/** Overriding, being one of several clauses or being called by the system fixes the parameters. */
function isFixedByOthers(context: BodyContext): boolean {
  const { method, owner, scope } = context;
  if (method === undefined || owner.class === undefined || context.kind === "extension") {
    return true;
  }
  if (context.isClause || method.selector === "main:" || isHook(context)) return true;
  if (context.parameters.some(({ pattern }) => pattern.kind !== "binding")) return true;
  return lookupSuper(owner.class, method.selector, owner.side, scope.environment) !== undefined;
}

/** A method that does nothing of its own is there for subclasses to override. */
function isHook(context: BodyContext): boolean {
  const only = context.statements.length === 1 ? context.statements[0]?.expression : undefined;
  if (only === undefined) return false;
  if (only.kind === "send") {
    return only.receiver.kind === "self" &&
      ["subclassResponsibility", "notImplemented", "delegate"].includes(only.selector);
  }
  return ["nil", "self", "boolean", "integer", "string", "symbol"].includes(only.kind);
}
