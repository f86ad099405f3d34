/**
 * Sends findings to clients that do not ask for them: of the edited file at once, of the other open
 * files a little later, since they may depend on it.
 * @module
 */
import { diagnosticsFor } from "./pull_diagnostics.ts";
import type { ServerState } from "./state.ts";
import { uriOf } from "./uris.ts";

/** What is sent. */
export interface PublishedDiagnostics {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly unknown[];
}

const OTHERS_DELAY = 150;

/** Publishes for one client. */
export class DiagnosticsPublisher {
  /** Whether the client asks by itself. */
  isPulled = false;
  readonly #state: ServerState;
  readonly #send: (params: PublishedDiagnostics) => void;
  readonly #wanted = new Set<string>();
  readonly #sent = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(state: ServerState, send: (params: PublishedDiagnostics) => void) {
    this.#state = state;
    this.#send = send;
  }

  /** The text of a file is new. */
  publish(path: string): void {
    if (this.isPulled) return;
    this.#wanted.add(path);
    this.#timer ??= setTimeout(() => this.#flush());
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#others(), OTHERS_DELAY);
  }

  /** What is known of other files is new. */
  publishAll(): void {
    if (this.isPulled) return;
    for (const path of this.#state.index.openPaths()) this.#wanted.add(path);
    this.#timer ??= setTimeout(() => this.#flush());
  }

  /** The file is no longer shown. */
  clear(path: string): void {
    this.#wanted.delete(path);
    if (this.#sent.delete(path)) this.#send({ uri: uriOf(path), diagnostics: [] });
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#later);
    this.#timer = undefined;
  }

  #flush(): void {
    this.#timer = undefined;
    const paths = [...this.#wanted];
    this.#wanted.clear();
    for (const path of paths) this.#publishNow(path, true);
  }

  #others(): void {
    for (const path of this.#state.index.openPaths()) this.#publishNow(path, false);
  }

  /** After an edit findings are sent even if they are the same, since the version is new. */
  #publishNow(path: string, isEdited: boolean): void {
    const view = this.#state.index.view(path);
    if (view === undefined || !this.#state.index.isOpen(path)) return;
    const diagnostics = diagnosticsFor(this.#state, view);
    const text = JSON.stringify(diagnostics);
    if (!isEdited && this.#sent.get(path) === text) return;
    this.#sent.set(path, text);
    const version = this.#state.versionOf(path);
    const uri = uriOf(path);
    this.#send(version === null ? { uri, diagnostics } : { uri, version, diagnostics });
  }
}
