/**
 * The term codec beside npm's `erlang_js`: each term written and read by both, in turns, in one run.
 *
 * Run: `deno run -A bench/term_codec.ts`, with a regular expression to measure only the terms whose
 * names it matches. A number is the median of short rounds of the two in turns,
 * after as many that only warm them, in microseconds a term.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Erlang as peer } from "erlang_js";
import { atom, binary, decode, encode, map, type Term, tuple } from "../bridge/mod.ts";

const WARM_PASSES = 10;
const WARM_ROUNDS = 5;
const ROUNDS = 101;
const ROUND_MS = 2;

/** The same term in both models. */
interface Case {
  readonly name: string;
  readonly ours: Term;
  /** Undefined where the other has nothing that comes near. */
  readonly theirs: unknown;
}

interface Peer {
  term_to_binary(term: unknown, done: (error: unknown, bytes: Uint8Array) => void): void;
  binary_to_term(bytes: Uint8Array, done: (error: unknown, term: unknown) => void): void;
  OtpErlangAtom: new (name: string) => unknown;
  OtpErlangBinary: new (bytes: Uint8Array) => unknown;
  OtpErlangMap: new (entries: Map<unknown, unknown>) => unknown;
  OtpErlangList: new (elements: unknown[]) => unknown;
}

const erlangJs = peer as unknown as Peer;

/** The least and the most bits of the integers of lists, and their sign. */
const BITS: readonly [number, number, bigint?][] = [
  [33, 53],
  [40, 80],
  [60, 80],
  [73, 96],
  [65, 128],
  [65, 128, -1n],
  [129, 320],
  [65, 1023],
];

/** A thousand integers of so many bits each, in turns; numbers where they are safe, as is read. */
function integers(least: number, most: number, sign: bigint): (number | bigint)[] {
  return Array.from({ length: 1000 }, (_, at) => {
    const bits = BigInt(least + (at * 37) % (most - least + 1));
    const value = sign * (2n ** bits - 1n - BigInt(at));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  });
}

function cases(): Case[] {
  const theirAtom = (name: string) => new erlangJs.OtpErlangAtom(name);
  const theirBinary = (bytes: Uint8Array) => new erlangJs.OtpErlangBinary(Buffer.from(bytes));
  const key = binary("key");
  const megabyte = new Uint8Array(1 << 20).map((_, at) => at * 31);
  const numbers = Array.from({ length: 10_000 }, (_, at) => at * 7);
  const bigs = [
    2n ** 39n + 5n,
    2n ** 62n - 5n,
    2n ** 64n + 1n,
    2n ** 79n - 7n,
    -(2n ** 100n),
    2n ** 127n + 3n,
    2n ** 149n + 9n,
    2n ** 300n + 7n,
    2n ** 500n + 12345n,
    2n ** 1000n - 1n,
    2n ** 4000n - 1n,
  ];
  return [
    {
      name: 'small tuple {ok, 1, <<"key">>, foo}',
      ours: tuple(atom("ok"), 1, key, atom("foo")),
      theirs: [theirAtom("ok"), 1, theirBinary(key), theirAtom("foo")],
    },
    { name: "map 30 deep", ours: ourDeepMap(30), theirs: theirDeepMap(30) },
    { name: "1 MiB binary", ours: megabyte, theirs: theirBinary(megabyte) },
    {
      name: "list of 10,000 integers",
      ours: numbers,
      theirs: new erlangJs.OtpErlangList(numbers),
    },
    {
      name: "list of 10,000 small tuples",
      ours: numbers.map((n) => tuple(atom("item"), n)),
      theirs: new erlangJs.OtpErlangList(numbers.map((n) => [theirAtom("item"), n])),
    },
    ...bigs.map((big) => ({
      name: `integer of ${big.toString(2).replace("-", "").length} bits`,
      ours: Number.isSafeInteger(Number(big)) ? Number(big) : big,
      // It knows no BigInt; the nearest float is all that it can be given, if there is one.
      theirs: Number.isFinite(Number(big)) ? Number(big) : undefined,
    })),
    ...BITS.map(([least, most, sign = 1n]) => {
      const all = integers(least, most, sign);
      return {
        name: `list of 1,000 ${sign < 0n ? "negative " : ""}integers of ${least} to ${most} bits`,
        ours: all,
        theirs: new erlangJs.OtpErlangList(all.map(Number)),
      };
    }),
  ];
}

function ourDeepMap(depth: number): Term {
  const inner = depth === 0 ? 1 : ourDeepMap(depth - 1);
  return map([[atom("next"), inner], [atom("depth"), depth], [binary("name"), atom("x")]]);
}

