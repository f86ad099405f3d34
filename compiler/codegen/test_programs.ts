/**
 * Runs Beamtalk programs for tests of the code generator: generated modules are compiled and
 * evaluated by an `erl` of their own, with the real runtime and class library.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { buildEnvironment } from "../analysis/environment.ts";
import { fileFacts } from "../analysis/file_facts.ts";
import { looseNaming, type ModuleNaming, moduleNaming } from "../analysis/module_naming.ts";
import { parse, type SourceFile } from "../syntax/mod.ts";
import { encodeCore, generate, generateEvaluation } from "./mod.ts";

const root = dirname(dirname(dirname(fromFileUrl(import.meta.url))));

interface LibraryFile {
  readonly path: string;
  readonly file: SourceFile;
  readonly naming: ModuleNaming;
}

/** The sources of the class library. */
export function libraryFiles(): readonly LibraryFile[] {
  const files: LibraryFile[] = [];
  const visit = (folder: string, inside: string): void => {
    for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      const path = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory && entry.name !== "test") visit(join(folder, entry.name), path);
      if (!entry.isFile || !entry.name.endsWith(".bt")) continue;
      const file = parse(Deno.readTextFileSync(join(folder, entry.name)));
      files.push({ path: `stdlib/${path}`, file, naming: moduleNaming("stdlib", path) });
    }
  };
  visit(join(root, "stdlib"), "");
  return files;
}

/** Facts of the class library. */
export function libraryFacts(files: readonly LibraryFile[]) {
  return files.map(({ file, path, naming }) => fileFacts(file, { file: path, naming }));
}

/**
 * Answers what the last statement of each program prints, or `ERROR kind: message`. Declarations
 * of a program are loaded before its statements run. Each is run as fast code and as compact code,
 * which must answer the same.
 */
export async function runPrograms(
  programs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-codegen-" });
  try {
    const library = join(folder, "library");
    const ebin = join(folder, "ebin");
    await Promise.all([Deno.mkdir(library), Deno.mkdir(ebin)]);
    const files = libraryFiles();
    const facts = libraryFacts(files);
    const environment = buildEnvironment(facts, "stdlib");
    for (const { file, path, naming } of files) {
      writeModules(library, generate(file, { file: path, naming, environment }));
    }
    const names = Object.keys(programs);
    const forms = ["fast", "compact"];
    const place = (form: string, index: number) => join(folder, `${form}${index}`);
    for (const form of forms) {
      names.forEach((name, index) =>
        writeProgram(place(form, index), programs[name] ?? "", facts, form === "compact")
      );
    }
    await compileRuntime(ebin);
    await run("erl", [
      ...["-noshell", "-pa", ebin, "-run", "codegen_runner", "main", library],
      ...forms.flatMap((form) => names.map((_, index) => place(form, index))),
    ]);
    return Object.fromEntries(names.map((name, index) => {
      const [fast = "", compact = ""] = forms.map((form) =>
        Deno.readTextFileSync(join(place(form, index), "answer"))
      );
      if (masked(fast) === masked(compact)) return [name, fast];
      return [name, `${fast}\nbut as compact code\n${compact}`];
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Without the numbers of processes, which are new each time. */
function masked(answer: string): string {
  return answer.replaceAll(/\d+\.\d+\.\d+/g, "PROCESS");
}

function writeModules(folder: string, modules: ReturnType<typeof generate>): void {
  for (const { module, core } of modules) {
    Deno.writeFileSync(join(folder, `${module}.etf`), encodeCore(core));
  }
}

function writeProgram(
  folder: string,
  text: string,
  library: ReturnType<typeof libraryFacts>,
  compact: boolean,
): void {
  Deno.mkdirSync(folder);
  const file = parse(text, { kind: "script" });
  const error = file.diagnostics.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`${error.message} in\n${text}`);
  const naming = looseNaming("program.btscript");
  const environment = buildEnvironment(
    [fileFacts(file, { file: "program.btscript", naming }), ...library],
    "user",
  );
  const options = { file: "program.btscript", naming, environment, compact };
  writeModules(folder, generate(file, options));
  const units = file.declarations.flatMap((each) => each.kind === "statement" ? [each.unit] : []);
  const evaluation = generateEvaluation(units, {
    module: "bt_evaluation",
    file: "program.btscript",
    text,
    environment,
  });
  Deno.writeFileSync(join(folder, "evaluation.etf"), encodeCore(evaluation.core));
  Deno.writeTextFileSync(join(folder, "count"), String(evaluation.count));
}

async function compileRuntime(ebin: string): Promise<void> {
  const sources = join(root, "erlang", "runtime", "src");
  const modules = [...Deno.readDirSync(sources)]
    .filter(({ name }) => name.endsWith(".erl"))
    .map(({ name }) => join(sources, name));
  const runner = join(root, "compiler", "codegen", "testdata", "codegen_runner.erl");
  await run("erlc", ["-o", ebin, ...modules, runner]);
  await Deno.copyFile(
    join(sources, "beamtalk_runtime.app.src"),
    join(ebin, "beamtalk_runtime.app"),
  );
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`${command} failed: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}
