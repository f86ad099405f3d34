/**
 * Changes that are meant to last, of places where something is being tried.
 * @module
 */
import { type Change, isTyped, type LoggedChange, overlaid } from "./changes.ts";
import { type LiveProgram, readSourceText } from "./live_program.ts";
import { documentedTextAt, isDocumented, textAt } from "./source_edit.ts";
import type { Mark } from "./workspace.ts";

/** Changes as they are logged, and the trials that they end. */
export interface LastingChanges {
  readonly changes: readonly Change[];
  readonly marks: readonly Mark[];
}

/**
 * A change that is meant to last takes the place of the trials there, and is one of what the place
 * says without them: a file and a restarted node know nothing of trials.
 */
export async function overTrials(
  program: LiveProgram,
  changes: readonly Change[],
  inForce: readonly LoggedChange[],
): Promise<LastingChanges> {
  const marks: Mark[] = [];
  const lasting: Change[] = [];
  for (const change of changes) {
    const trials = inForce.filter((each) => isTrialUnder(change, each));
    const source = trials.length === 0 ? undefined : program.known(change.path);
    if (source === undefined) {
      lasting.push(change);
      continue;
    }
    const durable = inForce.filter(({ path, intent }) =>
      path === change.path && intent === "durable"
    );
    const text = overlaid(await readSourceText(source), durable).text;
    const hasDoc = change.after !== undefined && isDocumented(change.after);
    lasting.push({ ...change, before: (hasDoc ? documentedTextAt : textAt)(text, change) });
    marks.push(...trials.map(({ seq }) => ({ seq, status: "replaced" as const })));
  }
  return { changes: lasting, marks };
}

function isTrialUnder(change: Change, trial: LoggedChange): boolean {
  if (change.intent !== "durable" || trial.intent !== "ephemeral") return false;
  if (isTyped(change.path) || trial.path !== change.path) return false;
  if (trial.className !== change.className) return false;
  return change.selector === undefined ||
    (trial.selector === change.selector && trial.classSide === change.classSide);
}
