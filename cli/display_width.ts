/**
 * How many columns of a terminal a text takes.
 * @module
 */

let segmenter: Intl.Segmenter | undefined;

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}|\ufe0f/u;

const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** What a reader takes for the characters of a text: letters with their marks, whole emoji. */
export function* graphemes(text: string): Generator<string> {
  // Almost all that is typed is ASCII, where every character stands for itself.
  if (/^[\x20-\x7e]*$/.test(text)) {
    yield* text;
    return;
  }
  // Made when it is first needed: its data are read from the disk.
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Columns of one grapheme; characters of East Asian scripts and emoji take two. */
export function graphemeWidth(grapheme: string): number {
  if (wide.test(grapheme)) return 2;
  return invisible.test(grapheme) ? 0 : 1;
}

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const each of graphemes(text)) width += graphemeWidth(each);
  return width;
}

/** As much of a text as fits into some columns; what is cut shows as `…`. */
export function fitted(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const each of graphemes(text)) {
    width += graphemeWidth(each);
    if (width > columns - 1) break;
    kept += each;
  }
  return `${kept}…`;
}
