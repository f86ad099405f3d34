/**
 * The typed tree of a Beamtalk file.
 *
 * A file is cut into **units**: a class header, a member of a class, an extension, a type alias, a
 * protocol, a patch, a script statement. A unit is what an edit re-parses. Spans inside a unit are
 * relative to the unit's first character, so that a unit after an edit is reused as it is; only its
 * place in the file (`PlacedUnit.offset`, `.line`) changes. Offsets count UTF-16 code units, lines
 * count from 0.
 *
 * @module
 */
import type { ClassReference, Expression, Statement } from "./ast_expressions.ts";
import type { Pattern } from "./ast_patterns.ts";
import type { TypeExpression } from "./ast_types.ts";

export type * from "./ast_expressions.ts";
export type * from "./ast_patterns.ts";
export type * from "./ast_types.ts";

/** A half-open range of UTF-16 offsets, relative to the unit that holds it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Anything with a place. */
export interface Node {
  readonly span: Span;
}

/** What one unit holds. */
export type UnitNode =
  | ClassHeader
  | Member
  | ExtensionDeclaration
  | TypeAlias
  | ProtocolDeclaration
  | PatchDeclaration
  | StatementUnit
  | ErrorDeclaration;

/** A unit and where it stands in the file. */
export interface PlacedUnit<N extends UnitNode = UnitNode> {
  readonly node: N;
  /** Offset of the unit's first character in the file. */
  readonly offset: number;
  /** Line of the unit's first character, from 0. */
  readonly line: number;
}

/** A class with its members: a view over units, in the order of the file. */
export interface ClassDeclaration {
  readonly kind: "class";
  readonly header: PlacedUnit<ClassHeader>;
  readonly members: readonly PlacedUnit<Member>[];
}

/** A top-level declaration or script statement, in the order of the file. */
export type Declaration =
  | ClassDeclaration
  | { readonly kind: "extension"; readonly unit: PlacedUnit<ExtensionDeclaration> }
  | { readonly kind: "typeAlias"; readonly unit: PlacedUnit<TypeAlias> }
  | { readonly kind: "protocol"; readonly unit: PlacedUnit<ProtocolDeclaration> }
  | { readonly kind: "patch"; readonly unit: PlacedUnit<PatchDeclaration> }
  | { readonly kind: "statement"; readonly unit: PlacedUnit<StatementUnit> }
  | { readonly kind: "error"; readonly unit: PlacedUnit<ErrorDeclaration> };

/** A name and where it stands. */
export interface Name extends Node {
  readonly text: string;
}

/** `///` comment lines, without the slashes, joined by newlines. */
export interface DocComment extends Node {
  readonly text: string;
}

/** `@expect CATEGORY` before a declaration or statement. */
export interface Expectation extends Node {
  readonly category: string;
}

export type ClassModifier = "abstract" | "sealed" | "typed" | "internal" | "native";
export type MethodModifier = "class" | "sealed" | "internal";

/** `[modifiers] Super subclass: Name[(T, U)] [native: module]`. */
export interface ClassHeader extends Node {
  readonly kind: "classHeader";
  readonly doc: DocComment | undefined;
  readonly expectations: readonly Expectation[];
  readonly modifiers: readonly ClassModifier[];
  /** Named `nil` for the root class, written `nil subclass: ProtoObject`. */
  readonly superclass: ClassReference;
  /** Type arguments given to the superclass, as in `Collection(E) subclass: List(E)`. */
  readonly superclassArguments: readonly TypeExpression[];
  readonly name: Name;
  readonly typeParameters: readonly TypeParameter[];
  /** Erlang module of `native:`. */
  readonly nativeModule: Name | undefined;
}

/** `T` or `T :: Bound`. */
export interface TypeParameter extends Node {
  readonly name: Name;
  readonly bound: TypeExpression | undefined;
}

export type Member = DataMember | MethodDefinition | ErrorMember;

/** `state:`, `field:` or `classState:` with name, type and default. */
export interface DataMember extends Node {
  readonly kind: "data";
  readonly doc: DocComment | undefined;
  readonly expectations: readonly Expectation[];
  readonly word: "state" | "field" | "classState";
  readonly wordSpan: Span;
  readonly name: Name;
  readonly type: TypeExpression | undefined;
  readonly defaultValue: Expression | undefined;
}

/** One clause of a method: pattern, result type, body. Clauses of one selector form the method. */
export interface MethodDefinition extends Node {
  readonly kind: "method";
  readonly doc: DocComment | undefined;
  readonly expectations: readonly Expectation[];
  readonly modifiers: readonly MethodModifier[];
  readonly selector: string;
  /** One span for a unary or binary selector, one for each keyword part. */
  readonly selectorSpans: readonly Span[];
  readonly parameters: readonly Parameter[];
  readonly guard: Expression | undefined;
  readonly returnType: TypeExpression | undefined;
  readonly body: Body;
}

/** A parameter is a pattern; an ordinary one is a variable pattern with an optional type. */
export interface Parameter extends Node {
  readonly pattern: Pattern;
  readonly type: TypeExpression | undefined;
}

export type Body =
  | { readonly kind: "statements"; readonly statements: readonly Statement[]; readonly span: Span }
  | { readonly kind: "primitive"; readonly name: string | undefined; readonly span: Span }
  | { readonly kind: "intrinsic"; readonly name: string; readonly span: Span };

/** `Target [class] >> pattern [-> Type] => body`. */
export interface ExtensionDeclaration extends Node {
  readonly kind: "extension";
  readonly target: ClassReference;
  readonly classSide: boolean;
  readonly method: MethodDefinition;
}

/** `type Name = Type`. */
export interface TypeAlias extends Node {
  readonly kind: "typeAlias";
  readonly doc: DocComment | undefined;
  readonly name: Name;
  readonly typeParameters: readonly TypeParameter[];
  readonly type: TypeExpression;
}

/** `Protocol define: Name` with indented signatures. */
export interface ProtocolDeclaration extends Node {
  readonly kind: "protocol";
  readonly doc: DocComment | undefined;
  readonly name: Name;
  readonly typeParameters: readonly TypeParameter[];
  readonly signatures: readonly Signature[];
}

/** A method's head without a body. */
export interface Signature extends Node {
  readonly doc: DocComment | undefined;
  readonly classSide: boolean;
  readonly selector: string;
  readonly selectorSpans: readonly Span[];
  readonly parameters: readonly Parameter[];
  readonly returnType: TypeExpression | undefined;
}

/** `patch Class >> state { statements }`. */
export interface PatchDeclaration extends Node {
  readonly kind: "patch";
  readonly doc: DocComment | undefined;
  readonly target: ClassReference;
  readonly statements: readonly Statement[];
}

/** One top-level statement of a script, with its expectation comment where it has one. */
export interface StatementUnit extends Node {
  readonly kind: "statement";
  readonly statement: Statement;
  /** The text after `// =>` on the lines that follow or end the statement; undefined if none. */
  readonly expected: string | undefined;
}

/** What could not be read as a declaration. */
export interface ErrorDeclaration extends Node {
  readonly kind: "errorDeclaration";
}

/** What could not be read as a member. */
export interface ErrorMember extends Node {
  readonly kind: "errorMember";
}
