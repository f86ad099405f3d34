/**
 * Written types of the tree.
 * @module
 */
import type { Span } from "./ast.ts";

export type TypeExpression =
  | {
    /** `Integer`, `List(String)`, `Self`, `T`, `pkg@Name`. */
    readonly kind: "typeName";
    readonly package: string | undefined;
    readonly name: string;
    readonly arguments: readonly TypeExpression[];
    readonly span: Span;
  }
  | { readonly kind: "metaType"; readonly class: TypeExpression; readonly span: Span }
  | { readonly kind: "symbolType"; readonly value: string; readonly span: Span }
  | { readonly kind: "nilType"; readonly span: Span }
  | { readonly kind: "booleanType"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "union"; readonly members: readonly TypeExpression[]; readonly span: Span }
  | {
    readonly kind: "intersection";
    readonly members: readonly TypeExpression[];
    readonly span: Span;
  }
  | {
    readonly kind: "difference";
    readonly left: TypeExpression;
    readonly right: TypeExpression;
    readonly span: Span;
  }
  | { readonly kind: "errorType"; readonly span: Span };
