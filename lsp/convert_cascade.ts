/**
 * Between a cascade and several sends.
 * @module
 */
import { walkStatements } from "../compiler/analysis/walk.ts";
import type { Cascade, Expression, Send, Span, Statement } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { CodeAction, Refactoring } from "./code_actions.ts";
import { type FileView, holds, type KnownBody, knownBodyAt } from "./file_view.ts";

/** Takes a cascade apart, or joins sends to one receiver. */
export const convertCascade: Refactoring = (view, selection) => {
  const body = knownBodyAt(view, selection.start);
  if (body === undefined) return [];
  return [...apart(view, body, selection), ...joined(view, body, selection)];
};

type Action = Omit<CodeAction, "diagnostic">;

function allStatements(body: KnownBody): readonly (readonly Statement[])[] {
  const lists: (readonly Statement[])[] = [body.source.statements];
  walkStatements(body.source.statements, (node) => {
    if (node.kind === "block") lists.push(node.statements);
  });
  return lists;
}

/** Receivers that mean the same each time they are evaluated. */
function isSimple({ kind }: Expression): boolean {
  return kind === "variable" || kind === "class" || kind === "self" || kind === "field" ||
    kind === "super";
}

function apart(view: FileView, body: KnownBody, selection: Span): Action[] {
  const { unit } = body.source;
  const { text } = view.source;
  for (const statement of allStatements(body).flat()) {
    const node = statement.expression;
    const span = placedSpan(unit, statement.span);
    if (node.kind !== "cascade" || !holds(span, selection.start)) continue;
    if (!isSimple(node.receiver)) continue;
    const receiver = textOf(text, unit, node.receiver.span);
    const indent = indentOf(text, span.start);
    if (indent === undefined) continue;
    const sends = (node satisfies Cascade).messages.map((message) =>
      `${receiver} ${textOf(text, unit, message.span).trim()}`
    );
    const newText = sends.join(`\n${indent}`);
    return [{
      title: "Convert the cascade to sends",
      kind: "refactor.rewrite",
      edits: [{ path: view.path, span: placedSpan(unit, node.span), newText }],
    }];
  }
  return [];
}

/** The run of statements around the cursor that are sends to the same simple receiver. */
function joined(view: FileView, body: KnownBody, selection: Span): Action[] {
  const { unit } = body.source;
  const { text } = view.source;
  for (const statements of allStatements(body)) {
    const at = statements.findIndex(({ span }) => holds(placedSpan(unit, span), selection.start));
    const receiver = at < 0 ? undefined : receiverText(statements[at], text, unit);
    if (receiver === undefined) continue;
    const isOne = (index: number) => receiverText(statements[index], text, unit) === receiver;
    let first = at;
    let last = at;
    while (first > 0 && isOne(first - 1)) first--;
    while (last < statements.length - 1 && isOne(last + 1)) last++;
    const run = statements.slice(first, last + 1);
    const start = run[0]?.span.start;
    const end = run[run.length - 1]?.span.end;
    if (run.length < 2 || start === undefined || end === undefined) continue;
    const indent = indentOf(text, unit.offset + start) ?? "";
    const messages = run.map(({ expression }) =>
      textOf(text, unit, {
        start: (expression as Send).receiver.span.end,
        end: expression.span.end,
      }).trim()
    );
    const newText = `${receiver}\n${messages.map((each) => `${indent}  ${each}`).join(";\n")}`;
    const oneLine = `${receiver} ${messages.join("; ")}`;
    const isShort = oneLine.length + indent.length <= 80 && !oneLine.includes("\n");
    const isUnary = (run[0]?.expression as Send).arguments.length === 0;
    if (!isShort && isUnary) continue;
    return [{
      title: "Convert the sends to a cascade",
      kind: "refactor.rewrite",
      edits: [{
        path: view.path,
        span: placedSpan(unit, { start, end }),
        newText: isShort ? oneLine : newText,
      }],
    }];
  }
  return [];
}

function receiverText(
  statement: Statement | undefined,
  text: string,
  unit: { readonly offset: number },
): string | undefined {
  const node = statement?.expression;
  if (node?.kind !== "send" || !isSimple(node.receiver)) return undefined;
  return textOf(text, unit, node.receiver.span);
}

function textOf(text: string, unit: { readonly offset: number }, span: Span): string {
  return text.slice(unit.offset + span.start, unit.offset + span.end);
}

/** The white space before a statement that begins its line. */
function indentOf(text: string, at: number): string | undefined {
  const indent = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return indent.trim() === "" ? indent : undefined;
}
