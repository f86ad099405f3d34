/** The set-up for Helix, as far as it can be checked without Helix: its keys and what the server makes of it. */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { parse } from "smol-toml";
import { statusSummary } from "../lsp/live_status.ts";
import { withLive } from "./live_fixture.ts";
import { LspClient } from "./lsp_client.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

/** Keys of a language and of a language server, as Helix documents them. */
const LANGUAGE_KEYS =
  ("name language-id scope injection-regex file-types shebangs roots auto-format " +
    "diagnostic-severity comment-token comment-tokens block-comment-tokens indent language-servers " +
    "grammar formatter soft-wrap text-width rulers path-completion workspace-lsp-roots " +
    "persistent-diagnostic-sources auto-pairs debugger").split(" ");
const SERVER_KEYS = "command args config timeout environment required-root-patterns".split(" ");

interface Setup {
  readonly "language-server": Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly language: readonly Readonly<Record<string, unknown>>[];
}

const setup = parse(
  await Deno.readTextFile(join(root, "editors", "helix", "languages.toml")),
) as unknown as Setup;

Deno.test("the set-up has only keys that Helix knows, and names a server that it defines", () => {
  assertEquals(Object.keys(setup).sort(), ["language", "language-server"]);
  const servers = setup["language-server"];
  for (const server of Object.values(servers)) {
    for (const key of Object.keys(server)) assert(SERVER_KEYS.includes(key), key);
  }
  for (const language of setup.language) {
    for (const key of Object.keys(language)) assert(LANGUAGE_KEYS.includes(key), key);
    for (const name of language["language-servers"] as string[]) assert(name in servers, name);
    assertEquals(language["file-types"], ["bt", "btscript"]);
  }
});

Deno.test("with the set-up's options the server tells the status by messages", async () => {
  const { args, config } = setup["language-server"].beamtalk ?? {};
  assertEquals(args, ["lsp"]);
  await withLive({ "src/A.bt": "Object subclass: A\n" }, async (live) => {
    const client = new LspClient(live.root, { BEAMTALK_HOME: live.home });
    try {
      await client.start(live.root, {}, config as object);
      await client.untilKnown();
      const messages = () =>
        client.received.flatMap(({ method, params }) =>
          method === "window/showMessage" ? [(params as { message: string }).message] : []
        );
      assertEquals(messages(), []);
      await live.open();
      const connected = statusSummary([{ kind: "connected", root: "", node: "", restarts: 0 }]);
      await client.until(() => messages().at(-1) === `Beamtalk: ${connected.text}`);
      assertEquals(await client.close(), 0);
    } finally {
      client.kill();
    }
  });
});
