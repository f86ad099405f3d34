/**
 * Lines of offsets in a text.
 * @module
 */

/** Answers the line of an offset by binary search. */
export class LineIndex {
  readonly #starts: number[] = [0];
  readonly #lines: readonly number[] | undefined;

  /** `lines` are those that the text's lines have elsewhere, where it is a part of something. */
  constructor(text: string, lines?: readonly number[]) {
    this.#lines = lines;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  /** The line, from 1, that holds the offset. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return this.#lines?.[low] ?? low + 1;
  }
}
