/**
 * Keeps a bug in one feature from taking the server down, and runs long answers in steps.
 * @module
 */
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { InvalidRequest } from "./state.ts";

/** How long a long answer may keep others waiting. */
const SLICE = 8;

/** Why a long answer may be given up between two slices. */
export interface Interruptions {
  isCancelled(): boolean;
  isStale(): boolean;
}

/** The value of an answer: at once, of a promise, or of a generator that is run in slices. */
export async function settle(
  answer: unknown,
  { isCancelled, isStale }: Interruptions,
): Promise<unknown> {
  if (!isGenerator(answer)) return await answer;
  let pause = performance.now();
  for (;;) {
    const step = answer.next();
    if (step.done === true) return step.value;
    if (performance.now() - pause < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (isCancelled()) {
      throw new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    }
    if (isStale()) throw new ResponseError(LSPErrorCodes.ContentModified, "the text has changed");
    pause = performance.now();
  }
}

function isGenerator(value: unknown): value is Generator<void, unknown> {
  return typeof value === "object" && value !== null && "next" in value &&
    typeof value.next === "function" && Symbol.iterator in value;
}

/** What the client is told of a failure; what is not its fault is logged whole. */
export function asResponseError(
  error: unknown,
  method: string,
  log: (text: string) => void,
): ResponseError<void> {
  if (error instanceof ResponseError) return error;
  if (error instanceof InvalidRequest) {
    return new ResponseError(LSPErrorCodes.RequestFailed, error.message);
  }
  if (error instanceof TypeError) {
    return new ResponseError(ErrorCodes.InvalidParams, `${method}: ${error.message}`);
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  log(`${method} failed: ${text}`);
  return new ResponseError(ErrorCodes.InternalError, `${method} failed`);
}
