/** Methods that are typed for a class stand in it as its own do, and their strings stay as they are. */
import { assertEquals } from "@std/assert";
import { memberText } from "./member_text.ts";

Deno.test("a body takes the margin and the steps of the class", () => {
  const typed = "Till >> add: n =>\n  n > 0 ifTrue: [\n    self.total += n\n  ]\n\n  n\n";
  const fitted = (margin: string) => memberText(typed, false, margin);
  assertEquals(
    fitted("  "),
    "add: n =>\n    n > 0 ifTrue: [\n      self.total += n\n    ]\n\n    n",
  );
  assertEquals(
    fitted("\t"),
    "add: n =>\n\t\tn > 0 ifTrue: [\n\t\t\tself.total += n\n\t\t]\n\n\t\tn",
  );
  assertEquals(
    fitted("    "),
    "add: n =>\n        n > 0 ifTrue: [\n            self.total += n\n        ]\n\n        n",
  );
});

Deno.test("lines that are not in even steps keep their places to one another", () => {
  const typed = "Till >> add: n =>\n   n foo\n    bar: 1\n";
  assertEquals(memberText(typed, false, "\t"), "add: n =>\n\t   n foo\n\t    bar: 1");
  assertEquals(
    memberText("Till >> add: n =>\n\tn foo\n", false, "  "),
    "add: n =>\n  \tn foo",
  );
});

Deno.test("documentation and the class side go along", () => {
  assertEquals(
    memberText("/// Opens.\n// Twice >> once.\nTill class >> open =>\n  self new\n", true, "\t"),
    "/// Opens.\n\t// Twice >> once.\n\tclass open =>\n\t\tself new",
  );
});

Deno.test("what stands within a string is not moved", () => {
  const typed = 'Till >> text =>\n  a := "x  \ny {"in\n  ner"}\n z"\n  a\n';
  assertEquals(
    memberText(typed, false, "  "),
    'text =>\n    a := "x  \ny {"in\n  ner"}\n z"\n    a',
  );
  assertEquals(memberText('Till >> t => "a \n  b"\n', false, "\t"), 't => "a \n  b"');
});
