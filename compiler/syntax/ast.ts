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

/** A half-open range of UTF-16 offsets, relative to the unit that holds it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Anything with a place. */
export interface Node {
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------
// Files and units

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

// ---------------------------------------------------------------------------------------------
// Statements and expressions

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

// ---------------------------------------------------------------------------------------------
// Patterns

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

// ---------------------------------------------------------------------------------------------
// Types

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
