/**
 * Patterns of the tree.
 * @module
 */
import type { Name, Span } from "./ast.ts";
import type { BinarySegment, ClassReference, Literal } from "./ast_expressions.ts";

export type Pattern =
  | { readonly kind: "wildcard"; readonly span: Span }
  | { readonly kind: "binding"; readonly name: string; readonly span: Span }
  | { readonly kind: "literalPattern"; readonly literal: Literal; readonly span: Span }
  | { readonly kind: "tuplePattern"; readonly elements: readonly Pattern[]; readonly span: Span }
  | {
    /** `rest` is the pattern after `|` or `...`; undefined means a list of exactly `elements`. */
    readonly kind: "listPattern";
    readonly elements: readonly Pattern[];
    readonly rest: Pattern | undefined;
    readonly span: Span;
  }
  | {
    readonly kind: "arrayPattern";
    readonly elements: readonly Pattern[];
    readonly rest: Pattern | undefined;
    readonly span: Span;
  }
  | {
    readonly kind: "dictionaryPattern";
    readonly entries: readonly { readonly key: Literal; readonly value: Pattern }[];
    readonly span: Span;
  }
  | {
    readonly kind: "binaryPattern";
    readonly segments: readonly BinarySegment<Pattern>[];
    readonly span: Span;
  }
  | {
    /** `Result ok: p`, `Point x: p y: q`: class and keyword parts without colons. */
    readonly kind: "constructorPattern";
    readonly class: ClassReference;
    readonly fields: readonly { readonly name: Name; readonly pattern: Pattern }[];
    readonly span: Span;
  }
  | {
    /** `x :: Class`; `_ :: Class` has a wildcard inside. */
    readonly kind: "classPattern";
    readonly pattern: Pattern;
    readonly class: ClassReference;
    readonly span: Span;
  }
  | { readonly kind: "errorPattern"; readonly span: Span };
