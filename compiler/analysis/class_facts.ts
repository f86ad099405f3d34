/**
 * What the compiler knows of a class without its bodies: enough to analyse and compile its users.
 * Facts are plain data, so that they are cached on disk, compared to stop queries early, and made
 * alike from source text and from a running node.
 * @module
 */
import type { ClassModifier, Span, TypeExpression } from "../syntax/ast.ts";

/** How a class's instances are held, fixed by its ancestor. */
export type ClassKind =
  | "value"
  | "actor"
  | "supervisor"
  | "exception"
  | "object"
  | "testCase";

/** One `state:`, `field:` or `classState:`. */
export interface FieldFacts {
  readonly name: string;
  readonly type: TypeExpression | undefined;
  readonly hasDefault: boolean;
  readonly doc: string | undefined;
  /** In offsets of the file. */
  readonly span: Span;
}

/** One method of either side, all its clauses together. */
export interface MethodFacts {
  readonly selector: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: TypeExpression | undefined;
  }[];
  readonly returnType: TypeExpression | undefined;
  readonly sealed: boolean;
  readonly internal: boolean;
  readonly primitive: boolean;
  readonly doc: string | undefined;
  /** In offsets of the file: the selector of the first clause. */
  readonly span: Span;
}

/** One class. `extensions` of it from other files are facts of their own. */
export interface ClassFacts {
  readonly name: string;
  readonly package: string;
  /** Erlang module, `bt@package@path@Name`. */
  readonly module: string;
  readonly file: string;
  /** In offsets of the file: the class's name in its header. */
  readonly span: Span;
  /** As written: `Name` or `package@Name`; undefined for the root of the hierarchy. */
  readonly superclass: string | undefined;
  readonly superclassArguments: readonly TypeExpression[];
  readonly typeParameters: readonly {
    readonly name: string;
    readonly bound: TypeExpression | undefined;
  }[];
  readonly modifiers: readonly ClassModifier[];
  readonly nativeModule: string | undefined;
  readonly doc: string | undefined;
  readonly fields: readonly FieldFacts[];
  readonly classState: readonly FieldFacts[];
  readonly methods: readonly MethodFacts[];
  readonly classMethods: readonly MethodFacts[];
  /** Present where a member could not be read, so that what is missing here proves nothing. */
  readonly incomplete?: true;
}

/** One extension method. */
export interface ExtensionFacts {
  /** The extended class as written: `Name` or `package@Name`. */
  readonly target: string;
  readonly classSide: boolean;
  readonly method: MethodFacts;
  readonly package: string;
  /** The Erlang module that holds the method. */
  readonly module: string;
  readonly file: string;
}

/** A type alias. */
export interface AliasFacts {
  readonly name: string;
  readonly typeParameters: readonly string[];
  readonly type: TypeExpression;
  readonly file: string;
  /** In offsets of the file: the alias's name. */
  readonly span: Span;
}

/** A protocol. */
export interface ProtocolFacts {
  readonly name: string;
  readonly typeParameters: readonly string[];
  readonly methods: readonly MethodFacts[];
  readonly classMethods: readonly MethodFacts[];
  readonly doc: string | undefined;
  readonly file: string;
  /** In offsets of the file: the protocol's name. */
  readonly span: Span;
}

/** All that one file declares. */
export interface FileFacts {
  readonly classes: readonly ClassFacts[];
  readonly extensions: readonly ExtensionFacts[];
  readonly aliases: readonly AliasFacts[];
  readonly protocols: readonly ProtocolFacts[];
}

/** Answers what is known of other classes; the compiler's only way to them. */
export interface ClassEnvironment {
  /** Two environments with one version say the same of all classes, but for places. */
  readonly version?: object;
  /** The class of that name, `Name` or `package@Name`; undefined where none is known. */
  classNamed(name: string, packageName?: string): ClassFacts | undefined;
  /** Every class of that bare name, in all packages; the one that the bare name means first. */
  classesNamed?(name: string): readonly ClassFacts[];
  /** As `implementorsOf` answers for all of its classes. */
  implementors?(selector: string): readonly string[];
  /** Selectors of the methods that are internal to other packages than the one that is compiled. */
  foreignInternals?(): ReadonlySet<string>;
  /** The package from which bare names are seen. */
  readonly package?: string;
  /** Extension methods of a class, not of its ancestors. */
  extensionsOf(name: string): readonly ExtensionFacts[];
  aliasNamed(name: string): AliasFacts | undefined;
  protocolNamed(name: string): ProtocolFacts | undefined;
  /** Every name that `classNamed` answers, for proposals. */
  classNames(): Iterable<string>;
}
