/**
 * The term codec beside npm's `erlang_js`: each term written and read by both, in turns, in one run.
 *
 * Run: `deno run -A bench/term_codec.ts`. A number is the best of several rounds, in microseconds a term.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Erlang as peer } from "erlang_js";
import { atom, binary, decode, encode, map, type Term, tuple } from "../bridge/mod.ts";

const ROUNDS = 7;
const ROUND_MS = 60;

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

function cases(): Case[] {
  const theirAtom = (name: string) => new erlangJs.OtpErlangAtom(name);
  const theirBinary = (bytes: Uint8Array) => new erlangJs.OtpErlangBinary(Buffer.from(bytes));
  const key = binary("key");
  const megabyte = new Uint8Array(1 << 20).map((_, at) => at * 31);
  const numbers = Array.from({ length: 10_000 }, (_, at) => at * 7);
  const bigs = [
    2n ** 64n + 1n,
    -(2n ** 100n),
    2n ** 300n + 7n,
    2n ** 500n + 12345n,
    2n ** 1000n - 1n,
    2n ** 4000n - 1n,
  ];
  const manyBigs = Array.from(
    { length: 1000 },
    (_, at) => 2n ** BigInt(64 + (at * 37) % 959) + BigInt(at),
  );
  const shortBigs = manyBigs.map((_, at) => 2n ** BigInt(64 + at % 64) + BigInt(at));
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
      ours: big,
      // It knows no BigInt; the nearest float is all that it can be given, if there is one.
      theirs: Number.isFinite(Number(big)) ? Number(big) : undefined,
    })),
    ...[{ bits: "65 to 128", all: shortBigs }, { bits: "65 to 1,023", all: manyBigs }].map((
      { bits, all },
    ) => ({
      name: `list of 1,000 integers of ${bits} bits`,
      ours: all,
      theirs: new erlangJs.OtpErlangList(all.map(Number)),
    })),
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

function round(work: () => unknown): number {
  let count = 0;
  const start = performance.now();
  let now = start;
  while (now - start < ROUND_MS) {
    for (let i = 0; i < 4; i++) sink = work();
    count += 4;
    now = performance.now();
  }
  return (now - start) * 1000 / count;
}

function best(ours: () => unknown, theirs: () => unknown): [number, number] {
  const times: [number, number] = [Infinity, Infinity];
  for (let i = 0; i < ROUNDS; i++) {
    times[0] = Math.min(times[0], round(ours));
    times[1] = Math.min(times[1], round(theirs));
  }
  return times;
}

function row(name: string, [ours, theirs]: [number, number], remark: string): string {
  const ratio = (theirs / ours).toFixed(1);
  return `| ${name} | ${ours.toFixed(2)} | ${theirs.toFixed(2)} | ${ratio}${remark} |`;
}

/** Both at work, with a remark where the peer's result is another one. */
function compared<T>(
  name: string,
  ours: () => T,
  theirs: () => unknown,
  wrong: (theirs: unknown) => string,
): string {
  const remark = wrong(theirs());
  return row(name, best(ours, theirs), remark && ` (${remark})`);
}

function wrongBytes(bytes: Uint8Array): (theirs: unknown) => string {
  return (theirs) => Buffer.compare(theirs as Uint8Array, bytes) === 0 ? "" : "its bytes differ";
}

function wrongInteger(term: Term): (theirs: unknown) => string {
  if (Array.isArray(term) && typeof term[0] === "bigint") return () => "it answers floats";
  if (typeof term !== "bigint") return () => "";
  return (theirs) => Number.isSafeInteger(theirs) ? "" : `it answers the float ${theirs}`;
}

console.log("| term | bridge µs | erlang_js µs | times as fast |\n|---|---|---|---|");
for (const { name, ours, theirs } of cases()) {
  const bytes = encode(ours);
  const theirBytes = Buffer.from(bytes);
  const writes = [() => encode(ours), () => theirEncode(theirs)] as const;
  if (theirs !== undefined) console.log(compared(`write ${name}`, ...writes, wrongBytes(bytes)));
  const reads = [() => decode(bytes), () => theirDecode(theirBytes)] as const;
  console.log(compared(`read ${name}`, ...reads, wrongInteger(ours)));
}
if (sink === undefined) throw new Error("nothing was measured");
