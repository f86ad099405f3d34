/**
 * What the commands that work with running nodes share: the toolchain, the workspace of the working
 * folder, and how what goes wrong there is told.
 * @module
 */
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import { ProjectError } from "../compiler/project/sources.ts";
import { answerNode } from "../live/node_requests.ts";
import { joinProgram, openWorkspace } from "../live/open_workspace.ts";
import type { LoadedFiles } from "../live/program_change.ts";
import { type FileFindings, SourceError } from "../live/live_program.ts";
import type { Opening, OpenOptions, OpenWorkspace } from "../live/open_workspace.ts";
import type { Outcome } from "../live/outcome.ts";
import {
  type LoadReport,
  type NodeAddress,
  NodeRefusal,
  type Workspace,
} from "../live/workspace.ts";
import { beamtalkHome } from "../live/workspace_record.ts";
import { WorkspaceStartError } from "../live/workspace_start.ts";
import { otherNodes as connectedOthers, type WantedNodes } from "../live/other_nodes.ts";
import { NodeError, type NodeErrorKind } from "../bridge/mod.ts";
import { type Arguments, CommandFailure, type Context } from "./command.ts";
import { type FileDiagnostic, renderDiagnostic } from "./diagnostic_text.ts";
import type { Colors, Terminal } from "./terminal.ts";
import {
  findingsOf,
  printFindings,
  projectFailure,
  type Toolchain,
  withToolchain,
} from "./toolchain.ts";

/** Hours without a client after which a workspace stops, unless said. */
const IDLE_HOURS = 8;

/** What is needed to open workspaces with a command's toolchain. */
export async function openOptions(
  toolchain: Toolchain,
  idleSeconds = IDLE_HOURS * 3600,
): Promise<OpenOptions> {
  return {
    installation: toolchain.installation,
    library: await toolchain.library(),
    port: await toolchain.port(),
    home: beamtalkHome(),
    idleSeconds,
  };
}

/** How a command wants the workspace brought up to date. */
export interface OpeningOptions {
  readonly load?: boolean | "new";
  /** Whether the command tells itself what bringing it up to date did. */
  readonly tellsOpening?: boolean;
  /** Whether a node of another build that nobody uses is started anew: yes unless said. */
  readonly restarts?: boolean;
  /** Whether it answers what code in the node asks: yes unless said. A process answers one node. */
  readonly answers?: boolean;
}

/**
 * Runs a command's work with the workspace of the working folder, and with what bringing it up to
 * date did. Where the node does not take the project's files as they are now, the command works
 * with what runs: otherwise nobody could stop the actors that stand in the way.
 */
export async function withWorkspace<T>(
  context: Context,
  work: (open: OpenWorkspace, opening: Opening) => Promise<T>,
  idleSeconds?: number,
  { load = true, tellsOpening = false, restarts = true, answers = true }: OpeningOptions = {},
): Promise<T> {
  const use = (open: OpenWorkspace, opening: Opening) => {
    if (!tellsOpening) printBroughtUp(opening, context);
    return work(open, opening);
  };
  const { services } = context;
  if (services !== undefined) {
    return await tellingWhy(
      context,
      () => services.workspaces.use(context, load, ({ open, opening }) => use(open, opening)),
    );
  }
  return await withToolchain(context, (toolchain) =>
    tellingWhy(context, async () => {
      const options = await openOptions(toolchain, idleSeconds);
      const open = await openWorkspace(context.workingFolder, { ...options, load, restarts });
      printOpening(open, context);
      if (answers) await answerNode(open);
      return await use(open, open);
    }));
}

/** Runs a command's work attached to the node of a program that has no workspace. */
export async function withProgram<T>(
  context: Context,
  address: NodeAddress,
  work: () => Promise<T>,
): Promise<T> {
  return await withToolchain(context, (toolchain) =>
    tellingWhy(context, async () => {
      const options = await openOptions(toolchain);
      await answerNode(await joinProgram(address, context.workingFolder, options));
      return await work();
    }));
}

/** Tells what was found on the way into a workspace: in the project's files, and of the node. */
export function printOpening({ built, warnings }: OpenWorkspace, context: Context): void {
  if (built !== undefined) printProjectFindings(findingsOf(built, context.workingFolder), context);
  const { terminal } = context;
  for (const each of warnings) {
    terminal.writeError(`${terminal.errorColors.yellow("warning:")} ${each}\n`);
  }
}

/** Tells findings in the project's files; what the command finds there again is not told again. */
export function printProjectFindings(findings: readonly FileDiagnostic[], context: Context): void {
  const told = toldIn(context);
  for (const { text, diagnostic } of findings) told.add(findingKey(text, diagnostic));
  printFindings(findings, context);
}

/** Those of the findings that the command has not told yet. */
function untold(findings: readonly FileFindings[], context: Context): readonly FileFindings[] {
  const told = toldIn(context);
  return findings.map((each) => ({
    ...each,
    diagnostics: each.diagnostics.filter((one) => !told.has(findingKey(each.text, one))),
  }));
}

/** What each command has told of the project's files, by the terminal that it tells it on. */
const toldFindings = new WeakMap<Terminal, Set<string>>();

function toldIn({ terminal }: Context): Set<string> {
  const told = toldFindings.get(terminal) ?? new Set();
  toldFindings.set(terminal, told);
  return told;
}

/** The same finding in the same text, whatever path the file is shown by. */
function findingKey(text: string, { code, span, message }: Diagnostic): string {
  return JSON.stringify([code, span.start, span.end, message, text]);
}

