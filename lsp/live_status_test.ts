import { assertEquals } from "@std/assert";
import type { LiveStatus } from "./live_answers.ts";
import { statusSummary } from "./live_status.ts";

const none: LiveStatus = { kind: "none", root: "/a" };
const connecting: LiveStatus = { kind: "connecting", root: "/a" };
const connected: LiveStatus = { kind: "connected", root: "/a", node: "n@h", restarts: 0 };
const restarted: LiveStatus = { kind: "restarted", root: "/a" };
const lost: LiveStatus = { kind: "lost", root: "/a", reason: "stopped" };

Deno.test("each state of one workspace has its words", () => {
  const shown = [[], [none], [connecting], [connected], [restarted], [lost]]
    .map((all) => statusSummary(all)).map(({ kind, text }) => `${kind}: ${text}`);
  assertEquals(shown, [
    "none: no workspace",
    "none: no workspace",
    "connecting: connecting to the workspace",
    "connected: workspace connected",
    "restarted: workspace restarted",
    "lost: workspace gone: stopped",
  ]);
  assertEquals(
    statusSummary([{ ...connected, restarts: 2 }]).text,
    "workspace connected (restarted)",
  );
});

Deno.test("several workspaces are counted, projects without one are not", () => {
  assertEquals(statusSummary([connected, none]).kind, "connected");
  assertEquals(statusSummary([connected, { ...lost, root: "/b" }, none]), {
    kind: "several",
    text: "1 of 2 workspaces connected",
  });
});
