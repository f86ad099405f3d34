/**
 * `deno task editors:vscode`: packages the extension for Visual Studio Code as
 * `dist/beamtalk-VERSION.vsix`: its client library bundled in, and put into a zip archive with the
 * manifest that the editor reads.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { zip, type ZipEntry } from "./zip.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const source = join(root, "editors", "vscode");

interface Manifest {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly version: string;
  readonly publisher: string;
  readonly engines: { readonly vscode: string };
  readonly categories: readonly string[];
}

/** Packages the extension into a folder; answers the path of the package. */
export async function packageExtension(folder: string): Promise<string> {
  const manifest = JSON.parse(await Deno.readTextFile(join(source, "package.json"))) as Manifest;
  const files = ["package.json", "README.md", "language-configuration.json"];
  for (const inner of ["syntaxes", "snippets"]) {
    for await (const { name } of Deno.readDir(join(source, inner))) files.push(`${inner}/${name}`);
  }
  const entries: ZipEntry[] = [
    { name: "[Content_Types].xml", content: text(contentTypes) },
    { name: "extension.vsixmanifest", content: text(vsixManifest(manifest)) },
    { name: "extension/extension.js", content: await bundledExtension() },
  ];
  for (const file of files.sort()) {
    const content = await Deno.readFile(join(source, file));
    entries.push({ name: `extension/${file}`, content });
  }
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, `${manifest.name}-${manifest.version}.vsix`);
  await Deno.writeFile(path, zip(entries));
  return path;
}

/** The extension and its client library in one file that the editor's Node can run. */
async function bundledExtension(): Promise<Uint8Array> {
  const temporary = await Deno.makeTempDir({ prefix: "beamtalk-vsix-" });
  try {
    const out = join(temporary, "extension.js");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--config", join(root, "deno.json"), "--platform", "deno"],
        ...["--format", "cjs", "--external", "vscode", "-o", out, join(source, "extension.js")],
      ],
    }).output();
    if (!success) throw new Error(`deno bundle failed: ${new TextDecoder().decode(stderr)}`);
    return await Deno.readFile(out);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

function text(written: string): Uint8Array {
  return new TextEncoder().encode(written);
}

const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json"/>
  <Default Extension=".js" ContentType="application/javascript"/>
  <Default Extension=".md" ContentType="text/markdown"/>
  <Default Extension=".vsixmanifest" ContentType="text/xml"/>
</Types>
`;

function vsixManifest(manifest: Manifest): string {
  const { name, publisher, version, displayName, description, categories, engines } = manifest;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${displayName}</DisplayName>
    <Description xml:space="preserve">${description}</Description>
    <Categories>${categories.join(",")}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${engines.vscode}"/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
  </Assets>
</PackageManifest>
`;
}

if (import.meta.main) console.log(await packageExtension(join(root, "dist")));
