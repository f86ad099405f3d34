/**
 * Finds the running workspace of a project, joins it, and keeps what it says.
 * @module
 */
import type { Installation } from "../live/installation.ts";
import type { LiveAnswers, LiveClass, LiveStatus } from "./live_answers.ts";
import type { ProjectIndex } from "./project_index.ts";

/** What the connector needs. */
export interface ConnectorOptions {
  readonly installation: Installation;
  /** Folder of workspace records. */
  readonly home: string;
  readonly index: ProjectIndex;
}

/** Placeholder until the workspace is asked. */
export class LiveConnector implements LiveAnswers {
  onChange: () => void = () => {};
  constructor(readonly options: ConnectorOptions) {}
  status(_path: string): LiveStatus {
    return { kind: "none" };
  }
  classNamed(): Promise<LiveClass | undefined> {
    return Promise.resolve(undefined);
  }
  knownClass(): LiveClass | undefined {
    return undefined;
  }
  bindings(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map());
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
