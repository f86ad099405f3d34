/**
 * `beamtalk repl`: the prompt of the project's workspace.
 * @module
 */
import { thisUser } from "../live/changes.ts";
import { answerNode } from "../live/node_requests.ts";
import { type OpenWorkspace, openWorkspace, openWorkspaceNode } from "../live/open_workspace.ts";
import { otherNodes as connectedOthers, type WantedNodes } from "../live/other_nodes.ts";
import { type EvaluateOptions, Session } from "../live/session.ts";
import { beamtalkHome, findRunning } from "../live/workspace_record.ts";
import type { Arguments, Command, Context } from "./command.ts";
import { otherNodes, wantedNodes, withWorkspace } from "./live_toolchain.ts";
import { InputTexts } from "./prompt/input_texts.ts";
import { printAnswers, printTexts } from "./prompt/printing.ts";
import { runPrompt } from "./prompt/prompt.ts";

/** The command. */
export const command: Command = {
  usage: [
    "beamtalk repl",
    "beamtalk repl -e EXPR",
    "beamtalk repl < FILE",
    "beamtalk repl --cluster",
  ],
  description:
    "Evaluates expressions in the workspace of the project around the working folder, which is\n" +
    "started if it does not run, and goes on running afterwards. At the prompt, :help lists what\n" +
    "else can be typed. With -e, or when standard input is no terminal, each value is printed\n" +
    "and the exit code is 1 if an expression failed. With --nodes or --cluster all that is loaded,\n" +
    "changed and removed in the session is so on these nodes too, or on none.",
  options: [
    { name: "eval", short: "e", value: "EXPR", multiple: true, summary: "evaluate and end" },
    { name: "timeout", value: "MS", summary: "limit of each expression in milliseconds" },
    { name: "json", summary: "print each outcome as a line of JSON" },
    { name: "nodes", value: "A,B", multiple: true, summary: "change these nodes too, all or none" },
    { name: "cluster", summary: "change all nodes of the cluster" },
  ],
  examples: [
    { line: "beamtalk repl -e '3 factorial'", does: "print 6" },
    { line: "echo '1 + 2' | beamtalk repl", does: "print 3" },
  ],
  run: (args, context) => replOf(args, context),
};

/** The prompt of the project's workspace, or of the node of the project that the label tells apart. */
export function replOf(args: Arguments, context: Context, label?: string): Promise<number> {
  const wanted = wantedNodes(args);
  const work = async (first: OpenWorkspace) => {
    const open = label === undefined ? first : await openLabelled(first, label);
    const output = { write: (text: string) => context.terminal.write(text) };
    // Members that are away are told of once, not with each change.
    await otherNodes(open, wanted, context);
    const session = await openSession(open, output, wanted);
    try {
      return await runSession(args, context, open, session, output, wanted);
    } finally {
      await session.close();
    }
  };
  // Several nodes change together or not at all: opening the first must not be ahead.
  const isAlone = wanted.nodes.length === 0 && !wanted.cluster;
  return withWorkspace(context, work, undefined, {
    load: isAlone ? true : "new",
    answers: label === undefined,
  });
}

async function openLabelled(first: OpenWorkspace, label: string): Promise<OpenWorkspace> {
  const open = await openWorkspaceNode(first, label);
  await answerNode(open);
  return open;
}

/** A session whose output goes to where `output` sends it then. */
export function openSession(
  open: OpenWorkspace,
  output: { write: (text: string) => void },
  wanted: WantedNodes = ALONE,
): Promise<Session> {
  const onOutput = (text: string) => output.write(text);
  const connected = () => connectedOthers(open, wanted);
  return Session.open(open.workspace, open.program, onOutput, thisUser(), { wanted, connected });
}

const ALONE: WantedNodes = { nodes: [], cluster: false };

/** Evaluates what the arguments give, or reads from the prompt or the pipe. */
export async function runSession(
  args: Arguments,
  context: Context,
  open: OpenWorkspace,
  session: Session,
  output: { write: (text: string) => void },
  wanted: WantedNodes = ALONE,
): Promise<number> {
  const limitMs = args.integer("timeout", 1);
  const options: EvaluateOptions = limitMs === undefined ? {} : { limitMs };
  const expressions = args.texts("eval");
  const setting = { context, open, session, options, output };
  const printing = { ...setting, json: args.flag("json") };
  if (expressions.length > 0) return await printTexts(expressions, printing);
  const isPerson = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  if (!isPerson) return await printTexts(new InputTexts(Deno.stdin.readable), printing);
  context.terminal.write(
    `Beamtalk on ${open.workspace.node}${open.isNew ? "" : " (already running)"}.\n` +
      ":help tells what can be typed, Ctrl-D leaves.\n",
  );
  // Lines are typed where nothing can be painted, too.
  if (Deno.env.get("TERM") === "dumb") return await printAnswers(printing);
  return await runPrompt({ ...setting, renewed: () => renewedSession(open, output, wanted) });
}

/** A session of the project's workspace, started anew where it is gone; undefined where it is not. */
async function renewedSession(
  { root, record, options }: OpenWorkspace,
  output: { write: (text: string) => void },
  wanted: WantedNodes,
): Promise<{ open: OpenWorkspace; session: Session } | undefined> {
  // A node that was attached to is not this command's to start again.
  if (record.folder === "") return undefined;
  const running = await findRunning(beamtalkHome(), record.folder);
  if (running?.node.osPid === record.node.osPid) return undefined;
  const open = await openWorkspace(root, options);
  await answerNode(open);
  return { open, session: await openSession(open, output, wanted) };
}
