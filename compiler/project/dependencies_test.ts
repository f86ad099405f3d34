import { assertEquals, assertNotEquals } from "@std/assert";
import type { ClassFacts, FileFacts, MethodFacts } from "../analysis/class_facts.ts";
import { buildEnvironment } from "../analysis/environment.ts";
import { answersHash, recordingEnvironment } from "./dependencies.ts";

const nowhere = { start: 0, end: 0 };

function method(selector: string): MethodFacts {
  return {
    selector,
    parameters: [],
    returnType: undefined,
    sealed: false,
    internal: false,
    primitive: false,
    doc: undefined,
    span: nowhere,
  } as MethodFacts;
}

function classFacts(name: string, change: Partial<ClassFacts> = {}): ClassFacts {
  return {
    name,
    package: "p",
    module: `bt@p@${name}`,
    file: `src/${name}.bt`,
    span: nowhere,
    superclass: "Object",
    superclassArguments: [],
    typeParameters: [],
    modifiers: [],
    nativeModule: undefined,
    doc: undefined,
    fields: [],
    classState: [],
    methods: [method("size")],
    classMethods: [],
    ...change,
  } as ClassFacts;
}

function environment(...classes: ClassFacts[]) {
  const file: FileFacts = { classes, extensions: [], aliases: [], protocols: [] };
  return buildEnvironment([file], "p");
}

Deno.test("what is asked is noted, once and in a fixed order", () => {
  const { environment: recorder, questions } = recordingEnvironment(environment(classFacts("A")));
  assertEquals(recorder.classNamed("B"), undefined);
  assertEquals(recorder.classNamed("A")?.name, "A");
  recorder.classNamed("A");
  recorder.extensionsOf("A");
  assertEquals(questions(), ["class A", "class B", "extensions A"]);
});

Deno.test("places and comments of another class do not matter", () => {
  const before = environment(classFacts("A"));
  const moved = environment(classFacts("A", { span: { start: 9, end: 10 }, doc: "new" }));
  assertEquals(answersHash(before, ["class A"]), answersHash(moved, ["class A"]));
});

Deno.test("a new method of a class matters to those who asked for it, and to no others", () => {
  const before = environment(classFacts("A"), classFacts("B"));
  const changed = classFacts("A", { methods: [method("size"), method("name")] });
  const after = environment(changed, classFacts("B"));
  assertNotEquals(answersHash(before, ["class A"]), answersHash(after, ["class A"]));
  assertEquals(answersHash(before, ["class B"]), answersHash(after, ["class B"]));
});

Deno.test("a class that comes to be matters to those who asked in vain", () => {
  const before = environment(classFacts("A"));
  const after = environment(classFacts("A"), classFacts("B"));
  assertNotEquals(answersHash(before, ["class B"]), answersHash(after, ["class B"]));
  assertNotEquals(answersHash(before, ["names "]), answersHash(after, ["names "]));
});
