/**
 * What is said of tokens that are no good.
 * @module
 */
import type { TokenFault } from "./lexer.ts";
import type { TokenBuilder } from "./token_builder.ts";

/** Reports what is wrong with the token from `start` to `end` of the text. */
export function reportFault(
  table: TokenBuilder,
  text: string,
  fault: TokenFault,
  start: number,
  end: number,
): void {
  const found = text.slice(start, Math.min(end, start + 20));
  const newText = replacement(fault, text.slice(start, end));
  const edit = newText === undefined ? undefined : { span: { start, end }, newText };
  const to = Math.min(end, start + 1000);
  table.report(faultCodes[fault], start, to, { found }, `Write \`${newText}\``, edit);
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
