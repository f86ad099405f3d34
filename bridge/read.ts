/**
 * Reading terms: answers of the expected shape, or undefined.
 *
 * @module
 */

import {
  Atom,
  BitString,
  ExternalFun,
  Float,
  Fun,
  ImproperList,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  Tuple,
} from "./term.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossyUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Whether the term is an atom, of that name where one is given. */
export function isAtom(term: Term | undefined, name?: string): term is Atom {
  return term instanceof Atom && (name === undefined || term.name === name);
}

/** The elements of a tuple whose first element is that atom (and of that size, where given). */
export function tagged(
  term: Term | undefined,
  tag: string,
  size?: number,
): readonly Term[] | undefined {
  if (!(term instanceof Tuple) || !isAtom(term.elements[0], tag)) return undefined;
  return size === undefined || term.size === size ? term.elements : undefined;
}

/** The text of a binary that is valid UTF-8. */
export function binaryText(term: Term | undefined): string | undefined {
  if (!(term instanceof Uint8Array)) return undefined;
  try {
    return strictUtf8.decode(term);
  } catch {
    return undefined;
  }
}

/** The text of a binary, a list of code points or an atom; replacement characters where it is none. */
export function text(term: Term): string {
  if (term instanceof Atom) return term.name;
  if (term instanceof Uint8Array) return lossyUtf8.decode(term);
  if (isCharlist(term)) return String.fromCodePoint(...term);
  return show(term);
}

/** Whether a list could be a text: Unicode code points only. */
export function isCharlist(term: Term): term is readonly number[] {
  return Array.isArray(term) &&
    term.every((code) => typeof code === "number" && code >= 0 && code <= 0x10ffff);
}

/** The integer as a number, or undefined for anything else and beyond the safe range. */
export function integer(term: Term | undefined): number | undefined {
  return typeof term === "number" && Number.isSafeInteger(term) ? term : undefined;
}

/** The elements of a proper list. */
export function elements(term: Term | undefined): readonly Term[] | undefined {
  return Array.isArray(term) ? term : undefined;
}

/** A term as Erlang writes it, cut to about `limit` characters: for messages and debugging. */
export function show(term: Term, limit = 2000): string {
  const out = { text: "", limit };
  print(term, out, 0);
  return out.text.length > limit ? out.text.slice(0, limit) + "..." : out.text;
}

interface Printed {
  text: string;
  readonly limit: number;
}

const DEEPEST = 50;

function print(term: Term, out: Printed, depth: number): void {
  if (out.text.length > out.limit) return;
  if (depth > DEEPEST) {
    out.text += "...";
  } else if (typeof term !== "object") {
    out.text += String(term);
  } else if (term instanceof Atom) {
    out.text += quoted(term.name);
  } else if (term instanceof Float) {
    out.text += floatText(term.value);
  } else if (term instanceof Tuple) {
    printAll("{", term.elements, "}", out, depth);
  } else if (Array.isArray(term)) {
    printList(term, out, depth);
  } else if (term instanceof TermMap) {
    printMap(term, out, depth);
  } else if (term instanceof ImproperList) {
    printAll("[", term.elements, "|", out, depth);
    print(term.tail, out, depth + 1);
    out.text += "]";
  } else {
    out.text += leaf(term);
  }
}

function printAll(
  open: string,
  terms: readonly Term[],
  close: string,
  out: Printed,
  depth: number,
): void {
  out.text += open;
  terms.forEach((term, at) => {
    if (at > 0 && out.text.length <= out.limit) out.text += ",";
    print(term, out, depth + 1);
  });
  out.text += close;
}

function printList(terms: readonly Term[], out: Printed, depth: number): void {
  const printable = terms.length > 0 &&
    terms.every((code) => typeof code === "number" && code >= 32 && code < 127);
  if (!printable) return printAll("[", terms, "]", out, depth);
  out.text += JSON.stringify(String.fromCodePoint(...terms.slice(0, out.limit) as number[]));
}

function printMap(term: TermMap, out: Printed, depth: number): void {
  out.text += "#{";
  let first = true;
  for (const [key, value] of term) {
    if (!first) out.text += ",";
    first = false;
    print(key, out, depth + 1);
    out.text += " => ";
    print(value, out, depth + 1);
    if (out.text.length > out.limit) break;
  }
  out.text += "}";
}

function leaf(term: Term): string {
  if (term instanceof Uint8Array) return binaryForm(term);
  if (term instanceof BitString) {
    const all = Array.from(term.bytes, String);
    const last = term.bytes[term.bytes.length - 1]! >> (8 - term.lastBits);
    return `<<${[...all.slice(0, -1), `${last}:${term.lastBits}`].join(",")}>>`;
  }
  if (term instanceof Pid) return `<${term.node.name}.${term.id}.${term.serial}>`;
  if (term instanceof Port) return `#Port<${term.node.name}.${term.id}>`;
  if (term instanceof Reference) return `#Ref<${term.node.name}.${term.ids.join(".")}>`;
  if (term instanceof ExternalFun) {
    return `fun ${quoted(term.module.name)}:${quoted(term.name.name)}/${term.arity}`;
  }
  return `#Fun<${(term as Fun).parts.module.name}.${(term as Fun).parts.index}>`;
}

function binaryForm(bytes: Uint8Array): string {
  const shown = binaryText(bytes);
  // deno-lint-ignore no-control-regex
  if (shown !== undefined && !/[\x00-\x08\x0e-\x1f]/.test(shown)) {
    return `<<${JSON.stringify(shown)}${/^[\x20-\x7e\s]*$/.test(shown) ? "" : "/utf8"}>>`;
  }
  return `<<${Array.from(bytes.subarray(0, 1000), String).join(",")}>>`;
}

function floatText(value: number): string {
  const shortest = String(value);
  if (/[.]/.test(shortest)) return shortest.replace("e+", "e");
  return /e/.test(shortest) ? shortest.replace(/e\+?/, ".0e") : shortest + ".0";
}

function quoted(name: string): string {
  if (/^[a-z][A-Za-z0-9_@]*$/.test(name)) return name;
  return `'${name.replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n")}'`;
}
