/**
 * What a file's compilation has asked of other files, and whether the answers are still the same.
 * This is the dependency graph: not of files but of questions, so that a change of a method's body
 * recompiles its own file only.
 * @module
 */
import { createHash } from "node:crypto";
import type { ClassFacts, ExtensionFacts, ProtocolFacts } from "../analysis/class_facts.ts";
import type { AliasFacts } from "../analysis/class_facts.ts";
import type { Duplicate, ProgramEnvironment } from "../analysis/environment.ts";

/** The questions that were asked, each as `kind name`. */
export type Questions = readonly string[];

/** An environment that notes what it is asked. */
export interface RecordingEnvironment {
  readonly environment: ProgramEnvironment;
  /** What has been asked so far, each question once, in a fixed order. */
  questions(): Questions;
}

/** Notes what is asked of `environment`. */
export function recordingEnvironment(environment: ProgramEnvironment): RecordingEnvironment {
  const asked = new Set<string>();
  const recorder = new Recorder(environment, asked);
  return { environment: recorder, questions: () => [...asked].sort() };
}

/** A hash over the answers to the questions: equal if and only if all answers are. */
export function answersHash(environment: ProgramEnvironment, questions: Questions): string {
  const hash = createHash("sha256");
  for (const question of questions) {
    hash.update(question);
    hash.update("\0");
    hash.update(answerTo(environment, question));
    hash.update("\0");
  }
  return hash.digest("base64");
}

class Recorder implements ProgramEnvironment {
  readonly package: string;
  readonly #inner: ProgramEnvironment;
  readonly #asked: Set<string>;

  constructor(inner: ProgramEnvironment, asked: Set<string>) {
    this.#inner = inner;
    this.#asked = asked;
    this.package = inner.package;
  }

  get duplicates(): readonly Duplicate[] {
    this.#asked.add("duplicates ");
    return this.#inner.duplicates;
  }

  classNamed(name: string, packageName?: string): ClassFacts | undefined {
    const found = this.#inner.classNamed(name, packageName);
    this.#asked.add(`class ${packageName === undefined ? name : `${packageName}@${name}`}`);
    return found;
  }

  classesNamed(name: string): readonly ClassFacts[] {
    this.#asked.add(`classes ${name}`);
    return this.#inner.classesNamed(name);
  }

  implementors(selector: string): readonly string[] {
    this.#asked.add(`implementors ${selector}`);
    return this.#inner.implementors(selector);
  }

  foreignInternals(): ReadonlySet<string> {
    this.#asked.add("internals ");
    return this.#inner.foreignInternals();
  }

  extensionsOf(name: string): readonly ExtensionFacts[] {
    this.#asked.add(`extensions ${name}`);
    return this.#inner.extensionsOf(name);
  }

  aliasNamed(name: string): AliasFacts | undefined {
    this.#asked.add(`alias ${name}`);
    return this.#inner.aliasNamed(name);
  }

  protocolNamed(name: string): ProtocolFacts | undefined {
    this.#asked.add(`protocol ${name}`);
    return this.#inner.protocolNamed(name);
  }

  classNames(): Iterable<string> {
    this.#asked.add("names ");
    return this.#inner.classNames();
  }
}

function answerTo(environment: ProgramEnvironment, question: string): string {
  const space = question.indexOf(" ");
  const name = question.slice(space + 1);
  switch (question.slice(0, space)) {
    case "class":
      return shapeOf(environment.classNamed(name));
    case "classes":
      return environment.classesNamed(name).map(shapeOf).join();
    case "implementors":
      return environment.implementors(name).join();
    case "internals":
      return [...environment.foreignInternals()].sort().join();
    case "extensions":
      return environment.extensionsOf(name).map(shapeOf).join();
    case "alias":
      return shapeOf(environment.aliasNamed(name));
    case "protocol":
      return shapeOf(environment.protocolNamed(name));
    case "names":
      return [...environment.classNames()].sort().join();
    case "duplicates":
      return environment.duplicates.map(duplicateText).sort().join();
    default:
      return "";
  }
}

function duplicateText(duplicate: Duplicate): string {
  return duplicate.kind === "class"
    ? `${duplicate.name} ${duplicate.classes.map(({ file }) => file).join()}`
    : `${duplicate.target} ${duplicate.selector} ${
      duplicate.extensions.map(({ file }) => file).join()
    }`;
}

const shapes = new WeakMap<object, string>();

/** Facts without places and comments: what other files can depend on. */
function shapeOf(facts: object | undefined): string {
  if (facts === undefined) return "none";
  const known = shapes.get(facts);
  if (known !== undefined) return known;
  const text = JSON.stringify(facts, (key, value: unknown) => {
    if (key === "span" || key === "doc") return undefined;
    return typeof value === "bigint" ? `${value}n` : value;
  });
  const shape = createHash("sha256").update(text).digest("base64");
  shapes.set(facts, shape);
  return shape;
}
