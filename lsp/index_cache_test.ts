import { assertEquals } from "@std/assert";
import { parse } from "../compiler/syntax/mod.ts";
import { packMentions, readIndexCache, unpackMentions, writeIndexCache } from "./index_cache.ts";
import { mentionsOf } from "./mentions.ts";

const TEXT = "Object subclass: A\n  __proto__ => self constructor at: 1 put: self __proto__\n";

Deno.test("mentions keep every name through the cache, inherited ones of objects too", () => {
  const mentions = unpackMentions(packMentions(mentionsOf(parse(TEXT))));
  assertEquals(Object.entries(mentions.sends).sort(), [
    ["__proto__", 1],
    ["at:put:", 1],
    ["constructor", 1],
  ]);
  assertEquals(mentions.sends["toString"], undefined);
});

Deno.test("a cache of another toolchain or a damaged one is empty", () => {
  const facts = { classes: [], extensions: [], aliases: [], protocols: [] };
  const file = { hash: "h", size: 1, modified: 2, facts, mentions: new Uint8Array() };
  const bytes = writeIndexCache(new Map([["/a.bt", file]]), "1");
  assertEquals(readIndexCache(bytes, "1").get("/a.bt")?.hash, "h");
  assertEquals(readIndexCache(bytes, "2").size, 0);
  assertEquals(readIndexCache(bytes.slice(0, 20), "1").size, 0);
  assertEquals(readIndexCache(undefined, "1").size, 0);
});
