/** The package of the extension for Visual Studio Code: readable, complete, and it loads. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { inflateRawSync } from "node:zlib";
import { packageExtension } from "../editors/package_vscode.ts";
import { crc32 } from "../editors/zip.ts";

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

/** Loads the extension in Node with a stand-in for the editor's module, and tells what it exports. */
const LOADER = `
const Module = require("node:module");
const load = Module._load;
const handler = {
  get: (target, key) => key === Symbol.toPrimitive ? () => "" : key in target ? target[key] : made(),
  construct: () => ({}),
  apply: () => made(),
};
const made = () => new Proxy(function () {}, handler);
const editor = new Proxy({ version: "1.90.0" }, handler);
Module._load = function (name, ...rest) {
  return name === "vscode" ? editor : load.call(this, name, ...rest);
};
const extension = require(process.argv[2]);
console.log(typeof extension.activate, typeof extension.deactivate);
`;

Deno.test("the package holds what its manifest names, and its code loads", async () => {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-vsix-" });
  try {
    const files = unzip(await Deno.readFile(await packageExtension(folder)));
    const read = (name: string) => new TextDecoder().decode(files.get(`extension/${name}`));
    const manifest = JSON.parse(read("package.json"));
    const { languages, grammars, snippets } = manifest.contributes;
    const named = [
      manifest.main,
      ...languages.map((each: { configuration: string }) => each.configuration),
      ...[...grammars, ...snippets].map((each: { path: string }) => each.path),
    ];
    for (const path of named) assert(files.has(`extension/${path.replace("./", "")}`), path);
    assert(files.has("extension.vsixmanifest") && files.has("[Content_Types].xml"));
    await Deno.writeTextFile(join(folder, "loader.cjs"), LOADER);
    await Deno.writeTextFile(join(folder, "extension.cjs"), read("extension.js"));
    const { stdout, stderr } = await new Deno.Command("node", {
      args: [join(folder, "loader.cjs"), join(folder, "extension.cjs")],
    }).output();
    const said = new TextDecoder().decode(stdout).trim();
    assertEquals(said, "function function", new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
