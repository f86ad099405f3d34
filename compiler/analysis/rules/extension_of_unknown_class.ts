import type { Rule } from "../rule.ts";
import { unknownClassMessage } from "./unknown_class.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** An extension of a class that is not known. */
export const extensionOfUnknownClass: Rule = {
  code: "BT3017",
  name: "extension-of-unknown-class",
  severity: "warning",
  category: "all",
  summary: "A method is added to a class that is not known.",
  explanation:
    "The method is found once a class of that name is loaded. Where none ever is, it never runs: " +
    "mend the name or add the dependency.",
  wrong: `Strin >> shout => self uppercase ++ "!"
`,
  right: `String >> shout => self uppercase ++ "!"
`,
  file: ({ scope, declarations, report }) => {
    for (const declaration of declarations) {
      if (declaration.kind !== "extension") continue;
      const { target } = declaration.unit.node;
      const { environment } = scope;
      if (environment.classNamed(target.name, target.package) !== undefined) continue;
      const span = placedSpan(declaration.unit, target.span);
      report(extensionOfUnknownClass, span, ...unknownClassMessage(target.name, span, environment));
    }
  },
};
