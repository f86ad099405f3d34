import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Session } from "../live/session.ts";
import { kill, shown, withLive } from "./live_fixture.ts";
import { LspClient } from "./lsp_client.ts";

const COUNTER = `Actor subclass: Counter
  state: value :: Integer = 0

  value -> Integer => self.value
  increment -> Integer => self.value += 1
`;
const MAIN = `Object subclass: Main
  class run =>
    c := Counter spawn
    c incr
`;

interface Item {
  readonly label: string;
  readonly labelDetails?: { readonly description?: string };
}

interface Status {
  readonly summary: { readonly kind: string; readonly text: string };
}

function summary(client: LspClient): string {
  const last = client.received.findLast(({ method }) => method === "beamtalk/statusChanged");
  return (last?.params as Status | undefined)?.summary.text ?? "";
}

function isConnected(client: LspClient): boolean {
  return summary(client).startsWith("workspace connected");
}

Deno.test("a running workspace adds to completion, hover, lenses and findings", async () => {
  await withLive({ "src/Counter.bt": COUNTER, "src/Main.bt": MAIN }, async (live) => {
    const client = new LspClient(live.root, { BEAMTALK_HOME: live.home });
    try {
      await client.start(live.root);
      await client.untilKnown();
      const main = await client.open(join(live.root, "src", "Main.bt"));
      const counter = await client.open(join(live.root, "src", "Counter.bt"));
      assert(!isConnected(client));
      const complete = async () => {
        const { items } = await client.request<{ items: readonly Item[] }>(
          "textDocument/completion",
          { textDocument: { uri: main }, position: { line: 3, character: 6 } },
        );
        return items;
      };
      assertEquals((await complete()).find(({ label }) => label === "shine:"), undefined);

      const open = await live.open();
      await client.until(() => isConnected(client));
      const session = await Session.open(open.workspace, open.program);
      assertEquals(await shown(session, "Counter >> shine: n => self.value + n"), [
        "a CompiledMethod (#shine: in Counter)",
      ]);
      await shown(session, "c := Counter spawn\nWorkspace bind: 42 as: #answer");
      const shine = await eventually(async () =>
        (await complete()).find(({ label }) => label === "shine:")
      );
      assertEquals(shine?.labelDetails?.description, "(runtime)");

      const lenses = await eventually(async () => {
        const found = await client.request<readonly { command: { title: string } }[]>(
          "textDocument/codeLens",
          { textDocument: { uri: counter } },
        );
        const titles = found.map(({ command }) => command.title);
        return titles.includes("1 living actor") ? titles : undefined;
      });
      assert(lenses !== undefined);

      await client.notify("textDocument/didChange", {
        textDocument: { uri: main, version: 2 },
        contentChanges: [{ text: MAIN.replace("c incr", "c shine: 2") }],
      });
      await client.until(() =>
        client.published.get(main)?.diagnostics.some(({ message, severity }) =>
          severity === 3 && String(message).includes("(runtime)")
        ) === true
      );
      const hover = await client.request<{ contents: { value: string } }>("textDocument/hover", {
        textDocument: { uri: main },
        position: { line: 2, character: 10 },
      });
      assert(hover.contents.value.includes("1 living actor (runtime)"), hover.contents.value);

      await shown(session, "c increment");
      const hints = await eventually(async () => {
        const found = await client.request<readonly { label: string; data: { tier: string } }[]>(
          "textDocument/inlayHint",
          {
            textDocument: { uri: counter },
            range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
          },
        );
        return found.find(({ label }) => label === " now 1");
      });
      assertEquals(hints?.data.tier, "runtime");
      const field = await client.request<{ contents: { value: string } }>("textDocument/hover", {
        textDocument: { uri: counter },
        position: { line: 1, character: 11 },
      });
      assert(field.contents.value.includes("`1` (runtime)"), field.contents.value);

      await shown(session, "Counter >> increment => self.value += 2");
      const differing = await eventually(async () => {
        const found = await client.request<
          readonly { command: { title: string }; range: { start: { line: number } } }[]
        >("textDocument/codeLens", { textDocument: { uri: counter } });
        return found.find(({ command }) => command.title === "running body differs from the file");
      });
      assertEquals(differing?.range.start.line, 4);

      kill(open.record.node.osPid);
      await client.until(() => !isConnected(client));
      const after = (await complete()).map(({ label }) => label);
      assertEquals(after.includes("shine:"), false);
      assert(summary(client).startsWith("workspace gone"), summary(client));

      // The killed node may be seen as running for a moment.
      const again = await eventually(() => live.open().catch(() => undefined));
      assert(again !== undefined);
      await client.until(() => summary(client) === "workspace connected (restarted)");
      const kinds = client.received.flatMap(({ method, params }) =>
        method === "beamtalk/statusChanged" ? (params as Status).summary.kind : []
      );
      for (const kind of ["none", "connecting", "connected", "lost", "restarted"]) {
        assert(kinds.includes(kind), `${kind} is missing from ${kinds}`);
      }
      kill(again.record.node.osPid);
    } finally {
      client.kill();
    }
  });
});

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}
