/**
 * What may have been meant where a name is not known: a command without its colon, a variable or a
 * class of nearly that name.
 * @module
 */
import type { Outcome } from "../../live/outcome.ts";
import { didYouMean } from "../suggestion.ts";
import { commandMeant } from "./commands.ts";

/** The names that could have been meant. */
export interface KnownNames {
  readonly variables: readonly string[];
  readonly classes: Iterable<string>;
}

/** A line that says what was meant; undefined where nothing is near, or a hint is there. */
export async function hintFor(
  outcome: Outcome,
  text: string,
  known: () => Promise<KnownNames>,
): Promise<string | undefined> {
  if (outcome.kind !== "error" || outcome.hint !== undefined) return undefined;
  const [, variable, ofClass] =
    /^(?:Undefined variable: (\S+)|Class '(\S+)' not found)$/.exec(outcome.message) ?? [];
  const name = variable ?? ofClass ?? "";
  // Every short name is near every other.
  if (name.length < 3) return undefined;
  const command = commandMeant(text);
  if (command !== undefined) return command;
  const { variables, classes } = await known();
  const near = didYouMean(name, variable === undefined ? classes : variables);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}
