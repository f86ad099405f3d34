/**
 * Which tests a built program holds.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { classKind, superclassChain } from "../compiler/analysis/hierarchy.ts";
import type { BuildResult, BuiltFile } from "../live/build.ts";
import { positionOf } from "./diagnostic_text.ts";

/** The tests of one class. */
export interface Suite {
  readonly class: string;
  readonly module: string;
  readonly path: string;
  readonly tests: readonly TestCase[];
  /** A superclass of the program that did not compile, so that no test can run. */
  readonly missingSuperclass: string | undefined;
}

/** One test method. */
export interface TestCase {
  readonly selector: string;
  /** Line of its definition, or of its class where it is inherited. */
  readonly line: number;
}

/** Which tests are wanted. */
export interface Selection {
  /** Absolute paths of files. */
  readonly files: ReadonlySet<string>;
  /** Names of classes; empty for all. */
  readonly classes: ReadonlySet<string>;
  /** Whether a test passes `--filter`. */
  matches(className: string, selector: string): boolean;
}

/** The selected tests, in the order of files, classes and methods. */
export function discover(result: BuildResult, selection: Selection): Suite[] {
  const suites: Suite[] = [];
  for (const file of result.files) {
    if (!selection.files.has(file.source.path) || file.modules === undefined) continue;
    for (const facts of file.facts.classes) {
      if (selection.classes.size > 0 && !selection.classes.has(facts.name)) continue;
      if (classKind(facts, result.environment) !== "testCase") continue;
      if (facts.modifiers.includes("abstract")) continue;
      const suite = suiteOf(facts, file, result, selection);
      if (suite.tests.length > 0) suites.push(suite);
    }
  }
  return suites;
}

/** What `--filter` means: a part of `Class selector` or `Class>>selector`, or `/pattern/`. */
export function testFilter(text: string | undefined): Selection["matches"] {
  if (text === undefined) return () => true;
  const pattern = /^\/(.*)\/([a-z]*)$/s.exec(text);
  if (pattern !== null) {
    const expression = new RegExp(pattern[1] ?? "", pattern[2]);
    return (className, selector) => expression.test(`${className}>>${selector}`);
  }
  return (className, selector) =>
    `${className}>>${selector}`.includes(text) || `${className} ${selector}`.includes(text);
}

function suiteOf(
  facts: ClassFacts,
  file: BuiltFile,
  result: BuildResult,
  selection: Selection,
): Suite {
  const chain = [facts, ...superclassChain(facts, result.environment)]
    .filter((each, index, all) => all.indexOf(each) === index);
  const modules = new Set(result.modules);
  const missing = chain.find(({ package: name, module }) =>
    name !== "stdlib" && !modules.has(module)
  );
  const lines = new Map<string, number>();
  const classLine = positionOf(file.text, facts.span.start).line;
  for (const each of chain.toReversed()) {
    for (const { selector, parameters, span } of each.methods) {
      if (!selector.startsWith("test") || parameters.length > 0) continue;
      const line = each === facts ? positionOf(file.text, span.start).line : classLine;
      lines.set(selector, line);
    }
  }
  return {
    class: facts.name,
    module: facts.module,
    path: file.source.path,
    tests: [...lines].filter(([selector]) => selection.matches(facts.name, selector))
      .map(([selector, line]) => ({ selector, line })),
    missingSuperclass: missing?.name,
  };
}
