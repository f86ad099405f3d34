/**
 * `beamtalk demo`: actors on two nodes keep their state while their class changes under them. It
 * works on a copy of `examples/counter` in a folder of its own, and stops all that it starts.
 * @module
 */
import { join } from "@std/path";
import { projectSources } from "../compiler/project/sources.ts";
import { build, type BuildResult } from "../live/build.ts";
import { joinRecord } from "../live/join_workspace.ts";
import { builtModules } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import type { OpenOptions } from "../live/open_workspace.ts";
import { LiveProgram } from "../live/live_program.ts";
import { Session } from "../live/session.ts";
import { Connections, loadOnAll, NodeRefusal, type Workspace } from "../live/workspace.ts";
import { ensureWorkspace } from "../live/workspace_start.ts";
import { atom, show } from "../bridge/mod.ts";
import { type Command, CommandFailure, type Context, ExitCode } from "./command.ts";
import { openOptions, tellingWhy } from "./live_toolchain.ts";
import { findingsOf, printFindings, withToolchain } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk demo"],
  description:
    "Builds examples/counter, starts two nodes, joins both as a hidden peer, and changes\n" +
    "a class while its actors live. Works on a copy and stops all that it starts.",
  options: [],
  run: (_args, context) =>
    withToolchain(context, async (toolchain) => {
      const folder = await toolchain.temporaryFolder();
      const options = { ...await openOptions(toolchain, 120), home: join(folder, "home") };
      const demo = new Demo(context, options, join(folder, "counter"));
      return await tellingWhy(context, () => demo.run());
    }),
};

/** The nodes by the names that the demonstration shows. */
const LABELS = ["first", "second"] as const;

class Demo {
  readonly #context: Context;
  readonly #options: OpenOptions;
  readonly #root: string;
  readonly #connections: Connections;
  readonly #program: LiveProgram;
  #workspaces: Workspace[] = [];
  #sessions: Session[] = [];
  #step = 0;

  constructor(context: Context, options: OpenOptions, root: string) {
    this.#context = context;
    this.#options = options;
    this.#root = root;
    this.#connections = new Connections(options.port);
    this.#program = new LiveProgram(options.library, options.port);
  }

  async run(): Promise<number> {
    const started = performance.now();
    try {
      await this.#prepare();
      await this.#use();
      await this.#change();
      await this.#refuse();
      await this.#look();
    } finally {
      await this.#timed("Stop both nodes", () => this.#stop());
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    this.#write(
      `\nDone in ${seconds} s. The sources are in examples/counter; try beamtalk repl there.\n`,
    );
    return ExitCode.ok;
  }

