/**
 * Every name in a unit with its place and part: what references, renaming, highlighting, semantic
 * tokens and the project's index are all made from.
 * @module
 */
import { resolveNames } from "../compiler/analysis/names.ts";
import type { Binding } from "../compiler/analysis/names.ts";
import { bodyStatements } from "../compiler/analysis/rule.ts";
import { patternsIn, walkExpression } from "../compiler/analysis/walk.ts";
import type {
  ClassReference,
  Expression,
  MethodDefinition,
  Name,
  Parameter,
  Pattern,
  Span,
  Statement,
  TypeExpression,
  TypeParameter,
  UnitNode,
} from "../compiler/syntax/ast.ts";

/** A name in a unit; spans are relative to the unit. */
export type Occurrence =
  /** A class, alias, protocol or type parameter by its name; `span` leaves out the package. */
  | {
    readonly kind: "class";
    readonly name: string;
    readonly package: string | undefined;
    readonly span: Span;
    readonly role: "definition" | "reference" | "type" | "superclass";
  }
  /** A message; `key` is the node that holds the selector, `receiver` what it is sent to. */
  | {
    readonly kind: "send";
    readonly selector: string;
    readonly spans: readonly Span[];
    readonly span: Span;
    readonly key: object;
    readonly receiver: Expression;
  }
  /** The head of a method, extension or signature. */
  | {
    readonly kind: "method";
    readonly selector: string;
    readonly spans: readonly Span[];
    readonly span: Span;
    readonly classSide: boolean;
  }
  | {
    readonly kind: "field";
    readonly name: string;
    readonly span: Span;
    readonly role: "definition" | "read" | "write";
  }
  | {
    readonly kind: "local";
    readonly name: string;
    readonly binding: Binding;
    readonly span: Span;
    readonly role: "definition" | "read" | "write";
  }
  /** A lower-case name that nothing in the body defines. */
  | { readonly kind: "unresolved"; readonly name: string; readonly span: Span }
  | { readonly kind: "symbol"; readonly value: string; readonly span: Span }
  | { readonly kind: "typeParameter"; readonly name: string; readonly span: Span };

const remembered = new WeakMap<UnitNode, readonly Occurrence[]>();

/** The names of a unit, in no particular order. */
export function occurrencesIn(node: UnitNode): readonly Occurrence[] {
  const known = remembered.get(node);
  if (known !== undefined) return known;
  const found: Occurrence[] = [];
  collectUnit(node, found);
  remembered.set(node, found);
  return found;
}

function collectUnit(node: UnitNode, found: Occurrence[]): void {
  switch (node.kind) {
    case "classHeader":
      if (node.superclass.name !== "") addClass(node.superclass, "superclass", found);
      addTypes(node.superclassArguments, found);
      found.push(definition(node.name));
      return addTypeParameters(node.typeParameters, found);
    case "data":
      found.push({
        kind: "field",
        name: node.name.text,
        span: node.name.span,
        role: "definition",
      });
      addTypes(node.type === undefined ? [] : [node.type], found);
      return node.defaultValue === undefined
        ? undefined
        : addBody([], undefined, [asStatement(node.defaultValue)], found);
    case "method":
      return addMethod(node, node.modifiers.includes("class"), found);
    case "extension":
      addClass(node.target, "reference", found);
      return addMethod(node.method, node.classSide, found);
    case "typeAlias":
      found.push(definition(node.name));
      addTypeParameters(node.typeParameters, found);
      return addTypes([node.type], found);
    case "protocol":
      found.push(definition(node.name));
      addTypeParameters(node.typeParameters, found);
      for (const signature of node.signatures) {
        addHead(signature.selector, signature.selectorSpans, signature.classSide, found);
        addParameterTypes(signature.parameters, signature.returnType, found);
      }
      return;
    case "patch":
      addClass(node.target, "reference", found);
      return addBody([], undefined, node.statements, found);
    case "statement":
      return addBody([], undefined, [node.statement], found);
    case "errorDeclaration":
    case "errorMember":
      return;
    default:
      node satisfies never;
  }
}

function definition(name: Name): Occurrence {
  return {
    kind: "class",
    name: name.text,
    package: undefined,
    span: name.span,
    role: "definition",
  };
}

function asStatement(expression: Expression): Statement {
  return { expression, expectations: [], span: expression.span };
}

function addMethod(node: MethodDefinition, classSide: boolean, found: Occurrence[]): void {
  addHead(node.selector, node.selectorSpans, classSide, found);
  addParameterTypes(node.parameters, node.returnType, found);
  addBody(node.parameters, node.guard, bodyStatements(node.body), found);
}

function addHead(
  selector: string,
  spans: readonly Span[],
  classSide: boolean,
  found: Occurrence[],
): void {
  found.push({ kind: "method", selector, spans, span: whole(spans), classSide });
}

