import { assert, assertEquals } from "@std/assert";
import type { Diagnostic } from "../syntax/mod.ts";
import {
  analyzeSource,
  environmentOf,
  librarySources,
  readSource,
  type Source,
  sourcePaths,
} from "./corpus_fixture.ts";

function shown(source: Source, found: readonly Diagnostic[]): readonly string[] {
  return found.map(({ code, severity, message, span }) => {
    const line = source.file.text.slice(0, span.start).split("\n").length;
    return `${source.path}:${line}: ${severity} ${code}: ${message}`;
  });
}

function isGrave({ severity }: Diagnostic): boolean {
  return severity === "error" || severity === "warning";
}

Deno.test("the class library has no errors and no warnings", () => {
  const sources = librarySources();
  assert(sources.length > 20, "the class library is there");
  const environment = environmentOf(sources, "stdlib");
  const found = sources.flatMap((source) =>
    shown(source, analyzeSource(source, environment).filter(isGrave))
  );
  assertEquals(found, []);
});

Deno.test("the examples have no errors and no warnings", () => {
  const projects = new Set(sourcePaths("examples").map((path) => path.split("/")[1] ?? ""));
  const found = [...projects].flatMap((project) => {
    const sources = sourcePaths(`examples/${project}`).map((path) => readSource(path, project));
    const environment = environmentOf(sources, project);
    return sources.flatMap((source) =>
      shown(source, analyzeSource(source, environment).filter(isGrave))
    );
  });
  assertEquals(found, []);
});

Deno.test("programs that run as they say have no errors and no warnings", () => {
  const paths = sourcePaths("tests/programs");
  assert(paths.length > 20, "the programs are there");
  const found = paths.flatMap((path) => {
    const source = readSource(path, "user");
    return shown(source, analyzeSource(source, environmentOf([source], "user")).filter(isGrave));
  });
  assertEquals(found, []);
});

Deno.test("scripts that run as they say have no errors", () => {
  const paths = sourcePaths("tests")
    .filter((path) => path.endsWith(".btscript") && !path.endsWith("_errors.btscript"));
  assert(paths.length > 20, "the scripts are there");
  const found = paths.flatMap((path) => {
    const source = readSource(path, "user");
    const environment = environmentOf([source], "user");
    const errors = analyzeSource(source, environment).filter((each) => each.severity === "error");
    return shown(source, errors);
  });
  assertEquals(found, []);
});
