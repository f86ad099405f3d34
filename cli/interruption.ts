/**
 * What is done when a command is interrupted or asked to end: temporary folders are removed, and
 * the exit code tells of the signal.
 * @module
 */

/** Exit codes by the signals that end a command, as shells give them. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Does the work; a signal that ends the process does `atEnd` first. */
export async function untilInterrupted<T>(
  atEnd: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const listeners = Object.entries(CODES).map(([signal, code]) => {
    const listener = () => {
      try {
        atEnd();
      } finally {
        Deno.exit(code);
      }
    };
    return { signal: signal as keyof typeof CODES, listener };
  });
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  try {
    return await work();
  } finally {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  }
}
