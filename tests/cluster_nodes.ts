/**
 * Nodes of a cluster in tests: their states, and networks that are cut and mended.
 * @module
 */
import { assertEquals } from "@std/assert";
import { atom, type Term } from "../bridge/mod.ts";
import { textField } from "../live/node_terms.ts";
import type { Workspace } from "../live/workspace.ts";

/** The file of the class that tests change. */
export const FILE = "src/Counter.bt";

/** What is in it first. */
export const COUNTER = `Actor subclass: Counter
  state: value = 0

  value => self.value
  increment => self.value += 1
`;

/** The counter with a patch; the second version has a field that only the patch fills. */
export const TIMES_TEN = `${COUNTER.replace("+= 1", "+= 100")}
patch Counter >> state { self.value := self.value * 10 }
`;

/** That second version. */
export const PLUS_ONE = `${
  COUNTER.replace("+= 1", "+= 1000").replace(
    "state: value",
    "state: note :: String\n  state: value",
  )
}  note => self.note

patch Counter >> state {
  self.value := self.value + 1
  self.note := "was {self.value}"
}
`;

/** What a node says of another. */
export async function stateOf(workspace: Workspace, node: string): Promise<string> {
  const nodes = await workspace.call("beamtalk_workspace_cluster", "nodes", []) as Term[];
  const told = nodes.find((each) => textField(each, "name") === node);
  return told === undefined ? "unknown" : textField(told, "state") ?? "";
}

/** Asks until the answer is the expected one. */
export async function eventually(expected: string, ask: () => Promise<string>): Promise<void> {
  let said = "";
  for (let tries = 0; tries < 100; tries++) {
    said = await ask();
    if (said === expected) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(said, expected);
}

/** Cuts the connection of two nodes, each of which the toolchain still reaches, and keeps it cut. */
export async function cut(a: Workspace, b: Workspace): Promise<void> {
  for (const [one, other] of [[a, b], [b, a]] as const) {
    await one.call("erlang", "set_cookie", [atom(other.node), atom(`not_${other.node}`)]);
  }
  await a.call("erlang", "disconnect_node", [atom(b.node)]);
}

/** Lets two nodes connect again. */
export async function mend(a: Workspace, b: Workspace, cookie: string): Promise<void> {
  for (const [one, other] of [[a, b], [b, a]] as const) {
    await one.call("erlang", "set_cookie", [atom(other.node), atom(cookie)]);
  }
}
