/**
 * What documentation pages are made of: the classes, protocols and extensions of a program.
 * @module
 */
import type {
  ClassEnvironment,
  ClassFacts,
  ExtensionFacts,
  FileFacts,
  MethodFacts,
  ProtocolFacts,
} from "../analysis/class_facts.ts";
import { superclassChain, superclassOf } from "../analysis/hierarchy.ts";
import { lookupMethod } from "../analysis/lookup.ts";

/** A file of the documented program. */
export interface DocumentedFile {
  /** As pages show it, with slashes. */
  readonly shown: string;
  readonly text: string;
  readonly facts: FileFacts;
}

/** What is documented. */
export interface DocumentedProgram {
  readonly title: string;
  /** Markdown for the first page; undefined where there is none. */
  readonly readme: string | undefined;
  readonly files: readonly DocumentedFile[];
  /** What the program knows, the class library included. */
  readonly environment: ClassEnvironment;
}

/** A class with what its page shows beside its facts. */
export interface DocumentedClass {
  readonly facts: ClassFacts;
  readonly file: DocumentedFile;
  /** Nearest first, up to the root. */
  readonly superclasses: readonly ClassFacts[];
  /** Of the program, by name. */
  readonly subclasses: readonly ClassFacts[];
  readonly extensions: readonly DocumentedExtension[];
  /** Protocols of the program that its instances follow. */
  readonly protocols: readonly ProtocolFacts[];
}

/** A method that another file gives to a class. */
export interface DocumentedExtension {
  readonly facts: ExtensionFacts;
  readonly file: DocumentedFile;
}

/** Extensions of a class that the program does not declare. */
export interface ExtendedClass {
  readonly name: string;
  readonly extensions: readonly DocumentedExtension[];
}

/** A protocol of the program. */
export interface DocumentedProtocol {
  readonly facts: ProtocolFacts;
  readonly file: DocumentedFile;
  /** The classes of the program that follow it, by name. */
  readonly conforming: readonly ClassFacts[];
}

/** All that pages are made from, by name. */
export interface SiteModel {
  readonly title: string;
  readonly readme: string | undefined;
  readonly files: readonly DocumentedFile[];
  readonly classes: readonly DocumentedClass[];
  readonly protocols: readonly DocumentedProtocol[];
  readonly extended: readonly ExtendedClass[];
}

/** Puts together what belongs together. */
export function siteModel(program: DocumentedProgram): SiteModel {
  const { files, environment } = program;
  const declared = files.flatMap((file) => file.facts.classes.map((facts) => ({ facts, file })));
  const extensions = files.flatMap((file) =>
    file.facts.extensions.map((facts) => ({ facts, file }))
  );
  const protocols = files.flatMap((file) => file.facts.protocols.map((facts) => ({ facts, file })));
  const names = new Set(declared.map(({ facts }) => facts.name));
  const classes = declared.map(({ facts, file }): DocumentedClass => ({
    facts,
    file,
    superclasses: superclassChain(facts, environment).filter((each) => each !== facts),
    subclasses: byName(
      declared.map((each) => each.facts)
        .filter((each) => superclassOf(each, environment)?.module === facts.module),
    ),
    extensions: extensions.filter((each) => bareName(each.facts.target) === facts.name),
    protocols: protocols.map((each) => each.facts)
      .filter((protocol) => conforms(facts, protocol, environment)),
  }));
  return {
    title: program.title,
    readme: program.readme,
    files,
    classes: classes.sort((a, b) => compareNames(a.facts.name, b.facts.name)),
    protocols: protocols.map(({ facts, file }) => ({
      facts,
      file,
      conforming: byName(
        declared.map((each) => each.facts).filter((each) => conforms(each, facts, environment)),
      ),
    })).sort((a, b) => compareNames(a.facts.name, b.facts.name)),
    extended: extendedClasses(extensions.filter(({ facts }) => !names.has(bareName(facts.target)))),
  };
}

function extendedClasses(extensions: readonly DocumentedExtension[]): ExtendedClass[] {
  const byTarget = new Map<string, DocumentedExtension[]>();
  for (const each of extensions) {
    const name = bareName(each.facts.target);
    byTarget.set(name, [...byTarget.get(name) ?? [], each]);
  }
  return [...byTarget].map(([name, found]) => ({ name, extensions: found }))
    .sort((a, b) => compareNames(a.name, b.name));
}

/** Whether a class's instances answer every message of a protocol. */
function conforms(
  facts: ClassFacts,
  protocol: ProtocolFacts,
  environment: ClassEnvironment,
): boolean {
  const { methods, classMethods } = protocol;
  const has = (side: "instance" | "class") => ({ selector }: MethodFacts) =>
    lookupMethod(facts, selector, side, environment) !== undefined;
  return methods.every(has("instance")) && classMethods.every(has("class"));
}

function bareName(written: string): string {
  return written.slice(written.indexOf("@") + 1);
}

function byName(classes: readonly ClassFacts[]): ClassFacts[] {
  return [...classes].sort((a, b) => compareNames(a.name, b.name));
}

/** The order of names, the same everywhere. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
