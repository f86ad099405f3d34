import { assert, assertEquals } from "@std/assert";
import { parse, syntaxCodes } from "./mod.ts";

/** Sources for the codes whose page shows an abridged example. */
const abridged: Readonly<Record<string, { readonly wrong: string; readonly right: string }>> = {
  BT1028: { wrong: `${"n".repeat(300)} := 1`, right: "n := 1" },
  BT1004: { wrong: "(".repeat(300) + "1" + ")".repeat(300), right: "((1))" },
};
const inClass = new Set(["BT1016", "BT1022"]);

function codesOf(code: string, text: string): string[] {
  const isFile = code === "BT1017";
  const source = inClass.has(code) ? `Object subclass: Example\n  ${text}\n` : text;
  return parse(source, { kind: isFile ? "file" : "script" }).diagnostics.map((it) => it.code);
}

for (const { code, name, wrong, right } of syntaxCodes) {
  Deno.test(`${code} ${name}: the wrong example gives it once, the right one gives nothing`, () => {
    const example = abridged[code] ?? { wrong, right };
    const found = codesOf(code, example.wrong).filter((it) => code === "BT1005" || it !== "BT1005");
    assert(found.includes(code), `${example.wrong} gave ${found.join(" ") || "nothing"}`);
    assertEquals(new Set(found), new Set([code]));
    assertEquals(codesOf(code, example.right), []);
  });
}

Deno.test("codes are unique and in order", () => {
  const codes = syntaxCodes.map((it) => it.code);
  assertEquals(codes, [...new Set(codes)].sort());
});
