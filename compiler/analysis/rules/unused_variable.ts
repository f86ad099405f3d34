import type { Binding } from "../names.ts";
import type { BodyContext, Rule } from "../rule.ts";

/** A local that is assigned and never read. */
export const unusedVariable: Rule = {
  code: "BT2004",
  name: "unused-variable",
  severity: "hint",
  category: "unused",
  summary: "A local is assigned and never read.",
  explanation:
    "Nothing reads the value. Remove the assignment, or begin the name with `_` to say that it is " +
    "meant to stay unused.",
  wrong: `Object subclass: Greeter
  greet =>
    name := "Ann"
    "hello"
`,
  right: `Object subclass: Greeter
  greet =>
    name := "Ann"
    "hello {name}"
`,
  body: (context) => {
    if (context.kind === "statement") return;
    for (const binding of unusedBindings(context)) {
      const isLocal = binding.kind === "local" || binding.kind === "pattern";
      if (isLocal && !isResult(binding, context)) report(binding, context);
    }
  },
};

/**
 * Bindings that are never read and not marked by `_` as meant so. None where a part could not be
 * read or a name is unknown, since that may be the slip; a hidden one is told by its own rule.
 */
export function unusedBindings({ names, hasErrors }: BodyContext): readonly Binding[] {
  if (hasErrors || names.unresolved.length > 0) return [];
  const hidden = new Set(names.shadowings.map(({ outer }) => outer));
  return names.bindings.filter((binding) =>
    binding.reads.length === 0 && !binding.name.startsWith("_") && !hidden.has(binding)
  );
}

/** `x := e` as the last statement of a method or block is its value. */
function isResult(binding: Binding, context: BodyContext): boolean {
  const statements = binding.block === undefined ? context.statements : binding.block.statements;
  const last = statements[statements.length - 1]?.expression;
  return last?.kind === "assignment" && last.target.span === binding.span;
}

function report(binding: Binding, context: BodyContext): void {
  const fixes = [{
    title: `Rename to \`_${binding.name}\``,
    edits: [binding.span, ...binding.writes].map((span) => ({
      span,
      newText: `_${binding.name}`,
    })),
  }];
  context.report(unusedVariable, binding.span, `\`${binding.name}\` is never read`, { fixes });
}
