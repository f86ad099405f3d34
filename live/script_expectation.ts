/**
 * Whether the outcome of a script's statement is what its `// =>` comment says.
 * @module
 */
import { isFailure, type Outcome } from "./outcome.ts";

/**
 * `text` with `_` for any run of characters, a string with or without its quotes; `ERROR: text` for a part of an error as it is shown:
 * its class and message, its kind (`#badarith`), where it was raised, its hint.
 */
export function matchesExpectation(expected: string, outcome: Outcome): boolean {
  const error = /^ERROR:\s*(.*)$/s.exec(expected);
  if (error === null) {
    return !isFailure(outcome) && valueTexts(outcome).some((text) => isWhole(expected, text));
  }
  return isFailure(outcome) && errorTexts(outcome).some((text) => isPart(error[1] ?? "", text));
}

/** A string is shown bare; it may be written as it is in a source too. */
function valueTexts(outcome: Outcome): string[] {
  if (outcome.kind !== "value" && outcome.kind !== "declared") return [""];
  const { text } = outcome;
  const isString = outcome.kind === "value" && outcome.class === "String";
  return isString ? [text, `"${text.replaceAll('"', '""')}"`] : [text];
}

function errorTexts(outcome: Outcome): string[] {
  if (outcome.kind === "error") {
    const { message, class: className, errorKind, where, hint } = outcome;
    return [`${className}: ${message}`, `#${errorKind}`, where, hint].filter((text) =>
      text !== undefined
    );
  }
  if (outcome.kind !== "refused") return [];
  return [outcome.message, ...outcome.diagnostics.map(({ message }) => message)];
}

function isWhole(pattern: string, text: string): boolean {
  return pattern.trim() === text.trim() || expression(pattern.trim(), "^", "$").test(text.trim());
}

/** Whether an error's text holds the pattern, with `_` for any run of characters. */
export function isPart(pattern: string, text: string): boolean {
  return text.includes(pattern.trim()) || expression(pattern.trim(), "", "").test(text);
}

function expression(pattern: string, before: string, after: string): RegExp {
  const body = pattern.split("_").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*?");
  return new RegExp(`${before}${body}${after}`);
}
