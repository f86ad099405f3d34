/**
 * The arrows of `docs/architecture`: which folder may import from which, and which packages.
 */
import { assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join, relative } from "@std/path";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

interface Rule {
  /** Folders, or single files, of the repository that may be imported. */
  readonly folders: readonly string[];
  /** Packages that may be imported. */
  readonly packages: readonly string[];
}

const COMPILER = [
  "compiler/syntax",
  "compiler/analysis",
  "compiler/codegen",
  "compiler/project",
  "compiler/documentation",
];
/** Terms and their encoding: pure, no processes. */
const TERMS = [
  "bridge/mod.ts",
  "bridge/term.ts",
  "bridge/term_map.ts",
  "bridge/encode.ts",
  "bridge/atom_cache.ts",
  "bridge/byte_writer.ts",
  "bridge/integers.ts",
];
const BOTH_SIDES = ["@std/path"];

/** What a folder may import beside its own files. A folder that is not here may import nothing. */
const RULES: Readonly<Record<string, Rule>> = {
  "main.ts": { folders: ["cli", "deno.json"], packages: [] },
  cli: {
    folders: [...COMPILER, "lsp", "live", "bridge", "deno.json"],
    packages: [...BOTH_SIDES, "@std/cli", "picocolors", "fastest-levenshtein", "diff", "node:*"],
  },
  "compiler/syntax": { folders: [], packages: ["parsimmon"] },
  "compiler/analysis": { folders: ["compiler/syntax"], packages: ["fastest-levenshtein"] },
  "compiler/codegen": {
    folders: ["compiler/syntax", "compiler/analysis", ...TERMS],
    packages: [],
  },
  "compiler/project": {
    folders: ["compiler/syntax", "compiler/analysis", "compiler/codegen"],
    packages: [
      ...BOTH_SIDES,
      "@msgpack/msgpack",
      "smol-toml",
      "fastest-levenshtein",
      "node:crypto",
    ],
  },
  "compiler/documentation": {
    folders: ["compiler/syntax", "compiler/analysis", "compiler/project"],
    packages: ["marked"],
  },
  live: {
    folders: [...COMPILER, "bridge", "deno.json"],
    packages: [...BOTH_SIDES, "@msgpack/msgpack", "node:*"],
  },
  lsp: {
    folders: [...COMPILER, "bridge", "live"],
    packages: [
      ...BOTH_SIDES,
      "@msgpack/msgpack",
      "vscode-languageserver",
      "fastest-levenshtein",
      "node:*",
    ],
  },
  bridge: { folders: [], packages: ["node:*"] },
  links: { folders: [], packages: ["node:*"] },
};

/** What tests may import on top: the frameworks, and the pieces that make whole paths testable. */
const TESTS: Rule = {
  folders: [...COMPILER, "bridge", "live", "tests"],
  packages: ["@std/assert", "@std/path", "fast-check", "node:*"],
};

Deno.test("imports follow the architecture", async () => {
  const broken: string[] = [];
  for (const file of await sourceFiles(root)) {
    const shown = relative(root, file);
    for (const specifier of importsOf(await Deno.readTextFile(file))) {
      if (!isAllowed(shown, specifier)) broken.push(`${shown} may not import ${specifier}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("a forbidden arrow is seen", () => {
  assertEquals(isAllowed("compiler/syntax/parser.ts", "../analysis/mod.ts"), false);
  assertEquals(isAllowed("compiler/syntax/parser.ts", "parsimmon"), true);
  assertEquals(isAllowed("bridge/port.ts", "../compiler/syntax/ast.ts"), false);
  assertEquals(isAllowed("compiler/analysis/types/infer.ts", "../class_facts.ts"), true);
  assertEquals(isAllowed("compiler/codegen/core.ts", "../../bridge/port.ts"), false);
  assertEquals(isAllowed("unknown/file.ts", "../cli/command.ts"), false);
  assertEquals(importsOf('import { a } from "./a.ts";\nawait import("./b.ts");\n'), [
    "./a.ts",
    "./b.ts",
  ]);
  assertEquals(importsOf('export * from "./a.ts";\nimport "./b.ts";\n'), ["./a.ts", "./b.ts"]);
});

/** Files that only tests import. */
const TEST_PARTS = /(^|[/_])testing\.ts$|_generator\.ts$|^(bridge|compiler)\/.*\/?test_\w+\.ts$/;

function isAllowed(file: string, specifier: string): boolean {
  if (/^(tests|bench|examples)\//.test(file)) return true;
  const isTest = file.endsWith("_test.ts") || TEST_PARTS.test(file);
  const owner = folderOf(file);
  const rule = RULES[owner];
  if (rule === undefined) return false;
  const rules = isTest ? [rule, TESTS] : [rule];
  if (specifier.startsWith(".")) {
    const target = join(dirname(file), specifier);
    if (folderOf(target) === owner) return true;
    return rules.some(({ folders }) =>
      folders.some((folder) => target === folder || target.startsWith(`${folder}/`))
    );
  }
  return rules.some(({ packages }) => packages.some((name) => isOfPackage(specifier, name)));
}

function isOfPackage(specifier: string, name: string): boolean {
  if (name.endsWith("*")) return specifier.startsWith(name.slice(0, -1));
  return specifier === name || specifier.startsWith(`${name}/`);
}

function folderOf(file: string): string {
  const known = Object.keys(RULES).filter((folder) =>
    file === folder || file.startsWith(`${folder}/`)
  );
  return known.sort((a, b) => b.length - a.length)[0] ?? "";
}

function importsOf(text: string): string[] {
  const pattern =
    /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gms;
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  return [...code.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

async function sourceFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) {
      const skipped = ["node_modules", "_build", "dist", "editors"].includes(entry.name) ||
        entry.name.startsWith(".");
      if (!skipped) found.push(...await sourceFiles(path));
    } else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts")) {
      found.push(path);
    }
  }
  return found.sort();
}
