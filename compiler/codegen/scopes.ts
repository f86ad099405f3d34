/**
 * What has to be known of a method's locals before code is made for it: which live in cells, which
 * names a block uses, whether blocks return from the method.
 * @module
 */
import type { Block, Cascade, Expression, MatchArm, Pattern, Statement } from "../syntax/ast.ts";
import { explicitFuture, isAwait, isFutureMessage, mayBeFuture } from "./future_positions.ts";
import type { ScopeFacts, ScopeNode, VariableFacts } from "./scope_facts.ts";
import {
  endsWithSend,
  inlinedBlocks,
  isCollectionLoop,
  isInlined,
  loopBlocks,
} from "./inlining.ts";
import {
  bare,
  boundNames,
  childExpressions,
  expressionsOf,
  literalBlock,
  patternExpressions,
} from "../analysis/walk.ts";
import { mentions } from "./mentions.ts";

interface Variable extends VariableFacts {
  readonly scope: Scope;
  captured: boolean;
  assignedInBlock: boolean;
  assignments: number;
  uses: number;
  awaits: number;
  usedStraight: boolean;
  shared: boolean;
  initialising: boolean;
  /** A block that may run after the scope has ended mentions it. */
  escapes: boolean;
  /** A block that stands before its first assignment reads it. */
  late: boolean;
}

/** A read of a name that nothing has declared yet. */
interface Miss {
  readonly name: string;
  readonly scope: Scope;
  readonly escapeDepth: number;
}

interface Scope {
  readonly parent: Scope | undefined;
  /** Counts funs around; a variable used at another depth than declared is captured. */
  readonly depth: number;
  readonly variables: Map<string, Variable>;
}

/** Facts of a body with its parameters. */
export function analyzeScopes(
  parameters: readonly string[],
  statements: readonly Statement[],
  guards: readonly Expression[] = [],
  outerNames: ReadonlySet<string> = new Set(),
): ScopeFacts {
  const analysis = new ScopeAnalysis(outerNames);
  analysis.root(parameters, statements, guards);
  return analysis;
}

class ScopeAnalysis implements ScopeFacts {
  readonly #scopes = new Map<ScopeNode, Scope>();
  readonly #blockNames = new Map<Block, ReadonlySet<string>>();
  readonly #outerNames: ReadonlySet<string>;
  returnsFromBlock = false;
  readonly asked = new Set<string>();
  /** Depth of the innermost block around that may run later; 0 where there is none. */
  #escapeDepth = 0;
  readonly #missed: Miss[] = [];

  constructor(outerNames: ReadonlySet<string>) {
    this.#outerNames = outerNames;
  }

  variable(scope: ScopeNode, name: string): VariableFacts | undefined {
    return this.#scopes.get(scope)?.variables.get(name);
  }

  freeable(scope: ScopeNode): readonly string[] {
    const variables = this.#scopes.get(scope)?.variables.values() ?? [];
    return [...variables].filter((each) => each.cell && !each.escapes).map(({ name }) => name);
  }

  late(scope: ScopeNode): readonly string[] {
    const variables = this.#scopes.get(scope)?.variables.values() ?? [];
    return [...variables].filter((each) => each.late).map(({ name }) => name);
  }

  namesIn(block: Block): ReadonlySet<string> {
    const known = this.#blockNames.get(block);
    if (known !== undefined) return known;
    const { read, assigned } = mentions(expressionsOf(block.statements));
    const names = new Set([...read, ...assigned]);
    this.#blockNames.set(block, names);
    return names;
  }

  root(
    parameters: readonly string[],
    statements: readonly Statement[],
    guards: readonly Expression[],
  ): void {
    const scope = this.#open(statements, undefined, 0);
    for (const name of parameters) this.#declare(scope, name, 1);
    this.#visitAll(guards, scope);
    this.#visitAll(expressionsOf(statements), scope);
    for (const each of this.#scopes.values()) {
      for (const one of each.variables.values()) settle(one);
    }
  }

