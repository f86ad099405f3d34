/**
 * Completion at the prompt: the language server's own, told of the session's variables and of what
 * the node has bound; names of commands and of files after a colon.
 * @module
 */
import { dirname, join, resolve } from "@std/path";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { looseNaming } from "../compiler/analysis/module_naming.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import type { Session } from "../live/session.ts";
import { completionsAt } from "../lsp/completion.ts";
import type { FileView, ProjectView } from "../lsp/file_view.ts";
import { promptCommandNames } from "./prompt_commands.ts";

/** What fits, and the text before the cursor that each of it takes the place of. */
export type Fitting = readonly [hits: readonly string[], replaced: string];

/** Completes the last line of a text that is being typed. */
export async function completePrompt(
  before: string,
  line: string,
  open: OpenWorkspace,
  session: Session,
): Promise<Fitting> {
  if (before === "" && line.trimStart().startsWith(":")) return await completeCommand(line, open);
  const variables = await session.variableClasses();
  const known = variables.filter((each) => open.program.environment().classNamed(each.class));
  const preface = known.map(({ name, class: type }) => `${name} :: ${type} := nil\n`).join("");
  const text = `${preface}${before === "" ? "" : `${before}\n`}${line}`;
  const found = completionsAt(EMPTY_PROJECT, promptView(text, open), text.length, NO_MODULES);
  if (found === undefined) return [[], line];
  const written = text.slice(found.replaced.start);
  const labels = found.items.map(({ label }) => label);
  const names = found.isName ? variables.map(({ name }) => name) : [];
  return [fitting([...names, ...labels], written), written];
}

/** Those that begin as written; where none does, those that do but for upper and lower case. */
function fitting(labels: readonly string[], written: string): readonly string[] {
  const all = [...new Set(labels)];
  const exact = all.filter((label) => label.startsWith(written));
  if (exact.length > 0) return exact;
  const lower = written.toLowerCase();
  return all.filter((label) => label.toLowerCase().startsWith(lower));
}

function promptView(text: string, { program }: OpenWorkspace): FileView {
  const environment = program.environment();
  const naming = looseNaming("prompt");
  const source = parse(text, { kind: "script" });
  const facts = fileFacts(source, { file: "prompt", naming });
  return {
    path: "prompt",
    source,
    facts,
    environment,
    package: environment.package,
    naming,
    mode: "script",
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

async function completeCommand(line: string, { root, program }: OpenWorkspace): Promise<Fitting> {
  const [, name = "", space, argument = ""] = /^\s*:(\S*)(\s+)?(.*)$/s.exec(line) ?? [];
  if (space === undefined) {
    return [fitting(promptCommandNames().map((each) => `:${each}`), `:${name}`), `:${name}`];
  }
  if (name === "load" || name === "l") {
    return [fitting(await paths(root, argument), argument), argument];
  }
  return [fitting([...program.environment().classNames()].sort(), argument), argument];
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
