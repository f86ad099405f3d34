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

/** What a class and its actors hold, printed, by name. */
export interface LiveValues {
  readonly classState: ReadonlyMap<string, string>;
  /** The state of each actor, while they are few. */
  readonly actors: readonly ReadonlyMap<string, string>[];
}

/** How the workspace of a project stands. */
export type LiveStatus =
  | { readonly kind: "none"; readonly root: string }
  | { readonly kind: "connecting"; readonly root: string }
  | {
    readonly kind: "connected";
    readonly root: string;
    readonly node: string;
    /** How often another node has taken the place of one that was connected. */
    readonly restarts: number;
  }
  /** Another node runs in place of the one that was connected; it is joined next. */
  | { readonly kind: "restarted"; readonly root: string }
  | { readonly kind: "lost"; readonly root: string; readonly reason: string };

/** The answers of a workspace. */
export interface LiveAnswers {
  status(path: string): LiveStatus;
  /** Every project with its workspace. */
  statuses(): readonly LiveStatus[];
  /** The class in the node of the file's project; undefined within the limit or where unknown. */
  classNamed(path: string, name: string, limitMs: number): Promise<LiveClass | undefined>;
  /** What is known already. */
  knownClass(path: string, name: string): LiveClass | undefined;
  /** What a class and its actors hold now. */
  values(path: string, name: string, limitMs: number): Promise<LiveValues | undefined>;
  /** Bindings of the workspace, printed. */
  bindings(path: string, limitMs: number): Promise<ReadonlyMap<string, string>>;
  /** The classes that are not the library's, with the names of their superclasses. */
  classes(path: string, limitMs: number): Promise<ReadonlyMap<string, string>>;
}

/** No workspace. */
export const noLiveAnswers: LiveAnswers = {
  status: () => ({ kind: "none", root: "" }),
  statuses: () => [],
  classNamed: () => Promise.resolve(undefined),
  knownClass: () => undefined,
  values: () => Promise.resolve(undefined),
  bindings: () => Promise.resolve(new Map()),
  classes: () => Promise.resolve(new Map()),
};
