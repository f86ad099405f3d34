/**
 * Runs the examples of documentation comments as tests: each in a session of its own, those of one
 * program on one node, where the program's classes are loaded.
 * @module
 */
import { join } from "@std/path";
import { type DocExample, docExamples } from "../compiler/documentation/examples.ts";
import type { SourceFile } from "../compiler/project/sources.ts";
import type { Target } from "../compiler/project/targets.ts";
import { LIBRARY_PACKAGE, LOOSE_PACKAGE } from "../compiler/analysis/module_naming.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import { startPort } from "../live/build_compile.ts";
import { loadFiles } from "../live/program_change.ts";
import { ScriptNode } from "../live/script_node.ts";
import { stepReport } from "./script_report.ts";
import type { TestReport } from "./test_report.ts";
import type { StepTestOptions } from "./test_scripts.ts";

/** How examples are run. */
export interface DocTestOptions extends StepTestOptions {
  /** Paths of files that do not compile, told of already. */
  readonly broken: ReadonlySet<string>;
}

/** Runs the examples of the selected files of a program. Answers false if it stopped early. */
export async function runDocTests(target: Target, options: DocTestOptions): Promise<boolean> {
  const files = await filesWithExamples(target);
  if (files.length === 0) return true;
  const port = await startPort(options.installation);
  const home = await options.temporaryFolder();
  const { installation, library, onCovered } = options;
  const start = () => startNode(target, { installation, library, port, home, onCovered }, options);
  let node: ScriptNode | undefined;
  try {
    for (const file of files) {
      for (const example of file.examples) {
        node ??= await start();
        const end = await runExample(file, example, node, options);
        if (end === "failed" && options.failFast) return false;
        if (end === "lost") {
          await node.stop();
          node = undefined;
        }
      }
    }
    return true;
  } finally {
    await node?.stop();
    await port.close();
  }
}

interface FileExamples {
  readonly path: string;
  readonly text: string;
  readonly examples: readonly DocExample[];
}

async function filesWithExamples({ sources, selected }: Target): Promise<FileExamples[]> {
  const found: FileExamples[] = [];
  for (const { path } of sources.files) {
    if (!selected.has(path)) continue;
    const text = await Deno.readTextFile(path);
    if (!text.includes("```") && !text.includes("~~~")) continue;
    const examples = docExamples(parse(text, { kind: "file" }));
    if (examples.length > 0) found.push({ path, text, examples });
  }
  return found;
}

/** A node with all classes of the program: a project's are loaded by opening its workspace. */
async function startNode(
  { sources }: Target,
  node: Parameters<typeof ScriptNode.start>[1],
  { broken }: DocTestOptions,
): Promise<ScriptNode> {
  const folder = sources.package === LIBRARY_PACKAGE ? await emptyFolder(node.home) : sources.root;
  const started = await ScriptNode.start(folder, node);
  try {
    const missing = sources.files.filter((file) => isToLoad(file, sources.package, broken));
    if (missing.length > 0) {
      await loadFiles([started.open.workspace], started.open.program, missing);
    }
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** For the library, which is in every node: examples write files, and no project is around it. */
async function emptyFolder(home: string): Promise<string> {
  const folder = join(home, "files");
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** Loose files are loaded by name; a project's tests are no part of its workspace. */
function isToLoad(file: SourceFile, packageName: string, broken: ReadonlySet<string>): boolean {
  if (packageName === LIBRARY_PACKAGE || broken.has(file.path)) return false;
  return packageName === LOOSE_PACKAGE || file.test;
}

/** `lost` where the node did not live through it. */
async function runExample(
  { path }: FileExamples,
  example: DocExample,
  node: ScriptNode,
  options: DocTestOptions,
): Promise<"passed" | "failed" | "lost"> {
  const { workingFolder, timeoutMs: limitMs, onOutput } = options;
  const shown = options.shown(path);
  const subject = example.selector ?? "class comment";
  if (!options.matches(example.owner, subject)) return "passed";
  // Lines in front keep the line numbers of the file.
  const text = "\n".repeat(example.line - 1) + example.code + "\n";
  let failed = false;
  let count = 0;
  const report = (found: TestReport) => {
    count++;
    failed ||= found.status === "failed" || found.status === "error";
    options.onReport({ ...found, class: example.owner, name: `${subject} ${found.name}` });
  };
  try {
    for await (const step of node.run(path, text, { workingFolder, limitMs, onOutput })) {
      const found = stepReport(step, shown, text);
      if (found !== undefined) report(found);
    }
    if (count === 0) report(runs(shown, example.line));
    return failed ? "failed" : "passed";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report({ ...runs(shown, example.line), status: "error", message });
    return "lost";
  }
}

/** An example without expectations is a test that it runs. */
function runs(shown: string, line: number): TestReport {
  return {
    class: "",
    name: `line ${line}: runs`,
    status: "passed",
    message: "",
    file: shown,
    line,
    durationMs: 0,
    assertions: 0,
    details: [],
    trace: [],
  };
}
