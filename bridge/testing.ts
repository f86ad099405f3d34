/**
 * What the tests of this package share: a compiled port program, nodes of their own.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { PortProgram, type PortProgramOptions } from "./port_program.ts";

const root = new URL("../erlang/port/", import.meta.url).pathname;

/** The folder with the compiled port program and its test modules; made once a process. */
export const testEbin: Promise<string> = compileOnce();

async function compileOnce(): Promise<string> {
  const folder = Deno.makeTempDirSync({ prefix: "bridge-ebin-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const sources = [...erlangFiles(root + "src/"), ...erlangFiles(root + "test/")];
  const run = await new Deno.Command("erlc", {
    args: ["+nowarn_missing_spec", "-o", folder, ...sources],
  }).output();
  if (!run.success) throw new Error(new TextDecoder().decode(run.stdout));
  return folder;
}

function erlangFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .filter((name) => name.endsWith(".erl")).map((name) => folder + name);
}

/** A running port program, closed at the end of the test. */
export async function testPort(options: Partial<PortProgramOptions> = {}): Promise<PortProgram> {
  return await PortProgram.start({ ebin: await testEbin, ...options });
}

/** A node that a test has started. */
export interface TestNode extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts a node without epmd (or with the one that `env` names), listening on loopback. */
export async function startNode(
  name: string,
  cookie: string,
  env: Record<string, string> = {},
): Promise<TestNode> {
  const port = await freePort();
  const domain = name.split("@")[1]!.includes(".") ? "-name" : "-sname";
  const withEpmd = "ERL_EPMD_PORT" in env;
  const listening = withEpmd
    ? ["-kernel", "inet_dist_listen_min", `${port}`, "inet_dist_listen_max", `${port}`]
    : ["-erl_epmd_port", `${port}`];
  const child = spawn("erl", [
    ...["-noinput", domain, name, "-setcookie", cookie, "-start_epmd", "false", ...listening],
    ...["-kernel", "inet_dist_use_interface", "{127,0,0,1}", "-kernel", "logger_level", "none"],
    ...["-pa", await testEbin, "-eval", 'io:format("up~n").'],
  ], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once("data", () => resolve());
    child.once("close", () => reject(new Error(`the node ${name} did not start`)));
  });
  return { name, port, kill, [Symbol.asyncDispose]: kill };
}

/** A TCP port of loopback that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Whether a process of that number lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a condition holds; fails after a limit. */
export async function until(condition: () => boolean, limitMs = 5000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error("the condition did not come true in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
