/**
 * Shows diagnostics: for a terminal with the source line and a caret under the place, for programs
 * as plain data.
 * @module
 */
import { relative } from "@std/path";
import type { Span } from "../compiler/syntax/ast.ts";
import type { Diagnostic, Severity } from "../compiler/syntax/diagnostic.ts";
import { displayWidth } from "./display_width.ts";
import type { Colors } from "./terminal.ts";

/** A diagnostic together with the file that it is of. */
export interface FileDiagnostic {
  /** Path as it is shown. */
  readonly file: string;
  readonly text: string;
  readonly diagnostic: Diagnostic;
}

/** A place in a text, both counted from 1; columns count characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset. */
export function positionOf(text: string, offset: number): Position {
  const bounded = Math.max(0, Math.min(offset, text.length));
  const lineStart = bounded === 0 ? 0 : text.lastIndexOf("\n", bounded - 1) + 1;
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < lineStart; at = text.indexOf("\n", at + 1)) {
    line++;
  }
  return { line, column: [...text.slice(lineStart, bounded)].length + 1 };
}

/** A diagnostic as a paragraph for the terminal, with a final newline. */
export function renderDiagnostic(found: FileDiagnostic, colors: Colors): string {
  const { diagnostic, text, file } = found;
  const paint = severityColor(diagnostic.severity, colors);
  const { line, column } = positionOf(text, diagnostic.span.start);
  const gutter = " ".repeat(String(line).length);
  const bar = colors.dim("|");
  const lines = [
    `${paint(`${diagnostic.severity}[${diagnostic.code}]`)}: ${colors.bold(diagnostic.message)}`,
    `${gutter}${colors.dim("-->")} ${file}:${line}:${column}`,
    `${gutter} ${bar}`,
    `${colors.dim(String(line))} ${bar} ${expanded(lineAt(text, diagnostic.span.start))}`,
    `${gutter} ${bar} ${caretLine(text, diagnostic.span, paint)}`,
  ];
  for (const related of diagnostic.related ?? []) {
    const place = related.file === file ? `:${positionOf(text, related.span.start).line}` : "";
    lines.push(`${gutter} ${colors.dim("=")} ${related.message} (${related.file}${place})`);
  }
  for (const fix of diagnostic.fixes ?? []) {
    lines.push(`${gutter} ${colors.dim("=")} ${colors.cyan("fix")}: ${fix.title}`);
  }
  return lines.join("\n") + "\n";
}

/** A diagnostic as plain data, places counted from 1. */
export function diagnosticData(
  { file, text, diagnostic }: FileDiagnostic,
): Record<string, unknown> {
  const place = (span: Span) => {
    const start = positionOf(text, span.start);
    const end = positionOf(text, span.end);
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  return {
    file,
    ...place(diagnostic.span),
    severity: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
    related: (diagnostic.related ?? []).map((related) => ({
      file: related.file,
      message: related.message,
      ...(related.file === file ? place(related.span) : {}),
    })),
    fixes: (diagnostic.fixes ?? []).map(({ title, edits }) => ({
      title,
      edits: edits.map(({ span, newText }) => ({ ...place(span), newText })),
    })),
  };
}

/** Counts such as `2 errors, 1 warning`; empty where there are neither. */
export function countsText(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return [[count("error"), "error"] as const, [count("warning"), "warning"] as const]
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`)
    .join(", ");
}

/** A path as short as it can be said from the working folder. */
export function displayPath(path: string, workingFolder: string): string {
  const way = relative(workingFolder, path);
  return way === "" ? "." : way.startsWith("..") ? path : way;
}

function severityColor(severity: Severity, colors: Colors): (text: string) => string {
  switch (severity) {
    case "error":
      return (text) => colors.bold(colors.red(text));
    case "warning":
      return (text) => colors.bold(colors.yellow(text));
    case "information":
      return (text) => colors.bold(colors.blue(text));
    case "hint":
      return (text) => colors.bold(colors.cyan(text));
  }
}

function lineStartOf(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", Math.min(offset, text.length) - 1) + 1;
}

function lineAt(text: string, offset: number): string {
  const start = lineStartOf(text, offset);
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, "");
}

/** Tabs as spaces, so that the caret stands under its place. */
function expanded(line: string): string {
  return line.replaceAll("\t", "    ");
}

function caretLine(text: string, span: Span, paint: (text: string) => string): string {
  const start = lineStartOf(text, span.start);
  const line = lineAt(text, span.start);
  const from = Math.min(span.start - start, line.length);
  const until = Math.min(Math.max(span.end - start, from + 1), line.length);
  const before = displayWidth(expanded(line.slice(0, from)));
  const width = Math.max(1, displayWidth(expanded(line.slice(from, until))));
  return " ".repeat(before) + paint("^".repeat(width));
}
