/**
 * `'$index'()`: what each method sends, names, reads and writes, for questions about the program
 * while it runs.
 * @module
 */
import type {
  Assignment,
  ClassReference,
  Expression,
  FieldAccess,
  Message,
  PlacedUnit,
  Send,
  Span,
  UnitNode,
} from "../syntax/ast.ts";
import { type Constant, constant, type Definition, fun, functionName, literal } from "./core.ts";
import type { LineIndex } from "./line_index.ts";
import { bare } from "../analysis/walk.ts";

/** Something with code: a method by its selector, or data with defaults. */
export interface IndexedCode {
  /** The class that the code is for, by name. */
  readonly target: string;
  readonly side: "instance" | "class";
  /** Undefined for the defaults of data. */
  readonly selector: string | undefined;
  readonly units: readonly PlacedUnit<UnitNode>[];
}

/** The function with the index of some code. */
export function indexFunction(code: readonly IndexedCode[], lines: LineIndex): Definition {
  const entries = code.flatMap(({ target, side, selector, units }) => {
    const items = units.flatMap((unit) => itemsOf(unit, lines));
    if (items.length === 0) return [];
    const name = constant.atom(selector ?? "nil");
    return [constant.tuple([
      constant.atom(target),
      constant.atom(side),
      name,
      constant.list(items),
    ])];
  });
  return { name: functionName("$index", 0), fun: fun([], literal(constant.list(entries))) };
}

function itemsOf(unit: PlacedUnit<UnitNode>, lines: LineIndex): Constant[] {
  const { node, offset } = unit;
  const items: Constant[] = [];
  const note = (kind: string, span: Span, ...parts: Constant[]) => {
    const line = constant.integer(lines.lineAt(offset + span.start));
    items.push(constant.tuple([constant.atom(kind), ...parts, line]));
  };
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (!isNode(part)) return;
    noteNode(part as IndexedNode, note);
    // A write of a field is no read of it; what is added to it is both.
    const isWrite = part.kind === "assignment" && part.operator === undefined;
    for (const key in part) {
      if (key === "span" || (isWrite && key === "target")) continue;
      visit(part[key]);
    }
  };
  visit(node);
  return items;
}

type Note = (kind: string, span: Span, ...parts: Constant[]) => void;

/** The nodes that are worth a line of the index. */
type IndexedNode =
  | Send
  | Assignment
  | ClassReference
  | FieldAccess
  | { readonly kind: "cascade"; readonly receiver: Expression; readonly messages: Message[] }
  | { readonly kind: "pipe"; readonly stages: { receiver: Expression; message: Message }[] }
  | { readonly kind: "symbol"; readonly value: string; readonly span: Span };

function noteNode(node: IndexedNode, note: Note): void {
  switch (node.kind) {
    case "send":
      return noteSend(node.receiver, node, note);
    case "cascade":
      for (const message of node.messages) noteSend(node.receiver, message, note);
      return;
    case "pipe":
      for (const { receiver, message } of node.stages) noteSend(receiver, message, note);
      return;
    case "assignment":
      if (node.target.kind === "field") {
        note("write", node.target.span, constant.atom(node.target.name.text));
      }
      return;
    case "class":
      return note("class", node.span, constant.atom(node.name));
    case "field":
      return note("read", node.span, constant.atom(node.name.text));
    case "symbol":
      if (typeof node.value === "string") note("symbol", node.span, constant.atom(node.value));
      return;
  }
}

function noteSend(receiver: Expression, message: Send | Message, note: Note): void {
  const { selector } = message;
  const span = message.selectorSpans[0] ?? message.span;
  // `Erlang lists` names a module and is no message.
  if (isErlang(receiver)) return;
  const module = erlangModule(receiver);
  if (module !== undefined) {
    const name = selector.split(":")[0] ?? selector;
    const arity = constant.integer(message.arguments.length);
    return note("erlang", span, constant.atom(module), constant.atom(name), arity);
  }
  note("send", span, constant.atom(selector), receiverOf(receiver));
}

/** `lists` of `Erlang lists`. */
function erlangModule(receiver: Expression): string | undefined {
  const node = bare(receiver);
  if (node.kind !== "send" || node.arguments.length > 0) return undefined;
  return isErlang(node.receiver) ? node.selector : undefined;
}

function isErlang(node: Expression): boolean {
  const inner = bare(node);
  return inner.kind === "class" && inner.name === "Erlang";
}

function receiverOf(receiver: Expression): Constant {
  const node = bare(receiver);
  if (node.kind === "self" || node.kind === "super") return constant.atom(node.kind);
  if (node.kind === "class") {
    return constant.tuple([constant.atom("class"), constant.atom(node.name)]);
  }
  return constant.atom("other");
}

function isNode(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === "object" && part !== null;
}