/** Tells what is to be known of bringing a workspace up to date. */
export function printBroughtUp(opening: Opening, context: Context): void {
  const { terminal } = context;
  for (const each of opening.report?.warnings ?? []) {
    terminal.writeError(`${terminal.errorColors.yellow("warning:")} ${each}\n`);
  }
  printRefusal(opening, context);
}

/** Tells why the project's files are not loaded as they are now. */
export function printRefusal({ refused }: Opening, { terminal }: Context): void {
  if (refused === undefined) return;
  const { message, hint } = refused;
  const colors = terminal.errorColors;
  terminal.writeError(`${colors.yellow("warning:")} the project is not as its files: ${message}\n`);
  if (hint !== undefined) terminal.writeError(`${colors.cyan("hint:")} ${hint}\n`);
}

/** The way out of what keeps a node from being reached; nothing on disk was changed by it. */
const NODE_HINTS: Readonly<Partial<Record<NodeErrorKind, string>>> = {
  cookie_mismatch: "beamtalk attach takes the node's own cookie with --cookie-file FILE",
  epmd_unreachable: "beamtalk attach takes the node's port with --port N",
  not_registered: "start the node, or look at its name with epmd -names",
  unknown_host: "look at the host's name",
  wrong_name: "use the name of the node that listens there, or another port",
  dead_host: "start the node, or look at its port",
};

/** Runs work, and turns what a node or a source file refused into a command's failure. */
export async function tellingWhy<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NodeRefusal) throw new CommandFailure(error.message, error.hint);
    if (error instanceof WorkspaceStartError) throw new CommandFailure(error.message);
    if (error instanceof NodeError) {
      throw new CommandFailure(error.message, NODE_HINTS[error.kind] ?? "try again");
    }
    if (error instanceof SourceError) {
      printSourceFindings(untold(error.findings, context), context);
      throw new CommandFailure(error.message);
    }
    if (error instanceof ProjectError) throw projectFailure(error, context);
    throw error;
  }
}

/** Prints what was found in sources. */
export function printSourceFindings(
  findings: readonly FileFindings[],
  { terminal }: Context,
): void {
  for (const { source, text, diagnostics } of findings) {
    for (const diagnostic of diagnostics) {
      const shown = renderDiagnostic(
        { file: source.shown, text, diagnostic },
        terminal.errorColors,
      );
      terminal.writeError(`${shown}\n`);
    }
  }
}

/** The nodes that the options of a command name. */
export function wantedNodes(args: Arguments): WantedNodes {
  return { nodes: args.texts("nodes"), cluster: args.flag("cluster") };
}

/** The other nodes that a command's `--nodes` and `--cluster` mean; tells of members that are away. */
export function otherNodes(
  open: OpenWorkspace,
  wanted: WantedNodes,
  { terminal }: Context,
): Promise<readonly Workspace[]> {
  return connectedOthers(
    open,
    wanted,
    (name, state) => terminal.writeError(`${name} is ${state}: it gets this later\n`),
  );
}

/** Tells of a load on each node. */
export function printLoaded(
  word: string,
  { compiled, reports }: LoadedFiles,
  workspaces: readonly Workspace[],
  context: Context,
  json: boolean,
): void {
  if (json) {
    const nodes = reports.map((report, index) => ({ node: workspaces[index]?.node, ...report }));
    context.terminal.write(`${JSON.stringify({ nodes })}\n`);
    return;
  }
  printSourceFindings(untold(compiled.findings, context), context);
  for (const [index, report] of reports.entries()) {
    const node = reports.length === 1 ? "" : `${workspaces[index]?.node}: `;
    context.terminal.write(`${word} ${node}${reportLines(report)}`);
  }
}

/** What a load did, as a line for people. */
export function reportLines(report: LoadReport): string {
  const classes = report.loaded.flatMap(({ class: name }) => name === undefined ? [] : [name]);
  const migrated = report.migrated === 0
    ? ""
    : `, ${report.migrated} ${report.migrated === 1 ? "actor" : "actors"} migrated`;
  const nothing = report.migrated === 0 ? "nothing" : "a migration";
  const names = classes.length === 0 ? nothing : classes.join(", ");
  const warnings = report.warnings.map((warning) => `warning: ${warning}\n`).join("");
  return `${names}${migrated}\n${warnings}`;
}

/** An outcome that is no value, as the prompt shows it. */
export function failureText(outcome: Outcome, file: string, colors: Colors): string {
  if (outcome.kind === "refused") return refusalText(outcome, file, colors);
  if (outcome.kind !== "error") return "";
  const lines = [
    outcome.status === "interrupted" ? "Interrupted" : `Error: ${outcome.message}`,
    ...(outcome.where === undefined ? [] : [`  ${outcome.where}`]),
    ...(outcome.hint === undefined ? [] : [`  ${outcome.hint}`]),
  ];
  return `${colors.red(lines[0]!)}\n${lines.slice(1).map((line) => `${line}\n`).join("")}`;
}

function refusalText(
  outcome: Outcome & { readonly kind: "refused" },
  file: string,
  colors: Colors,
): string {
  const errors = outcome.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    return errors.map((diagnostic) =>
      `${renderDiagnostic({ file, text: outcome.text, diagnostic }, colors)}\n`
    ).join("");
  }
  const hint = outcome.hint === undefined ? "" : `  ${outcome.hint}\n`;
  return `${colors.red(`Error: ${outcome.message}`)}\n${hint}`;
}
