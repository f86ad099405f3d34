/**
 * Completion at the prompt: the language server's own, told of the session's variables and of what
 * the node has bound; names of commands and of files after a colon.
 * @module
 */
import { dirname, join, resolve } from "@std/path";
import { fileFacts } from "../../compiler/analysis/file_facts.ts";
import { looseNaming } from "../../compiler/analysis/module_naming.ts";
import { parse } from "../../compiler/syntax/source_file.ts";
import type { OpenWorkspace } from "../../live/open_workspace.ts";
import type { Session } from "../../live/session.ts";
import { completionsAt, documentationOf } from "../../lsp/completion.ts";
import type { Completion } from "../../lsp/completion_item.ts";
import type { FileView, ProjectView } from "../../lsp/file_view.ts";
import { promptCommands } from "./commands.ts";
import type { Offer, Offers } from "./menu.ts";

/** What fits at a place of a text that is being typed. */
export async function completePrompt(
  text: string,
  cursor: number,
  open: OpenWorkspace,
  session: Session,
): Promise<Offers> {
  if (text.trimStart().startsWith(":")) return await completeCommand(text.slice(0, cursor), open);
  await session.catchUp();
  const variables = await session.variableClasses();
  const seen = isDeclaration(text) ? asIs(text, cursor) : inBody(text, cursor, variables, open);
  const view = promptView(seen, open);
  const found = completionsAt(EMPTY_PROJECT, view, seen.cursor, NO_MODULES);
  if (found === undefined) return { start: cursor, items: [] };
  const start = cursor - (seen.cursor - found.replaced.start);
  const names = found.isName
    ? variables.map(({ name, class: type }) => plainOffer(name, type, "a variable of this session"))
    : [];
  const items = [...names, ...found.items.map((item) => offerOf(item, view))];
  return { start, items: fitting(items, text.slice(start, cursor)) };
}

/** A text as the language server is to see it. */
interface Seen {
  readonly text: string;
  readonly cursor: number;
  readonly mode: "file" | "script";
}

interface Variable {
  readonly name: string;
  readonly class: string;
}

/** Whether something is declared: a class, a method, and not just evaluated. */
function isDeclaration(text: string): boolean {
  return parse(text, { kind: "script" }).units.some(({ node, isMember, isHeader }) =>
    isMember || isHeader || node.kind === "extension"
  );
}

function asIs(text: string, cursor: number): Seen {
  return { text, cursor, mode: "script" };
}

/** Statements as those of a method in which the session's variables have the types of their values. */
function inBody(
  text: string,
  cursor: number,
  variables: readonly Variable[],
  { program }: OpenWorkspace,
): Seen {
  const environment = program.environment();
  const known = variables.filter((each) =>
    /^[a-z_]/.test(each.name) &&
    environment.classNamed(each.class.replace(/ class$/, "")) !== undefined
  );
  const declared = known.map(({ name, class: type }) => `    ${name} :: ${type} := ${UNKNOWN}\n`);
  const head = `Object subclass: PromptText\n  class run =>\n${declared.join("")}`;
  const indented = (part: string) => `    ${part.replaceAll("\n", "\n    ")}`;
  return {
    text: head + indented(text),
    cursor: head.length + indented(text.slice(0, cursor)).length,
    mode: "file",
  };
}

/** A value of any type. */
const UNKNOWN = "Erlang erlang self";

/** Those that begin as written; where none does, those that do but for upper and lower case. */
function fitting(offers: readonly Offer[], written: string): readonly Offer[] {
  const seen = new Set<string>();
  const all = offers.filter(({ label }) => !seen.has(label) && seen.add(label));
  const exact = all.filter(({ label }) => label.startsWith(written));
  if (exact.length > 0) return exact;
  const lower = written.toLowerCase();
  return all.filter(({ label }) => label.toLowerCase().startsWith(lower));
}

function plainOffer(label: string, detail = "", doc = ""): Offer {
  return { label, insert: label, holes: [], detail, doc };
}

function offerOf({ label, insert, isSnippet, detail, documented }: Completion, view: FileView) {
  const doc = documented === undefined ? undefined : documentationOf(view, documented);
  const [summary = ""] = (doc ?? "").trim().split("\n");
  return { label, ...(isSnippet ? filled(insert) : { insert, holes: [] }), detail, doc: summary };
}

/** A snippet of the editors' syntax as a text with the places that are left to be filled. */
export function filled(snippet: string): { insert: string; holes: number[] } {
  let insert = "";
  const holes: number[] = [];
  for (const [whole, escaped, place] of snippet.matchAll(/\\(.)|(\$\{\d+(?::[^}]*)?\})|[^]/g)) {
    if (place !== undefined) holes.push(insert.length);
    else insert += escaped ?? whole;
  }
  return { insert, holes };
}

function promptView({ text, mode }: Seen, { program }: OpenWorkspace): FileView {
  const environment = program.environment();
  const naming = looseNaming("prompt");
  const source = parse(text, { kind: mode });
  const facts = fileFacts(source, { file: "prompt", naming });
  return {
    path: "prompt",
    source,
    facts,
    environment,
    package: environment.package,
    naming,
    mode,
  };
}

const EMPTY_PROJECT: ProjectView = {
  view: () => undefined,
  filesMentioning: () => [],
  sendCount: () => 0,
  paths: () => [],
  factsOf: () => undefined,
  isEditable: () => false,
};

const NO_MODULES = { modules: () => [], functions: () => [] };

async function completeCommand(before: string, { root, program }: OpenWorkspace): Promise<Offers> {
  const [, name = "", space, argument = ""] = /^\s*:(\S*)(\s+)?(.*)$/s.exec(before) ?? [];
  const start = before.length - (space === undefined ? name.length + 1 : argument.length);
  const written = before.slice(start);
  const offers = space === undefined
    ? promptCommands().map(({ names, summary }) => plainOffer(`:${names[0]}`, summary))
    : name === "load" || name === "l"
    ? (await paths(root, argument)).map((path) => plainOffer(path))
    : [...program.environment().classNames()].sort().map((each) => plainOffer(each));
  return { start, items: fitting(offers, written) };
}

async function paths(root: string, written: string): Promise<string[]> {
  const folder = written.endsWith("/") ? written : written.includes("/") ? dirname(written) : "";
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(resolve(root, folder))) {
      if (name.startsWith(".") || !(isDirectory || name.endsWith(".bt"))) continue;
      found.push(`${join(folder, name)}${isDirectory ? "/" : ""}`);
    }
  } catch {
    // A folder that is not there has nothing to offer.
  }
  return found.sort();
}
