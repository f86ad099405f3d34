/**
 * The terminal in the state that the prompt needs: keys come as they are pressed, pastes are marked.
 * Others get it as they had it: the shell while the prompt is suspended, all when it ends or is ended.
 * @module
 */
import process from "node:process";
import { MARK_NO_PASTES, MARK_PASTES } from "./paste.ts";

/** What is done about signals. */
export interface SignalHandlers {
  /** The prompt has the terminal again after others wrote on it. */
  onBack(): void;
  /** SIGINT, which a terminal in this state sends for no key. */
  onInterrupt(): void;
  /** The prompt is asked to end, with an exit code. */
  onEnd(code: number): void;
}

/** Signals that ask to end, with the exit codes that shells give them. */
const ENDS = { SIGHUP: 129, SIGQUIT: 131, SIGTERM: 143 } as const;

/** Takes the terminal and gives it back. */
export class TerminalModes {
  readonly #listeners: readonly (readonly [Deno.Signal, () => void])[];
  readonly #handlers: SignalHandlers;
  /** Whether the prompt has stopped itself and not painted since. */
  #isAway = false;
  /** Whether a SIGCONT is still to come for a stop that is over. */
  #isContinued = false;

  constructor(handlers: SignalHandlers) {
    this.#handlers = handlers;
    this.#listeners = [
      ["SIGCONT", () => this.#continued()],
      ["SIGINT", () => handlers.onInterrupt()],
      ...Object.entries(ENDS).map(([signal, code]) =>
        [signal as keyof typeof ENDS, () => handlers.onEnd(code)] as const
      ),
    ];
  }

  /** From now on the terminal is the prompt's. */
  take(): void {
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
    takeTerminal();
  }

  /** From now on it is as it was. */
  giveBack(): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    giveTerminalBack();
  }

  /** The shell has the terminal until this process goes on. */
  suspend(): void {
    this.#isAway = true;
    giveTerminalBack();
    Deno.kill(Deno.pid, "SIGTSTP");
    // Where no shell controls jobs, the signal does nothing, and no SIGCONT comes.
    setTimeout(() => {
      if (!this.#isAway) return;
      this.#isContinued = true;
      this.#comeBack();
    }, 0);
  }

  #continued(): void {
    if (this.#isContinued) {
      this.#isContinued = false;
      return;
    }
    this.#comeBack();
  }

  #comeBack(): void {
    this.#isAway = false;
    takeTerminal();
    this.#handlers.onBack();
  }
}

function takeTerminal(): void {
  // A shell sets its own modes behind the runtime's back, which would see nothing to change.
  process.stdin.setRawMode(false);
  process.stdin.setRawMode(true);
  process.stdin.resume();
  write(MARK_PASTES);
}

function giveTerminalBack(): void {
  write(MARK_NO_PASTES);
  try {
    process.stdin.setRawMode(false);
  } catch {
    // The terminal is gone.
  }
}

function write(text: string): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  } catch {
    // The terminal is gone.
  }
}
