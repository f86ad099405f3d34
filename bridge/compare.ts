/**
 * Equality and order of terms, as Erlang has them.
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
import { encode } from "./encode.ts";

/** The integer as a number where that is exact. */
export function normalInteger(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Exact equality (`=:=`). */
export function equals(a: Term, b: Term): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") {
    const integers = typeof a !== "object" && typeof b !== "object";
    return integers && BigInt(a) === BigInt(b);
  }
  if (a instanceof Atom || b instanceof Atom) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof Tuple) return b instanceof Tuple && sameElements(a.elements, b.elements);
  if (Array.isArray(a)) return Array.isArray(b) && sameElements(a, b);
  if (a instanceof TermMap) return b instanceof TermMap && sameEntries(a, b);
  if (a instanceof Float) return b instanceof Float && Object.is(a.value, b.value);
  if (a instanceof ImproperList) {
    return b instanceof ImproperList && sameElements(a.elements, b.elements) &&
      equals(a.tail, b.tail);
  }
  return a.constructor === b.constructor && sameBytes(a, b);
}

/** Equal terms have equal bytes where those are not as a node sent them. */
function sameBytes(a: Term, b: Term): boolean {
  const options = { deterministic: true };
  return compareBytes(encode(a, options), encode(b, options)) === 0;
}

function sameElements(a: readonly Term[], b: readonly Term[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equals(a[i]!, b[i]!)) return false;
  return true;
}

function sameEntries(a: TermMap, b: TermMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !equals(value, other)) return false;
  }
  return true;
}

/** Byte order; a prefix comes first. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/**
 * The order of terms in which a map's keys are kept: Erlang's, with integers before floats.
 * Negative when `a` comes first.
 */
export function compare(a: Term, b: Term): number {
  const rank = rankOf(a) - rankOf(b);
  return rank !== 0 ? rank : compareAlike(a, b);
}

function compareAlike(a: Term, b: Term): number {
  if (typeof a !== "object") return typeof b === "object" ? 0 : a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Atom) return compareText(a.name, (b as Atom).name);
  if (a instanceof Float) return a.value - (b as Float).value;
  if (a instanceof Tuple) return compareTuples(a, b as Tuple);
  if (a instanceof TermMap) return compareMaps(a, b as TermMap);
  if (a instanceof Uint8Array || a instanceof BitString) return compareBits(a, b);
  if (Array.isArray(a) || a instanceof ImproperList) return compareLists(a, b);
  if (a instanceof Pid) return comparePids(a, b as Pid);
  if (a instanceof Reference) return compareReferences(a, b as Reference);
  if (a instanceof Port) return comparePorts(a, b as Port);
  return compareFuns(a as Fun | ExternalFun, b as Fun | ExternalFun);
}

function rankOf(term: Term): number {
  if (typeof term !== "object") return 0;
  if (term instanceof Atom) return 2;
  if (term instanceof Tuple) return 7;
  if (term instanceof Uint8Array || term instanceof BitString) return 11;
  if (Array.isArray(term)) return term.length === 0 ? 9 : 10;
  if (term instanceof ImproperList) return 10;
  if (term instanceof TermMap) return 8;
  if (term instanceof Float) return 1;
  if (term instanceof Reference) return 3;
  if (term instanceof Fun || term instanceof ExternalFun) return 4;
  return term instanceof Port ? 5 : 6;
}

/** By code points, which is the order of UTF-16 except where surrogates meet higher units. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  let at = 0;
  while (at < shared && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === shared) return a.length - b.length;
  const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (isSurrogate(left) !== isSurrogate(right)) return isSurrogate(left) ? 1 : -1;
  return left - right;
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

function compareTuples(a: Tuple, b: Tuple): number {
  return a.size - b.size || compareInOrder(a.elements, b.elements);
}

function compareInOrder(a: readonly Term[], b: readonly Term[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareLists(a: Term, b: Term): number {
  const [left, leftTail] = listParts(a);
  const [right, rightTail] = listParts(b);
  const order = compareInOrder(left, right);
  if (order !== 0) return order;
  if (left.length === right.length) {
    const proper = Array.isArray(leftTail) && Array.isArray(rightTail);
    return proper ? 0 : compare(leftTail, rightTail);
  }
  // The shorter one's tail stands against what is left of the longer one, which is a list.
  return left.length < right.length
    ? compare(leftTail, right.slice(left.length))
    : compare(left.slice(right.length), rightTail);
}

function listParts(term: Term): [readonly Term[], Term] {
  return term instanceof ImproperList ? [term.elements, term.tail] : [term as readonly Term[], []];
}

function compareMaps(a: TermMap, b: TermMap): number {
  if (a.size !== b.size) return a.size - b.size;
  const left = [...a.keys()].sort(compare);
  const right = [...b.keys()].sort(compare);
  return compareInOrder(left, right) ||
    compareInOrder(left.map((key) => a.get(key)!), right.map((key) => b.get(key)!));
}

function compareBits(a: Term, b: Term): number {
  const [left, leftBits] = bitParts(a);
  const [right, rightBits] = bitParts(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return leftBits - rightBits;
}

function bitParts(term: Term): [Uint8Array, number] {
  if (!(term instanceof BitString)) return [term as Uint8Array, (term as Uint8Array).length * 8];
  return [term.bytes, term.bytes.length * 8 - 8 + term.lastBits];
}

function comparePids(a: Pid, b: Pid): number {
  return a.serial - b.serial || a.id - b.id || compareNodes(a, b);
}

function comparePorts(a: Port, b: Port): number {
  return compareNodes(a, b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Local funs come before external ones. */
function compareFuns(a: Fun | ExternalFun, b: Fun | ExternalFun): number {
  if (a instanceof ExternalFun) {
    if (!(b instanceof ExternalFun)) return 1;
    return compareText(a.module.name, b.module.name) || compareText(a.name.name, b.name.name) ||
      a.arity - b.arity;
  }
  if (b instanceof ExternalFun) return -1;
  const [left, right] = [a.parts, b.parts];
  return compareText(left.module.name, right.module.name) || left.oldIndex - right.oldIndex ||
    left.oldUniq - right.oldUniq || left.free.length - right.free.length ||
    compareInOrder(left.free, right.free);
}

function compareReferences(a: Reference, b: Reference): number {
  const nodes = compareNodes(a, b);
  if (nodes !== 0 || a.ids.length !== b.ids.length) return nodes || a.ids.length - b.ids.length;
  for (let i = a.ids.length - 1; i >= 0; i--) {
    if (a.ids[i] !== b.ids[i]) return a.ids[i]! - b.ids[i]!;
  }
  return 0;
}

interface OfNode {
  readonly node: Atom;
  readonly creation: number;
}

function compareNodes(a: OfNode, b: OfNode): number {
  return compareText(a.node.name, b.node.name) || a.creation - b.creation;
}
