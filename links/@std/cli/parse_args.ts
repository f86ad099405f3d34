/**
 * Local stand-in for `jsr:@std/cli/parse-args`: `parseArgs` with the options in use, same behaviour,
 * over Deno's built-in `node:util` tokenizer. Deleting the `links` entry gives the real package.
 * @module
 */
import { parseArgs as tokenize } from "node:util";

/** What to make of the arguments. */
export interface ParseOptions {
  /** Flags without a value. */
  boolean?: readonly string[];
  /** Flags with a value. */
  string?: readonly string[];
  /** String flags that may stand several times; each gives a list. */
  collect?: readonly string[];
  /** Short or other names of a flag. */
  alias?: Readonly<Record<string, string>>;
  /** Values of flags that are not given. */
  default?: Readonly<Record<string, unknown>>;
  /** Put everything after the first positional argument into `_` unread. */
  stopEarly?: boolean;
  /** Put what follows `--` into `"--"`. */
  "--"?: boolean;
  /** Called for each flag that is not known; answering false drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The flags by name, and the positional arguments in `_`. */
export type Args = { _: string[]; "--"?: string[] } & { [flag: string]: unknown };

/** Reads command-line arguments into flags and positional arguments. Never throws. */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const booleans = new Set(options.boolean ?? []);
  const strings = new Set(options.string ?? []);
  const collected = new Set(options.collect ?? []);
  const alias = new Map(Object.entries(options.alias ?? {}).map(([name, short]) => [short, name]));
  const config: Record<string, { type: "boolean" | "string"; multiple: true; short?: string }> = {};
  for (const name of booleans) config[name] = { type: "boolean", multiple: true };
  for (const name of strings) config[name] = { type: "string", multiple: true };
  for (const [short, name] of alias) {
    const target = config[name];
    if (target !== undefined && short.length === 1) target.short = short;
  }
  const parsed: Args = { _: [] };
  for (const name of booleans) parsed[name] = false;
  for (const name of collected) parsed[name] = [];
  Object.assign(parsed, options.default ?? {});
  const rest = options["--"] === true ? [] as string[] : undefined;
  if (rest !== undefined) parsed["--"] = rest;

  const { tokens } = tokenize({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  let afterTerminator = false;
  for (const token of tokens) {
    if (token.kind === "option-terminator") {
      afterTerminator = true;
    } else if (token.kind === "positional") {
      (afterTerminator && rest !== undefined ? rest : parsed._).push(token.value);
      if (options.stopEarly === true && !afterTerminator) {
        parsed._.push(...args.slice(token.index + 1));
        return parsed;
      }
    } else {
      setOption(token.name, token.rawName, token.value);
    }
  }
  return parsed;

  function setOption(name: string, rawName: string, value: string | undefined): void {
    const negated = name.startsWith("no-") && booleans.has(name.slice(3));
    const key = negated ? name.slice(3) : alias.get(name) ?? name;
    if (booleans.has(key)) {
      parsed[key] = negated ? false : value !== "false";
    } else if (strings.has(key)) {
      if (collected.has(key)) (parsed[key] as string[]).push(value ?? "");
      else parsed[key] = value ?? "";
    } else if (options.unknown === undefined || options.unknown(rawName, key, value) !== false) {
      parsed[key] = value ?? true;
    }
  }
}