function theirDeepMap(depth: number): unknown {
  const inner = depth === 0 ? 1 : theirDeepMap(depth - 1);
  const entries = new Map<unknown, unknown>([
    [new erlangJs.OtpErlangAtom("next"), inner],
    [new erlangJs.OtpErlangAtom("depth"), depth],
    [new erlangJs.OtpErlangBinary(Buffer.from("name")), new erlangJs.OtpErlangAtom("x")],
  ]);
  return new erlangJs.OtpErlangMap(entries);
}

function theirEncode(term: unknown): Uint8Array {
  let made: Uint8Array | undefined;
  erlangJs.term_to_binary(term, (error, bytes) => {
    if (error) throw error;
    made = bytes;
  });
  return made!;
}

function theirDecode(bytes: Uint8Array): unknown {
  let made: unknown;
  erlangJs.binary_to_term(bytes, (error, term) => {
    if (error) throw error;
    made = term;
  });
  return made;
}

/** Something that must not be optimised away. */
let sink: unknown;

/** Microseconds a call of so many. */
function round(work: () => unknown, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) sink = work();
  return (performance.now() - start) * 1000 / calls;
}

/** How many calls make a round; asking the time between them would take longer than they do. */
function callsOf(work: () => unknown): number {
  let calls = 1;
  while (round(work, calls) * calls < ROUND_MS * 1000) calls *= 2;
  return calls;
}

/** Each after the other, so that neither has calmer moments, or more of the other's garbage. */
function medians(ours: () => unknown, theirs: () => unknown): [number, number] {
  const times: [number[], number[]] = [[], []];
  const calls = [callsOf(ours), callsOf(theirs)] as const;
  for (let i = -WARM_ROUNDS; i < ROUNDS; i++) {
    const both = [round(ours, calls[0]), round(theirs, calls[1])] as const;
    if (i >= 0) both.forEach((time, at) => times[at]!.push(time));
  }
  return [median(times[0]), median(times[1])];
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}

function row(name: string, [ours, theirs]: [number, number], remark: string): string {
  const ratio = (theirs / ours).toFixed(2);
  const [ourTime, theirTime] = [ours, theirs].map((time) => Number(time.toPrecision(3)));
  return `| ${name} | ${ourTime} | ${theirTime} | ${ratio}${remark} |`;
}

/** Both at the same work. */
interface Comparison {
  readonly name: string;
  readonly ours: () => unknown;
  readonly theirs: () => unknown;
  /** A remark where the peer's result is another one, else nothing. */
  readonly wrong: (theirs: unknown) => string;
}

function comparisons({ name, ours, theirs }: Case): Comparison[] {
  const bytes = encode(ours);
  const theirBytes = Buffer.from(bytes);
  const write: Comparison = {
    name: `write ${name}`,
    ours: () => encode(ours),
    theirs: () => theirEncode(theirs),
    wrong: wrongBytes(bytes),
  };
  const read: Comparison = {
    name: `read ${name}`,
    ours: () => decode(bytes),
    theirs: () => theirDecode(theirBytes),
    wrong: wrongInteger(ours),
  };
  return theirs === undefined ? [read] : [write, read];
}

function wrongBytes(bytes: Uint8Array): (theirs: unknown) => string {
  return (theirs) => Buffer.compare(theirs as Uint8Array, bytes) === 0 ? "" : "its bytes differ";
}

function wrongInteger(term: Term): (theirs: unknown) => string {
  if (Array.isArray(term) && term.some((each) => typeof each === "bigint")) {
    return () => "it answers floats";
  }
  if (typeof term !== "bigint") return () => "";
  return (theirs) => Number.isSafeInteger(theirs) ? "" : `it answers the float ${theirs}`;
}

const pattern = new RegExp(Deno.args[0] ?? "");
const all = cases().filter(({ name }) => pattern.test(name)).flatMap(comparisons);
// Everything is met before anything is measured: code made for what was met so far is made anew
// when something else comes, as the first negative integer.
for (let i = 0; i < WARM_PASSES; i++) {
  for (const { ours, theirs } of all) [ours, theirs].forEach(callsOf);
}
console.log("| term | bridge µs | erlang_js µs | times as fast |\n|---|---|---|---|");
for (const { name, ours, theirs, wrong } of all) {
  const remark = wrong(theirs());
  console.log(row(name, medians(ours, theirs), remark && ` (${remark})`));
}
if (sink === undefined) throw new Error("nothing was measured");
