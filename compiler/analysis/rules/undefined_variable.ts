import type { Span, Variable } from "../../syntax/ast.ts";
import type { Fix } from "../../syntax/diagnostic.ts";
import { allClassState, allFields } from "../hierarchy.ts";
import { nearestName } from "../proposals.ts";
import type { BodyContext, Rule } from "../rule.ts";

/** A lower-case name that nothing defines. */
export const undefinedVariable: Rule = {
  code: "BT2001",
  name: "undefined-variable",
  severity: "error",
  category: "all",
  summary: "A name is neither a local, a parameter nor anything else that is known here.",
  explanation:
    "A local begins to exist with its first assignment and lives in the method or block that " +
    "holds it. A datum of the object is read with `self.` before its name. At the prompt and in " +
    "the statements of a script the session may know the name, so it is looked up when it runs.",
  wrong: `Object subclass: Greeter
  greet: person => "hello {persn}"
`,
  right: `Object subclass: Greeter
  greet: person => "hello {person}"
`,
  body: (context) => {
    // What could not be read may have defined the name.
    if (context.kind === "statement" || context.hasErrors) return;
    for (const variable of context.names.unresolved) {
      if (context.isFirst(`variable ${variable.name}`)) reportUndefined(variable, context);
    }
  },
};

function reportUndefined(variable: Variable, context: BodyContext): void {
  const { name, span } = variable;
  const joined = { start: span.start - 2, end: span.end };
  if (JOINED.test(context.textOf(joined))) {
    reportJoined(variable, context);
    return;
  }
  const proposal = proposalFor(variable, context);
  const message = `Undefined variable: ${name}`;
  const severity = context.scope.mode === "script" ? "warning" : "error";
  if (proposal === undefined) {
    context.report(undefinedVariable, span, message, { severity });
    return;
  }
  const full = `${message}. Did you mean \`${proposal}\`?`;
  context.report(undefinedVariable, span, full, { severity, fixes: [replacement(span, proposal)] });
}

/** A name right behind a full stop and what ends an operand: `"abc".size`, as others write a message. */
const JOINED = /^[\w")\]}]\.\w/;

function reportJoined({ name, span }: Variable, context: BodyContext): void {
  const message =
    `Undefined variable: ${name}. A full stop ends a statement; a message stands behind a space`;
  const severity = context.scope.mode === "script" ? "warning" : "error";
  const edits = [{ span: { start: span.start - 1, end: span.start }, newText: " " }];
  const fixes = [{ title: `Send \`${name}\``, edits }];
  context.report(undefinedVariable, span, message, { severity, fixes });
}

function proposalFor(variable: Variable, context: BodyContext): string | undefined {
  const { class: owner, side } = context.owner;
  if (owner !== undefined) {
    const { environment } = context.scope;
    const fields = side === "class"
      ? allClassState(owner, environment)
      : allFields(owner, environment);
    if (fields.some((field) => field.name === variable.name)) return `self.${variable.name}`;
  }
  return nearestName(variable.name, context.names.bindings.map((binding) => binding.name));
}

function replacement(span: Span, newText: string): Fix {
  return { title: `Replace by \`${newText}\``, edits: [{ span, newText }] };
}
