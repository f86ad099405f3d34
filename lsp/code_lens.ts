/**
 * Lines above classes and methods: run a test, who sends this, who else implements it.
 * @module
 */
import { inheritsFrom } from "../compiler/analysis/hierarchy.ts";
import type { ClassFacts, MethodFacts } from "../compiler/analysis/class_facts.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { classesOf, directSubclasses } from "./places.ts";
import type { Tier } from "./tier.ts";

/** A line above something. */
export interface CodeLens {
  readonly span: Span;
  readonly action:
    | { readonly kind: "runTests"; readonly class: string; readonly selector: string | undefined }
    | { readonly kind: "senders"; readonly count: number; readonly selector: string }
    | { readonly kind: "implementors"; readonly count: number; readonly selector: string }
    | { readonly kind: "subclasses"; readonly count: number; readonly class: string }
    | { readonly kind: "actors"; readonly count: number; readonly class: string }
    | { readonly kind: "differs"; readonly selector: string };
}

/** From where a lens comes. */
export function tierOfLens({ action }: CodeLens): Tier {
  switch (action.kind) {
    case "runTests":
      return "static";
    case "senders":
    case "implementors":
    case "subclasses":
      return "cross-file";
    case "actors":
    case "differs":
      return "runtime";
    default:
      return action satisfies never;
  }
}

/** The lenses of a file. */
export function codeLenses(project: ProjectView, view: FileView): readonly CodeLens[] {
  const counts = implementorCounts(view);
  const lenses: CodeLens[] = [];
  for (const of of view.facts.classes) {
    const isTest = inheritsFrom(of, "TestCase", view.environment);
    if (isTest) lenses.push(testLens(of, undefined, of.span));
    const subclasses = directSubclasses(of, view.environment).length;
    if (subclasses > 0) {
      const action = { kind: "subclasses", count: subclasses, class: of.name } as const;
      lenses.push({ span: of.span, action });
    }
    for (const method of [...of.methods, ...of.classMethods]) {
      if (isTest && isTestMethod(method)) {
        lenses.push(testLens(of, method.selector, method.span));
        continue;
      }
      lenses.push(...methodLenses(project, method, counts));
    }
  }
  for (const { method } of view.facts.extensions) {
    lenses.push(...methodLenses(project, method, counts));
  }
  return lenses;
}

function testLens(of: ClassFacts, selector: string | undefined, span: Span): CodeLens {
  return { span, action: { kind: "runTests", class: of.name, selector } };
}

function isTestMethod({ selector }: MethodFacts): boolean {
  return selector.startsWith("test") && !selector.includes(":");
}

function methodLenses(
  project: ProjectView,
  { selector, span }: MethodFacts,
  counts: ReadonlyMap<string, number>,
): CodeLens[] {
  const count = project.sendCount(selector);
  const lenses: CodeLens[] = [{ span, action: { kind: "senders", count, selector } }];
  const implementors = counts.get(selector) ?? 0;
  if (implementors > 1) {
    lenses.push({ span, action: { kind: "implementors", count: implementors, selector } });
  }
  return lenses;
}

/** How many classes have each selector. */
function implementorCounts({ environment }: FileView): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = ({ selector }: MethodFacts) => counts.set(selector, (counts.get(selector) ?? 0) + 1);
  for (const of of classesOf(environment)) {
    of.methods.forEach(add);
    of.classMethods.forEach(add);
  }
  for (const name of environment.classNames()) {
    for (const { method } of environment.extensionsOf(name)) add(method);
  }
  return counts;
}
