import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname, join, toFileUrl } from "@std/path";
import { LspClient } from "./lsp_client.ts";

const FILES = {
  "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
  "src/Dog.bt": 'Object subclass: Dog\n  speak => "wuff"\n  class rex -> Dog => self new\n',
  "src/Main.bt": "Object subclass: Main\n  class run => Dog rex speak\n",
};

async function withServer(
  test: (client: LspClient, folder: string) => Promise<void>,
  capabilities: object = {},
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-lsp-" }));
  await Deno.mkdir(join(folder, "src"));
  for (const [name, text] of Object.entries(FILES)) {
    await Deno.writeTextFile(join(folder, name), text);
  }
  const client = new LspClient(folder, { BEAMTALK_HOME: join(folder, "home") });
  try {
    await client.start(folder, capabilities);
    await client.untilKnown();
    await test(client, folder);
    assertEquals(await client.close(), 0);
  } finally {
    client.kill();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("wrong order: before initialize, twice, after shutdown", async () => {
  const client = new LspClient(Deno.cwd(), { BEAMTALK_HOME: "/nonexistent" });
  try {
    const early = await client.request("textDocument/hover", {}).catch((error) => error.code);
    assertEquals(early, -32002);
    await client.request("initialize", { processId: null, rootUri: null, capabilities: {} });
    const twice = await client.request("initialize", {}).catch((error) => error.code);
    assertEquals(twice, -32600);
    await assertRejects(() => client.request("no/such/method"));
    await client.request("shutdown");
    const late = await client.request("textDocument/hover", {}).catch((error) => error.code);
    assertEquals(late, -32600);
    await client.notify("exit");
    assertEquals(await client.exited, 0);
  } finally {
    client.kill();
  }
});

Deno.test("findings are published, and again after edits and events of files", async () => {
  await withServer(async (client, folder) => {
    const main = join(folder, "src", "Main.bt");
    const uri = await client.open(main);
    await client.until(() => client.published.has(uri));
    assertEquals(client.published.get(uri)?.diagnostics, []);
    await client.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{
        range: { start: { line: 1, character: 15 }, end: { line: 1, character: 18 } },
        text: "Cat",
      }],
    });
    await client.until(() => client.published.get(uri)?.version === 2);
    assertEquals(client.published.get(uri)?.diagnostics.map(({ code }) => code), ["BT2002"]);
    const cat = join(folder, "src", "Cat.bt");
    await Deno.writeTextFile(cat, "Object subclass: Cat\n  class rex -> Cat => self new\n");
    await client.notify("workspace/didChangeWatchedFiles", {
      changes: [{ uri: toFileUrl(cat).href, type: 1 }],
    });
    await client.until(() =>
      client.published.get(uri)?.diagnostics.every(({ code }) => code !== "BT2002") === true
    );
  });
});

Deno.test("findings of files that are not open are published, and follow what they depend on", async () => {
  await withServer(async (client, folder) => {
    const path = (name: string) => join(folder, "src", name);
    const uri = toFileUrl(path("Cat.bt")).href;
    const codes = () => client.published.get(uri)?.diagnostics.map(({ code }) => code);
    const wrote = async (name: string, text: string) => {
      await Deno.writeTextFile(path(name), text);
      const changes = [{ uri: toFileUrl(path(name)).href, type: 2 }];
      await client.notify("workspace/didChangeWatchedFiles", { changes });
    };
    await wrote("Cat.bt", "Object subclass: Cat\n  meow => Dog rex speak\n  purr => Dog rex hum\n");
    await client.until(() => codes()?.join() === "BT4001");
    // An edit that is not saved counts: what another file depends on is the text that is shown.
    const dog = await client.open(path("Dog.bt"));
    const edited = FILES["src/Dog.bt"] + "  hum => 1\n";
    await client.notify("textDocument/didChange", {
      textDocument: { uri: dog, version: 2 },
      contentChanges: [{ text: edited }],
    });
    await client.until(() => codes()?.length === 0);
    await client.notify("textDocument/didClose", { textDocument: { uri: dog } });
    await client.until(() => codes()?.join() === "BT4001");
    await Deno.remove(path("Cat.bt"));
    await client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri, type: 3 }] });
    await client.until(() => codes()?.length === 0);
  });
});

