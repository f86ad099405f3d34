/**
 * What is told of the thing under the cursor.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import {
  constructorSelector,
  type FoundMethod,
  superclassChain,
} from "../compiler/analysis/mod.ts";
import { allFields, classKind, type Side } from "../compiler/analysis/hierarchy.ts";
import { printType } from "../compiler/analysis/types/print.ts";
import { typeAt } from "../compiler/analysis/types/type_at.ts";
import type { Type } from "../compiler/analysis/types/type.ts";
import type { Expression, Span } from "../compiler/syntax/ast.ts";
import { type FileView, knownBodyAt } from "./file_view.ts";
import { likelyType } from "./likely_type.ts";
import { implementorsOf } from "./places.ts";
import { assignmentBefore } from "./script_variables.ts";
import { classText, fieldText, methodText, typeText } from "../compiler/analysis/signature_text.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type Target, targetAt } from "./target.ts";
import { type Tier, tierOf } from "./tier.ts";

/** A text about a place. */
export interface Hover {
  /** Beamtalk source: what the thing is. */
  readonly code: string;
  /** Markdown: what is to be said of it. */
  readonly notes: readonly string[];
  readonly span: Span;
  readonly tier: Tier;
  /** How a running system would be asked for the value here; undefined where it cannot be. */
  readonly live: LiveQuestion | undefined;
}

/** What a workspace can tell of a place. */
export type LiveQuestion =
  | { readonly kind: "class"; readonly name: string }
  | { readonly kind: "binding"; readonly name: string }
  | {
    readonly kind: "field";
    readonly class: string;
    readonly side: Side;
    readonly name: string;
  };

/** What is at an offset; undefined where there is nothing to tell. */
export function hoverAt(view: FileView, offset: number): Hover | undefined {
  const target = targetAt(view, offset);
  if (target !== undefined) return hoverOf(view, target);
  const found = typeAt(view.source, view.facts, view.environment, offset);
  if (found === undefined || !isLiteral(found.expression)) return undefined;
  const { span } = found;
  const notes = numberNotes(found.expression);
  return { code: found.text, notes, span, tier: "static", live: undefined };
}

const LITERALS = new Set(
  "integer float string character nil boolean list array dictionary tuple binary self super block"
    .split(" "),
);

function isLiteral(expression: Expression): boolean {
  return LITERALS.has(expression.kind);
}

/** Other ways to write a number or character. */
function numberNotes(expression: Expression): readonly string[] {
  if (expression.kind === "integer" && expression.value >= 16n) {
    return [`0x${expression.value.toString(16).toUpperCase()}, ${expression.value}`];
  }
  if (expression.kind !== "character") return [];
  return [`U+${expression.value.toString(16).toUpperCase().padStart(4, "0")}`];
}

function hoverOf(view: FileView, target: Target): Hover | undefined {
  const { span } = target;
  const plain = (code: string, notes: readonly string[] = []): Hover => ({
    code,
    notes,
    span,
    tier: "static",
    live: undefined,
  });
  switch (target.kind) {
    case "local":
      return plain(`${target.binding.name} :: ${localType(view, target)}`, [
        LOCAL_KINDS[target.binding.kind],
      ]);
    case "scriptVariable": {
      const code = `${target.name} :: ${scriptVariableType(view, target)}`;
      return plain(code, ["A variable of the script."]);
    }
    case "field":
      return fieldHover(view, target);
    case "class":
      return classHover(view, target);
    case "send":
      return target.found === undefined
        ? plain(`${printType(target.receiver ?? { kind: "dynamic" })} >> ${target.selector}`, [
          implementorNote(view, target.selector),
        ])
        : methodHover(target.found, span, view);
    case "method":
      return target.found === undefined ? undefined : methodHover(target.found, span, view);
    case "unresolved":
      return { ...plain(target.name), live: { kind: "binding", name: target.name } };
    case "symbol":
      return plain(view.source.text.slice(span.start, span.end) + " :: Symbol");
    case "typeParameter":
      return plain(target.name, ["A type parameter."]);
    default:
      return target satisfies never;
  }
}

const LOCAL_KINDS = {
  parameter: "A parameter.",
  blockParameter: "A parameter of a block.",
  local: "A local variable.",
  pattern: "Bound by a pattern.",
} as const;

/** The type of a local: where the cursor is, or where it is defined. */
function localType(view: FileView, target: Extract<Target, { kind: "local" }>): string {
  const { binding, unit, span } = target;
  const here = typeOfName(view, span) ?? typeOfName(view, placedSpan(unit, binding.span));
  if (here !== undefined && here.kind !== "dynamic") return printType(here);
  if (binding.type !== undefined) return typeText(binding.type);
  const read = binding.reads.map((each) => typeOfName(view, placedSpan(unit, each)))
    .find((type) => type !== undefined && type.kind !== "dynamic");
  return read === undefined ? "Dynamic" : printType(read);
}