/** From the start of the first part to the end of the last. */
function whole(spans: readonly Span[]): Span {
  return { start: spans[0]?.start ?? 0, end: spans[spans.length - 1]?.end ?? 0 };
}

function addParameterTypes(
  parameters: readonly Parameter[],
  result: TypeExpression | undefined,
  found: Occurrence[],
): void {
  for (const { type, pattern } of parameters) {
    if (type !== undefined) addTypes([type], found);
    addPattern(pattern, found);
  }
  if (result !== undefined) addTypes([result], found);
}

function addBody(
  parameters: readonly Parameter[],
  guard: Expression | undefined,
  statements: readonly Statement[],
  found: Occurrence[],
): void {
  const names = resolveNames({ parameters, guard, statements });
  addLocals(names.bindings, found);
  for (const { name, span } of names.unresolved) found.push({ kind: "unresolved", name, span });
  const visit = (node: Expression) => addExpression(node, found);
  if (guard !== undefined) walkExpression(guard, visit);
  for (const { expression } of statements) walkExpression(expression, visit);
}

function addLocals(bindings: readonly Binding[], found: Occurrence[]): void {
  for (const binding of bindings) {
    const { name } = binding;
    if (name === "_") continue;
    if (binding.type !== undefined && binding.kind === "blockParameter") {
      addTypes([binding.type], found);
    }
    found.push({ kind: "local", name, binding, span: binding.span, role: "definition" });
    for (const span of binding.reads) {
      found.push({ kind: "local", name, binding, span, role: "read" });
    }
    for (const span of binding.writes) {
      found.push({ kind: "local", name, binding, span, role: "write" });
    }
  }
}

function addExpression(node: Expression, found: Occurrence[]): void {
  switch (node.kind) {
    case "class":
      return addClass(node, "reference", found);
    case "symbol":
      found.push({ kind: "symbol", value: node.value, span: node.span });
      return;
    case "field":
      found.push({ kind: "field", name: node.name.text, span: node.name.span, role: "read" });
      return;
    case "send":
      return addSend(node.selector, node.selectorSpans, node, node.receiver, found);
    case "cascade":
      for (const message of node.messages) {
        addSend(message.selector, message.selectorSpans, message, node.receiver, found);
      }
      return;
    case "pipe":
      for (const { receiver, message } of node.stages) {
        addSend(message.selector, message.selectorSpans, message, receiver, found);
      }
      return;
    case "match":
      for (const arm of node.arms) addPattern(arm.pattern, found);
      return;
    case "assignment":
      return addAssignment(node, found);
    case "destructuring":
      return addPattern(node.pattern, found);
    default:
      return;
  }
}

function addSend(
  selector: string,
  spans: readonly Span[],
  key: object,
  receiver: Expression,
  found: Occurrence[],
): void {
  found.push({ kind: "send", selector, spans, span: whole(spans), key, receiver });
}

/** The target of a field assignment is visited as a field too: this marks it as written. */
function addAssignment(
  node: Extract<Expression, { kind: "assignment" }>,
  found: Occurrence[],
): void {
  if (node.type !== undefined) addTypes([node.type], found);
  if (node.target.kind !== "field") return;
  const { text, span } = node.target.name;
  found.push({ kind: "field", name: text, span, role: "write" });
}

function addPattern(pattern: Pattern, found: Occurrence[]): void {
  for (const inner of patternsIn(pattern)) {
    if (inner.kind === "constructorPattern" || inner.kind === "classPattern") {
      addClass(inner.class, "reference", found);
    }
  }
}

function addClass(
  reference: ClassReference,
  role: "reference" | "superclass",
  found: Occurrence[],
): void {
  const { name, span } = reference;
  found.push({
    kind: "class",
    name,
    package: reference.package,
    span: { start: span.end - name.length, end: span.end },
    role,
  });
}

function addTypeParameters(parameters: readonly TypeParameter[], found: Occurrence[]): void {
  for (const { name, bound } of parameters) {
    found.push({ kind: "typeParameter", name: name.text, span: name.span });
    if (bound !== undefined) addTypes([bound], found);
  }
}

function addTypes(types: readonly TypeExpression[], found: Occurrence[]): void {
  for (const type of types) addType(type, found);
}

function addType(type: TypeExpression, found: Occurrence[]): void {
  switch (type.kind) {
    case "typeName": {
      const before = type.package === undefined ? 0 : type.package.length + 1;
      const start = type.span.start + before;
      const span = { start, end: start + type.name.length };
      found.push({
        kind: "class",
        name: type.name,
        package: type.package,
        span,
        role: "type",
      });
      return addTypes(type.arguments, found);
    }
    case "metaType":
      return addType(type.class, found);
    case "union":
    case "intersection":
      return addTypes(type.members, found);
    case "difference":
      addType(type.left, found);
      return addType(type.right, found);
    case "symbolType":
    case "nilType":
    case "booleanType":
    case "errorType":
      return;
    default:
      return type satisfies never;
  }
}