Deno.test("a closed file keeps the findings of what is on disk, one outside of projects none", async () => {
  await withServer(async (client, folder) => {
    const wrong = "Object subclass: Cat\n  meow => Dog rex hum\n";
    const inside = join(folder, "src", "Cat.bt");
    await Deno.writeTextFile(inside, wrong);
    const outside = join(dirname(folder), "Stray.bt");
    const uris = [await client.open(inside), await client.open(outside, "Object subclass: (\n")];
    const counts = () => uris.map((uri) => client.published.get(uri)?.diagnostics.length ?? -1);
    await client.until(() => counts().every((count) => count > 0));
    for (const uri of uris) {
      await client.notify("textDocument/didClose", { textDocument: { uri } });
    }
    await client.until(() => counts().join() === "1,0");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assertEquals(counts(), [1, 0]);
  });
});

Deno.test("columns in UTF-8 where the client wants them", async () => {
  await withServer(async (client, folder) => {
    const text = 'Object subclass: A\n  m: x => "ä𝄞{x}" ++ x\n';
    const uri = await client.open(join(folder, "src", "A.bt"), text);
    const at = new TextEncoder().encode('  m: x => "ä𝄞{x}" ++ ').length;
    const found = await client.request<readonly { range: { start: { character: number } } }[]>(
      "textDocument/documentHighlight",
      { textDocument: { uri }, position: { line: 1, character: at } },
    );
    assertEquals(found.map(({ range }) => range.start.character).sort((a, b) => a - b), [
      5,
      18,
      at,
    ]);
  }, { general: { positionEncodings: ["utf-8", "utf-16"] } });
});

Deno.test("a request is cancelled, bad positions are answered, unknown documents refused", async () => {
  await withServer(async (client, folder) => {
    const uri = await client.open(join(folder, "src", "Main.bt"));
    const far = { textDocument: { uri }, position: { line: 99_999, character: 99_999 } };
    assertEquals(await client.request("textDocument/hover", far), null);
    const bad = { textDocument: { uri }, position: { line: "x" } };
    assert(
      await client.request<number>("textDocument/hover", bad).catch((error) => error.code) < 0,
    );
    const gone = {
      textDocument: { uri: "file:///no/such.bt" },
      position: { line: 0, character: 0 },
    };
    assert(
      await client.request<number>("textDocument/hover", gone).catch((error) => error.code) < 0,
    );
    assertEquals(
      (await client.request<{ items: readonly unknown[] }>("textDocument/diagnostic", {
        textDocument: { uri },
      })).items,
      [],
    );
  });
});

Deno.test("findings that a client asks for: with their tier, and once as long as they are the same", async () => {
  await withServer(async (client, folder) => {
    const text = "Object subclass: Cat\n  meow => Dog rex hum\n";
    const uri = await client.open(join(folder, "src", "Cat.bt"), text);
    interface Report {
      readonly kind: string;
      readonly uri: string;
      readonly resultId: string;
      readonly items?: readonly { code: string; data: { tier: string } }[];
    }
    const params = { textDocument: { uri } };
    const first = await client.request<Report>("textDocument/diagnostic", params);
    assertEquals(first.items?.map(({ code, data }) => `${code} ${data.tier}`), [
      "BT4001 cross-file",
    ]);
    const again = { ...params, previousResultId: first.resultId };
    assertEquals(
      (await client.request<Report>("textDocument/diagnostic", again)).kind,
      "unchanged",
    );
    const all = async (previousResultIds: readonly object[]) => {
      const { items } = await client.request<{ items: readonly Report[] }>("workspace/diagnostic", {
        previousResultIds,
      });
      return items;
    };
    const known = (await all([])).map(({ uri, resultId }) => ({ uri, value: resultId }));
    assertEquals(new Set((await all(known)).map(({ kind }) => kind)), new Set(["unchanged"]));
    assertEquals(client.published.size, 0);
  }, { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } });
});

