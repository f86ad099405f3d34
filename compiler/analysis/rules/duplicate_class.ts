import type { Rule } from "../rule.ts";
import { LIBRARY_PACKAGE } from "../module_naming.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** Classes that the compiler itself knows by name. */
const KERNEL: ReadonlySet<string> = new Set(
  ("ProtoObject Object Behaviour Class Metaclass Value Actor Server Supervisor DynamicSupervisor " +
    "Boolean True False UndefinedObject Symbol Number Integer Float Character Block Collection " +
    "List Array Dictionary Set Tuple Binary String Exception Error Future Erlang TestCase")
    .split(" "),
);

/** Two classes of one name in one package. */
export const duplicateClass: Rule = {
  code: "BT3003",
  name: "duplicate-class",
  severity: "error",
  category: "all",
  isStructural: true,
  summary: "Two classes of a package have one name, or a class takes the name of a kernel class.",
  explanation:
    "A class is known by its name, so only one class of a package may have it. The names of the " +
    "kernel classes, on which every program rests, cannot be taken. In a script a class that is " +
    "declared again replaces the one before.",
  wrong: `Value subclass: Point
  field: x = 0

Value subclass: Point
  field: y = 0
`,
  right: `Value subclass: Point
  field: x = 0

Value subclass: OtherPoint
  field: y = 0
`,
  class: ({ scope, class: known, declaration, report }) => {
    if (scope.mode === "script" || scope.package === LIBRARY_PACKAGE) return;
    const { name } = declaration.header.node;
    const span = placedSpan(declaration.header, name.span);
    if (KERNEL.has(name.text)) {
      const message = `${name.text} is a kernel class and cannot be declared again`;
      report(duplicateClass, span, message);
      return;
    }
    const here = scope.facts.classes.filter((each) => each.name === name.text);
    const elsewhere = (scope.environment.classesNamed?.(name.text) ?? [])
      .filter((each) => each.package === known.package && each.file !== known.file);
    const other = here[0] === known ? elsewhere[0] : here[0];
    if (other === undefined) return;
    const places = other.file === known.file
      ? ` in ${known.file}`
      : `: in ${other.file} and in ${known.file}`;
    const message = `Class ${name.text} is declared twice${places}`;
    const related = [{ file: other.file, span: other.span, message: "the other declaration" }];
    report(duplicateClass, span, message, { related });
  },
};
