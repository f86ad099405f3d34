/**
 * `'$meta'()`: what a class tells of itself when running, as one constant.
 * @module
 */
import type { ClassFacts, ClassKind } from "../analysis/class_facts.ts";
import { childExpressions } from "../analysis/walk.ts";
import type { ClassDeclaration, DataMember, Expression, PlacedUnit } from "../syntax/ast.ts";
import type { Clauses } from "./bodies.ts";
import { type Constant, constant } from "./core.ts";
import type { LineIndex } from "./line_index.ts";
import {
  classSource,
  methodSource,
  parameterText,
  signatureText,
  spanText,
} from "./source_text.ts";

/** What `'$meta'` is made from. */
export interface MetaSource {
  readonly text: string;
  readonly lines: LineIndex;
  /** Whether the text is a part of something, so that the class has no source file. */
  readonly isPart: boolean;
  readonly declaration: ClassDeclaration;
  readonly facts: ClassFacts;
  readonly kind: ClassKind;
  readonly superModule: string | undefined;
  readonly methods: ReadonlyMap<string, Clauses>;
  readonly classMethods: ReadonlyMap<string, Clauses>;
  readonly data: readonly PlacedUnit<DataMember>[];
}

const NIL = constant.atom("nil");

/** The constant map. */
export function classMeta(source: MetaSource): Constant {
  const { facts, data, declaration, lines } = source;
  const header = declaration.header;
  const instanceData = data.filter(({ node }) => node.word !== "classState");
  const classData = data.filter(({ node }) => node.word === "classState");
  const computed = instanceData.filter(({ node: { defaultValue } }) =>
    defaultValue !== undefined && !isConstant(defaultValue)
  );
  return constant.record({
    ...(source.isPart ? { typed: constant.atom("true") } : {}),
    name: constant.atom(facts.name),
    metaclass: constant.atom(`${facts.name} class`),
    super: atomOrNil(source.superModule),
    kind: constant.atom(source.kind),
    package: constant.atom(facts.package),
    file: constant.string(facts.file),
    modifiers: constant.list(facts.modifiers.map(constant.atom)),
    doc: textOrNil(facts.doc),
    native: atomOrNil(facts.nativeModule),
    type_parameters: constant.list(facts.typeParameters.map(({ name }) => constant.string(name))),
    fields: constant.list(instanceData.map((each) => fieldMeta(source.text, each))),
    class_state: constant.list(classData.map((each) => fieldMeta(source.text, each))),
    methods: constant.list([...source.methods.values()].map((each) => methodMeta(source, each))),
    class_methods: constant.list(
      [...source.classMethods.values()].map((each) => methodMeta(source, each)),
    ),
    source: constant.string(classSource(source.text, declaration)),
    line: constant.integer(lines.lineAt(header.offset + header.node.name.span.start)),
    uninitialized: constant.list(
      instanceData
        .filter(({ node }) => node.type !== undefined && node.defaultValue === undefined)
        .map(({ node }) => constant.atom(node.name.text)),
    ),
    computed: constant.list(computed.map(({ node }) => constant.atom(node.name.text))),
  });
}

/** Kinds of expressions that are the same for each instance where all inside them is. */
const CONSTANT_KINDS: ReadonlySet<Expression["kind"]> = new Set([
  "integer",
  "float",
  "string",
  "character",
  "symbol",
  "nil",
  "boolean",
  "list",
  "array",
  "tuple",
  "dictionary",
]);

/** Whether a default is the same for each instance and cannot fail. */
function isConstant(value: Expression): boolean {
  return CONSTANT_KINDS.has(value.kind) && childExpressions(value).every(isConstant);
}

function atomOrNil(name: string | undefined): Constant {
  return name === undefined ? NIL : constant.atom(name);
}

function textOrNil(text: string | undefined): Constant {
  return text === undefined ? NIL : constant.string(text);
}

function fieldMeta(text: string, unit: PlacedUnit<DataMember>): Constant {
  const { node } = unit;
  return constant.record({
    name: constant.atom(node.name.text),
    type: textOrNil(node.type && spanText(text, unit, node.type.span)),
    has_default: constant.atom(String(node.defaultValue !== undefined)),
    doc: textOrNil(node.doc?.text),
  });
}

/** What is told of a method, in `'$meta'` and in `'$extensions'`. */
export function methodMeta(
  source: { readonly text: string; readonly lines: LineIndex },
  clauses: Clauses,
): Constant {
  const [first] = clauses;
  if (first === undefined) return constant.map([]);
  const { node, offset } = first;
  const { text, lines } = source;
  const start = node.selectorSpans[0]?.start ?? node.span.start;
  return constant.record({
    selector: constant.atom(node.selector),
    arity: constant.integer(node.parameters.length),
    signature: constant.string(signatureText(text, first)),
    parameters: constant.list(
      node.parameters.map((each) => constant.string(parameterText(text, first, each))),
    ),
    return_type: textOrNil(node.returnType && spanText(text, first, node.returnType.span)),
    doc: textOrNil(node.doc?.text),
    source: constant.string(methodSource(text, clauses)),
    line: constant.integer(lines.lineAt(offset + start)),
    modifiers: constant.list(node.modifiers.map(constant.atom)),
    primitive: constant.atom(String(node.body.kind !== "statements")),
  });
}
