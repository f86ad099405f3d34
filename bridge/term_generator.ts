/**
 * Random terms for property tests.
 *
 * @module
 */

import fc from "fast-check";
import {
  atom,
  BitString,
  ExternalFun,
  float,
  ImproperList,
  map,
  Pid,
  Port,
  Reference,
  type Term,
  Tuple,
} from "./term.ts";

const unsigned32 = fc.integer({ min: 0, max: 0xffffffff });
const atoms = fc.oneof(
  fc.constantFrom("ok", "error", "a@b", "", "true").map(atom),
  fc.string({ maxLength: 20, unit: "grapheme" })
    .filter((name) => name.isWellFormed() && [...name].length <= 255).map(atom),
);
const bitStrings = fc.tuple(
  fc.uint8Array({ minLength: 1, maxLength: 9 }),
  fc.integer({ min: 1, max: 7 }),
)
  .map(([bytes, bits]) => new BitString(bytes, bits));
const identifiers = fc.oneof(
  // Node ids of at most 28 bits are what a node itself makes; more are legal as well.
  fc.tuple(unsigned32, unsigned32, unsigned32)
    .map(([id, serial, creation]) => new Pid(atom("a@b"), id, serial, creation)),
  fc.tuple(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), unsigned32)
    .map(([id, creation]) => new Port(atom("a@b"), id, creation)),
  fc.tuple(unsigned32, fc.array(unsigned32, { minLength: 1, maxLength: 5 }))
    .map(([creation, ids]) =>
      new Reference(atom("a@b"), creation, [ids[0]! & 0x3ffff, ...ids.slice(1)])
    ),
  fc.tuple(atoms, atoms, fc.integer({ min: 0, max: 255 }))
    .map(([module, name, arity]) => new ExternalFun(module, name, arity)),
);

/** Terms that hold no others. */
const leafTerms: fc.Arbitrary<Term> = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.maxSafeInteger(),
  fc.bigInt(),
  fc.bigInt({ min: -(1n << 2100n), max: 1n << 2100n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(float),
  atoms,
  fc.uint8Array({ maxLength: 100 }),
  bitStrings,
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 20 }),
  identifiers,
);

/** Terms of any shape; maps have at most 32 keys, as beyond that their order is a node's secret. */
export const terms: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leafTerms,
    fc.array(tie("term"), { maxLength: 6 }),
    fc.array(tie("term"), { maxLength: 6 }).map((elements) => new Tuple(elements)),
    fc.array(fc.tuple(tie("term"), tie("term")), { maxLength: 6 }).map(map),
    fc.tuple(fc.array(tie("term"), { minLength: 1, maxLength: 4 }), atoms)
      .map(([elements, tail]) => new ImproperList(elements, tail)),
  ),
})).term;
