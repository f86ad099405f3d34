/**
 * The values of literal tokens.
 * @module
 */

const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "{": "{",
  "}": "}",
  e: "\x1b",
  "0": "\0",
};

/** The text that stands for `raw`, the inside of a string without its delimiters. */
export function unescapeString(raw: string): string {
  if (!raw.includes("\\") && !raw.includes('"')) return raw;
  return raw.replace(
    /""|\\u\{([0-9A-Fa-f]{1,6})\}|\\([ntr\\{}e0])/g,
    (whole, hex: string | undefined, escape: string | undefined) => {
      if (hex !== undefined) return codePointText(hex) ?? whole;
      if (escape !== undefined) return simpleEscapes[escape] ?? whole;
      return '"';
    },
  );
}

function codePointText(hex: string): string | undefined {
  const code = Number.parseInt(hex, 16);
  return isCodePoint(code) ? String.fromCodePoint(code) : undefined;
}

/** Whether a number is a code point of Unicode that can stand in text. */
export function isCodePoint(code: number): boolean {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

/** The code point that a character literal such as `$a` or `$\n` is. */
export function characterValue(text: string): number {
  if (text.length > 2 && text[1] === "\\") {
    if (text[2] === "u") return Number.parseInt(text.slice(4, -1), 16) || 0;
    const simple = simpleEscapes[text[2] ?? ""] ?? text[2] ?? "";
    return simple.codePointAt(0) ?? 0;
  }
  return text.codePointAt(1) ?? 0;
}

/** The name that a symbol token is. */
export function symbolValue(text: string): string {
  if (!text.startsWith("#'")) return text.slice(1);
  const closed = text.length > 2 && text.endsWith("'");
  return text.slice(2, closed ? -1 : undefined).replaceAll("''", "'");
}

/** The value of an integer token, or what is wrong with it. */
export function integerValue(text: string): bigint | { readonly problem: string } {
  const negative = text.startsWith("-");
  const digits = (negative ? text.slice(1) : text).replaceAll("_", "");
  const radixMark = digits.indexOf("r");
  const value = radixMark > 0
    ? radixValue(digits.slice(0, radixMark), digits.slice(radixMark + 1))
    : plainValue(digits);
  if (typeof value !== "bigint") return value;
  return negative ? -value : value;
}

function plainValue(digits: string): bigint | { readonly problem: string } {
  const radix = prefixes[digits.slice(0, 2)];
  if (radix === undefined) return BigInt(digits);
  if (digits.length === 2) return { problem: "expected digits after the prefix" };
  return allDigits[radix].test(digits.slice(2)) ? BigInt(digits) : tooLarge(radix);
}

const prefixes: Readonly<Record<string, 2 | 8 | 16>> = { "0x": 16, "0b": 2, "0o": 8 };
const allDigits = { 2: /^[01]+$/, 8: /^[0-7]+$/, 16: /^[0-9A-Fa-f]+$/ };

function radixValue(radixText: string, digits: string): bigint | { readonly problem: string } {
  const radix = Number(radixText);
  if (radix < 2 || radix > 36) return { problem: "the radix is from 2 to 36" };
  if (radix === 16) return /^[0-9A-Fa-f]+$/.test(digits) ? BigInt(`0x${digits}`) : tooLarge(radix);
  let value = 0n;
  for (const digit of digits) {
    const one = Number.parseInt(digit, 36);
    if (one >= radix) return tooLarge(radix);
    value = value * BigInt(radix) + BigInt(one);
  }
  return value;
}

function tooLarge(radix: number): { readonly problem: string } {
  return { problem: `digits of radix ${radix} are below ${radix}` };
}

/** The value of a float token. */
export function floatValue(text: string): number {
  return Number(text.replaceAll("_", ""));
}
