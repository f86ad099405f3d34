import { assertEquals } from "@std/assert";
import { parse } from "../syntax/mod.ts";
import { buildEnvironment } from "./environment.ts";
import { fileFacts } from "./file_facts.ts";
import { looseNaming, moduleNaming } from "./module_naming.ts";

const library = fileFacts(
  parse("ProtoObject subclass: Object\n  size => 0\nObject subclass: Value\n"),
  {
    file: "Object.bt",
    naming: moduleNaming("stdlib", "Object.bt"),
  },
);

function implementors(text: string, selector: string): readonly string[] {
  const program = fileFacts(parse(text), { file: "a.bt", naming: looseNaming("a.bt") });
  return buildEnvironment([program, library], "user").implementors(selector);
}

Deno.test("classes that declare the method or have it by their data, in order", () => {
  const text = `Value subclass: B
  area => 1
Value subclass: A
  field: area = 2
Value subclass: C
  other => 3`;
  assertEquals(implementors(text, "area"), ["bt@user@A", "bt@user@B"]);
  assertEquals(implementors(text, "withArea:"), ["bt@user@A"]);
});

Deno.test("not abstract classes, nor those whose instances carry no class", () => {
  const text = `abstract Value subclass: A
  area => 1
Actor subclass: B
  area => 2`;
  assertEquals(implementors(text, "area"), []);
});

Deno.test("none where the library has the selector", () => {
  assertEquals(implementors("Value subclass: A\n  size => 1", "size"), []);
});
