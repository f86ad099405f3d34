/**
 * Statements and expressions of the tree.
 * @module
 */
import type { Expectation, Name, Node, Span } from "./ast.ts";
import type { Pattern } from "./ast_patterns.ts";
import type { TypeExpression } from "./ast_types.ts";

/** An expression in statement position, with the expectations written before it. */
export interface Statement extends Node {
  readonly expression: Expression;
  readonly expectations: readonly Expectation[];
}

export type Expression =
  | Literal
  | InterpolatedString
  | ListLiteral
  | ArrayLiteral
  | DictionaryLiteral
  | TupleLiteral
  | BinaryLiteral
  | Variable
  | ClassReference
  | SelfReference
  | FieldAccess
  | Block
  | Send
  | Cascade
  | Pipe
  | Match
  | Assignment
  | Destructuring
  | Return
  | Cast
  | Parenthesized
  | ErrorExpression;

export type Literal =
  | { readonly kind: "integer"; readonly value: bigint; readonly span: Span }
  | { readonly kind: "float"; readonly value: number; readonly span: Span }
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  /** A Unicode code point. */
  | { readonly kind: "character"; readonly value: number; readonly span: Span }
  | { readonly kind: "symbol"; readonly value: string; readonly span: Span }
  | { readonly kind: "nil"; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span };

/** A string with at least one `{expr}`; text parts have their escapes resolved. */
export interface InterpolatedString extends Node {
  readonly kind: "interpolation";
  readonly parts: readonly (string | Expression)[];
}

/** `#(a, b)`; with a `tail`, `#(h | t)`. */
export interface ListLiteral extends Node {
  readonly kind: "list";
  readonly elements: readonly Expression[];
  readonly tail: Expression | undefined;
}

/** `#[a, b]`. */
export interface ArrayLiteral extends Node {
  readonly kind: "array";
  readonly elements: readonly Expression[];
}

/** `#{k => v}`; a bare identifier key is already a symbol literal here. */
export interface DictionaryLiteral extends Node {
  readonly kind: "dictionary";
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
}

/** `{a, b}`. */
export interface TupleLiteral extends Node {
  readonly kind: "tuple";
  readonly elements: readonly Expression[];
}

/** `<<1, 2:16, rest/binary>>`. */
export interface BinaryLiteral extends Node {
  readonly kind: "binary";
  readonly segments: readonly BinarySegment<Expression>[];
}

/** `value:size/type-signedness-endianness-unit:N`, Erlang's meaning and defaults. */
export interface BinarySegment<V> extends Node {
  readonly value: V;
  readonly size: Expression | undefined;
  /** Type specifiers as written, e.g. `["binary"]`, `["little", "signed"]`, `["unit:8"]`. */
  readonly specifiers: readonly string[];
}

/** A lower-case identifier: local, parameter, session variable or workspace binding. */
export interface Variable extends Node {
  readonly kind: "variable";
  readonly name: string;
}

/** `Name` or `package@Name`. */
export interface ClassReference extends Node {
  readonly kind: "class";
  readonly package: string | undefined;
  readonly name: string;
}

/** `self` or `super`. */
export interface SelfReference extends Node {
  readonly kind: "self" | "super";
}

/** `self.name`. */
export interface FieldAccess extends Node {
  readonly kind: "field";
  readonly name: Name;
}

/** `[:a :b | statements]`. */
export interface Block extends Node {
  readonly kind: "block";
  readonly parameters: readonly (Name & { readonly type: TypeExpression | undefined })[];
  readonly statements: readonly Statement[];
}

/** A unary, binary or keyword send. `super` as receiver starts lookup above. */
export interface Send extends Node {
  readonly kind: "send";
  readonly receiver: Expression;
  readonly selector: string;
  readonly selectorSpans: readonly Span[];
  readonly arguments: readonly Expression[];
}

/** A message without its receiver. */
export interface Message extends Node {
  readonly selector: string;
  readonly selectorSpans: readonly Span[];
  readonly arguments: readonly Expression[];
}

/** `receiver m1; m2; m3`: all messages, the first included, go to `receiver`. */
export interface Cascade extends Node {
  readonly kind: "cascade";
  readonly receiver: Expression;
  readonly messages: readonly Message[];
}

/**
 * `source |>> target message |>> ...`. A stage is a target expression and a message to it; the
 * value of the stage before is added as the first argument at run time.
 */
export interface Pipe extends Node {
  readonly kind: "pipe";
  readonly source: Expression;
  readonly stages: readonly PipeStage[];
}

export interface PipeStage extends Node {
  readonly receiver: Expression;
  readonly message: Message;
}

/** `scrutinee match: [arms]` or `matchExhaustive:`. */
export interface Match extends Node {
  readonly kind: "match";
  readonly scrutinee: Expression;
  readonly exhaustive: boolean;
  readonly selectorSpan: Span;
  readonly arms: readonly MatchArm[];
}

/** `pattern when: [guard] -> body`. The body may be several statements inside a block literal. */
export interface MatchArm extends Node {
  readonly pattern: Pattern;
  readonly guard: Expression | undefined;
  readonly body: Expression;
}

/**
 * `target := value`, and `+=` and the like with `operator` set (`"+"`, `"++"` ...). `x /= e` is this
 * only at the start of a statement, where `x` can be assigned and no boolean is asked for; elsewhere
 * it is the comparison.
 */
export interface Assignment extends Node {
  readonly kind: "assignment";
  readonly target: Variable | FieldAccess;
  readonly type: TypeExpression | undefined;
  readonly operator: "+" | "-" | "*" | "/" | "++" | undefined;
  readonly value: Expression;
}

/** `{a, b} := value`. */
export interface Destructuring extends Node {
  readonly kind: "destructuring";
  readonly pattern: Pattern;
  readonly value: Expression;
}

/** `^ value`. */
export interface Return extends Node {
  readonly kind: "return";
  readonly value: Expression;
}

/** `receiver message!`: sent without an answer. */
export interface Cast extends Node {
  readonly kind: "cast";
  readonly send: Send;
}

/** Kept for printing; means what it holds. */
export interface Parenthesized extends Node {
  readonly kind: "parenthesized";
  readonly expression: Expression;
}

/** What could not be read as an expression. */
export interface ErrorExpression extends Node {
  readonly kind: "error";
}
