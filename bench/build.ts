/**
 * Builds: 100 classes from nothing beside one Erlang VM that compiles 100 equal modules with two
 * workers, and one class, quick and full, beside `erlc`.
 *
 *     deno run -A bench/build.ts
 *
 * @module
 */
import { join } from "@std/path";
import { Program } from "../compiler/project/program.ts";
import { looseNaming } from "../compiler/analysis/module_naming.ts";
import { compileModules, startPort } from "../live/build_compile.ts";
import { installation } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { beamtalkClass, erlangModule } from "./generated_classes.ts";
import { percentile } from "./percentile.ts";

const CLASSES = 100;
const ROUNDS = 7;
const main = join(installation().root, "main.ts");

const PAIR = `
  Files = init:get_plain_arguments(),
  Self = self(),
  Worker = fun(Own) -> spawn_link(fun() ->
    [{ok, _} = compile:file(F, [{outdir, "out"}]) || F <- Own], Self ! done end) end,
  {A, B} = lists:split(length(Files) div 2, Files),
  [Worker(Own) || Own <- [A, B]],
  [receive done -> ok end || _ <- [A, B]],
  halt(0).`;

await buildMany();
await compileOne();

async function buildMany(): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "src"));
    await Deno.mkdir(join(folder, "out"));
    await Deno.writeTextFile(join(folder, "beamtalk.toml"), '[package]\nname = "ledgers"\n');
    const erlang: string[] = [];
    for (let n = 1; n <= CLASSES; n++) {
      await Deno.writeTextFile(join(folder, "src", `Ledger${n}.bt`), beamtalkClass(n));
      await Deno.writeTextFile(join(folder, `ledger${n}.erl`), erlangModule(n));
      erlang.push(`ledger${n}.erl`);
    }
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await Deno.remove(join(folder, "_build"), { recursive: true }).catch(() => {});
      const build = ["run", "-A", "--no-check", main, "build", folder];
      ours.push(await measured(Deno.execPath(), build, folder));
      const compile = ["-noinput", "-boot", "no_dot_erlang", "-eval", PAIR, "-extra", ...erlang];
      theirs.push(await measured("erl", compile, folder));
    }
    const again = await timed(() =>
      run(Deno.execPath(), ["run", "-A", "--no-check", main, "build", folder], folder)
    );
    for (const what of ["elapsed", "processor"] as const) {
      const [mine, other] = [ours, theirs].map((times) => times.map((each) => each[what]));
      console.log(
        `${CLASSES} classes, cold, ${what} time: beamtalk build ${median(mine ?? [])} ms, ` +
          `erl with two workers ${median(other ?? [])} ms, ${
            ratio(mine ?? [], other ?? [])
          } times; ` +
          `of the calmest rounds ${least(mine ?? [])} and ${least(other ?? [])} ms`,
      );
    }
    console.log(`${CLASSES} classes, nothing changed: ${Math.round(again)} ms`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compileOne(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const library = await libraryFacts(installation());
  const port = await startPort(installation());
  try {
    await Deno.writeTextFile(join(folder, "ledger1.erl"), erlangModule(1));
    const compile = async (mode: "quick" | "full") => {
      const program = new Program(library);
      const path = "Ledger1.bt";
      const naming = looseNaming(path);
      program.setFile({ path, shown: path, naming, text: beamtalkClass(1), kind: "file" });
      const { modules } = program.compiled(path);
      await compileModules(port, (modules ?? []).map(({ core }) => core), mode);
    };
    for (let warm = 0; warm < 5; warm++) await compile("full");
    const quick: number[] = [];
    const full: number[] = [];
    const erlc: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      quick.push(await timed(() => compile("quick")));
      full.push(await timed(() => compile("full")));
      erlc.push(await timed(() => run("erlc", ["ledger1.erl"], folder)));
    }
    console.log(
      `one class: quick ${median(quick)} ms, full ${median(full)} ms, ` +
        `erlc ${median(erlc)} ms`,
    );
  } finally {
    await port.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Milliseconds of a process. */
interface Measured {
  readonly elapsed: number;
  /** Of the process and all that it started; other work on the machine changes it little. */
  readonly processor: number;
}

async function measured(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<Measured> {
  const start = performance.now();
  const script = '"$@" > output 2>&1 && times';
  const { success, stdout } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", program, ...args],
    cwd,
  }).output();
  const elapsed = performance.now() - start;
  if (!success) {
    throw new Error(`${program} failed: ${await Deno.readTextFile(join(cwd, "output"))}`);
  }
  return { elapsed, processor: processorTime(new TextDecoder().decode(stdout)) };
}

/** The second line of `times`: user and system time of what the shell ran, as `0m1.5s 0m0.1s`. */
function processorTime(text: string): number {
  const spent = text.trim().split("\n").at(-1) ?? "";
  return [...spent.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce(
      (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
      0,
    );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stderr, stdout } = await new Deno.Command(program, { args: [...args], cwd })
    .output();
  if (success) return;
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  throw new Error(`${program} ${args[0]} failed: ${said}`);
}

function median(times: readonly number[]): string {
  const value = percentile(times, 0.5);
  return value < 20 ? value.toFixed(1) : String(Math.round(value));
}

function least(times: readonly number[]): string {
  return String(Math.round(Math.min(...times)));
}

function ratio(ours: readonly number[], theirs: readonly number[]): string {
  return (percentile(ours, 0.5) / percentile(theirs, 0.5)).toFixed(2);
}
