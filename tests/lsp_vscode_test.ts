/** The package of the extension for Visual Studio Code: readable, complete, and it works. */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { inflateRawSync } from "node:zlib";
import { packageExtension } from "../editors/package_vscode.ts";
import { crc32 } from "../editors/zip.ts";
import { parse } from "../compiler/syntax/source_file.ts";

/** The files of an archive by its directory, checksums verified. */
function unzip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  assertEquals(view.getUint32(end, true), 0x06054b50);
  const files = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true);
    const content = inflateRawSync(bytes.subarray(start, start + view.getUint32(at + 20, true)));
    assertEquals(crc32(content), view.getUint32(at + 16, true));
    files.set(name, content);
    at += 46 + length;
  }
  return files;
}

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const folder = join(root, "editors", "vscode");

/** Packages the extension, unpacks it and hands over its files. */
async function withPackage(
  test: (folder: string, read: (name: string) => string) => Promise<void> | void,
): Promise<void> {
  const temporary = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-vsix-" }));
  try {
    const files = unzip(await Deno.readFile(await packageExtension(temporary)));
    await test(temporary, (name) => {
      const content = files.get(name);
      assert(content !== undefined, `${name} is missing`);
      return new TextDecoder().decode(content);
    });
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

Deno.test("the package holds what its manifest names", async () => {
  await withPackage((_, read) => {
    const manifest = JSON.parse(read("extension/package.json"));
    const { languages, grammars, snippets } = manifest.contributes;
    const named = [
      manifest.main,
      ...languages.map((each: { configuration: string }) => each.configuration),
      ...[...grammars, ...snippets].map((each: { path: string }) => each.path),
    ];
    for (const path of named) read(`extension/${path.replace("./", "")}`);
    for (const { path, scopeName } of grammars) {
      assertEquals(JSON.parse(read(`extension/${path.replace("./", "")}`)).scopeName, scopeName);
    }
    const ids = new Set(languages.map(({ id }: { id: string }) => id));
    for (const { language } of [...grammars, ...snippets]) assert(ids.has(language), language);
    read("extension.vsixmanifest");
    read("[Content_Types].xml");
  });
});

Deno.test("what the manifest offers is in the read-me, and every state has a sign", async () => {
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
  const readme = await Deno.readTextFile(join(folder, "README.md"));
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    assert(readme.includes(`\`${name}\``), name);
  }
  const extension = await Deno.readTextFile(join(folder, "extension.js"));
  for (const kind of ["none", "connecting", "connected", "restarted", "lost", "several"]) {
    assert(extension.includes(`  ${kind}: "$(`), kind);
  }
});

Deno.test("snippets are Beamtalk", async () => {
  const written = await Deno.readTextFile(join(folder, "snippets", "beamtalk.json"));
  const snippets: Record<string, { prefix: string; body: string | string[] }> = JSON.parse(written);
  for (const [name, { body }] of Object.entries(snippets)) {
    const text = [body].flat().filter((line) => line.trim() !== "$0").join("\n")
      .replace(/\$\{\d+:([^}]*)\}/g, (_, place) => /^\w+$/.test(place) ? place : "it")
      .replace(/\$\d+/g, "1").replace(/^match:/, "1 match:");
    const found = parse(`${text}\n`, { kind: "script" }).diagnostics;
    assertEquals(found.map(({ message }) => message), [], name);
  }
});

interface Seen {
  readonly problem?: string;
  readonly providers: readonly string[];
  readonly registered: readonly string[];
  readonly statuses: readonly { readonly text: string; readonly tooltip?: string }[];
  readonly terminals: readonly (readonly string[])[];
  readonly messages: readonly string[];
  readonly commands: readonly (readonly string[])[];
  readonly completion: readonly string[];
  readonly findings: readonly string[];
  readonly lenses: readonly (readonly [string, string])[];
}

const FILES = {
  "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
  "src/Counter.bt": "Actor subclass: Counter\n  increment => 1\n",
  "src/Main.bt": "Object subclass: Main\n  class run =>\n    c := Counter spawn\n    c incr\n",
};

/** Runs the packaged extension in Node, in a stand-in for the editor, with the real server. */
async function sessionIn(temporary: string, extension: string): Promise<Seen> {
  const project = join(temporary, "sample");
  await Deno.mkdir(join(project, "src"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(join(project, name), text);
  }
  const file = join(temporary, "extension.cjs");
  await Deno.writeTextFile(file, extension);
  const command = [Deno.execPath(), "run", "-A", "--quiet", join(root, "main.ts")];
  const { stdout, stderr } = await new Deno.Command("node", {
    args: [
      ...[join(root, "tests", "vscode_editor.cjs"), file, join(folder, "package.json")],
      ...[project, join(project, "src", "Main.bt"), ...command],
    ],
    env: { BEAMTALK_HOME: join(temporary, "home") },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(text.startsWith("{"), new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

Deno.test("the extension starts the server, shows what it answers, and runs its commands", async () => {
  await withPackage(async (temporary, read) => {
    const seen = await sessionIn(temporary, read("extension/extension.js"));
    assertEquals(seen.problem, undefined);
    const manifest = JSON.parse(read("extension/package.json"));
    for (const { command } of manifest.contributes.commands) {
      assert(seen.registered.includes(command), `${command} is not registered`);
    }
    const provided = ["CompletionItem", "Hover", "Rename", "CodeLens", "InlayHints"];
    for (const name of provided) assert(seen.providers.includes(name), name);
    assert(seen.completion.includes("increment"));
    assertEquals(seen.findings, ["Counter does not understand `incr`"]);
    for (const [title, command] of seen.lenses) {
      assert(command === "" || seen.registered.includes(command), `${title}: ${command}`);
    }
    assert(seen.commands.some(([name]) => name === "editor.action.showReferences"));
    assertEquals(seen.terminals.map((each) => each.slice(5)).slice(0, 3), [
      ["workspace", "start"],
      ["workspace", "stop"],
      ["repl"],
    ]);
    assertEquals(seen.terminals[3]?.slice(5, 6), ["load"]);
    assert(seen.messages[0]?.startsWith("Beamtalk: no workspace"), seen.messages[0]);
    // Started three times: at first, by the command, by the change of a setting.
    const starts = seen.statuses.filter(({ tooltip }) => tooltip?.startsWith("starting"));
    assertEquals(starts.length, 3);
  });
});

Deno.test("a server that cannot be started is told of", async () => {
  await withPackage(async (temporary, read) => {
    const broken = read("extension/extension.js").replace(
      'setting("command")',
      '["/no/such/tool"]',
    );
    const seen = await sessionIn(temporary, broken);
    const last = seen.statuses.at(-1);
    assert(last?.tooltip?.startsWith("The language server did not start"), JSON.stringify(last));
  });
});
