import { lookupSuper } from "../hierarchy.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { isUnused } from "./unused_variable.ts";

/** A parameter that the body never reads. */
export const unusedParameter: Rule = {
  code: "BT2005",
  name: "unused-parameter",
  severity: "hint",
  category: "unused",
  summary: "A parameter of a method or block is never read.",
  explanation:
    "The value is passed for nothing. Begin the name with `_` where the parameter must be there, " +
    "or remove it. A method that overrides another, or one of several clauses, keeps its " +
    "parameters without a finding.",
  wrong: `Object subclass: Greeter
  greetAll: names => names collect: [:name | "hello"]
`,
  right: `Object subclass: Greeter
  greetAll: names => names collect: [:_name | "hello"]
`,
  body: (context) => {
    if (context.hasErrors) return;
    const method = isFixedByOthers(context);
    for (const binding of context.names.bindings) {
      const isParameter = binding.kind === "blockParameter" ||
        (binding.kind === "parameter" && !method);
      if (!isParameter || !isUnused(binding)) continue;
      const newText = `_${binding.name}`;
      const fixes = [{
        title: `Rename to \`${newText}\``,
        edits: [{ span: binding.span, newText }],
      }];
      context.report(unusedParameter, binding.span, `\`${binding.name}\` is never read`, { fixes });
    }
  },
};

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
