/** Several folders, long work that is told of and cancelled, files that are huge or gone. */
import { assert, assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { LspClient } from "./lsp_client.ts";

type Files = Readonly<Record<string, string>>;

async function project(root: string, name: string, files: Files): Promise<void> {
  await Deno.mkdir(join(root, "src"), { recursive: true });
  const manifest = `[package]\nname = "${name}"\nversion = "0.1.0"\n`;
  await Deno.writeTextFile(join(root, "beamtalk.toml"), manifest);
  for (const [path, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(root, "src", path), text);
  }
}

async function withClient(
  test: (client: LspClient, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-lsp-" }));
  const client = new LspClient(folder, { BEAMTALK_HOME: join(folder, "home") });
  try {
    await test(client, folder);
    assertEquals(await client.close(), 0);
  } finally {
    client.kill();
    await Deno.remove(folder, { recursive: true });
  }
}

function uriOf(...parts: readonly string[]): string {
  return toFileUrl(join(...parts as [string, ...string[]])).href;
}

/** A project with so many files that reading it takes a while. */
function many(count: number): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [
    `C${index}.bt`,
    `Object subclass: C${index}\n${"  m => self printString size\n".repeat(40)}` +
    `  go => C${(index + 1) % count} new go\n`,
  ]));
}

function progressKinds(client: LspClient, title?: string): readonly string[] {
  const all = client.received.filter(({ method }) => method === "$/progress")
    .map(({ params }) => params as { token: string; value: { kind: string; title?: string } });
  const token = all.find(({ value }) => value.title === title)?.token;
  return all.filter((each) => each.token === token).map(({ value }) => value.kind);
}

Deno.test("each folder is a project of its own; folders come and go", async () => {
  await withClient(async (client, folder) => {
    const [left, right] = [join(folder, "left"), join(folder, "right")];
    const main = "Object subclass: Main\n  class run => Dog rex\n";
    await project(left, "left", {
      "Dog.bt": "Object subclass: Dog\n  class rex -> Dog => self new\n",
      "Main.bt": main,
    });
    await project(right, "right", { "Main.bt": main });
    await client.start(left);
    await client.untilKnown();
    await client.notify("workspace/didChangeWorkspaceFolders", {
      event: { added: [{ uri: toFileUrl(right).href, name: "right" }], removed: [] },
    });
    const uris = [uriOf(left, "src", "Main.bt"), uriOf(right, "src", "Main.bt")];
    const codes = () =>
      uris.map((uri) => client.published.get(uri)?.diagnostics.map(({ code }) => code).join());
    await client.until(() => codes()[1] === "BT2002");
    await client.open(join(left, "src", "Main.bt"));
    const [found] = await client.request<readonly { uri: string }[]>("textDocument/definition", {
      textDocument: { uri: uris[0] },
      position: { line: 1, character: 16 },
    });
    assertEquals(found?.uri, uriOf(left, "src", "Dog.bt"));
    await client.notify("workspace/didChangeWorkspaceFolders", {
      event: { added: [], removed: [{ uri: toFileUrl(right).href, name: "right" }] },
    });
    await client.until(() => codes()[1] === "");
  });
});

Deno.test("reading a project is told of from beginning to end", async () => {
  await withClient(async (client, folder) => {
    await project(folder, "large", many(400));
    await client.start(folder, { window: { workDoneProgress: true } });
    await client.untilKnown();
    const title = client.received.flatMap(({ method, params }) => {
      const value = (params as { value?: { title?: string } }).value;
      return method === "$/progress" && value?.title !== undefined ? [value.title] : [];
    })[0];
    const kinds = progressKinds(client, title);
    assertEquals([kinds[0], kinds.at(-1)], ["begin", "end"]);
    assert(kinds.filter((kind) => kind === "report").length > 0);
  });
});

