import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { beamtalk } from "../command_line.ts";
import { randomFrom } from "../mutants/mutation.ts";
import type { Form } from "./meaning.ts";
import { ANSWER, type RandomProgram, randomProgram, START } from "./random_program.ts";

const PROGRAMS = Number(Deno.env.get("FUZZ_PROGRAMS") ?? 40);
const FIRST_SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);

const same = (text: string) => text;
/** The same program with blocks in place, with blocks as objects, and with values from an actor. */
const forms: Readonly<Record<string, Form>> = {
  inPlace: { block: same, assigned: same },
  asObjects: { block: (text) => `(Same as: ${text})`, assigned: same },
  fromActor: { block: same, assigned: (text) => `actor echo: (${text})` },
  fromActorAsObjects: {
    block: (text) => `(Same as: ${text})`,
    assigned: (text) => `actor echo: (${text})`,
  },
};

const declarations = `Object subclass: Same
  class as: anything => anything

Actor subclass: Echo
  echo: anything => anything
`;

function programs(): readonly RandomProgram[] {
  const seeds = Array.from({ length: PROGRAMS }, (_, index) => FIRST_SEED + index);
  return seeds.flatMap((seed) => randomProgram(randomFrom(seed), 3) ?? []);
}

function methods(made: readonly RandomProgram[], form: Form): string {
  return made.map(({ statements }, index) => {
    const lines = ["actor := Echo spawn", START, ...statements(form), ANSWER];
    return `  class m${index} =>\n${lines.map((line) => `    ${line}`).join("\n")}\n`;
  }).join("\n");
}

function testMethods(made: readonly RandomProgram[], name: string): string {
  return made.map(({ expected }, index) => {
    const text = expected.replaceAll(/[{}]/g, "\\$&");
    const run = `[Programs_${name} m${index}] on: Error do: [:error | error kind]`;
    return `  test_${name}_${index} => self assert: (${run}) printString equals: "${text}"\n`;
  }).join("");
}

/** Programs that answer what their locals hold, statement by statement. */
function script(made: readonly RandomProgram[], form: Form): string {
  const straight = made.filter(({ statements, expected }) =>
    expected.startsWith("{") && !statements(form).join("").includes("^")
  );
  const texts = straight.map(({ statements, expected }) =>
    [START, ...statements(form), ANSWER, `// => ${expected}`].join("\n")
  );
  return `${declarations}\nactor := Echo spawn\n${texts.join("\n")}\n`;
}

Deno.test("random programs answer what they mean, however they are written", async () => {
  const made = programs();
  assert(made.length > PROGRAMS / 2, `${made.length} programs of ${PROGRAMS}`);
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-programs-" });
  try {
    let tests = "TestCase subclass: ProgramsTest\n";
    for (const [name, form] of Object.entries(forms)) {
      const text = `Object subclass: Programs_${name}\n${methods(made, form)}`;
      await Deno.writeTextFile(join(folder, `Programs_${name}.bt`), text);
      await Deno.writeTextFile(join(folder, `${name}.btscript`), script(made, form));
      tests += testMethods(made, name);
    }
    await Deno.writeTextFile(join(folder, "Declarations.bt"), declarations);
    await Deno.writeTextFile(join(folder, "ProgramsTest.bt"), tests);
    const { code, output, errors } = await beamtalk(["test", folder]);
    const failures = output.split("\nFailures:\n")[1] ?? "";
    assertEquals([code, failures, errors], [0, "", ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
