/**
 * Real nodes for tests: each in a folder of its own, stopped and removed at the end.
 * @module
 */
import { join } from "@std/path";
import { PortProgram } from "../bridge/mod.ts";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { installation } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { answerNode } from "../live/node_requests.ts";
import { Session } from "../live/session.ts";

/** A toolchain with a home of its own. */
export interface LiveFixture {
  readonly home: string;
  /** A project named `sample` with the files given. */
  readonly root: string;
  readonly library: readonly FileFacts[];
  readonly port: PortProgram;
  /** Opens the project's workspace, with another toolchain's port program if given. */
  open(port?: PortProgram): Promise<OpenWorkspace>;
  /** Writes a file of the project. */
  write(path: string, text: string): Promise<void>;
}

/** Runs a test with a project of these files, and stops every node that it started. */
export async function withLive(
  files: Readonly<Record<string, string>>,
  test: (fixture: LiveFixture) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-live-" }));
  const home = join(folder, "home");
  const root = join(folder, "sample");
  const opened = new Set<number>();
  const port = await PortProgram.start({ ebin: installation().ebin("port") });
  const library = await libraryFacts(installation());
  const write = async (path: string, text: string) => {
    await Deno.mkdir(join(root, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  };
  try {
    await write("beamtalk.toml", `[package]\nname = "sample"\nversion = "0.1.0"\n`);
    for (const [path, text] of Object.entries(files)) await write(path, text);
    const open = async (other = port) => {
      const workspace = await openWorkspace(root, {
        installation: installation(),
        library,
        port: other,
        home,
        idleSeconds: 60,
      });
      opened.add(workspace.record.node.osPid);
      return workspace;
    };
    await test({ home, root, library, port, open, write });
  } finally {
    await port.close();
    for (const osPid of opened) kill(osPid);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Ends a process of the test's own, if it still runs. */
export function kill(osPid: number): void {
  try {
    Deno.kill(osPid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * The project's workspace with a toolchain that answers it, and a session; `run` tells all that a
 * text prints, `output` what it wrote.
 */
export async function openedSession(live: LiveFixture, port?: PortProgram) {
  const open = await live.open(port);
  await answerNode(open);
  const output: string[] = [];
  const session = await Session.open(open.workspace, open.program, (text) => output.push(text));
  return { open, session, output, run: (text: string) => shown(session, text) };
}

/** The same, where `run` tells the last that a text prints. */
export async function openedPrompt(live: LiveFixture) {
  const opened = await openedSession(live);
  return { ...opened, run: async (text: string) => (await opened.run(text)).at(-1) ?? "" };
}

/** What a text prints: values, and errors as `Error: message`. */
export async function shown(session: Session, text: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { outcome } of session.evaluate(text)) {
    if (outcome.kind === "value" || outcome.kind === "declared") lines.push(outcome.text);
    else lines.push(`Error: ${outcome.message}`);
  }
  return lines;
}
