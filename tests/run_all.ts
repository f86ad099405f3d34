/**
 * `deno task test [STEP...]`: every check and test of the repository, one after the other, or those
 * steps whose names hold one of the words given. The last line is the sum of all:
 * `N passed, N failed`.
 * @module
 */
import { basename, dirname, fromFileUrl, join } from "@std/path";
import { type Ended, TestRun } from "./run_processes.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const steps: readonly Step[] = [
  { name: "format", run: () => check(["fmt", "--check"]) },
  { name: "format of Beamtalk sources", run: beamtalkFormat },
  { name: "lint", run: () => check(["lint", "--quiet"]) },
  { name: "types", run: () => check(["check", "--quiet", "."]) },
  { name: "unit and whole-system tests", run: denoTests },
  { name: "Erlang tests", run: eunit },
  { name: "Beamtalk tests", run: beamtalkTests },
  { name: "examples in comments", run: () => beamtalkTest(["--doc"], ["stdlib", "examples"]) },
];

/** Runs a Deno subcommand that passes or fails as a whole. */
async function check(args: readonly string[]): Promise<Counts> {
  const { success } = await run(Deno.execPath(), args);
  return success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The class library, the examples and the programs are laid out as `beamtalk fmt` does. */
async function beamtalkFormat(): Promise<Counts> {
  const folders = ["stdlib", "examples", "tests/programs"];
  return await check(["run", "-A", "--no-check", "main.ts", "fmt", "--check", ...folders]);
}

async function denoTests(): Promise<Counts> {
  const { success, output } = await run(Deno.execPath(), ["test", "-A", "--no-check", "--quiet"]);
  const last = [...output.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed/gm)].at(-1);
  const counts = { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
  // A file that cannot be imported fails without a count.
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Compiles and runs the EUnit tests of each Erlang application in a node of its own. */
async function eunit(): Promise<Counts> {
  const total = { passed: 0, failed: 0 };
  for (const application of ["port", "runtime", "workspace"]) {
    const tests = await filesEndingWith(join(root, "erlang", application, "test"), "_tests.erl");
    if (tests.length === 0) continue;
    const counts = await eunitOf(application, tests);
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  return total;
}

async function eunitOf(application: string, tests: readonly string[]): Promise<Counts> {
  const out = await Deno.makeTempDir({ prefix: "eunit-", dir: testRun.folder });
  try {
    const ebins = ["port", "runtime", "workspace"]
      .map((each) => join(root, "_build", "erlang", each, "ebin"));
    const all = await filesEndingWith(join(root, "erlang", application, "test"), ".erl");
    const compiled = await run("erlc", [
      ...ebins.flatMap((ebin) => ["-pa", ebin]),
      ...["-I", join(root, "erlang", application, "src"), "-o", out, ...all],
    ]);
    if (!compiled.success) return { passed: 0, failed: tests.length };
    const modules = tests.map((file) => basename(file, ".erl")).join(", ");
    const library = join(root, "_build", "library", "ebin");
    const { success, output } = await run("erl", [
      ...["-noinput", "-boot", "no_dot_erlang", "-pa", out, ...ebins, library, "-eval"],
      `case eunit:test([${modules}], [{print_depth, 20}]) of ok -> halt(0); _ -> halt(1) end.`,
    ]);
    return eunitCounts(success, output);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

function eunitCounts(success: boolean, output: string): Counts {
  const all = /All (\d+) tests passed/.exec(output);
  if (all !== null) return { passed: Number(all[1]), failed: 0 };
  if (/Test passed/.test(output)) return { passed: 1, failed: 0 };
  const mixed = /Failed: (\d+)\.\s+Skipped: \d+\.\s+Passed: (\d+)/.exec(output);
  if (mixed !== null) return { passed: Number(mixed[2]), failed: Math.max(1, Number(mixed[1])) };
  return { passed: 0, failed: success ? 0 : 1 };
}

/** The class library's tests, the language's scripts and the examples. */
function beamtalkTests(): Promise<Counts> {
  return beamtalkTest(["--jobs", "2"], [
    "stdlib/test",
    "tests/language",
    "tests/programs",
    "examples",
  ]);
}

/** Runs `beamtalk test` on those of the paths that are there. */
async function beamtalkTest(
  options: readonly string[],
  paths: readonly string[],
): Promise<Counts> {
  const present: string[] = [];
  for (const path of paths) if (await isFolder(join(root, path))) present.push(path);
  const main = ["run", "-A", "--no-check", join(root, "main.ts")];
  const { output, success } = await run(Deno.execPath(), [
    ...main,
    ...["test", "--reporter", "json", ...options, ...present],
  ], { quiet: true });
  let counts: Counts | undefined;
  for (const line of output.split("\n")) {
    const report = parsed(line);
    if (report?.type === "summary") {
      counts = {
        passed: Number(report.passed),
        failed: Number(report.failed) + Number(report.errors),
      };
    } else if (report?.status === "failed" || report?.status === "error") {
      console.log(`FAILED ${report.class} ${report.name} (${report.file}:${report.line})`);
      console.log(`  ${String(report.message).replaceAll("\n", "\n  ")}`);
    }
  }
  if (counts === undefined) console.log(output);
  return counts ?? { passed: 0, failed: success ? 0 : 1 };
}

function parsed(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Runs a program in the repository. */
function run(
  program: string,
  args: readonly string[],
  options: { readonly quiet?: boolean } = {},
): Promise<Ended> {
  return testRun.program(program, args, { cwd: root, ...options });
}

async function filesEndingWith(folder: string, ending: string): Promise<string[]> {
  if (!await isFolder(folder)) return [];
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(ending)) found.push(join(folder, entry.name));
  }
  return found.sort();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** What a step leaves behind is a mistake of its own. */
async function nothingLeft(): Promise<Counts> {
  const left = await testRun.leftBehind();
  for (const each of left) console.log(`left behind: ${each}`);
  return { passed: left.length === 0 ? 1 : 0, failed: left.length };
}

function wantedSteps(): readonly Step[] {
  const words = Deno.args.map((word) => word.toLowerCase());
  const wanted = steps.filter(({ name }) =>
    words.length === 0 || words.some((word) => name.toLowerCase().includes(word))
  );
  return [...wanted, { name: "nothing left behind", run: nothingLeft }];
}

const testRun = await TestRun.begin();
let passed = 0;
let failed = 0;
for (const step of wantedSteps()) {
  console.log(`\n== ${step.name}`);
  const start = performance.now();
  const counts = await step.run();
  passed += counts.passed;
  failed += counts.failed;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`== ${step.name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`);
}
await testRun.clear();
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);
