import { buildEnvironment } from "../analysis/environment.ts";
import { fileFacts } from "../analysis/file_facts.ts";
import { looseNaming } from "../analysis/module_naming.ts";
import { parse } from "../syntax/mod.ts";
import { encodeCore, generate, generateEvaluation } from "./mod.ts";
import { libraryFacts, libraryFiles } from "./test_programs.ts";

const MUTANTS = 400;

/** A repeatable sequence of numbers below a bound. */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % bound;
  };
}

/** The text with a token deleted, doubled or exchanged, or cut off. */
function mutate(text: string, random: (bound: number) => number): string {
  const tokens = text.match(/\s+|\w+:?|[^\w\s]/g) ?? [];
  const at = random(tokens.length);
  const other = random(tokens.length);
  const token = tokens[other] ?? "";
  switch (random(4)) {
    case 0:
      tokens.splice(at, 1);
      break;
    case 1:
      tokens.splice(at, 0, token);
      break;
    case 2:
      tokens[other] = tokens[at] ?? "";
      tokens[at] = token;
      break;
    default:
      tokens.length = at;
  }
  return tokens.join("");
}

Deno.test("code is made for any text, right or wrong", () => {
  const folder = new URL("./testdata/", import.meta.url);
  const texts = [...Deno.readDirSync(folder)]
    .filter(({ name }) => name.endsWith(".bt"))
    .map(({ name }) => Deno.readTextFileSync(new URL(name, folder)));
  const library = libraryFacts(libraryFiles());
  const random = randomNumbers(42);
  for (let count = 0; count < MUTANTS; count++) {
    let text = texts[random(texts.length)] ?? "";
    for (let times = random(3); times >= 0; times--) text = mutate(text, random);
    generateAll(text, library);
  }
});

function generateAll(text: string, library: ReturnType<typeof libraryFacts>): void {
  const naming = looseNaming("mutant.btscript");
  const file = parse(text, { kind: "script" });
  const own = fileFacts(file, { file: "mutant.btscript", naming });
  const environment = buildEnvironment([own, ...library], "user");
  const units = file.declarations.flatMap((each) => each.kind === "statement" ? [each.unit] : []);
  try {
    for (const { core } of generate(file, { file: "mutant.btscript", naming, environment })) {
      encodeCore(core);
    }
    const options = { module: "mutant", file: "mutant.btscript", text, environment };
    encodeCore(generateEvaluation(units, options).core);
  } catch (error) {
    throw new Error(`no code for\n${text}`, { cause: error });
  }
}
