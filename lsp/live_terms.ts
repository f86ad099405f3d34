/**
 * What a node says of its classes, from terms to plain values.
 * @module
 */
import { type Term, text, Tuple } from "../bridge/mod.ts";
import { listField, textField } from "../live/node_terms.ts";
import type { LiveClass, LiveMethod, LiveValues } from "./live_answers.ts";

/** A class as it runs; undefined for nil. */
export function liveClass(term: Term): LiveClass | undefined {
  const name = textField(term, "name");
  if (name === undefined) return undefined;
  return {
    name,
    package: textField(term, "package") ?? "",
    superclass: textField(term, "super"),
    methods: [
      ...listField(term, "methods").map((each) => liveMethod(each, "instance")),
      ...listField(term, "class_methods").map((each) => liveMethod(each, "class")),
    ],
    actors: listField(term, "actors").map((each) => text(each)),
  };
}

function liveMethod(term: Term, side: LiveMethod["side"]): LiveMethod {
  const selector = textField(term, "selector") ?? "";
  return {
    selector,
    side,
    signature: textField(term, "signature") ?? selector,
    parameters: listField(term, "parameters").map((each) => text(each)),
    doc: textField(term, "doc"),
    source: textField(term, "source") ?? "",
  };
}

/** What a class and its actors hold. */
export function liveValues(term: Term): LiveValues {
  return {
    classState: liveBindings(listField(term, "class_state")),
    actors: listField(term, "actors").map((each) => liveBindings(each)),
  };
}

/** Names with their printed values: a list of pairs. */
export function liveBindings(term: Term | readonly Term[]): ReadonlyMap<string, string> {
  const pairs: readonly Term[] = Array.isArray(term) ? term : [];
  return new Map(pairs.flatMap((pair): [string, string][] => {
    const [name, value] = pair instanceof Tuple ? pair.elements : [];
    return name === undefined || value === undefined ? [] : [[text(name), text(value)]];
  }));
}
