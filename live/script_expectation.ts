/**
 * Whether the outcome of a script's statement is what its `// =>` comment says.
 * @module
 */
import { isFailure, type Outcome } from "./outcome.ts";

/**
 * `text` with `_` for any run of characters; `ERROR: text` for a part of an error as it is shown:
 * its class and message, its kind (`#badarith`), where it was raised, its hint.
 */
export function matchesExpectation(expected: string, outcome: Outcome): boolean {
  const error = /^ERROR:\s*(.*)$/s.exec(expected);
  if (error === null) return !isFailure(outcome) && isWhole(expected, valueText(outcome));
  return isFailure(outcome) && errorTexts(outcome).some((text) => isPart(error[1] ?? "", text));
}

function valueText(outcome: Outcome): string {
  return outcome.kind === "value" || outcome.kind === "declared" ? outcome.text : "";
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
