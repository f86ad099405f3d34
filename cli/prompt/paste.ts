/**
 * Pasted text, which terminals put between two marks so that the newlines in it are no Enter.
 * @module
 */
import type { Key } from "./keys.ts";

/** Asks a terminal to mark what is pasted. */
export const MARK_PASTES = "\x1b[?2004h";
/** Ends that. */
export const MARK_NO_PASTES = "\x1b[?2004l";

const BEGIN = "\x1b[200";
const END = "\x1b[201";

/** Gathers what is pasted from the keys that it comes as. */
export class Paste {
  #gathered: string | undefined;
  /** The keys of a mark come as two: its number, then its `~`. */
  #mark: string | undefined;

  /** Undefined for a key that was typed; a whole paste with the key that ends it. */
  take(text: string | undefined, { sequence = text ?? "" }: Key): string | "pasting" | undefined {
    const mark = this.#mark;
    this.#mark = undefined;
    if (sequence === BEGIN || sequence === END) {
      this.#mark = sequence;
      return "pasting";
    }
    const whole = mark !== undefined && sequence === "~" ? mark : sequence.replace(/~$/, "");
    if (whole === BEGIN) {
      this.#gathered = "";
      return "pasting";
    }
    if (this.#gathered === undefined) return undefined;
    if (whole === END) {
      const gathered = this.#gathered;
      this.#gathered = undefined;
      return gathered.replaceAll(/\r\n?/g, "\n");
    }
    this.#gathered += sequence;
    return "pasting";
  }
}
