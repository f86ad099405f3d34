/**
 * Colours by meaning: what the grammar of an editor cannot know.
 * @module
 */
import type { Span } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { FileView } from "./file_view.ts";
import { type Occurrence, occurrencesIn } from "./occurrences.ts";

/** The legend of types; a token's `type` is an index in it. */
export const TOKEN_TYPES = [
  "class",
  "type",
  "typeParameter",
  "parameter",
  "variable",
  "property",
  "method",
  "operator",
  "enumMember",
] as const;

/** The legend of modifiers; bits in this order. */
export const TOKEN_MODIFIERS = [
  "declaration",
  "definition",
  "static",
  "modification",
  "defaultLibrary",
] as const;

type TokenType = typeof TOKEN_TYPES[number];
type TokenModifier = typeof TOKEN_MODIFIERS[number];

/** One coloured stretch inside a line. */
export interface SemanticToken {
  readonly span: Span;
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
}

/** The tokens of a stretch of the file, in order, none over another. */
export function semanticTokens(view: FileView, within?: Span): readonly SemanticToken[] {
  const tokens: SemanticToken[] = [];
  for (const unit of view.source.units) {
    const whole = placedSpan(unit, unit.node.span);
    if (within !== undefined && (whole.end < within.start || whole.start > within.end)) continue;
    for (const each of occurrencesIn(unit.node)) {
      for (const token of tokensOf(each, view)) {
        tokens.push({ ...token, span: placedSpan(unit, token.span) });
      }
    }
  }
  tokens.sort((a, b) => a.span.start - b.span.start || b.modifiers.length - a.modifiers.length);
  return tokens.filter(({ span }, index) => {
    const before = tokens[index - 1];
    return span.end > span.start && (before === undefined || before.span.end <= span.start);
  });
}

function tokensOf(each: Occurrence, view: FileView): SemanticToken[] {
  const token = (type: TokenType, ...modifiers: TokenModifier[]): SemanticToken[] => [
    { span: each.span, type, modifiers },
  ];
  switch (each.kind) {
    case "class":
      return classTokens(each, view);
    case "typeParameter":
      return token("typeParameter", "declaration");
    case "local": {
      const type = each.binding.kind === "local" || each.binding.kind === "pattern"
        ? "variable"
        : "parameter";
      if (each.role === "definition") return token(type, "declaration");
      return each.role === "write" ? token(type, "modification") : token(type);
    }
    case "field":
      if (each.role === "definition") return token("property", "declaration");
      return each.role === "write" ? token("property", "modification") : token("property");
    case "method": {
      const modifiers: TokenModifier[] = each.classSide ? ["definition", "static"] : ["definition"];
      return each.spans.map((span) => ({ span, type: selectorType(each.selector), modifiers }));
    }
    case "send": {
      const modifiers: TokenModifier[] = each.receiver.kind === "class" ? ["static"] : [];
      return each.spans.map((span) => ({ span, type: selectorType(each.selector), modifiers }));
    }
    case "symbol":
      return view.source.text[each.span.start] === undefined ? [] : token("enumMember");
    case "unresolved":
      return token("variable");
    default:
      return each satisfies never;
  }
}

function classTokens(
  each: Extract<Occurrence, { kind: "class" }>,
  { environment }: FileView,
): SemanticToken[] {
  const { span, role, name } = each;
  const known = environment.classNamed(name, each.package);
  const modifiers: TokenModifier[] = role === "definition" ? ["declaration"] : [];
  if (known?.package === "stdlib") modifiers.push("defaultLibrary");
  const type = known === undefined && role === "type" ? "type" : "class";
  return [{ span, type, modifiers }];
}

function selectorType(selector: string): TokenType {
  return /^[\p{L}_]/u.test(selector) ? "method" : "operator";
}
