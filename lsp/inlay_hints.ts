/**
 * What an editor can show between the letters: types of locals, results of methods.
 * @module
 */
import { printType } from "../compiler/analysis/types/print.ts";
import { type Type, union } from "../compiler/analysis/types/type.ts";
import { walkStatements } from "../compiler/analysis/walk.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { type FileView, type KnownBody, knownBodyAt } from "./file_view.ts";
import { selectorParts } from "../compiler/analysis/signature_text.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type Tier, tierOf } from "./tier.ts";

/** A text that stands at an offset without being there. */
export interface InlayHint {
  readonly offset: number;
  readonly text: string;
  readonly kind: "type" | "parameter" | "value";
  readonly tier: Tier;
}

/** The hints of a stretch of the file. */
export function inlayHints(view: FileView, within: Span): readonly InlayHint[] {
  const hints: InlayHint[] = [];
  for (const unit of view.source.units) {
    const whole = placedSpan(unit, unit.node.span);
    if (whole.end < within.start || whole.start > within.end) continue;
    const start = bodyStart(view, unit.node.span.end + unit.offset);
    if (start === undefined) continue;
    addLocals(start, hints);
    addParts(start, view, hints);
    addResult(start, hints);
  }
  return hints.filter(({ offset }) => offset >= within.start && offset <= within.end)
    .sort((a, b) => a.offset - b.offset);
}

function bodyStart(view: FileView, offset: number): KnownBody | undefined {
  const body = knownBodyAt(view, offset);
  return body !== undefined && body.source.statements.length > 0 ? body : undefined;
}

/** The type of a local behind its first assignment; a literal says it itself. */
function addLocals({ source, types }: KnownBody, hints: InlayHint[]): void {
  const told = new Set<unknown>();
  walkStatements(source.statements, (node) => {
    if (node.kind !== "assignment" || node.target.kind !== "variable") return;
    const { target } = node;
    if (node.type !== undefined || node.operator !== undefined || told.has(target.name)) return;
    told.add(target.name);
    if (EVIDENT.has(node.value.kind)) return;
    const type = types.typeOf(node.value);
    if (!isWorthTelling(type)) return;
    hints.push({
      offset: source.unit.offset + target.span.end,
      text: ` :: ${printType(type)}`,
      kind: "type",
      tier: "static",
    });
  });
}

const EVIDENT = new Set([
  "integer",
  "float",
  "string",
  "symbol",
  "boolean",
  "nil",
  "interpolation",
]);

function isWorthTelling(type: Type | undefined): type is Type {
  return type !== undefined && type.kind !== "dynamic" && type.kind !== "never";
}

/** For `valueWithArguments:`-like sends: which parameter an argument is, where the keyword hides it. */
function addParts({ source, types }: KnownBody, view: FileView, hints: InlayHint[]): void {
  walkStatements(source.statements, (node) => {
    if (node.kind !== "send" || !node.selector.includes(":")) return;
    const parts = selectorParts(node.selector);
    const found = types.sends.get(node)?.found;
    if (found === undefined) return;
    const tier = tierOf(view, found.owner.file);
    node.arguments.forEach((argument, index) => {
      const name = found.method.parameters[index]?.name;
      const part = parts[index]?.replace(":", "").toLowerCase();
      if (name === undefined || part === undefined || !LITERAL.has(argument.kind)) return;
      if (name === "_" || name.startsWith("argument") || !isOpaque(part, name)) return;
      const offset = source.unit.offset + argument.span.start;
      hints.push({ offset, text: `${name}: `, kind: "parameter", tier });
    });
  });
}

const LITERAL = new Set(["integer", "float", "boolean", "nil"]);

/** The hint is of use only where the keyword does not say the same already. */
function isOpaque(part: string, name: string): boolean {
  const folded = name.toLowerCase();
  return name.length > 1 && !part.includes(folded) && !folded.includes(part);
}

/** What a method answers, where it does not say so. */
function addResult({ source, types }: KnownBody, hints: InlayHint[]): void {
  const { method, unit } = source;
  if (method === undefined || method.returnType !== undefined) return;
  if (types.answers.length === 0) return;
  const type = union(types.answers.map((answer) => answer.type));
  if (!isWorthTelling(type)) return;
  const last = method.parameters[method.parameters.length - 1];
  const head = last?.span.end ?? method.selectorSpans[method.selectorSpans.length - 1]?.end;
  if (head === undefined) return;
  const text = ` -> ${printType(type)}`;
  hints.push({ offset: unit.offset + head, text, kind: "type", tier: "static" });
}
