/**
 * `beamtalk attach`: the prompt on any running BEAM node.
 * @module
 */
import { attachNode, type Left } from "../live/attach.ts";
import { allRecords, beamtalkHome, readCookie } from "../live/workspace_record.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  UsageError,
} from "./command.ts";
import { openOptions, tellingWhy } from "./live_toolchain.ts";
import { openSession, runSession } from "./repl.ts";
import { withToolchain } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk attach NAME@HOST", "beamtalk attach NAME@HOST -e EXPR"],
  description:
    "Joins a running BEAM node as a hidden peer and evaluates there. A node that was not started\n" +
    "by Beamtalk is sent the modules that it lacks, all named beamtalk_* or bt@*. They are\n" +
    "unloaded, and actors of theirs stopped, when the last toolchain leaves without --keep; one\n" +
    "that is lost may come back. A node with Beamtalk of another build is refused, unless a\n" +
    "toolchain sent it and nobody needs it. The cookie comes from a file (--cookie-file), from the\n" +
    "workspace's record, or from ~/.erlang.cookie; never from the command line.",
  options: [
    { name: "cookie-file", value: "FILE", summary: "file with the node's cookie" },
    { name: "port", value: "N", summary: "distribution port; else epmd is asked" },
    { name: "keep", summary: "leave the runtime there" },
    { name: "list", summary: "name each module that is sent" },
    { name: "eval", short: "e", value: "EXPR", multiple: true, summary: "evaluate and end" },
    { name: "timeout", value: "MS", summary: "limit of each expression in milliseconds" },
    { name: "json", summary: "print each outcome as a line of JSON" },
  ],
  run(args, context) {
    const [name, ...rest] = args.positional;
    if (name === undefined || rest.length > 0 || !/^[^@\s]+@[^@\s]+$/.test(name)) {
      throw new UsageError("attach needs the name of one node: NAME@HOST");
    }
    return attach(name, args, context);
  },
};

function attach(name: string, args: Arguments, context: Context): Promise<number> {
  return withToolchain(context, (toolchain) =>
    tellingWhy(context, async () => {
      const options = await openOptions(toolchain);
      const address = await addressOf(name, args);
      const attached = await attachNode(address, address.root ?? context.workingFolder, options);
      const { open, sent } = attached;
      tellSent(sent, name, args, context);
      const output = { write: (text: string) => context.terminal.write(text) };
      const session = await openSession(open, output);
      try {
        return await runSession(args, context, open, session, output);
      } finally {
        await session.close();
        tellLeft(await attached.leave(args.flag("keep")), name, context);
      }
    }));
}

/** What a node was sent, by the parts of Beamtalk; each module by its name where that is asked. */
function tellSent(
  sent: readonly string[],
  name: string,
  args: Arguments,
  { terminal }: Context,
): void {
  if (sent.length === 0) return;
  const classes = sent.filter((module) => module.startsWith("bt@stdlib@")).length;
  const parts = [`${sent.length - classes} beamtalk_*`, `${classes} bt@stdlib@*`];
  terminal.writeError(`Sent ${sent.length} modules to ${name}: ${parts.join(", ")}.\n`);
  if (args.flag("list")) terminal.writeError(sent.map((module) => `  ${module}\n`).join(""));
}

function tellLeft({ stopped, unloaded }: Left, name: string, { terminal }: Context): void {
  if (unloaded === 0) return;
  const actors = stopped === 0
    ? ""
    : ` and stopped ${stopped} ${stopped === 1 ? "actor" : "actors"} (--keep leaves them)`;
  terminal.writeError(`Unloaded ${unloaded} modules from ${name}${actors}.\n`);
}

async function addressOf(name: string, args: Arguments) {
  const record = (await allRecords(beamtalkHome())).find(({ node }) => node?.name === name);
  const port = args.integer("port", 1) ?? record?.node?.port;
  const file = args.text("cookie-file");
  const cookie = file === undefined && record !== undefined
    ? await readCookie(record.folder)
    : await cookieIn(file ?? `${Deno.env.get("HOME") ?? ""}/.erlang.cookie`);
  return { name, cookie, root: record?.root, ...(port === undefined ? {} : { port }) };
}

async function cookieIn(file: string): Promise<string> {
  const text = await Deno.readTextFile(file).catch(() => "");
  if (text.trim() !== "") return text.trim();
  throw new CommandFailure(`there is no cookie in ${file}`, "name a file with --cookie-file");
}
