import { assertEquals } from "@std/assert";
import { buildEnvironment } from "../analysis/environment.ts";
import { fileFacts } from "../analysis/file_facts.ts";
import { looseNaming, moduleNaming } from "../analysis/module_naming.ts";
import { parse } from "../syntax/mod.ts";
import { printCore } from "./core_text.ts";
import { generate } from "./mod.ts";

const KERNEL = `nil subclass: ProtoObject
ProtoObject subclass: Object
Object subclass: Value
Object subclass: Actor
Value subclass: Integer
Value subclass: String
`;

/** The specs of a class in the library's package, a line each. */
function specs(text: string, specifications = true): string[] {
  const file = parse(text);
  const naming = looseNaming("A.bt");
  const kernel = fileFacts(parse(KERNEL), {
    file: "kernel.bt",
    naming: moduleNaming("stdlib", "kernel.bt"),
  });
  const own = fileFacts(file, { file: "A.bt", naming });
  const environment = buildEnvironment([own, kernel], "user");
  const modules = generate(file, { file: "A.bt", naming, environment, specifications });
  return modules.flatMap(({ core }) => printCore(core).split("\n"))
    .filter((line) => line.includes("'product'"))
    .map((line) => line.trim().replace(/[\])},]*$/, "").replaceAll(" ", ""));
}

Deno.test("a spec says which terms the declared types stand for", () => {
  const [size, at, find] = specs(`Value subclass: A
  size -> Integer => 1
  at: i :: Integer put: v :: String | nil -> A => self
  class find: other :: A -> Object => other
`);
  assertEquals(size?.includes("'size',1"), true, size);
  assertEquals(size?.includes("'integer'"), true, size);
  assertEquals(at?.includes("'at:put:',3"), true, at);
  assertEquals(at?.includes("'union'"), true, at);
  assertEquals(find?.includes("'classfind:',2"), true, find);
});

Deno.test("an actor is a tuple, a type parameter any term", () => {
  const [own] = specs("Actor subclass: A(T)\n  own: x :: T => x\n");
  assertEquals(own?.includes("'tuple','any'"), true, own);
  assertEquals(own?.includes("'term'"), true, own);
});

Deno.test("there are no specs where they are not asked for", () => {
  assertEquals(specs("Value subclass: A\n  size -> Integer => 1\n", false), []);
});
