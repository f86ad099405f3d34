/**
 * Each public class and method of the class library has documentation with an example that is run
 * as a test, but for those that end the node or read a terminal.
 * @module
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { docExamples } from "../compiler/documentation/examples.ts";
import type { Declaration } from "../compiler/syntax/ast.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";

const library = fromFileUrl(new URL("../stdlib", import.meta.url));

/** What cannot be run in an example, and why. */
const WITHOUT_EXAMPLE: Readonly<Record<string, string>> = {
  "System>>class halt": "ends the node",
  "System>>class halt:": "ends the node",
  "Console>>class readLine": "waits for the terminal",
  "Console>>class readLine:": "waits for the terminal",
};

/** Something public, and whether it is documented. */
interface Part {
  /** `Integer`, `Integer>>abs` or `Float>>class pi`. */
  readonly name: string;
  readonly isMethod: boolean;
  readonly isDocumented: boolean;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && entry.name !== "test") yield* sources(path);
    else if (entry.isFile && entry.name.endsWith(".bt")) yield path;
  }
}

function publicParts(declaration: Declaration): readonly Part[] {
  switch (declaration.kind) {
    case "class": {
      const { name, doc } = declaration.header.node;
      const methods = declaration.members.flatMap(({ node }): readonly Part[] => {
        if (node.kind !== "method" || node.modifiers.includes("internal")) return [];
        const selector = node.modifiers.includes("class")
          ? `class ${node.selector}`
          : node.selector;
        const isDocumented = node.doc !== undefined;
        return [{ name: `${name.text}>>${selector}`, isMethod: true, isDocumented }];
      });
      return [{ name: name.text, isMethod: false, isDocumented: doc !== undefined }, ...methods];
    }
    case "protocol": {
      const { name, doc, signatures } = declaration.unit.node;
      return [
        { name: name.text, isMethod: false, isDocumented: doc !== undefined },
        ...signatures.map((each) => ({
          name: `${name.text}>>${each.selector}`,
          isMethod: false,
          isDocumented: each.doc !== undefined,
        })),
      ];
    }
    case "typeAlias": {
      const { name, doc } = declaration.unit.node;
      return [{ name: name.text, isMethod: false, isDocumented: doc !== undefined }];
    }
    default:
      return [];
  }
}

/** The methods with an example that checks something. */
function withExample(file: SourceFile): ReadonlySet<string> {
  const checked = docExamples(file).filter(({ code }) => code.includes("// => "));
  return new Set(checked.map(({ owner, selector }) => `${owner}>>${selector ?? ""}`));
}

async function libraryFiles(): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const path of sources(library)) {
    files.push(parse(await Deno.readTextFile(path), { kind: "file" }));
  }
  return files;
}

Deno.test("all that is public in the class library is documented", async () => {
  const files = await libraryFiles();
  const silent = files.flatMap(({ declarations }) => declarations.flatMap(publicParts))
    .filter(({ isDocumented }) => !isDocumented).map(({ name }) => name);
  assertEquals(silent.sort(), []);
});

Deno.test("each public method of the class library has an example that checks something", async () => {
  const files = await libraryFiles();
  const without = files.flatMap((file) => {
    const shown = withExample(file);
    const methods = file.declarations.flatMap(publicParts).filter(({ isMethod }) => isMethod);
    return methods.map(({ name }) => name).filter((name) => !shown.has(name));
  });
  assertEquals(without.sort(), Object.keys(WITHOUT_EXAMPLE).sort());
});
