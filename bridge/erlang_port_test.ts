/** The port program's own EUnit tests. */

import { assert } from "@std/assert";
import { testEbin } from "./testing.ts";

Deno.test("EUnit: erlang/port", async () => {
  const ebin = await testEbin;
  const modules = [...Deno.readDirSync(ebin)].map((entry) => entry.name.replace(".beam", ""))
    .filter((name) => name.endsWith("_tests"));
  assert(modules.length > 0);
  const run = await new Deno.Command("erl", {
    args: [
      ...["-noinput", "-pa", ebin, "-eval"],
      `case eunit:test([${modules.join(",")}]) of ok -> halt(0); _ -> halt(1) end.`,
    ],
  }).output();
  assert(run.success, new TextDecoder().decode(run.stdout));
});
