/** Edits change one place of a text and nothing else. */
import { assertEquals } from "@std/assert";
import { marginIn, textAt, withTextAt } from "./source_edit.ts";

const TILL = `/// Keeps a total.
Actor subclass: Till
  state: total :: Integer = 0

  /// Adds an amount.
  // Not checked.
  add: amount =>
    // careful
    self.total += amount   // trailing

  kind: 0 => #none
  kind: _ => #some // both

  class open => self spawn
  // the end

Object subclass: Other
  class x => 1
`;

const place = (selector: string | undefined, classSide = false, className = "Till") => ({
  className,
  classSide,
  selector,
});

Deno.test("a method is replaced in its place, comments around it stay", () => {
  const text = withTextAt(TILL, place("add:"), "add: n => self.total += n")!;
  assertEquals(
    text,
    TILL.replace(/add: amount[^]*?self\.total \+= amount/, "add: n => self.total += n"),
  );
  assertEquals(textAt(text, place("add:")), "add: n => self.total += n");
});

Deno.test("replacing a method by what stands there changes nothing, whatever the newlines", () => {
  for (const text of [TILL, TILL.replaceAll("\n", "\r\n"), TILL.trimEnd()]) {
    for (
      const each of [
        place("add:"),
        place("kind:"),
        place("open", true),
        place(undefined),
        place("x", true, "Other"),
        place(undefined, false, "Other"),
      ]
    ) {
      assertEquals(withTextAt(text, each, textAt(text, each)), text);
    }
  }
});

Deno.test("all clauses of a method are one text", () => {
  assertEquals(textAt(TILL, place("kind:")), "kind: 0 => #none\n  kind: _ => #some");
  const text = withTextAt(TILL, place("kind:"), "kind: k => k")!;
  assertEquals(
    text,
    TILL.replace(/kind: 0 => #none\n {2}kind: _ => #some \/\/ both/, "kind: k => k"),
  );
});

Deno.test("a method is added at the end of its class, and taken out without a trace", () => {
  for (const text of [TILL, TILL.replaceAll("\n", "\r\n")]) {
    for (const className of ["Till", "Other"]) {
      const added = withTextAt(text, place("size", false, className), "size =>\n    42")!;
      assertEquals(textAt(added, place("size", false, className)), "size =>\n    42");
      assertEquals(withTextAt(added, place("size", false, className), undefined), text);
    }
  }
});

Deno.test("a method goes with its documentation", () => {
  const text = withTextAt(TILL, place("add:"), undefined)!;
  assertEquals(text, TILL.replace(/\n {2}\/\/\/ Adds[^]*?trailing\n/, ""));
});

Deno.test("a class is added to a text and taken out of it", () => {
  const added = withTextAt(TILL, place(undefined, false, "New"), "Object subclass: New")!;
  assertEquals(added, `${TILL}\nObject subclass: New\n`);
  assertEquals(withTextAt(added, place(undefined, false, "New"), undefined), TILL);
  assertEquals(
    withTextAt("", place(undefined, false, "New"), "Object subclass: New"),
    "Object subclass: New\n",
  );
});

Deno.test("a method cannot be added to a class that is not there", () => {
  assertEquals(withTextAt(TILL, place("x", false, "Nowhere"), "x => 1"), undefined);
});

Deno.test("an extension is replaced and taken out where it stands; the class's own method comes first", () => {
  const extended = `// Head.

/// Loud.
String >> shout => self uppercase // really

String class >> shout => 1

Till >> kind: n => 2
${TILL}`;
  const shout = { className: "String", classSide: false, selector: "shout" };
  assertEquals(textAt(extended, shout), "String >> shout => self uppercase");
  assertEquals(
    withTextAt(extended, shout, "String >> shout => 7"),
    extended.replace("self uppercase", "7"),
  );
  assertEquals(
    withTextAt(extended, { ...shout, classSide: true }, undefined),
    extended.replace("String class >> shout => 1\n\n", ""),
  );
  assertEquals(
    withTextAt(extended, shout, undefined),
    extended.replace(/\/\/\/ Loud[^]*?really\n\n/, ""),
  );
  assertEquals(textAt(extended, place("kind:")), "kind: 0 => #none\n  kind: _ => #some");
  assertEquals(withTextAt(extended, { ...shout, selector: "other" }, "other => 1"), undefined);
});

Deno.test("members that are added, and clauses, have the margin of their class", () => {
  for (const margin of ["\t", "    "]) {
    const till = TILL.replaceAll(/^( {2})+/gm, (all) => margin.repeat(all.length / 2));
    assertEquals(marginIn(till, "Till"), margin);
    const added = withTextAt(till, place("zero"), "zero => 0")!;
    assertEquals(added.replace(`\n${margin}zero => 0\n`, ""), till);
    const clauses = textAt(till, place("kind:"))!;
    assertEquals(clauses, `kind: 0 => #none\n${margin}kind: _ => #some`);
    const replaced = withTextAt(till, place("kind:"), clauses.replace("#none", "#no"))!;
    assertEquals(textAt(replaced, place("kind:")), clauses.replace("#none", "#no"));
  }
  assertEquals(marginIn("Object subclass: Bare\n", "Bare"), "  ");
});
