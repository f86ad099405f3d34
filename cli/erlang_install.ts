/**
 * Installs Erlang/OTP with the system's package manager where it is missing.
 * @module
 */
import { CommandFailure } from "./command.ts";

/**
 * The Debian packages in use: the emulator with kernel, stdlib and the compiler; `crypto` for
 * random cookies; `eunit` and the header files for the tests of the Erlang applications. Each with
 * an Erlang expression that tells whether it is there.
 */
const PACKAGES = [
  { name: "erlang-base", there: "code:which(compile) =/= non_existing" },
  { name: "erlang-crypto", there: "code:which(crypto) =/= non_existing" },
  { name: "erlang-eunit", there: "code:which(eunit) =/= non_existing" },
  {
    name: "erlang-dev",
    there: 'filelib:wildcard(code:lib_dir() ++ "/eunit-*/include/eunit.hrl") =/= []',
  },
] as const;

const OLDEST_RELEASE = 25;

/** Makes sure that a new enough Erlang is there; says what it does. */
export async function installErlang(say: (line: string) => void): Promise<void> {
  const missing = await missingPackages();
  if (missing.length > 0) await install(missing, say);
  const release = await erlang("io:put_chars(erlang:system_info(otp_release))");
  if (release === undefined) throw new CommandFailure("erl does not start after the installation");
  if (Number(release) < OLDEST_RELEASE) {
    throw new CommandFailure(
      `Erlang/OTP ${release} is too old: ${OLDEST_RELEASE} or later is needed`,
      "install a newer one from https://www.erlang.org/downloads",
    );
  }
}

async function missingPackages(): Promise<string[]> {
  const questions = PACKAGES.map(({ there }) => there).join(", ");
  const found = await erlang(`[io:format("~s ", [There]) || There <- [${questions}]]`);
  const answers = found?.split(" ") ?? [];
  return PACKAGES.filter((_, index) => answers[index] !== "true").map(({ name }) => name);
}

/** What an Erlang expression prints, undefined where `erl` cannot be run. */
async function erlang(expression: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("erl", {
      args: ["-noinput", "-boot", "no_dot_erlang", "-eval", `${expression}, halt().`],
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function install(packages: readonly string[], say: (line: string) => void): Promise<void> {
  if (!await isRunnable("apt-get")) {
    throw new CommandFailure(
      `Erlang/OTP ${OLDEST_RELEASE} or later is needed, and there is no apt-get to install it with`,
      "install it from https://www.erlang.org/downloads, so that erl is on the PATH",
    );
  }
  // Without a terminal nobody could type a password.
  const sudo = Deno.stdin.isTerminal() ? ["sudo"] : ["sudo", "-n"];
  const prefix = Deno.uid() === 0 ? [] : sudo;
  if (prefix.length > 0 && !await isRunnable("sudo")) {
    throw new CommandFailure(
      "Erlang is missing, and installing it needs root or sudo",
      `run as root: apt-get install --no-install-recommends ${packages.join(" ")}`,
    );
  }
  say(`installing ${packages.join(", ")} with apt-get`);
  const apt = ["apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"];
  const arguments_ = ["install", "--no-install-recommends", ...packages];
  if (await run([...prefix, ...apt, ...arguments_])) return;
  say("bringing the package lists up to date");
  if (!await run([...prefix, ...apt, "update"]) || !await run([...prefix, ...apt, ...arguments_])) {
    throw new CommandFailure(
      "apt-get could not install Erlang; what it said is above",
      `run yourself: ${[...prefix, "apt-get", ...arguments_].join(" ")}`,
    );
  }
}

async function run(line: readonly string[]): Promise<boolean> {
  const [program = "", ...args] = line;
  const { success } = await new Deno.Command(program, {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
  return success;
}

async function isRunnable(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
