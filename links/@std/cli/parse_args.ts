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
  const terminator = args.indexOf("--");
  const read = terminator < 0 ? [...args] : args.slice(0, terminator);
  const unread = terminator < 0 ? [] : args.slice(terminator + 1);
  if (options["--"] === true) parsed["--"] = [...unread];

  const { tokens } = tokenize({
    args: read,
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "option") setOption(token.name, token.rawName, token.value);
    if (token.kind !== "positional") continue;
    parsed._.push(token.value);
    if (options.stopEarly !== true) continue;
    parsed._.push(...read.slice(token.index + 1));
    break;
  }
  if (options["--"] !== true) parsed._.push(...unread);
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