  async #prepare(): Promise<void> {
    const built = await this.#timed("Build a copy of examples/counter", async () => {
      await copyFolder(join(this.#options.installation.root, "examples", "counter"), this.#root);
      return await this.#build();
    });
    this.#workspaces = await this.#timed(
      "Start two nodes and join both as a hidden peer",
      () => Promise.all(LABELS.map((label) => this.#startNode(label))),
    );
    for (const { node } of this.#workspaces) this.#write(`     ${node}\n`);
    this.#program.takeIn(built.files);
    await this.#timed("Load the classes on both nodes, or on none", async () => {
      await loadOnAll(this.#workspaces, await builtModules(built));
    });
    this.#sessions = await Promise.all(
      this.#workspaces.map((each) =>
        Session.open(each, this.#program, (text) => this.#write(text))
      ),
    );
  }

  async #build(): Promise<BuildResult> {
    const built = await build(await projectSources(this.#root), {
      installation: this.#options.installation,
      library: this.#options.library,
      port: () => Promise.resolve(this.#options.port),
      output: join(this.#root, "_build", "dev"),
      mode: "quick",
      tests: false,
    });
    if (!built.hasErrors) return built;
    printFindings(findingsOf(built, this.#root), this.#context);
    throw new CommandFailure("examples/counter does not build");
  }

  async #startNode(label: string): Promise<Workspace> {
    const { record } = await ensureWorkspace({
      ...this.#options,
      root: this.#root,
      label,
    });
    return await joinRecord(this.#connections, record);
  }

  async #use(): Promise<void> {
    await this.#onBoth("Spawn counters on each node", [
      "counters := #(Counter spawn, Counter spawnWith: #{#value => 40})",
    ]);
    await this.#onBoth("Send to them", [
      "counters do: [:each | 2 timesRepeat: [each increment]]",
      "counters collect: [:each | each value]",
    ]);
  }

  async #change(): Promise<void> {
    const source = this.#program.sourceOf("Counter");
    if (source === undefined) throw new CommandFailure("examples/counter has no class Counter");
    const old = await Deno.readTextFile(source.path);
    const changed = replaced(
      replaced(old, "self incrementBy: 1", "self incrementBy: self.step"),
      "  state: value :: Integer = 0\n",
      "  state: value :: Integer = 0\n  state: step :: Integer = 100\n",
    );
    this.#write(`\n${differences(old, changed, this.#context.terminal.colors)}`);
    await Deno.writeTextFile(source.path, changed);
    const { reports } = await this.#timed(
      "Change on disk to running actors, on both nodes",
      () => loadFiles(this.#workspaces, this.#program, [source]),
    );
    for (const [index, { migrated, microseconds }] of reports.entries()) {
      const time = (microseconds / 1000).toFixed(1);
      this.#write(`     ${LABELS[index]}: ${migrated} actors migrated, ${time} ms\n`);
    }
    await this.#onBoth("The same actors, new code, old state", [
      "counters",
      "counters collect: [:each | each increment]",
    ]);
  }

  /** What cannot be migrated changes nothing anywhere. */
  async #refuse(): Promise<void> {
    const source = this.#program.sourceOf("Counter")!;
    const old = await Deno.readTextFile(source.path);
    const field = "  state: owner :: String\n";
    await Deno.writeTextFile(source.path, replaced(old, "  state: step", `${field}  state: step`));
    await this.#timed("Add a field without a default: refused, and nothing changes", async () => {
      try {
        await loadFiles(this.#workspaces, this.#program, [source]);
      } catch (error) {
        if (!(error instanceof NodeRefusal)) throw error;
        this.#write(`     ${error.message}\n     ${error.hint ?? ""}\n`);
      }
    });
    await this.#onBoth("The actors go on", ["counters collect: [:each | each increment]"]);
  }

  async #look(): Promise<void> {
    const [first] = this.#workspaces;
    if (first === undefined) return;
    await this.#timed("What the first node sees of all this", async () => {
      const visible = await first.call("erlang", "nodes", []);
      const hidden = await first.call("erlang", "nodes", [atom("hidden")]);
      this.#write(`     nodes()         ${show(visible)}\n     nodes(hidden)   ${show(hidden)}\n`);
    });
  }

  /** Evaluates on each node and shows what it answers. */
  async #onBoth(title: string, expressions: readonly string[]): Promise<void> {
    await this.#timed(title, async () => {
      for (const text of expressions) {
        this.#write(`     ${this.#context.terminal.colors.bold(text)}\n`);
        for (const [index, session] of this.#sessions.entries()) {
          this.#write(`       ${LABELS[index]!.padEnd(7)}${await valueOf(session, text)}\n`);
        }
      }
    });
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
    await Promise.all(
      this.#workspaces.map((workspace) => stopAndWait(this.#connections, workspace)),
    );
  }

  async #timed<T>(title: string, work: () => Promise<T>): Promise<T> {
    const { bold, dim } = this.#context.terminal.colors;
    this.#write(`\n${bold(`${String(++this.#step).padStart(2)}. ${title}`)}\n`);
    const start = performance.now();
    const result = await work();
    this.#write(dim(`     ${(performance.now() - start).toFixed(0)} ms\n`));
    return result;
  }

  #write(text: string): void {
    this.#context.terminal.write(text);
  }
}

async function valueOf(session: Session, text: string): Promise<string> {
  for await (const { outcome } of session.evaluate(text)) {
    if (outcome.kind === "value") return outcome.text;
    if (outcome.kind === "error" || outcome.kind === "refused") {
      throw new CommandFailure(`${text}: ${outcome.message}`);
    }
  }
  return "";
}

/** Stops a node and waits until its connection is gone. */
async function stopAndWait(connections: Connections, workspace: Workspace): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unhear = connections.nodes.onEvent((event) => {
    if (event.kind === "down" && event.node === workspace.node) resolve();
  });
  await workspace.stop();
  await promise;
  unhear();
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new CommandFailure(`the example no longer says: ${from.trim()}`);
  return text.replace(from, to);
}

/** The lines that differ: those of the old text that are gone and those that are new. */
function differences(
  old: string,
  changed: string,
  colors: Context["terminal"]["colors"],
): string {
  const before = new Set(old.split("\n"));
  const after = new Set(changed.split("\n"));
  const gone = [...before].filter((line) => !after.has(line)).map((line) =>
    colors.red(`   - ${line}\n`)
  );
  const added = [...after].filter((line) => !before.has(line)).map((line) =>
    colors.green(`   + ${line}\n`)
  );
  return [...gone, ...added].join("");
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (entry.name === "_build") continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) await copyFolder(source, target);
    else await Deno.copyFile(source, target);
  }
}