Deno.test("tokens come as a difference from those before", async () => {
  await withServer(async (client, folder) => {
    const uri = await client.open(join(folder, "src", "Main.bt"));
    const textDocument = { uri };
    const whole = await client.request<{ resultId: string; data: number[] }>(
      "textDocument/semanticTokens/full",
      { textDocument },
    );
    const end = { line: 2, character: 0 };
    await client.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: end, end }, text: "  more => 1\n" }],
    });
    const delta = await client.request<
      { edits: readonly { start: number; deleteCount: number; data: number[] }[] }
    >("textDocument/semanticTokens/full/delta", {
      textDocument,
      previousResultId: whole.resultId,
    });
    const data = [...whole.data];
    for (const edit of delta.edits) data.splice(edit.start, edit.deleteCount, ...edit.data);
    const after = await client.request<{ data: number[] }>("textDocument/semanticTokens/full", {
      textDocument,
    });
    assert(after.data.length > whole.data.length);
    assertEquals(data, after.data);
  });
});

Deno.test("a message instead of a dot; a dot by itself asks for nothing", async () => {
  await withServer(async (client, folder) => {
    const text = 'Object subclass: A\n  m => "a".upp\n';
    const uri = await client.open(join(folder, "src", "A.bt"), text);
    const complete = async (character: number, triggerCharacter?: string) => {
      const context = triggerCharacter === undefined
        ? { triggerKind: 1 }
        : { triggerKind: 2, triggerCharacter };
      const { items } = await client.request<
        { items: readonly { label: string; filterText: string; textEdit: unknown }[] }
      >("textDocument/completion", {
        textDocument: { uri },
        position: { line: 1, character },
        context,
      });
      return items;
    };
    const item = (await complete(14)).find(({ label }) => label === "uppercase");
    assertEquals(item?.filterText, ".uppercase");
    assertEquals(item?.textEdit, {
      range: { start: { line: 1, character: 10 }, end: { line: 1, character: 14 } },
      newText: " uppercase",
    });
    assertEquals(await complete(11, "."), []);
  });
});

Deno.test("across files: definition, references, rename, workspace findings", async () => {
  await withServer(async (client, folder) => {
    const uri = await client.open(join(folder, "src", "Main.bt"));
    const at = { textDocument: { uri }, position: { line: 1, character: 16 } };
    const dog = toFileUrl(join(folder, "src", "Dog.bt")).href;
    const [definition] = await client.request<readonly { uri: string }[]>(
      "textDocument/definition",
      at,
    );
    assertEquals(definition?.uri, dog);
    const references = await client.request<readonly unknown[]>("textDocument/references", {
      ...at,
      context: { includeDeclaration: true },
    });
    assertEquals(references.length, 3);
    const edit = await client.request<{ documentChanges: readonly Record<string, unknown>[] }>(
      "textDocument/rename",
      { ...at, newName: "Wolf" },
    );
    assertEquals(edit.documentChanges.at(-1), {
      kind: "rename",
      oldUri: dog,
      newUri: toFileUrl(join(folder, "src", "Wolf.bt")).href,
    });
    const all = await client.request<{ items: readonly { kind: string }[] }>(
      "workspace/diagnostic",
      { previousResultIds: [] },
    );
    assertEquals(all.items.map(({ kind }) => kind), ["full", "full"]);
  }, {
    workspace: {
      workspaceEdit: { documentChanges: true, resourceOperations: ["rename"] },
    },
  });
});
