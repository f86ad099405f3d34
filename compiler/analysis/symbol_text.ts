/**
 * Symbols as they are written in source.
 * @module
 */

const PLAIN = /^([\p{L}_][\p{L}\p{N}_]*(:([\p{L}_][\p{L}\p{N}_]*:)*)?|[-+*/<>=~%&|@,\\!?]+)$/u;

/** `#name`, quoted where the name needs it. */
export function symbolText(value: string): string {
  return PLAIN.test(value) ? `#${value}` : `#'${value.replaceAll("'", "''")}'`;
}