  #open(node: ScopeNode, parent: Scope | undefined, depth: number): Scope {
    const scope: Scope = { parent, depth, variables: new Map() };
    this.#scopes.set(node, scope);
    return scope;
  }

  #declare(scope: Scope, name: string, assignments: number): Variable {
    const variable: Variable = {
      name,
      scope,
      cell: false,
      recursive: false,
      future: false,
      light: false,
      captured: false,
      assignedInBlock: false,
      assignments,
      uses: 0,
      awaits: 0,
      usedStraight: false,
      shared: false,
      initialising: false,
      escapes: false,
      late: false,
    };
    scope.variables.set(name, variable);
    return variable;
  }

  /** Declares a local by its first assignment, which blocks that stand before it may have read. */
  #declareAssigned(scope: Scope, name: string, assignments: number): Variable {
    const variable = this.#declare(scope, name, assignments);
    for (const miss of this.#missed) {
      if (miss.name !== name || miss.scope === scope || !isInside(miss.scope, scope)) continue;
      variable.late = true;
      variable.shared = true;
      variable.uses++;
      if (miss.scope.depth !== scope.depth) variable.captured = true;
      if (scope.depth < miss.escapeDepth) variable.escapes = true;
    }
    // That it is nil at first is an assignment too.
    if (variable.late) variable.assignments++;
    return variable;
  }

  #find(scope: Scope | undefined, name: string): Variable | undefined {
    for (let at = scope; at !== undefined; at = at.parent) {
      const found = at.variables.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #visitAll(nodes: readonly Expression[], scope: Scope): void {
    for (const node of nodes) this.#visit(node, scope);
  }

  /** Sizes of binary segments; a name that the pattern itself binds before is none of the scope's. */
  #visitSizes(pattern: Pattern, scope: Scope): void {
    const bound = boundNames(pattern);
    const sizes = patternExpressions(pattern);
    this.#visitAll(
      sizes.filter((size) => size.kind !== "variable" || !bound.includes(size.name)),
      scope,
    );
  }

  #visit(node: Expression, scope: Scope): void {
    switch (node.kind) {
      case "variable":
        this.#use(node.name, scope);
        return;
      case "block":
        return this.#realBlock(node, scope, true);
      case "return":
        if (scope.depth > 0) this.returnsFromBlock = true;
        return this.#visit(node.value, scope);
      case "assignment":
        return this.#assignment(node, scope);
      case "destructuring":
        this.#visit(node.value, scope);
        this.#visitSizes(node.pattern, scope);
        for (const name of boundNames(node.pattern)) this.#assign(name, scope);
        return;
      case "match":
        return this.#match(node, scope);
      case "pipe": {
        const source = bare(node.source);
        const held = source.kind === "variable" ? this.#find(scope, source.name) : undefined;
        if (held !== undefined) held.shared = true;
        return this.#visitAll(childExpressions(node), scope);
      }
      case "send":
        return this.#send(node, scope);
      case "cascade":
        return this.#cascade(node, scope);
      default:
        return this.#visitAll(childExpressions(node), scope);
    }
  }

  #use(name: string, scope: Scope): Variable | undefined {
    const variable = this.#find(scope, name);
    if (variable === undefined) {
      this.#missed.push({ name, scope, escapeDepth: this.#escapeDepth });
      return undefined;
    }
    if (variable.initialising && variable.scope.depth === scope.depth) return undefined;
    variable.uses++;
    if (variable.scope === scope) variable.usedStraight = true;
    if (variable.scope.depth !== scope.depth) variable.captured = true;
    if (variable.scope.depth < this.#escapeDepth) variable.escapes = true;
    if (variable.initialising) variable.recursive = true;
    return variable;
  }

  #assign(name: string, scope: Scope): Variable | undefined {
    const found = this.#find(scope, name);
    if (found === undefined && this.#outerNames.has(name)) return undefined;
    const variable = found ?? this.#declareAssigned(scope, name, 0);
    variable.assignments++;
    if (variable.scope.depth !== scope.depth) {
      variable.captured = true;
      variable.assignedInBlock = true;
    }
    if (variable.scope.depth < this.#escapeDepth) variable.escapes = true;
    return variable;
  }

  #assignment(node: Expression & { kind: "assignment" }, scope: Scope): void {
    if (node.target.kind === "field") return this.#visit(node.value, scope);
    const { name } = node.target;
    if (node.operator !== undefined) this.#use(name, scope);
    const known = this.#find(scope, name);
    if (known !== undefined || this.#outerNames.has(name)) {
      this.#visit(node.value, scope);
      this.#noteValue(this.#assign(name, scope), node.value, scope);
      return;
    }
    const variable = this.#declareAssigned(scope, name, 1);
    variable.initialising = true;
    this.#visit(node.value, scope);
    variable.initialising = false;
    this.#noteValue(variable, node.value, scope);
  }

  #noteValue(variable: Variable | undefined, value: Expression, scope: Scope): void {
    if (variable !== undefined && mayBeFuture(value)) variable.future = true;
    const source = bare(value);
    if (source.kind !== "variable") return;
    const other = this.#find(scope, source.name);
    if (other === undefined) return;
    other.shared = true;
    if (variable !== undefined) variable.future ||= other.future;
  }

  #match(node: Expression & { kind: "match" }, scope: Scope): void {
    this.#visit(node.scrutinee, scope);
    for (const arm of node.arms) {
      const inner = this.#open(arm, scope, scope.depth);
      this.#visitSizes(arm.pattern, scope);
      for (const name of boundNames(arm.pattern)) this.#declare(inner, name, 1);
      if (arm.guard !== undefined) this.#visit(arm.guard, inner);
      const block = armBlock(arm);
      if (block === undefined) this.#visit(arm.body, inner);
      else this.#inlineBlock(block, inner);
    }
  }

  #send(node: Expression & { kind: "send" }, scope: Scope): void {
    if (isInlined(node)) return this.#inlinedSend(node, scope, inlinedBlocks(node));
    if (isCollectionLoop(node)) return this.#collectionLoop(node, scope);
    const receiver = bare(node.receiver);
    if (receiver.kind === "variable" && isFutureMessage(node.selector)) {
      this.#ask(receiver.name, scope, isAwait(node.selector));
      return this.#visitAll(node.arguments, scope);
    }
    if (explicitFuture(node) !== undefined && receiver.kind === "send") {
      this.#visit(receiver.receiver, scope);
      return this.#visitAll(node.arguments, scope);
    }
    for (const part of childExpressions(node)) {
      const block = endsWithSend(node) ? literalBlock(part) : undefined;
      if (block === undefined) this.#visit(part, scope);
      else this.#realBlock(block, scope, false);
    }
  }

  #ask(name: string, scope: Scope, awaits: boolean): void {
    this.asked.add(name);
    const variable = this.#use(name, scope);
    if (variable === undefined) return;
    if (awaits) variable.awaits++;
    else variable.shared = true;
  }

  #cascade(node: Cascade, scope: Scope): void {
    const receiver = bare(node.receiver);
    const asks = node.messages.some(({ selector }) => isFutureMessage(selector));
    if (asks && receiver.kind === "variable") this.#ask(receiver.name, scope, false);
    this.#visitAll(childExpressions(node), scope);
  }

  /** Its blocks may also run as funs: a future that they wait for must not be collected twice. */
  #collectionLoop(node: Expression & { kind: "send" }, scope: Scope): void {
    const blocks = loopBlocks(node);
    this.#inlinedSend(node, scope, blocks);
    for (const name of mentions(blocks).read) {
      const variable = this.#find(scope, name);
      if (variable !== undefined) variable.shared = true;
    }
  }

  #inlinedSend(
    node: Expression & { kind: "send" },
    scope: Scope,
    blocks: readonly Block[],
  ): void {
    for (const part of [node.receiver, ...node.arguments]) {
      const block = literalBlock(part);
      if (block !== undefined && blocks.includes(block)) this.#inlineBlock(block, scope);
      else this.#visit(part, scope);
    }
  }

  #inlineBlock(block: Block, scope: Scope): void {
    const inner = this.#open(block, scope, scope.depth);
    for (const parameter of block.parameters) this.#declare(inner, parameter.text, 1);
    this.#visitAll(expressionsOf(block.statements), inner);
  }

  #realBlock(block: Block, scope: Scope, mayRunLater: boolean): void {
    const inner = this.#open(block, scope, scope.depth + 1);
    const before = this.#escapeDepth;
    if (mayRunLater) this.#escapeDepth = inner.depth;
    for (const parameter of block.parameters) this.#declare(inner, parameter.text, 1);
    this.#visitAll(expressionsOf(block.statements), inner);
    this.#escapeDepth = before;
  }
}

function isInside(inner: Scope, outer: Scope): boolean {
  for (let at: Scope | undefined = inner; at !== undefined; at = at.parent) {
    if (at === outer) return true;
  }
  return false;
}

/** The block that is an arm's body in several statements, compiled in place. */
export function armBlock(arm: MatchArm): Block | undefined {
  const block = literalBlock(arm.body);
  return block !== undefined && block.parameters.length === 0 ? block : undefined;
}

function settle(variable: Variable): void {
  variable.cell = variable.recursive ||
    (variable.captured && (variable.assignedInBlock || variable.assignments > 1));
  variable.light = !variable.captured && !variable.shared && variable.assignments === 1 &&
    variable.usedStraight && (variable.awaits === 0 || variable.uses === 1);
}
