import { classKind } from "../hierarchy.ts";
import type { Rule } from "../rule.ts";
import { unknownClassMessage } from "./unknown_class.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** A migration of a class that is not known or has no state. */
export const patchOfUnknownClass: Rule = {
  code: "BT6001",
  name: "patch-of-unknown-class",
  severity: "error",
  category: "all",
  summary: "A migration is for a class that is not known, or that is no actor.",
  explanation:
    "`patch Class >> state { ... }` runs on the state of each living instance when the class is " +
    "loaded anew. Only actors live on with a state.",
  wrong: `Actor subclass: Account
  state: balance = 0

patch Acount >> state { self.balance := self.balance * 100 }
`,
  right: `Actor subclass: Account
  state: balance = 0

patch Account >> state { self.balance := self.balance * 100 }
`,
  file: ({ scope, declarations, report }) => {
    for (const declaration of declarations) {
      if (declaration.kind !== "patch") continue;
      const { target } = declaration.unit.node;
      const span = placedSpan(declaration.unit, target.span);
      const known = scope.environment.classNamed(target.name, target.package);
      if (known === undefined) {
        const [message, options] = unknownClassMessage(target.name, span, scope.environment);
        const severity = scope.mode === "script" ? "warning" : "error";
        report(patchOfUnknownClass, span, message, { ...options, severity });
        continue;
      }
      const kind = classKind(known, scope.environment);
      if (kind === "actor" || kind === undefined) continue;
      const message = `${known.name} is no actor: it has no state that lives on`;
      report(patchOfUnknownClass, span, message, { severity: "warning" });
    }
  },
};
