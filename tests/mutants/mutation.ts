/**
 * Small accidents to source texts: what a slip of the hand or an editor's crash leaves behind.
 * @module
 */

/** A source of numbers from 0 up to, not including, 1; the same seed gives the same numbers. */
export type Random = () => number;

/** Numbers from a seed, by the mulberry generator of 32 bits. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const accidents = ["delete", "swap", "duplicate", "truncate", "replace", "unindent"] as const;
const token =
  /\n[ \t]*|[ \t]+|\/\/[^\n]*|"(?:[^"\\{]|\\.)*"|#?[\p{L}_][\p{L}\p{N}_]*:?|\d+|:=|=>|<<|>>|[-+*/<>=|~%&]+|[^]/gu;

/** The text after one to three accidents. */
export function mutated(text: string, random: Random): string {
  let tokens: string[] = text.match(token) ?? [];
  const count = 1 + Math.floor(random() * random() * 3);
  for (let i = 0; i < count; i++) tokens = afterAccident(tokens, random);
  return tokens.join("");
}

function afterAccident(tokens: string[], random: Random): string[] {
  const somewhere = () => Math.floor(random() * tokens.length);
  const at = somewhere();
  const one = tokens[at] ?? "";
  switch (accidents[Math.floor(random() * accidents.length)]) {
    case "delete":
      return tokens.toSpliced(at, 1 + Math.floor(random() * random() * 5));
    case "swap":
      return tokens.toSpliced(at, 2, tokens[at + 1] ?? "", one);
    case "duplicate":
      return tokens.toSpliced(at, 0, ...tokens.slice(at, at + 1 + Math.floor(random() * 4)));
    case "truncate":
      // Mostly near the end, so that something is left to go wrong.
      return tokens.slice(0, tokens.length - Math.floor(random() * random() * tokens.length));
    case "replace":
      return tokens.toSpliced(at, 1, tokens[somewhere()] ?? "");
    default:
      return one.startsWith("\n") ? tokens.toSpliced(at, 1, "\n") : tokens.toSpliced(at, 1);
  }
}
