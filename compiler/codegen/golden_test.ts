/**
 * Core Erlang of small classes, as text. `UPDATE_GOLDENS=1 deno test -A golden_test.ts` writes the
 * files anew; the diff is reviewed as any other.
 */
import { assertEquals } from "@std/assert";
import { buildEnvironment } from "../analysis/environment.ts";
import { fileFacts } from "../analysis/file_facts.ts";
import { looseNaming, moduleNaming } from "../analysis/module_naming.ts";
import { parse } from "../syntax/mod.ts";
import { printExpression } from "./core_text.ts";
import { generate } from "./mod.ts";

const folder = new URL("./testdata/", import.meta.url);

/** Enough of the library to fix kinds; goldens do not change with the real one. */
const KERNEL = `nil subclass: ProtoObject
ProtoObject subclass: Object
Object subclass: Value
Object subclass: Actor
Object subclass: Exception
Value subclass: TestCase
Value subclass: Integer
Value subclass: String
Object subclass: Class
`;

/** The text of the methods of all classes of a file, without what every module has. */
function coreOf(name: string): string {
  const text = Deno.readTextFileSync(new URL(`${name}.bt`, folder));
  const naming = looseNaming(`${name}.bt`);
  const file = parse(text);
  const kernel = fileFacts(parse(KERNEL), {
    file: "kernel.bt",
    naming: moduleNaming("stdlib", "kernel.bt"),
  });
  const own = fileFacts(file, { file: `${name}.bt`, naming });
  const environment = buildEnvironment([own, kernel], "user");
  const modules = generate(file, { file: `${name}.bt`, naming, environment });
  return modules.flatMap(({ core }) => [
    `%% module ${core.name}\n`,
    ...core.definitions
      .filter((definition) => !/^\$meta$|^module_info$|^\$extensions$/.test(definition.name.name))
      .map(({ name: { name: function_, arity }, fun }) =>
        `'${function_}'/${arity} =\n  ${printExpression(fun)}\n`
      ),
  ]).join("\n");
}

const names = [...Deno.readDirSync(folder)]
  .filter((entry) => entry.name.endsWith(".bt"))
  .map((entry) => entry.name.slice(0, -3))
  .sort();

for (const name of names) {
  Deno.test(`Core Erlang of ${name}.bt`, () => {
    const golden = new URL(`${name}.core`, folder);
    const actual = coreOf(name);
    if (Deno.env.get("UPDATE_GOLDENS") === "1") Deno.writeTextFileSync(golden, actual);
    assertEquals(actual, Deno.readTextFileSync(golden));
  });
}
