/**
 * What can stand in a pattern.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { allFields, classKind, inheritsFrom } from "../compiler/analysis/hierarchy.ts";
import { symbolText } from "../compiler/analysis/symbol_text.ts";
import { type Type, unionMembers } from "../compiler/analysis/types/type.ts";
import { type Completion, escaped, plain, snippet } from "./completion_item.ts";
import type { FileView } from "./file_view.ts";
import { classItems } from "./name_completion.ts";
import { classesOf } from "./places.ts";

/** Patterns that a value may match, those of its own type first. */
export function patternItems(view: FileView, scrutinee: Type | undefined): Completion[] {
  const members = scrutinee === undefined ? [] : unionMembers(scrutinee);
  return [
    ...members.flatMap((member) => memberPatterns(view, member)),
    ...resultPatterns(members.length === 0 ? 5 : 25),
    plain("_", "word", "matches anything", 10),
    plain("nil", "word", "", 15),
    snippet("{}", "{${1:first}, ${2:second}}", "a tuple", 20),
    snippet("#()", "#(${1:first}, ...${2:rest})", "a list", 20),
    snippet("#{}", "#{#${1:key} => ${2:value}}", "a dictionary", 20),
    ...classItems(view, 30).map((item): Completion => ({
      ...item,
      insert: `\${1:value} :: ${escaped(item.label)}`,
      isSnippet: true,
    })),
  ];
}

function memberPatterns(view: FileView, type: Type): Completion[] {
  if (type.kind === "symbol") {
    return [plain(symbolText(type.value), "symbol", "of the matched type", 0)];
  }
  if (type.kind !== "instance") return [];
  const { name } = type.class;
  if (name === "Result") return resultPatterns(0);
  if (name === "UndefinedObject") return [plain("nil", "word", "", 0)];
  return familyOf(view, type.class).map((of, index) => classPattern(view, of, Math.min(index, 4)));
}

/** The class and all that inherit from it. */
function familyOf({ environment }: FileView, root: ClassFacts): readonly ClassFacts[] {
  const heirs = [...classesOf(environment)].filter((each) =>
    each !== root && inheritsFrom(each, root.name, environment)
  );
  return root.modifiers.includes("abstract") ? heirs : [root, ...heirs];
}

/** By its fields where they can be matched, else by its class. */
function classPattern(view: FileView, of: ClassFacts, rank: number): Completion {
  const fields = classKind(of, view.environment) === "value" && of.package !== "stdlib"
    ? allFields(of, view.environment)
    : [];
  if (fields.length === 0) {
    return snippet(`value :: ${of.name}`, `\${1:value} :: ${of.name}`, "by its class", rank);
  }
  const parts = fields.map(({ name }, index) => `${name}: \${${index + 1}:${name}}`);
  const label = `${of.name} ${fields.map(({ name }) => `${name}:`).join("")}`;
  return snippet(label, `${of.name} ${parts.join(" ")}`, "by its fields", rank);
}

function resultPatterns(rank: number): Completion[] {
  return [
    snippet("Result ok:", "Result ok: ${1:value}", "a result that is there", rank),
    snippet("Result error:", "Result error: ${1:reason}", "a result that failed", rank + 1),
  ];
}

/** The keywords of a pattern of a class. */
export function patternFieldItems(view: FileView, of: ClassFacts): Completion[] {
  const names = of.name === "Result"
    ? ["ok", "error"]
    : allFields(of, view.environment).map(({ name }) => name);
  return names.map((name, index) =>
    snippet(`${name}:`, `${name}: \${1:${name}}`, `part of ${of.name}`, index)
  );
}
