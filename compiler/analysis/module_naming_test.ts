import { assertEquals } from "@std/assert";
import {
  classModule,
  extensionModule,
  looseNaming,
  moduleNaming,
  patchModule,
} from "./module_naming.ts";

Deno.test("modules are named by package, folders below src, and class", () => {
  assertEquals(classModule(moduleNaming("p", "src/a/b/Till.bt"), "Till"), "bt@p@a@b@Till");
  assertEquals(
    classModule(moduleNaming("p", "test/TillTest.bt"), "TillTest"),
    "bt@p@test@TillTest",
  );
  assertEquals(classModule(moduleNaming("stdlib", "kernel/List.bt"), "List"), "bt@stdlib@List");
  assertEquals(classModule(looseNaming("/tmp/x/counter.bt"), "Counter"), "bt@user@Counter");
});

Deno.test("extensions and migrations of a file have modules of their own", () => {
  const naming = moduleNaming("p", "src/a/words.bt");
  assertEquals(extensionModule(naming), "bt@p@a@words+ext");
  assertEquals(patchModule(naming), "bt@p@a@words+patch");
});
