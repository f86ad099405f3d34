import { assert } from "@std/assert";
import fc from "fast-check";
import {
  analyzeSource,
  environmentOf,
  librarySources,
  readSource,
  sourceOf,
  sourcePaths,
} from "./corpus_fixture.ts";
import { typeAt } from "./types/type_at.ts";

/** How a text is spoilt: a token deleted, doubled or swapped with the next, or the end cut off. */
type Mutation = "delete" | "double" | "swap" | "truncate";

function mutate(text: string, mutation: Mutation, place: number): string {
  const tokens = text.match(/\s+|[\p{L}\p{N}_]+:?|"[^"]*"|[^\s\p{L}\p{N}_]/gu) ?? [];
  const at = Math.floor(place * tokens.length);
  const token = tokens[at] ?? "";
  switch (mutation) {
    case "delete":
      return tokens.toSpliced(at, 1).join("");
    case "double":
      return tokens.toSpliced(at, 0, token).join("");
    case "swap":
      return tokens.toSpliced(at, 2, tokens[at + 1] ?? "", token).join("");
    case "truncate":
      return tokens.slice(0, at).join("");
  }
}

Deno.test("no spoilt text makes the analysis fail, and findings lie inside the text", () => {
  const paths = [...sourcePaths("examples"), ...sourcePaths("tests")];
  const texts = [
    ...librarySources().map((source) => ({ path: source.path, text: source.file.text })),
    ...paths.map((path) => ({ path, text: readSource(path, "user").file.text })),
  ].filter(({ text }) => text.length < 6000);
  const mutation = fc.constantFrom<Mutation>("delete", "double", "swap", "truncate");
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const property = fc.property(fc.nat(), mutation, place, place, (index, kind, first, second) => {
    const { path, text } = texts[index % texts.length] ?? { path: "", text: "" };
    const spoilt = mutate(mutate(text, kind, first), "delete", second);
    const source = sourceOf(spoilt, path, "user");
    const environment = environmentOf([source], "user");
    for (const { span } of analyzeSource(source, environment)) {
      assert(span.start >= 0 && span.start <= span.end && span.end <= spoilt.length);
    }
    typeAt(source.file, source.facts, environment, Math.floor(second * spoilt.length));
  });
  fc.assert(property, { numRuns: Number(Deno.env.get("FUZZ_RUNS") ?? 300) });
});
