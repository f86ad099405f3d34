/**
 * Adds a method that is sent but that no class has: to the receiver's class, or to the own one.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { type Side } from "../compiler/analysis/hierarchy.ts";
import { lookupMethod } from "../compiler/analysis/lookup.ts";
import { printType } from "../compiler/analysis/types/print.ts";
import type { Type } from "../compiler/analysis/types/type.ts";
import type { Expression, Span } from "../compiler/syntax/ast.ts";
import type { Refactoring } from "./code_actions.ts";
import { type FileView, knownBodyAt, type ProjectView } from "./file_view.ts";
import { selectorParts } from "../compiler/analysis/signature_text.ts";
import { isSameClass, occurrenceAt } from "./target.ts";

/** Adds the method of the send at the cursor where its receiver has none. */
export const addMissingMethod: Refactoring = (view, selection, project) => {
  const found = occurrenceAt(view, selection.start)?.occurrence;
  if (found?.kind !== "send") return [];
  const sent = knownBodyAt(view, selection.start)?.types.sends.get(found.key);
  const receiver = sent && receiverOf(sent.receiver);
  if (sent === undefined || receiver === undefined || sent.found !== undefined) return [];
  const { class: of, side } = receiver;
  if (!project.isEditable(of.file)) return [];
  if (lookupMethod(of, found.selector, side, view.environment) !== undefined) return [];
  const at = endOfClass(project, of);
  if (at === undefined) return [];
  const text = methodStub(found.selector, argumentsOf(found.key), sent.arguments, side);
  return [{
    title: `Add ${side === "class" ? `${of.name} class` : of.name} >> ${found.selector}`,
    kind: "quickfix",
    edits: [{ path: of.file, span: at, newText: `\n${text}` }],
  }];
};

function receiverOf(type: Type): { readonly class: ClassFacts; readonly side: Side } | undefined {
  if (type.kind === "instance") return { class: type.class, side: "instance" };
  return type.kind === "classObject" ? { class: type.class, side: "class" } : undefined;
}

function argumentsOf(key: object): readonly Expression[] {
  return "arguments" in key && Array.isArray(key.arguments) ? key.arguments : [];
}

/** The place behind the last member of a class, at the start of a line. */
function endOfClass(project: ProjectView, of: ClassFacts): Span | undefined {
  const view = project.view(of.file);
  return view && endOfClassIn(view, of);
}

/** As `endOfClass`, in a file that is at hand. */
export function endOfClassIn(view: FileView, of: ClassFacts): Span | undefined {
  const classes = view.facts.classes.values();
  for (const declaration of view.source.declarations) {
    if (declaration.kind !== "class") continue;
    const known = classes.next().value;
    if (known === undefined || !isSameClass(known, of)) continue;
    const last = declaration.members[declaration.members.length - 1] ?? declaration.header;
    const end = last.offset + last.node.span.end;
    const newline = view.source.text.indexOf("\n", end);
    const at = newline < 0 ? view.source.text.length : newline + 1;
    return { start: at, end: at };
  }
  return undefined;
}

/** A method that is still to be written. */
function methodStub(
  selector: string,
  given: readonly Expression[],
  types: readonly Type[],
  side: Side,
): string {
  const names = parameterNames(given);
  const head = given.length === 0 ? selector : selectorParts(selector).map((part, index) => {
    const type = types[index];
    const annotation = type === undefined || type.kind !== "instance"
      ? ""
      : ` :: ${printType(type)}`;
    return `${part} ${names[index] ?? `argument${index + 1}`}${annotation}`;
  }).join(" ");
  return `  ${side === "class" ? "class " : ""}${head} => self notImplemented\n`;
}

/** Arguments that are variables or fields lend their names. */
function parameterNames(given: readonly Expression[]): readonly string[] {
  const used = new Set<string>();
  return given.map((argument, index) => {
    const own = argument.kind === "variable"
      ? argument.name
      : argument.kind === "field"
      ? argument.name.text
      : `argument${index + 1}`;
    const name = used.has(own) ? `argument${index + 1}` : own;
    used.add(name);
    return name;
  });
}
