/**
 * What a file mentions, counted: enough to know which files to read when a name is looked for.
 * @module
 */
import type { SourceFile } from "../compiler/syntax/source_file.ts";
import type { UnitNode } from "../compiler/syntax/ast.ts";
import { occurrencesIn } from "./occurrences.ts";

/** Names of a file with how often each is there. */
export interface Mentions {
  /** Selectors of sends. */
  readonly sends: Readonly<Record<string, number>>;
  /** Selectors of methods, names of classes, types and fields, and symbols. */
  readonly names: Readonly<Record<string, number>>;
}

/** Counts the names of a file. */
export function mentionsOf(file: SourceFile): Mentions {
  const sends = new Map<string, number>();
  const names = new Map<string, number>();
  for (const { node } of file.units) addUnit(node, sends, names);
  return { sends: countsOf(sends), names: countsOf(names) };
}

function addUnit(node: UnitNode, sends: Map<string, number>, names: Map<string, number>): void {
  for (const each of occurrencesIn(node)) {
    switch (each.kind) {
      case "send":
        count(sends, each.selector);
        break;
      case "method":
        count(names, each.selector);
        break;
      case "class":
      case "field":
        count(names, each.name);
        break;
      case "symbol":
        count(names, each.value);
        break;
      case "local":
      case "unresolved":
      case "typeParameter":
        break;
      default:
        each satisfies never;
    }
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** A record of counts without inherited keys, since any name can be a key. */
export function countsOf(counts: Iterable<readonly [string, number]>): Record<string, number> {
  const record: Record<string, number> = Object.create(null);
  for (const [name, count] of counts) record[name] = count;
  return record;
}
