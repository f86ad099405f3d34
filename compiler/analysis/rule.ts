/**
 * What a diagnostic rule is: one file under `rules/` each, from which the index of codes and the
 * documentation are made.
 * @module
 */
import type {
  Body,
  ClassDeclaration,
  DataMember,
  Declaration,
  Expression,
  MethodDefinition,
  Parameter,
  Span,
  Statement,
} from "../syntax/ast.ts";
import type { Fix, RelatedPlace, Severity } from "../syntax/diagnostic.ts";
import type { ClassEnvironment, ClassFacts, ClassKind, FileFacts } from "./class_facts.ts";
import type { Side } from "./hierarchy.ts";
import type { NameResolution } from "./names.ts";
import type { TypedBody } from "./types/infer.ts";

/** What `@expect` calls a group of diagnostics. */
export type Category = "dnu" | "type" | "unused" | "type_annotation" | "inheritance" | "all";

/** Everything about one diagnostic. */
export interface Rule {
  /** `BT2xxx` names, `BT3xxx` classes, `BT4xxx` types, `BT5xxx` actors, `BT6xxx` migration. */
  readonly code: string;
  /** The code in words, `undefined-variable`. */
  readonly name: string;
  /** What a finding has unless it says otherwise. */
  readonly severity: Severity;
  /** By which `@expect` silences it; `all` where only `@expect all` does. */
  readonly category: Category;
  /** Without it being mended no code can be made, so nothing silences it. */
  readonly isStructural?: true;
  /** What is reported, in one sentence. */
  readonly summary: string;
  /** Why it matters and what to do, in a few sentences. */
  readonly explanation: string;
  /** A file in which exactly this rule finds something. */
  readonly wrong: string;
  /** The same file mended: no rule finds anything. */
  readonly right: string;
  /** Looks at the whole file. */
  readonly file?: (context: FileContext) => void;
  /** Looks at each class. */
  readonly class?: (context: ClassContext) => void;
  /** Looks at each datum of a class. */
  readonly data?: (context: DataContext) => void;
  /** Looks at the head of each method and extension, one call a clause. */
  readonly method?: (context: MethodContext) => void;
  /** Looks at each body: of methods, extensions, defaults, patches and script statements. */
  readonly body?: (context: BodyContext) => void;
  /** Looks at each expression of its kind in each body. */
  readonly expressions?: ExpressionChecks;
}

/** A check for each kind of expression. */
export type ExpressionChecks = {
  readonly [K in Expression["kind"]]?: (
    node: Extract<Expression, { readonly kind: K }>,
    context: BodyContext,
    ancestors: readonly Expression[],
  ) => void;
};

/** What a finding may have beyond its place and message. */
export interface FindingOptions {
  readonly severity?: Severity;
  readonly fixes?: readonly Fix[];
  readonly related?: readonly RelatedPlace[];
}

/** One finding, its spans relative to its unit. */
export interface Finding {
  readonly rule: Rule;
  readonly span: Span;
  readonly message: string;
  readonly options: FindingOptions;
}

/** Takes a finding. */
export type Report = (rule: Rule, span: Span, message: string, options?: FindingOptions) => void;

/** How a file is run: names that are unknown in a file may be known to a session. */
export type FileMode = "file" | "script";

/** The file that is analysed. */
export interface FileScope {
  readonly file: string;
  readonly package: string;
  readonly mode: FileMode;
  readonly environment: ClassEnvironment;
  readonly facts: FileFacts;
  readonly text: string;
  /** Places of syntax errors, in offsets of the file. */
  readonly syntaxErrors: readonly Span[];
}

/** A whole file. Spans are in offsets of the file. */
export interface FileContext {
  readonly scope: FileScope;
  readonly declarations: readonly Declaration[];
  readonly report: Report;
}

/** One class. Spans are in offsets of the file. */
export interface ClassContext {
  readonly scope: FileScope;
  readonly class: ClassFacts;
  readonly kind: ClassKind | undefined;
  readonly declaration: ClassDeclaration;
  readonly report: Report;
}

/** One datum. Spans are relative to its unit. */
export interface DataContext {
  readonly scope: FileScope;
  readonly class: ClassFacts;
  readonly kind: ClassKind | undefined;
  readonly node: DataMember;
  readonly report: Report;
}

/** The class that a method belongs to, or that an extension extends. */
export interface Owner {
  /** Undefined for script statements, and for extensions of unknown classes. */
  readonly class: ClassFacts | undefined;
  readonly kind: ClassKind | undefined;
  readonly side: Side;
}

/** The head of one clause of a method. Spans are relative to its unit. */
export interface MethodContext {
  readonly scope: FileScope;
  readonly owner: Owner;
  readonly node: MethodDefinition;
  readonly isExtension: boolean;
  readonly report: Report;
}

/** What a body belongs to. */
export type BodyKind = "method" | "extension" | "default" | "patch" | "statement";

/** One body. Spans are relative to its unit. */
export interface BodyContext {
  readonly scope: FileScope;
  readonly owner: Owner;
  readonly kind: BodyKind;
  readonly method: MethodDefinition | undefined;
  readonly parameters: readonly Parameter[];
  readonly statements: readonly Statement[];
  /** Whether the method has other clauses. */
  readonly isClause: boolean;
  readonly names: NameResolution;
  /** The source text of a span of the unit. */
  readonly textOf: (span: Span) => string;
  /** Whether a part could not be read, so that absence proves nothing. */
  readonly hasErrors: boolean;
  /** Types of all expressions, worked out when first asked for. */
  readonly types: () => TypedBody;
  /** Whether the program means this expression to fail, so that a warning would only repeat it. */
  readonly isExpectedToFail: (ancestors: readonly Expression[]) => boolean;
  /** Whether this is told for the first time in this body: one mistake gives one finding. */
  readonly isFirst: (key: string) => boolean;
  readonly report: Report;
}

/** The statements of a body; none for primitives. */
export function bodyStatements(body: Body): readonly Statement[] {
  return body.kind === "statements" ? body.statements : [];
}
