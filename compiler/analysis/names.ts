/**
 * Which definition each lower-case name in a body means: parameters, locals, pattern variables.
 * @module
 */
import type {
  Assignment,
  Block,
  Expression,
  Match,
  Pattern,
  Span,
  Statement,
  TypeExpression,
  Variable,
} from "../syntax/ast.ts";
import { childExpressions } from "./walk.ts";

/** One definition of a name, with all its uses. */
export interface Binding {
  readonly name: string;
  readonly kind: "parameter" | "blockParameter" | "local" | "pattern";
  /** Where the name is defined. */
  readonly span: Span;
  readonly type: TypeExpression | undefined;
  /** The block that it belongs to; undefined for the body itself. */
  readonly block: Block | undefined;
  readonly reads: Span[];
  /** Assignments after the defining one. */
  readonly writes: Span[];
  /** Whether an inner block assigns it. */
  assignedInBlock: boolean;
}

/** What the names of one body mean. */
export interface NameResolution {
  readonly bindings: readonly Binding[];
  /** The binding of each variable node, assignment targets included. */
  readonly bindingOf: ReadonlyMap<Variable, Binding>;
  /** Reads of names that nothing in the body defines. */
  readonly unresolved: readonly Variable[];
  /** Definitions that hide one further out. */
  readonly shadowings: readonly { readonly inner: Binding; readonly outer: Binding }[];
  /** Names twice in one parameter list of a block. */
  readonly repeated: readonly { readonly name: string; readonly span: Span }[];
}

/** The parts of a body that hold names. */
export interface NamedBody {
  readonly parameters: readonly {
    readonly pattern: Pattern;
    readonly type: TypeExpression | undefined;
  }[];
  readonly guard: Expression | undefined;
  readonly statements: readonly Statement[];
}

/** Resolves the names of one body. */
export function resolveNames(body: NamedBody): NameResolution {
  const resolver = new Resolver();
  resolver.body(body);
  return resolver.finish();
}

class Scope {
  readonly names = new Map<string, Binding>();
  constructor(readonly parent: Scope | undefined, readonly block: Block | undefined) {}

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.find(name);
  }
}

class Resolver {
  readonly #bindings: Binding[] = [];
  readonly #bindingOf = new Map<Variable, Binding>();
  readonly #missing: { readonly variable: Variable; readonly scope: Scope }[] = [];
  readonly #shadowings: { readonly inner: Binding; readonly outer: Binding }[] = [];
  readonly #repeated: { readonly name: string; readonly span: Span }[] = [];
  #scope = new Scope(undefined, undefined);

  body(body: NamedBody): void {
    for (const { pattern, type } of body.parameters) this.#pattern(pattern, "parameter", type);
    if (body.guard !== undefined) this.#expression(body.guard);
    this.#statements(body.statements);
  }

  finish(): NameResolution {
    const unresolved = this.#missing.filter(({ variable, scope }) => !this.#late(variable, scope));
    return {
      bindings: this.#bindings,
      bindingOf: this.#bindingOf,
      unresolved: unresolved.map(({ variable }) => variable),
      shadowings: this.#shadowings,
      repeated: this.#repeated,
    };
  }