Deno.test("reading that is cancelled ends, and nothing is called unknown that was not read", async () => {
  await withClient(async (client, folder) => {
    await project(folder, "large", many(400));
    await client.start(folder, { window: { workDoneProgress: true } });
    const begun = () =>
      client.received.find(({ method, params }) =>
        method === "$/progress" && (params as { value: { kind: string } }).value.kind === "begin"
      );
    await client.until(() => begun() !== undefined);
    const { token } = begun()?.params as { token: string };
    await client.notify("window/workDoneProgress/cancel", { token });
    const uri = await client.open(
      join(folder, "src", "Main.bt"),
      "Object subclass: Main\n  class run => C399 new go\n  k => (\n",
    );
    await client.until(() => client.published.has(uri));
    await client.request("beamtalk/status");
    const status = await client.request<{ isProjectKnown: boolean; files: number }>(
      "beamtalk/status",
    );
    assertEquals(status.isProjectKnown, false);
    const codes = client.published.get(uri)?.diagnostics.map(({ code }) => String(code)) ?? [];
    assert(codes.every((code) => code.startsWith("BT1")), codes.join());
  });
});

Deno.test("long work that a client cancels by its progress is answered as cancelled", async () => {
  await withClient(async (client, folder) => {
    await project(folder, "large", many(400));
    await client.start(folder);
    await client.untilKnown();
    const asked = client.request("textDocument/references", {
      textDocument: { uri: uriOf(folder, "src", "C0.bt") },
      position: { line: 1, character: 14 },
      context: { includeDeclaration: true },
      workDoneToken: "mine",
    }).then(() => 0, (error) => error.code);
    await client.notify("window/workDoneProgress/cancel", { token: "mine" });
    assertEquals(await asked, -32800);
    const kinds = client.received.filter(({ method, params }) =>
      method === "$/progress" && (params as { token: string }).token === "mine"
    ).map(({ params }) => (params as { value: { kind: string } }).value.kind);
    assertEquals(kinds, ["begin", "end"]);
  });
});

Deno.test("a file that is deleted while it is open goes on as a document", async () => {
  await withClient(async (client, folder) => {
    await project(folder, "small", { "Dog.bt": "Object subclass: Dog\n  speak => 1\n" });
    await client.start(folder);
    await client.untilKnown();
    const path = join(folder, "src", "Dog.bt");
    const uri = await client.open(path);
    await Deno.remove(path);
    await client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri, type: 3 }] });
    const end = { line: 2, character: 0 };
    await client.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: end, end }, text: "  bark => self speak + nothing\n" }],
    });
    await client.until(() => client.published.get(uri)?.version === 2);
    assertEquals(client.published.get(uri)?.diagnostics.map(({ code }) => code), ["BT2001"]);
    const hover = await client.request<{ contents: { value: string } }>("textDocument/hover", {
      textDocument: { uri },
      position: { line: 2, character: 17 },
    });
    assert(hover.contents.value.includes("Dog >> speak"));
    await client.notify("textDocument/didClose", { textDocument: { uri } });
    await client.until(() => client.published.get(uri)?.diagnostics.length === 0);
    const gone = await client.request("textDocument/hover", {
      textDocument: { uri },
      position: { line: 2, character: 17 },
    }).then(() => "answered", () => "refused");
    assertEquals(gone, "refused");
  });
});

Deno.test("a file of 20,000 lines is edited and completed", async () => {
  await withClient(async (client, folder) => {
    await client.start(folder);
    await client.untilKnown();
    const classes = Array.from(
      { length: 200 },
      (_, index) =>
        `Actor subclass: C${index}\n  state: v = 0\n${
          Array.from({ length: 98 }, (_, each) => `  m${each}: x => self.v := x + ${each}\n`).join(
            "",
          )
        }`,
    );
    const uri = await client.open(join(folder, "Huge.bt"), classes.join("\n"));
    await client.until(() => client.published.has(uri), 60_000);
    const at = { line: 10_010, character: 0 };
    await client.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: at, end: at }, text: "  extra => self \n" }],
    });
    const { items } = await client.request<{ items: readonly { label: string }[] }>(
      "textDocument/completion",
      { textDocument: { uri }, position: { line: 10_010, character: 16 } },
    );
    assert(items.some(({ label }) => label === "m97:"));
  });
});
