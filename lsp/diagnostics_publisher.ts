/**
 * Sends findings to clients that do not ask for them: of the edited file at once, of the other open
 * files a little later, since they may depend on it, and of all other files when there is time.
 * @module
 */
import { ProjectFindings } from "./project_findings.ts";
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

/** What is said of a file without findings. */
const NOTHING = "[]";

/** Publishes for one client. */
export class DiagnosticsPublisher {
  /** Whether the client asks by itself. */
  isPulled = false;
  readonly #state: ServerState;
  readonly #send: (params: PublishedDiagnostics) => void;
  readonly #wanted = new Set<string>();
  readonly #sent = new Map<string, string>();
  readonly #project: ProjectFindings;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(state: ServerState, send: (params: PublishedDiagnostics) => void) {
    this.#state = state;
    this.#send = send;
    this.#project = new ProjectFindings({
      index: state.index,
      publish: (path) => this.#publishNow(path, false),
      keepOnly: (paths) => {
        const gone = [...this.#sent.keys()].filter((path) => !paths.has(path));
        for (const path of gone) if (!state.index.isOpen(path)) this.#withdraw(path);
      },
    });
  }

  /** The text of a file is new. */
  publish(path: string): void {
    if (this.isPulled) return;
    this.#wanted.add(path);
    this.#timer ??= setTimeout(() => this.#flush());
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#others(), OTHERS_DELAY);
    this.#lookAtProject();
  }

  /** What is known of other files is new. */
  publishAll(): void {
    if (this.isPulled) return;
    for (const path of this.#state.index.openPaths()) this.#wanted.add(path);
    this.#timer ??= setTimeout(() => this.#flush());
    this.#lookAtProject();
  }

  /** The file is no longer shown: what holds is what is on disk, if it is a project's. */
  closed(path: string): void {
    this.#wanted.delete(path);
    this.#project.forget(path);
    const { index } = this.#state;
    if (index.file(path) === undefined || !index.isEditable(path)) this.#withdraw(path);
    if (!this.isPulled) this.#lookAtProject();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#later);
    this.#project.stop();
    this.#timer = undefined;
  }

  #lookAtProject(): void {
    if (this.#state.isProjectKnown) this.#project.later();
  }

  #withdraw(path: string): void {
    const sent = this.#sent.get(path);
    this.#sent.delete(path);
    if (sent !== undefined && sent !== NOTHING) this.#send({ uri: uriOf(path), diagnostics: [] });
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

  /** Of an open file the client has heard, even if nothing is wrong with it. */
  #isTold(path: string): boolean {
    return this.#sent.has(path) || !this.#state.index.isOpen(path);
  }

  /** After an edit findings are sent even if they are the same, since the version is new. */
  #publishNow(path: string, isEdited: boolean): void {
    const view = this.#state.index.view(path);
    if (view === undefined) return;
    // What the workspace says changes often, too often to look at every file again.
    const diagnostics = diagnosticsFor(this.#state, view, this.#state.index.isOpen(path));
    const text = JSON.stringify(diagnostics);
    if (!isEdited && (this.#sent.get(path) ?? NOTHING) === text && this.#isTold(path)) return;
    this.#sent.set(path, text);
    const version = this.#state.versionOf(path);
    const uri = uriOf(path);
    this.#send(version === null ? { uri, diagnostics } : { uri, version, diagnostics });
  }
}
