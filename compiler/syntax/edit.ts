/**
 * Re-reads a file after an edit: only the units that the edit could have changed.
 * @module
 */
import { Lexer } from "./lexer.ts";
import {
  assemble,
  countLines,
  makeUnit,
  opensClass,
  type SourceFile,
  type SourceUnit,
} from "./source_file.ts";
import { scanUnit } from "./unit_scanner.ts";

/** A change of text: the characters from `start` up to `end` become `newText`. */
export interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/**
 * The file after an edit. Units that it does not touch are the same objects as before, or copies
 * that differ in place only; the result is that of parsing the new text afresh.
 */
export function edit(file: SourceFile, change: SourceEdit): SourceFile {
  const text = file.text.slice(0, change.start) + change.newText + file.text.slice(change.end);
  const first = firstTouched(file.units, change.start);
  const kept = file.units.slice(0, first);
  const old = file.units[first];
  const from = old?.offset ?? endOf(kept);
  const lexer = new Lexer(text);
  lexer.seek(from, from === 0 ? 0 : text.lastIndexOf("\n", from - 1) + 1);
  let line = old?.line ?? countLines(text.slice(0, from));
  let inClass = opensClass(kept[kept.length - 1]);
  const delta = change.newText.length - (change.end - change.start);
  const units = kept;
  let next = first;
  for (;;) {
    const scanned = scanUnit(lexer, { kind: file.kind, inClass });
    if (scanned === undefined) break;
    const unit = makeUnit(scanned, file.kind, line);
    units.push(unit);
    line += countLines(scanned.tokens.text);
    inClass = opensClass(unit);
    const place = scanned.end - delta;
    while ((file.units[next]?.offset ?? Infinity) < place) next++;
    if (meets(file.units, next, place, change.end, inClass) && text[scanned.end - 1] === "\n") {
      appendMoved(units, file.units, next, delta, line);
      break;
    }
  }
  return assemble(text, file.kind, units);
}

/** The first unit that looked at the character at `start`, or at the end just before it. */
function firstTouched(units: readonly SourceUnit[], start: number): number {
  const found = units.findIndex((unit) => unit.offset + unit.reach >= start);
  return found < 0 ? units.length : found;
}

function endOf(units: readonly SourceUnit[]): number {
  const last = units[units.length - 1];
  return last === undefined ? 0 : last.offset + last.tokens.text.length;
}

/** Whether an untouched unit began at `place` in the same context. */
function meets(
  units: readonly SourceUnit[],
  index: number,
  place: number,
  changedTo: number,
  inClass: boolean,
): boolean {
  return units[index]?.offset === place && place >= changedTo &&
    opensClass(units[index - 1]) === inClass;
}

function appendMoved(
  into: SourceUnit[],
  units: readonly SourceUnit[],
  from: number,
  delta: number,
  line: number,
): void {
  const lines = line - (units[from]?.line ?? line);
  for (let i = from; i < units.length; i++) {
    const unit = units[i];
    if (unit === undefined) continue;
    const stays = delta === 0 && lines === 0;
    into.push(stays ? unit : { ...unit, offset: unit.offset + delta, line: unit.line + lines });
  }
}
