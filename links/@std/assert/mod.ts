/**
 * Local stand-in for `jsr:@std/assert`: the functions in use, same names and behaviour, over
 * Deno's built-in `node:assert`. Deleting the `links` entry in `deno.json` gives the real package.
 * @module
 */
import strict from "node:assert/strict";

/** What a failed assertion throws. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

function failed(cause: unknown, message: string | undefined): never {
  const detail = cause instanceof Error ? cause.message : String(cause);
  throw new AssertionError(message === undefined ? detail : `${detail}: ${message}`);
}

/** Fails unless `value` is truthy. */
export function assert(value: unknown, message = ""): asserts value {
  if (!value) throw new AssertionError(message);
}

/** Fails unless both are deeply and strictly equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  try {
    strict.deepStrictEqual(actual, expected);
  } catch (error) {
    failed(error, message);
  }
}

/** Fails if both are deeply and strictly equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  try {
    strict.notDeepStrictEqual(actual, expected);
  } catch (error) {
    failed(error, message);
  }
}

/** Fails unless both are the same value, as by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): void {
  if (!Object.is(actual, expected)) {
    throw new AssertionError(message ?? "Values are not strictly equal.");
  }
}

/** Fails unless `actual` holds the text `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    throw new AssertionError(
      message ?? `Expected actual: "${actual}" to contain: "${expected}".`,
    );
  }
}

/** Fails unless `actual` matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  if (!expected.test(actual)) {
    throw new AssertionError(message ?? `Expected actual: "${actual}" to match: "${expected}".`);
  }
}

/** Fails unless `fn` throws, and, where given, an error of that class and with that text in it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any -- a constructor of any signature, as in the real package
  errorClass?: abstract new (...args: any[]) => E,
  includes?: string,
): E {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  return checkThrown(thrown, errorClass, includes, "Expected function to throw.");
}

/** As {@linkcode assertThrows}, for a function that answers a promise. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any -- a constructor of any signature, as in the real package
  errorClass?: abstract new (...args: any[]) => E,
  includes?: string,
): Promise<E> {
  let thrown: unknown;
  try {
    await fn();
  } catch (error) {
    thrown = error;
  }
  return checkThrown(thrown, errorClass, includes, "Expected function to reject.");
}

function checkThrown<E extends Error>(
  thrown: unknown,
  // deno-lint-ignore no-explicit-any -- a constructor of any signature, as in the real package
  errorClass: (abstract new (...args: any[]) => E) | undefined,
  includes: string | undefined,
  otherwise: string,
): E {
  if (thrown === undefined) throw new AssertionError(otherwise);
  if (!(thrown instanceof Error)) throw new AssertionError("A non-Error object was thrown.");
  if (errorClass !== undefined && !(thrown instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${thrown.constructor.name}".`,
    );
  }
  if (includes !== undefined && !thrown.message.includes(includes)) {
    throw new AssertionError(
      `Expected error message to include "${includes}", but got "${thrown.message}".`,
    );
  }
  return thrown as E;
}

/** Fails always. */
export function fail(message = ""): never {
  throw new AssertionError(`Failed assertion${message ? `: ${message}` : "."}`);
}

/** Fails, for a place that is never reached. */
export function unreachable(reason?: string): never {
  throw new AssertionError(reason ?? "Unreachable.");
}
