/**
 * What is known of the running workspace, and how it is asked. The language server works without
 * one; answers that come too late are kept for the next time.
 * @module
 */
import type { Side } from "../compiler/analysis/hierarchy.ts";

/** A method as the running class has it. */
export interface LiveMethod {
  readonly selector: string;
  readonly side: Side;
  /** Its head, as source says it. */
  readonly signature: string;
  readonly parameters: readonly string[];
  readonly doc: string | undefined;
  /** The text that is running; empty where the node does not have it. */
  readonly source: string;
}

/** A class as it is in the node. */
export interface LiveClass {
  readonly name: string;
  readonly package: string;
  readonly superclass: string | undefined;
  readonly methods: readonly LiveMethod[];
  /** Living actors of this very class. */
  readonly actors: readonly string[];
}

/** How the workspace stands. */
export type LiveStatus =
  | { readonly kind: "none" }
  | { readonly kind: "connecting"; readonly root: string }
  | { readonly kind: "connected"; readonly root: string; readonly node: string }
  | { readonly kind: "lost"; readonly root: string; readonly reason: string };

/** The answers of a workspace. */
export interface LiveAnswers {
  status(path: string): LiveStatus;
  /** The class in the node of the file's project; undefined within the limit or where unknown. */
  classNamed(path: string, name: string, limitMs: number): Promise<LiveClass | undefined>;
  /** What is known already. */
  knownClass(path: string, name: string): LiveClass | undefined;
  /** Bindings of the workspace, printed. */
  bindings(path: string, limitMs: number): Promise<ReadonlyMap<string, string>>;
}

/** No workspace. */
export const noLiveAnswers: LiveAnswers = {
  status: () => ({ kind: "none" }),
  classNamed: () => Promise.resolve(undefined),
  knownClass: () => undefined,
  bindings: () => Promise.resolve(new Map()),
};
