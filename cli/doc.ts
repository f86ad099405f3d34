/**
 * `beamtalk doc`: documentation pages of a project, of loose files or of the class library.
 * @module
 */
import { basename, dirname, join, resolve } from "@std/path";
import { buildEnvironment } from "../compiler/analysis/environment.ts";
import { LIBRARY_PACKAGE } from "../compiler/analysis/module_naming.ts";
import type { DocumentedProgram } from "../compiler/documentation/model.ts";
import { documentationSite } from "../compiler/documentation/site.ts";
import { Program } from "../compiler/project/program.ts";
import { entriesOf, librarySources, type SourceSet } from "../compiler/project/sources.ts";
import { readTextIfThere } from "../live/build_files.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { displayPath } from "./diagnostic_text.ts";
import { type Toolchain, withToolchain } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk doc [PATH]"],
  description:
    "Writes a site that needs no server and no network: classes, protocols, methods with their\n" +
    "comments, sources, and a search. PATH is a project's folder, a folder or a .bt file; the\n" +
    "project around the working folder where there is none. Tests are left out.",
  options: [
    { name: "output", short: "o", value: "DIR", summary: "where to; _build/doc unless given" },
    { name: "stdlib", summary: "document the class library" },
  ],
  examples: [
    { line: "beamtalk doc", does: "the pages of the project, in _build/doc" },
    { line: "beamtalk doc --stdlib --output library", does: "those of the class library" },
  ],
  run: (args, context) => withToolchain(context, (tools) => document(args, context, tools)),
};

/** Marks a folder as one that the command may write anew. */
const MARK = ".beamtalk-doc";

async function document(
  args: Arguments,
  context: Context,
  toolchain: Toolchain,
): Promise<number> {
  const sources = await documentedSources(args, toolchain);
  const program = await documentedProgram(sources, toolchain);
  const output = outputFolder(args, sources, context);
  await clear(output, context);
  for (const [path, content] of documentationSite(program)) {
    const file = join(output, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
  await Deno.writeTextFile(join(output, MARK), "");
  const classes = program.files.reduce((sum, { facts }) => sum + facts.classes.length, 0);
  const shown = displayPath(join(output, "index.html"), context.workingFolder);
  context.terminal.write(`${classes} classes documented: ${shown}\n`);
  return ExitCode.ok;
}

async function documentedSources(args: Arguments, toolchain: Toolchain): Promise<SourceSet> {
  const { positional } = args;
  if (args.flag("stdlib")) {
    if (positional.length > 0) throw new UsageError("--stdlib goes without a path");
    return await documentedLibrary(toolchain);
  }
  if (positional.length > 1) {
    throw new UsageError(`doc takes one path, got also ${positional.slice(1).join(" ")}`);
  }
  const targets = await toolchain.targets(positional, { library: true });
  // A folder of the library holds its tests too, which are not documented.
  const target = targets.find(({ sources }) => sources.package === LIBRARY_PACKAGE) ?? targets[0];
  if (target === undefined) throw new UsageError("there is nothing to document");
  const { sources, selected } = target;
  const whole = sources.manifest !== undefined;
  return { ...sources, files: sources.files.filter(({ path }) => whole || selected.has(path)) };
}

async function documentedLibrary({ installation }: Toolchain): Promise<SourceSet> {
  const sources = await librarySources(join(installation.root, "stdlib"));
  if (sources.files.length > 0) return sources;
  throw new CommandFailure(
    "the class library's sources are not here",
    "install the toolchain again: its files are incomplete",
  );
}

async function documentedProgram(
  sources: SourceSet,
  toolchain: Toolchain,
): Promise<DocumentedProgram> {
  const library = sources.package === LIBRARY_PACKAGE ? [] : await toolchain.library();
  const program = new Program(library);
  const texts = await Promise.all(
    sources.files.filter(({ test }) => !test).map(async (source) => {
      return { source, text: await Deno.readTextFile(source.path) };
    }),
  );
  program.setFiles(texts.map(({ source: { path, shown, naming }, text }) => ({
    file: { path, shown, naming, text, kind: "file" as const },
  })));
  const files = texts.map(({ source: { path, shown }, text }) => ({
    shown,
    text,
    facts: program.facts(path),
  }));
  const { package: name, manifest, root } = sources;
  return {
    title: name === LIBRARY_PACKAGE ? "Beamtalk class library" : manifest?.name ?? basename(root),
    readme: manifest === undefined ? undefined : await readTextIfThere(join(root, "README.md")),
    files,
    environment: buildEnvironment([...library, ...files.map(({ facts }) => facts)], name),
  };
}

function outputFolder(args: Arguments, sources: SourceSet, { workingFolder }: Context): string {
  const output = args.text("output");
  if (output !== undefined) return resolve(workingFolder, output);
  const root = sources.manifest === undefined ? workingFolder : sources.root;
  return join(root, "_build", "doc");
}

/** Only a folder that is empty, or that the command has made, is written to. */
async function clear(folder: string, { workingFolder }: Context): Promise<void> {
  const info = await Deno.stat(folder).catch(() => undefined);
  if (info === undefined) return;
  const shown = displayPath(folder, workingFolder);
  if (!info.isDirectory) throw new CommandFailure(`${shown} is not a folder`);
  const entries = await entriesOf(folder);
  if (entries.length === 0) return;
  if (!entries.some(({ name }) => name === MARK)) {
    throw new CommandFailure(
      `${shown} holds other files`,
      "name an empty folder, or one that beamtalk doc has made",
    );
  }
  for (const { name } of entries) await Deno.remove(join(folder, name), { recursive: true });
}