  /** A block may run after a name that it reads has been defined further out. */
  #late(variable: Variable, scope: Scope): boolean {
    const binding = scope.parent?.find(variable.name);
    if (binding === undefined) return false;
    this.#read(variable, binding);
    return true;
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#expression(statement.expression);
  }

  #expression(node: Expression): void {
    switch (node.kind) {
      case "variable":
        return this.#use(node);
      case "assignment":
        return this.#assignment(node);
      case "destructuring":
        this.#expression(node.value);
        return this.#pattern(node.pattern, "local", undefined);
      case "block":
        return this.#block(node);
      case "match":
        return this.#match(node);
      default:
        for (const child of childExpressions(node)) this.#expression(child);
    }
  }

  #use(variable: Variable): void {
    const binding = this.#scope.find(variable.name);
    if (binding === undefined) this.#missing.push({ variable, scope: this.#scope });
    else this.#read(variable, binding);
  }

  #read(variable: Variable, binding: Binding): void {
    binding.reads.push(variable.span);
    this.#bindingOf.set(variable, binding);
  }

  #assignment(node: Assignment): void {
    const { target } = node;
    if (target.kind === "variable" && node.operator !== undefined) this.#use(target);
    this.#expression(node.value);
    if (target.kind === "field") return;
    const known = this.#scope.find(target.name);
    if (known === undefined) {
      if (node.operator !== undefined) return;
      const binding = this.#define(target.name, "local", target.span, node.type);
      this.#bindingOf.set(target, binding);
      return;
    }
    this.#bindingOf.set(target, known);
    if (node.operator === undefined) known.writes.push(target.span);
    if (known.block !== this.#scope.block) known.assignedInBlock = true;
  }

  #block(node: Block): void {
    this.#inScope(node, () => {
      for (const parameter of node.parameters) {
        if (this.#scope.names.has(parameter.text) && parameter.text !== "_") {
          this.#repeated.push({ name: parameter.text, span: parameter.span });
        }
        this.#define(parameter.text, "blockParameter", parameter.span, parameter.type);
      }
      this.#statements(node.statements);
    });
  }

  #match(node: Match): void {
    this.#expression(node.scrutinee);
    for (const arm of node.arms) {
      this.#inScope(this.#scope.block, () => {
        this.#pattern(arm.pattern, "pattern", undefined);
        if (arm.guard !== undefined) this.#expression(arm.guard);
        this.#expression(arm.body);
      });
    }
  }

  #inScope(block: Block | undefined, action: () => void): void {
    const outer = this.#scope;
    this.#scope = new Scope(outer, block);
    action();
    this.#scope = outer;
  }

  #pattern(pattern: Pattern, kind: Binding["kind"], type: TypeExpression | undefined): void {
    switch (pattern.kind) {
      case "binding":
        return this.#patternName(pattern.name, pattern.span, kind, type);
      case "tuplePattern":
        for (const element of pattern.elements) this.#pattern(element, kind, undefined);
        return;
      case "listPattern":
      case "arrayPattern":
        for (const element of pattern.elements) this.#pattern(element, kind, undefined);
        if (pattern.rest !== undefined) this.#pattern(pattern.rest, kind, undefined);
        return;
      case "dictionaryPattern":
        for (const entry of pattern.entries) this.#pattern(entry.value, kind, undefined);
        return;
      case "binaryPattern":
        for (const segment of pattern.segments) {
          if (segment.size !== undefined) this.#expression(segment.size);
          this.#pattern(segment.value, kind, undefined);
        }
        return;
      case "constructorPattern":
        for (const field of pattern.fields) this.#pattern(field.pattern, kind, undefined);
        return;
      case "classPattern":
        return this.#pattern(pattern.pattern, kind, undefined);
      case "wildcard":
      case "literalPattern":
      case "errorPattern":
        return;
      default:
        pattern satisfies never;
    }
  }

  /** The same name twice in a pattern means that both are equal: the second is a read. */
  #patternName(
    name: string,
    span: Span,
    kind: Binding["kind"],
    type: TypeExpression | undefined,
  ): void {
    const here = this.#scope.names.get(name);
    const known = kind === "local" ? this.#scope.find(name) : here;
    if (known === undefined) {
      this.#define(name, kind, span, type);
    } else if (kind === "local") {
      known.writes.push(span);
      if (known.block !== this.#scope.block) known.assignedInBlock = true;
    } else {
      known.reads.push(span);
    }
  }

  #define(
    name: string,
    kind: Binding["kind"],
    span: Span,
    type: TypeExpression | undefined,
  ): Binding {
    const block = this.#scope.block;
    const binding: Binding = {
      name,
      kind,
      span,
      type,
      block,
      reads: [],
      writes: [],
      assignedInBlock: false,
    };
    const outer = this.#scope.parent?.find(name);
    if (outer !== undefined && name !== "_") this.#shadowings.push({ inner: binding, outer });
    this.#scope.names.set(name, binding);
    this.#bindings.push(binding);
    return binding;
  }
}
