import type { Match, Pattern } from "../../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts } from "../class_facts.ts";
import { inheritsFrom } from "../hierarchy.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { symbolText } from "../symbol_text.ts";
import { descendants } from "../types/understanding.ts";
import { type Type, unionMembers } from "../types/type.ts";
import { takesAll } from "../walk.ts";

/** Cases of a closed family that no arm takes. */
export const incompleteMatch: Rule = {
  code: "BT4007",
  name: "incomplete-match",
  severity: "warning",
  category: "type",
  summary: "A `match:` over a closed family leaves out a case.",
  explanation:
    "A value of the missing case raises `#match_error`. Closed are `Result`, booleans, unions of " +
    "symbols and the subclasses of an `abstract sealed` class. With `matchExhaustive:` a missing " +
    "case is an error.",
  wrong: `Object subclass: Answers
  text: answer => answer match: [Result ok: value -> value]
`,
  right: `Object subclass: Answers
  text: answer => answer match: [Result ok: value -> value; Result error: _ -> "failed"]
`,
  expressions: {
    match: (node, context, ancestors) => {
      if (context.hasErrors || context.isExpectedToFail(ancestors)) return;
      const covering = node.arms.filter((arm) => arm.guard === undefined).map((arm) => arm.pattern);
      if (covering.some(takesAll)) return;
      const missing = missingCases(node, covering, context);
      if (missing.length === 0) return;
      const severity = node.exhaustive ? "error" : "warning";
      const list = missing.map((each) => `\`${each}\``).join(", ");
      const message = `No arm takes ${list}`;
      context.report(incompleteMatch, node.selectorSpan, message, { severity });
    },
  },
};

function missingCases(
  node: Match,
  covering: readonly Pattern[],
  context: BodyContext,
): readonly string[] {
  const type = context.types().typeOf(node.scrutinee);
  const isResult = isResultType(type) ||
    node.arms.every(({ pattern }) =>
      pattern.kind === "constructorPattern" && pattern.class.name === "Result"
    );
  if (isResult && node.arms.length > 0) return missingResults(covering);
  if (type === undefined) return [];
  return missingMembers(type, covering, context.scope.environment);
}

function isResultType(type: Type | undefined): boolean {
  return type?.kind === "instance" && type.class.name === "Result";
}

function missingResults(covering: readonly Pattern[]): readonly string[] {
  if (covering.some((pattern) => pattern.kind === "classPattern")) return [];
  return ["ok", "error"]
    .filter((name) => !covering.some((pattern) => takesResult(pattern, name)))
    .map((name) => `Result ${name}: _`);
}

function takesResult(pattern: Pattern, name: string): boolean {
  if (pattern.kind !== "constructorPattern" || pattern.class.name !== "Result") return false;
  const [field] = pattern.fields;
  return field !== undefined && field.name.text === name && takesAll(field.pattern);
}

function missingMembers(
  type: Type,
  covering: readonly Pattern[],
  environment: ClassEnvironment,
): readonly string[] {
  const missing: string[] = [];
  for (const member of unionMembers(type)) {
    if (member.kind === "symbol") {
      if (!covering.some((pattern) => takesSymbol(pattern, member.value))) {
        missing.push(symbolText(member.value));
      }
      continue;
    }
    if (member.kind !== "instance") return [];
    const cases = closedCases(member.class, environment);
    // One open member, and nothing can be said of the whole.
    if (cases === undefined) return [];
    for (const each of cases) {
      if (!covering.some((pattern) => takesClass(pattern, each, environment))) {
        missing.push(each.name === "UndefinedObject" ? "nil" : `_ :: ${each.name}`);
      }
    }
  }
  return missing;
}

function takesSymbol(pattern: Pattern, value: string): boolean {
  if (pattern.kind === "literalPattern") {
    return pattern.literal.kind === "symbol" && pattern.literal.value === value;
  }
  return pattern.kind === "classPattern" && takesAll(pattern.pattern) &&
    pattern.class.name === "Symbol";
}

/** The classes that a value may be of, where they are all known. */
function closedCases(
  of: ClassFacts,
  environment: ClassEnvironment,
): readonly ClassFacts[] | undefined {
  if (of.name === "UndefinedObject" || of.name === "True" || of.name === "False") return [of];
  const isFamily = of.modifiers.includes("sealed") && of.modifiers.includes("abstract");
  if (!isFamily) return undefined;
  const below = descendants(of, environment)
    .filter((each) => !each.modifiers.includes("abstract"));
  return below.length === 0 ? undefined : below;
}

function takesClass(pattern: Pattern, of: ClassFacts, environment: ClassEnvironment): boolean {
  switch (pattern.kind) {
    case "classPattern": {
      if (!takesAll(pattern.pattern)) return false;
      const name = pattern.class.name === "Nil" ? "UndefinedObject" : pattern.class.name;
      return inheritsFrom(of, name, environment);
    }
    case "constructorPattern":
      return pattern.fields.every((field) => takesAll(field.pattern)) &&
        inheritsFrom(of, pattern.class.name, environment);
    case "literalPattern":
      return pattern.literal.kind === "nil" && of.name === "UndefinedObject";
    default:
      return false;
  }
}
