/**
 * What is said of tokens that are no good.
 * @module
 */
import type { Lexer, TokenFault } from "./lexer.ts";
import { K } from "./token.ts";
import type { TokenBuilder } from "./token_builder.ts";

/** Reports what is wrong with the token last read. */
export function reportFaults(table: TokenBuilder, lexer: Lexer): void {
  const { text, fault, start, end } = lexer;
  if (fault !== undefined) return reportFault(table, text, fault, start, end);
  if (text.charCodeAt(end - 2) === 92 && endsStringBeforeWord(lexer)) {
    const span = { start: end - 2, end };
    const edit = { span, newText: '""' };
    table.report("BT1030", span.start, end, {}, QUOTE_TITLE, edit);
  }
}

function reportFault(
  table: TokenBuilder,
  text: string,
  fault: TokenFault,
  start: number,
  end: number,
): void {
  const token = text.slice(start, end);
  const found = token.slice(0, 20);
  const to = Math.min(end, start + 1000);
  const escaped = fault === "unterminatedString" ? token.search(BACKSLASH_QUOTE) : -1;
  if (escaped >= 0) {
    const span = { start: start + escaped, end: start + escaped + 2 };
    return table.report(faultCodes[fault], start, to, { found }, QUOTE_TITLE, {
      span,
      newText: '""',
    });
  }
  const newText = replacement(fault, token);
  const edit = newText === undefined ? undefined : { span: { start, end }, newText };
  table.report(faultCodes[fault], start, to, { found }, `Write \`${newText}\``, edit);
}

/** A backslash that is not escaped itself, before a quote: in other languages a quote in a string. */
const BACKSLASH_QUOTE = /(?<=(?<!\\)(?:\\\\)*)\\"/;
const QUOTE_TITLE = 'Write `""` for a quote in a string';

/** Whether a string that ends in a backslash has something right behind it that can only be its rest. */
function endsStringBeforeWord({ text, kind, start, end }: Lexer): boolean {
  if (kind !== K.string && kind !== K.stringEnd) return false;
  let first = end - 2;
  while (first > start + 1 && text.charCodeAt(first - 1) === 92) first--;
  return (end - 1 - first) % 2 === 1 && /^[\p{L}\p{N}_\\]/u.test(text.slice(end, end + 2));
}

/** What to write instead of a faulty token, where that is clear. */
function replacement(fault: TokenFault, text: string): string | undefined {
  if (fault === "notEquals") return "=/=";
  return fault === "singleQuotes" ? `"${text.slice(1, -1)}"` : undefined;
}

const faultCodes: Readonly<Record<TokenFault, string>> = {
  unterminatedString: "BT1006",
  unterminatedComment: "BT1007",
  unterminatedSymbol: "BT1008",
  singleQuotes: "BT1009",
  badCharacter: "BT1011",
  unexpectedCharacter: "BT1001",
  notEquals: "BT1027",
};
