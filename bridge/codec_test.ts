/** The codec against the one of a real Erlang system, in both directions. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { compare, equals } from "./compare.ts";
import { show, text } from "./read.ts";
import type { PortProgram } from "./port_program.ts";
import { atom, binary, map, type Term, type TermMap, tuple } from "./term.ts";
import { terms } from "./term_generator.ts";
import { testPort } from "./testing.ts";

async function call(port: PortProgram, name: string, args: Term[]): Promise<Uint8Array[]> {
  const target = [atom("local"), atom("beamtalk_port_terms"), atom(name)];
  return await port.request(tuple(atom("call"), ...target, args, 60_000)) as Uint8Array[];
}

/** What the real codec writes after having read these bytes. */
function again(port: PortProgram, written: Uint8Array[]): Promise<Uint8Array[]> {
  return call(port, "again", [written]);
}

Deno.test("any term is written as Erlang writes it", async () => {
  await using port = await testPort();
  // From OTP 26 on, atoms as keys of a map stand in the order in which the node first met them.
  const facts = await port.request(atom("info")) as TermMap;
  const exact = Number(text(facts.get(atom("otp"))!)) < 26;
  await fc.assert(
    fc.asyncProperty(fc.array(terms, { minLength: 40, maxLength: 80 }), async (made) => {
      const written = made.map((term) => encode(term));
      const theirs = await again(port, written);
      made.forEach((term, at) => {
        if (exact) assertEquals(theirs[at], written[at], show(term));
        else assert(equals(decode(theirs[at]!), term), show(term));
      });
    }),
    { numRuns: 25 },
  );
});

Deno.test("any term survives there and back", () => {
  fc.assert(fc.property(terms, (term) => {
    const bytes = encode(term);
    const read = decode(bytes);
    return equals(read, term) && equals(term, read) && show(read) !== "" &&
      encode(read).every((byte, at) => byte === bytes[at]);
  }));
});

Deno.test("random terms of Erlang are read, and written byte for byte as they came", async () => {
  await using port = await testPort();
  for (const seed of [1, 2, 3]) {
    for (const theirs of await call(port, "random", [seed, 500])) {
      assertEquals(encode(decode(theirs)), theirs, show(decode(theirs)));
    }
  }
});

Deno.test("lists of integers of Erlang's every size come back as they went", async () => {
  await using port = await testPort();
  const sizes = fc.constantFrom(40n, 53n, 54n, 64n, 65n, 72n, 80n, 128n, 129n, 256n, 600n, 2100n);
  const integers = sizes.chain((bits) => fc.bigInt({ min: -(1n << bits), max: 1n << bits }));
  await fc.assert(
    fc.asyncProperty(fc.array(integers, { minLength: 10, maxLength: 200 }), async (made) => {
      const written = [encode(made)];
      const theirs = await again(port, written);
      assertEquals(theirs, written);
      assertEquals((decode(theirs[0]!) as (number | bigint)[]).map(BigInt), made);
    }),
    { numRuns: 50 },
  );
});

Deno.test("every kind of term of Erlang is read, and written byte for byte as it came", async () => {
  await using port = await testPort();
  const special = await call(port, "special", []);
  for (const theirs of special) {
    assertEquals(encode(decode(theirs)), theirs, show(decode(theirs)));
  }
  assertEquals(await again(port, special.map((bytes) => encode(decode(bytes)))), special);
});

Deno.test("a large map made here is the same map there", async () => {
  await using port = await testPort();
  const made = map(Array.from({ length: 1000 }, (_, n) => [tuple(n, binary(`${n}`)), n]));
  const [theirs] = await again(port, [encode(made)]);
  assertEquals(equals(decode(theirs!), made), true);
});

Deno.test("compressed terms are read and written", async () => {
  await using port = await testPort();
  const made = tuple(atom("text"), binary("again and again ".repeat(200)), [1, 2, 3]);
  const compressed = encode(made, { compressed: 9 });
  assertEquals(compressed[1], 80);
  assertEquals(await again(port, [compressed]), [encode(made)]);
  const target = [atom("local"), atom("erlang"), atom("term_to_binary")];
  const options = [tuple(atom("compressed"), 6), tuple(atom("minor_version"), 2)];
  const theirs = await port.request(tuple(atom("call"), ...target, [made, options], 5000));
  assertEquals((theirs as Uint8Array)[1], 80);
  assertEquals(encode(decode(theirs as Uint8Array)), encode(made));
});

Deno.test("a port goes back in the format in which it came, and is the same port in either", () => {
  const node = [119, 1, 97];
  const narrow = Uint8Array.of(131, 89, ...node, 0, 0, 0, 6, 0, 0, 0, 2);
  const wide = Uint8Array.of(131, 120, ...node, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 2);
  for (const bytes of [narrow, wide]) assertEquals(encode(decode(bytes)), bytes);
  assertEquals(equals(decode(narrow), decode(wide)), true);
  const keys = Array.from({ length: 20 }, (_, n) => [n, n] as [Term, Term]);
  assertEquals(map([...keys, [decode(narrow), 99]]).get(decode(wide)), 99);
  assertEquals(compare(decode(narrow), decode(wide)), 0);
});
