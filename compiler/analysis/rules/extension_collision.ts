import type { ExtensionFacts } from "../class_facts.ts";
import { selectorSpan, writtenClassName } from "../file_facts.ts";
import type { FileContext, Rule } from "../rule.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** One extension in two files. */
export const extensionCollision: Rule = {
  code: "BT3016",
  name: "extension-collision",
  severity: "error",
  category: "all",
  summary: "Two files extend a class by the same selector.",
  explanation:
    "Only one of the two could be found, so loading them is refused. Rename one, or keep it in one " +
    "place.",
  wrong: `String >> loud => self uppercase
`,
  right: `String >> veryLoud => self uppercase
`,
  file: (context) => {
    const { scope } = context;
    if (scope.mode === "script") return;
    for (const extension of scope.facts.extensions) {
      const other = scope.environment.extensionsOf(extension.target)
        .find((found) => found.file !== scope.file && isSame(found, extension));
      if (other !== undefined) reportCollision(extension, other, context);
    }
  },
};

function isSame(a: ExtensionFacts, b: ExtensionFacts): boolean {
  return a.target === b.target && a.classSide === b.classSide &&
    a.method.selector === b.method.selector;
}

function reportCollision(
  extension: ExtensionFacts,
  other: ExtensionFacts,
  { declarations, report }: FileContext,
): void {
  const side = extension.classSide ? " class" : "";
  const name = `${extension.target}${side} >> ${extension.method.selector}`;
  const related = [{ file: other.file, span: other.method.span, message: "the other extension" }];
  for (const declaration of declarations) {
    if (declaration.kind !== "extension") continue;
    const { target, classSide, method } = declaration.unit.node;
    const same = writtenClassName(target) === extension.target &&
      classSide === extension.classSide && method.selector === extension.method.selector;
    if (!same) continue;
    const span = placedSpan(declaration.unit, selectorSpan(method.selectorSpans, method.span));
    report(extensionCollision, span, `\`${name}\` is also defined in ${other.file}`, { related });
    return;
  }
}
