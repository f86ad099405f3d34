/**
 * Declarations: classes, their heads, members, annotations.
 * @module
 */
import { basename } from "@std/path";
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { classKind, superclassChain } from "../compiler/analysis/hierarchy.ts";
import { allMethods } from "../compiler/analysis/lookup.ts";
import { LIBRARY_PACKAGE } from "../compiler/analysis/module_naming.ts";
import { methodText } from "../compiler/analysis/signature_text.ts";
import { type Completion, escaped, plain, snippet } from "./completion_item.ts";
import type { FileView } from "./file_view.ts";
import { methodItems } from "./message_completion.ts";
import { classItems } from "./name_completion.ts";

/** The name that a class of this file would have. */
function ownName(view: FileView): string {
  const name = basename(view.path).replace(/\.\w+$/, "");
  const letters = name.replace(/(?:^|[_\-.\s])(\p{L})/gu, (_, letter) => letter.toUpperCase());
  const isFree = /^\p{Lu}[\p{L}\p{N}_]*$/u.test(letters) &&
    view.environment.classNamed(letters) === undefined;
  return isFree ? letters : "Name";
}

/** Classes that a newcomer begins with, written out. */
function templates(name: string): readonly Completion[] {
  const head = `subclass: \${1:${escaped(name)}}`;
  return [
    snippet(
      "Object subclass:",
      `Object ${head}\n  class run =>\n    \${0:Transcript show: "hello"}`,
      "a class with class methods",
      0,
    ),
    snippet(
      "Value subclass:",
      `Value ${head}\n  field: \${2:name} = \${3:nil}\n\n  \${4:describe} => \${0:self printString}`,
      "immutable data",
      1,
    ),
    snippet(
      "Actor subclass:",
      `Actor ${head}\n  state: \${2:value} = \${3:0}\n\n  \${4:describe} => \${0:self printString}`,
      "a process with state",
      2,
    ),
    snippet(
      "TestCase subclass:",
      `TestCase ${head}\n  test\${2:Something} => \${0:self assert: 1 + 1 equals: 2}`,
      "tests",
      3,
    ),
    snippet(
      "Supervisor subclass:",
      `Supervisor ${head}\n  class children => #(\${0})`,
      "a supervisor",
      4,
    ),
  ];
}

/** What a file can hold; after a modifier or where `isSuperclass`, classes to inherit from only. */
export function declarationItems(view: FileView, isSuperclass: boolean): readonly Completion[] {
  const name = ownName(view);
  const classes = classItems(view, 20).flatMap((item): Completion[] => {
    const isSealed = view.environment.classNamed(item.label)?.modifiers.includes("sealed") === true;
    if (isSealed) return isSuperclass ? [] : [{ ...item, rank: item.rank + 20 }];
    return [{
      ...item,
      insert: `${escaped(item.label)} subclass: \${1:${escaped(name)}}\n  \${0}`,
      isSnippet: true,
      detail: `subclass of ${item.label}`,
    }];
  });
  if (isSuperclass) return classes;
  return [
    ...templates(name),
    snippet("Protocol define:", "Protocol define: ${1:Name}\n  ${0}", "a protocol", 5),
    snippet("type", "type ${1:Name} = ${0:Integer | nil}", "a type alias", 5),
    ...["abstract", "sealed", "typed", "internal"].map((word) =>
      plain(word, "word", "modifier of the class that follows", 10)
    ),
    ...classes,
  ];
}

/** What follows the name of a class at the start of a line. */
export function headerItems(view: FileView, name: string): readonly Completion[] {
  if (name === "Protocol") {
    return [snippet("define:", "define: ${1:Name}\n  ${0}", "a protocol", 0)];
  }
  const sealed = view.environment.classNamed(name)?.modifiers.includes("sealed") === true;
  const subclass = snippet(
    "subclass:",
    `subclass: \${1:${escaped(ownName(view))}}\n  \${0}`,
    `subclass of ${name}`,
    0,
  );
  return [
    ...(sealed ? [] : [subclass]),
    snippet(">>", ">> ${1:selector} => ${0}", `a method added to ${name}`, 1),
    snippet("class >>", "class >> ${1:selector} => ${0}", `a class method added to ${name}`, 2),
  ];
}

/** The name that a new class could have. */
export function newNameItems(view: FileView): readonly Completion[] {
  const name = ownName(view);
  return name === "Name" ? [] : [plain(name, "class", "as the file is called", 0)];
}

/** What a class can hold: data, and methods to override. */
export function memberItems(view: FileView, owner: ClassFacts): readonly Completion[] {
  const kind = classKind(owner, view.environment);
  const word = kind === "actor" ? "state" : "field";
  const own = new Set(owner.methods.map(({ selector }) => selector));
  const hasData = kind !== "supervisor";
  return [
    ...(hasData ? [snippet(`${word}:`, `${word}: \${1:name} = \${2:nil}`, "a datum", 0)] : []),
    snippet("classState:", "classState: ${1:name} = ${2:nil}", "data of the class", 2),
    snippet("class", "class ${1:name} =>\n  ${0}", "a class method", 1),
    ...(isTest(owner, view)
      ? [
        snippet("test", "test${1:Something} =>\n  self assert: ${2:1} equals: ${0:1}", "a test", 0),
      ]
      : []),
    ...overridden(view, owner, "instance", own),
  ];
}

/** What can follow `class` in a class: class methods to override. */
export function classMemberItems(view: FileView, owner: ClassFacts): readonly Completion[] {
  const own = new Set(owner.classMethods.map(({ selector }) => selector));
  return overridden(view, owner, "class", own).filter(({ documented }) =>
    documented?.kind === "method" && documented.side === "class"
  );
}

function isTest(owner: ClassFacts, view: FileView): boolean {
  return superclassChain(owner, view.environment).some(({ name }) => name === "TestCase");
}

function overridden(
  view: FileView,
  owner: ClassFacts,
  side: "instance" | "class",
  own: ReadonlySet<string>,
): Completion[] {
  const inherited = allMethods(owner, side, view.environment).filter(({ method, owner: from }) =>
    from !== owner && !method.sealed && !own.has(method.selector)
  );
  const heads = new Map(inherited.map(({ method }) => [method.selector, methodText(method)]));
  return methodItems(inherited, view).map((item): Completion => ({
    ...item,
    insert: `${escaped(heads.get(item.label) ?? item.label)} =>\n  \${0}`,
    isSnippet: true,
  }));
}

const EXPECTED = ["dnu", "type", "unused", "type_annotation", "inheritance", "all"];

/** Annotations; the library alone has bodies that the runtime gives. */
export function annotationItems(view: FileView): readonly Completion[] {
  const expectations = EXPECTED.map((category, index) =>
    plain(`@expect ${category}`, "word", "silences one finding of what follows", index)
  );
  if (view.package !== LIBRARY_PACKAGE) return expectations;
  return [
    snippet("@primitive", '@primitive "${1:name}"', "a body of the runtime", 10),
    snippet("@intrinsic", "@intrinsic ${1:name}", "a body of the compiler", 11),
    ...expectations,
  ];
}
