import type { ClassReference, Span } from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import { nearestName } from "../proposals.ts";
import type { BodyContext, FindingOptions, Rule } from "../rule.ts";
import { patternsIn } from "../walk.ts";

/** Names that stand for objects of the workspace. */
const GLOBALS: ReadonlySet<string> = new Set(["Transcript", "Workspace", "Beamtalk"]);

/** Names of the kinds of value that patterns and types may say for their classes. */
const PATTERN_CLASSES: ReadonlySet<string> = new Set(["Nil"]);

/** A class name that no file declares. */
export const unknownClass: Rule = {
  code: "BT2002",
  name: "unknown-class",
  severity: "warning",
  category: "all",
  summary: "A class name is not declared by the project, its dependencies or the class library.",
  explanation:
    "The program is compiled all the same, since the class may be loaded or built later. Where the " +
    "name is still unknown when it runs, the error is `Class 'X' not found`.",
  wrong: `Value subclass: Greeter
  class start => Greter new
`,
  right: `Value subclass: Greeter
  class start => Greeter new
`,
  body: (context) => {
    for (const parameter of context.parameters) {
      for (const pattern of patternsIn(parameter.pattern)) {
        if (pattern.kind === "classPattern" || pattern.kind === "constructorPattern") {
          checkPatternClass(pattern.class, context);
        }
      }
    }
  },
  expressions: {
    class: (node, context) => {
      if (!context.isExpectedToFail([])) checkClass(node, context);
    },
    match: (node, context) => {
      for (const arm of node.arms) {
        for (const pattern of patternsIn(arm.pattern)) {
          if (pattern.kind === "classPattern" || pattern.kind === "constructorPattern") {
            checkPatternClass(pattern.class, context);
          }
        }
      }
    },
  },
};

function checkPatternClass(reference: ClassReference, context: BodyContext): void {
  if (!PATTERN_CLASSES.has(reference.name)) checkClass(reference, context);
}

function checkClass(reference: ClassReference, context: BodyContext): void {
  const { environment } = context.scope;
  const { name, package: packageName, span } = reference;
  if (packageName === undefined && GLOBALS.has(name)) return;
  if (environment.classNamed(name, packageName) !== undefined) return;
  if (environment.protocolNamed(name) !== undefined) return;
  context.report(unknownClass, span, ...unknownClassMessage(name, span, environment));
}

/** The message for an unknown class, with a proposal where one is near. */
export function unknownClassMessage(
  name: string,
  span: Span,
  environment: ClassEnvironment,
): [string, FindingOptions] {
  const message = `Class '${name}' not found`;
  const proposal = nearestName(name, environment.classNames());
  if (proposal === undefined) return [message, {}];
  const fixes = [{ title: `Replace by \`${proposal}\``, edits: [{ span, newText: proposal }] }];
  return [`${message}. Did you mean \`${proposal}\`?`, { fixes }];
}
