/**
 * A file read once more with a name of its own at the cursor, so that the ordinary grammar says what
 * could stand there; and other texts to try where a name makes no sense.
 * @module
 */
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { edit } from "../compiler/syntax/edit.ts";
import type { SourceUnit } from "../compiler/syntax/source_file.ts";
import { type FileView, holds } from "./file_view.ts";
import type { Occurrence } from "./occurrences.ts";

/** The name that stands at the cursor. */
export const MARK = "zqCursor";
const CLASS_MARK = "ZqCursor";

/**
 * Texts that are tried at the cursor when a name alone makes no sense there: types, the pattern of
 * an arm without its arrow, the type of a method that has no body yet, of a local without a value.
 */
export const ATTEMPTS = [
  CLASS_MARK,
  `${MARK} -> nil`,
  `${CLASS_MARK} -> nil`,
  `${CLASS_MARK} => nil`,
  `${CLASS_MARK}) => nil`,
  `${CLASS_MARK} := nil`,
];

/** The same for another keyword of the message before: alone, or before an argument that is there. */
export const KEYWORD_ATTEMPTS = [`${MARK}: nil`, `${MARK}:`];

/** The same for what follows a class in a pattern. */
export const FIELD_ATTEMPTS = [`${MARK}: _`, `${MARK}: _ -> nil`];

/** A file that was read again with a mark, and the unit that holds it. */
export interface Attempt {
  readonly view: FileView;
  readonly unit: SourceUnit;
}

/** The file with another text in a place; undefined where that is no token of its own. */
export function attempt(
  view: FileView,
  { start, end }: Span,
  newText: string,
): Attempt | undefined {
  const source = edit(view.source, { start, end, newText });
  const unit = source.units.find((each) => holds(wholeUnit(each), start + 1) && isIn(each, start));
  if (unit === undefined) return undefined;
  let facts: FileFacts | undefined;
  const marked: FileView = {
    ...view,
    source,
    get facts() {
      return facts ??= fileFacts(source, { file: view.path, naming: view.naming });
    },
  };
  return { view: marked, unit };
}

function wholeUnit({ offset, tokens }: SourceUnit): Span {
  return { start: offset, end: offset + tokens.text.length };
}

/** Whether the mark is a token of the unit, and no part of a comment or a string. */
function isIn({ tokens, offset }: SourceUnit, start: number): boolean {
  return tokens.starts.some((each, index) => {
    const end = tokens.ends[index] ?? each;
    const written = tokens.text.slice(each, end);
    if (offset + each > start || offset + end < start + MARK.length) return false;
    return /zqCursor/i.test(written) && !/^["}]/.test(written);
  });
}

/** Whether an occurrence is the mark. */
export function isMarked(each: Occurrence): boolean {
  const name = each.kind === "send" || each.kind === "method"
    ? each.selector
    : each.kind === "symbol"
    ? each.value
    : each.name;
  return name.includes(MARK) || name.includes(CLASS_MARK);
}
