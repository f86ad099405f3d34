/** The package's public surface: changing it is deliberate. Each module can be imported first. */

import { assertEquals, assertMatch } from "@std/assert";
import * as bridge from "./mod.ts";

Deno.test("the exported values are these", () => {
  assertEquals(Object.keys(bridge).sort(), [
    ...["Atom", "BitString", "DecodeError", "EncodeError", "ErlangError", "ExternalFun", "Float"],
    ...["Fun", "ImproperList", "NodeError", "Nodes", "Pid", "Port", "PortClosedError"],
    ...["PortDiedError", "PortProgram", "PortRequestError", "PortStartError", "Reference"],
    ...["RequestTimeoutError", "TermMap", "Tuple", "atom", "binary", "binaryText", "charlist"],
    ...["compare", "compileCore", "coreText", "decode", "decodePart", "elements", "encode"],
    ...["equals", "float", "integer", "isAtom", "isCharlist", "list", "map", "nil", "show"],
    ...["stackFrames", "tagged", "text", "tuple"],
  ]);
});

Deno.test("each module can be the first that is imported", async () => {
  const names = [...Deno.readDirSync(new URL(".", import.meta.url))].map((entry) => entry.name)
    .filter((name) => name.endsWith(".ts") && !/_test|testing|generator/.test(name));
  for (const name of names) {
    const url = new URL(name, import.meta.url).href;
    const run = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", `await import(${JSON.stringify(url)})`],
    }).output();
    assertEquals([name, run.success], [name, true]);
  }
});

Deno.test("types can be taken out of the sources as they stand, as Node does", async () => {
  const options = { compilerOptions: { strict: true, erasableSyntaxOnly: true } };
  const config = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(config, JSON.stringify(options));
    const checked = async (source: string) => {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["check", "--quiet", "--config", config, source],
        env: { NO_COLOR: "1" },
      }).output();
      return success ? "" : new TextDecoder().decode(stderr);
    };
    assertEquals(await checked(new URL("mod.ts", import.meta.url).href), "");
    const wrong = `${config}.ts`;
    await Deno.writeTextFile(wrong, "export class A { constructor(readonly a: number) {} }");
    assertMatch(await checked(wrong).finally(() => Deno.remove(wrong)), /erasableSyntaxOnly/);
  } finally {
    await Deno.remove(config);
  }
});

Deno.test("the package imports nothing but its own files and built-in modules", () => {
  for (const entry of Deno.readDirSync(new URL(".", import.meta.url))) {
    if (!entry.name.endsWith(".ts") || /_test|testing|generator/.test(entry.name)) continue;
    const source = Deno.readTextFileSync(new URL(entry.name, import.meta.url));
    for (const [, from] of source.matchAll(/^(?:import|export)[^;]*? from "([^"]+)"/gm)) {
      assertEquals([entry.name, /^(\.\/\w+\.ts|node:\w+)$/.test(from!)], [entry.name, true]);
    }
  }
});
