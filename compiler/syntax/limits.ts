/**
 * Limits of names and trees. Names become atoms, of which Erlang bounds the length; trees are walked
 * by functions that call themselves, whose stack is bounded.
 * @module
 */
import type { UnitNode } from "./ast.ts";
import { reading, report, spanAt } from "./primitives.ts";
import { K } from "./token.ts";

/** Characters of a name or of a whole selector: an atom of 255 with room for a prefix. */
const MAX_NAME = 200;
/** Characters of a symbol. */
const MAX_SYMBOL = 255;
/** Characters of a whole selector. */
export const MAX_SELECTOR = 240;
/** Nodes of the tree one inside the other. */
const MAX_NODES = 900;

/** Reports the names of the unit that are too long. */
export function checkNames(): void {
  const { kinds, starts, ends, text } = reading.tokens;
  if (text.length <= MAX_NAME) return;
  for (let i = 0; i < kinds.length; i++) {
    const length = (ends[i] ?? 0) - (starts[i] ?? 0);
    if (length <= MAX_NAME) continue;
    const kind = kinds[i] ?? "";
    const isSymbol = kind === K.symbol;
    const isName = kind === K.identifier || kind === K.className || kind === K.keyword ||
      kind === K.field;
    // A symbol is written with `#`, perhaps in quotes.
    if (isName || (isSymbol && length > MAX_SYMBOL + 1)) {
      report("BT1028", spanAt(i), { limit: String(isSymbol ? MAX_SYMBOL : MAX_NAME) });
    }
  }
}

/** Reports a selector that is too long, at its first part. */
export function checkSelectorLength(selector: string, firstPart: number): void {
  if (selector.length > MAX_SELECTOR) {
    report("BT1028", spanAt(firstPart), { limit: String(MAX_SELECTOR) });
  }
}

/** Whether a tree is too deep to be walked. Looks only at units of many tokens. */
export function isTooDeep(node: UnitNode): boolean {
  if (reading.tokens.kinds.length <= MAX_NODES / 2) return false;
  const open: [object, number][] = [[node, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (depth > MAX_NODES) return true;
    const inner = "kind" in value ? depth + 1 : depth;
    for (const part of Object.values(value)) {
      if (typeof part === "object" && part !== null) open.push([part, inner]);
    }
  }
  return false;
}
