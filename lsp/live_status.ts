/**
 * How the workspaces stand, in words that every editor shows alike.
 * @module
 */
import type { LiveStatus } from "./live_answers.ts";

/** One line for a status bar; `kind` chooses its sign. */
export interface StatusSummary {
  readonly kind: LiveStatus["kind"] | "several";
  readonly text: string;
}

/** The workspaces of all projects in one line. */
export function statusSummary(workspaces: readonly LiveStatus[]): StatusSummary {
  const present = workspaces.filter(({ kind }) => kind !== "none");
  const [only] = present;
  if (only === undefined) return { kind: "none", text: "no workspace" };
  if (present.length === 1) return { kind: only.kind, text: statusText(only) };
  const connected = present.filter(({ kind }) => kind === "connected").length;
  return { kind: "several", text: `${connected} of ${present.length} workspaces connected` };
}

/** One workspace. */
export function statusText(status: LiveStatus): string {
  switch (status.kind) {
    case "none":
      return "no workspace";
    case "connecting":
      return "connecting to the workspace";
    case "connected":
      return status.restarts === 0 ? "workspace connected" : "workspace connected (restarted)";
    case "restarted":
      return "workspace restarted";
    case "lost":
      return `workspace gone: ${status.reason}`;
    default:
      return status satisfies never;
  }
}