/** As the statement says that gave it its value last. */
function scriptVariableType(
  view: FileView,
  { name, span, variable }: Extract<Target, { kind: "scriptVariable" }>,
): string {
  const isDefined = variable.places[0]?.span.start === span.start;
  const found = assignmentBefore(view, name, isDefined ? span.end + 1 : span.start);
  if (found === undefined) return "Dynamic";
  const project = { view: () => undefined };
  return printType(likelyType({ project, view, body: found.body }, found.value));
}

/** The type of the variable that stands exactly at a span. */
function typeOfName(view: FileView, { start, end }: Span): Type | undefined {
  const body = knownBodyAt(view, start);
  if (body === undefined) return undefined;
  const { offset } = body.source.unit;
  for (const [node, type] of body.types.types) {
    const isHere = node.span.start + offset === start && node.span.end + offset === end;
    if (isHere && node.kind === "variable") return type;
  }
  return undefined;
}

function fieldHover(
  view: FileView,
  target: Extract<Target, { kind: "field" }>,
): Hover | undefined {
  const { field, span } = target;
  if (field === undefined) return undefined;
  const kind = classKind(field.owner, view.environment);
  const word = target.owner.side === "class" ? "classState" : kind === "actor" ? "state" : "field";
  const notes = [`Declared in \`${field.owner.name}\`.`, ...documented(field.doc)];
  const live: LiveQuestion | undefined = target.owner.class === undefined ? undefined : {
    kind: "field",
    class: target.owner.class.name,
    side: target.owner.side,
    name: target.name,
  };
  return { code: fieldText(word, field), notes, span, tier: tierOf(view, field.owner.file), live };
}

function classHover(
  view: FileView,
  target: Extract<Target, { kind: "class" }>,
): Hover | undefined {
  const { span, name } = target;
  const live: LiveQuestion = { kind: "class", name };
  if (target.class !== undefined) {
    const code = classText(target.class);
    const tier = tierOf(view, target.class.file);
    return { code, notes: classNotes(target.class, view), span, tier, live };
  }
  const alias = view.environment.aliasNamed(name);
  if (alias !== undefined) {
    return {
      code: `type ${name} = ${typeText(alias.type)}`,
      notes: [],
      span,
      tier: tierOf(view, alias.file),
      live: undefined,
    };
  }
  const protocol = view.environment.protocolNamed(name);
  if (protocol === undefined) return undefined;
  const code = [
    `Protocol define: ${name}`,
    ...protocol.methods.map((method) => `  ${methodText(method)}`),
  ].join("\n");
  const tier = tierOf(view, protocol.file);
  return { code, notes: documented(protocol.doc), span, tier, live: undefined };
}

function classNotes(of: ClassFacts, view: FileView): string[] {
  const chain = superclassChain(of, view.environment).slice(1).map(({ name }) => `\`${name}\``);
  const constructor = classKind(of, view.environment) === "value"
    ? constructorSelector(allFields(of, view.environment))
    : undefined;
  return [
    ...documented(of.doc),
    ...(chain.length === 0 ? [] : [`Inherits from ${chain.join(", ")}.`]),
    ...(constructor === undefined ? [] : [`Made by \`${of.name} ${constructor}\`.`]),
    ...(of.package === view.package ? [] : [`Package \`${of.package}\`.`]),
  ];
}

function methodHover(found: FoundMethod, span: Span, view: FileView): Hover {
  const { method, owner, side, origin } = found;
  const of = side === "class" ? `${owner.name} class` : owner.name;
  const how = origin === "generated"
    ? `Made by the compiler from the data of \`${owner.name}\`.`
    : origin === "extension"
    ? `An extension of \`${of}\`.`
    : `Defined in \`${of}\`.`;
  const flags = [method.sealed ? "sealed" : "", method.internal ? "internal" : ""]
    .filter((each) => each !== "");
  return {
    code: `${of} >> ${methodText(method)}`,
    notes: [
      flags.length === 0 ? how : `${how} ${flags.join(", ")}.`,
      ...documented(method.doc),
    ],
    span,
    tier: tierOf(view, owner.file),
    live: undefined,
  };
}

function implementorNote(view: FileView, selector: string): string {
  const classes = implementorsOf(selector, view.environment).map((each) =>
    `\`${each.class.name}\``
  );
  if (classes.length === 0) return "No known class has a method of this name.";
  const shown = classes.slice(0, 6).join(", ");
  return `Understood by ${shown}${classes.length > 6 ? ` and ${classes.length - 6} more` : ""}.`;
}

function documented(doc: string | undefined): string[] {
  return doc === undefined || doc === "" ? [] : [doc];
}
