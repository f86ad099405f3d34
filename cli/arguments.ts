/**
 * Reads a command's arguments by its options, and says plainly what is wrong with them.
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type Arguments, type Command, type Option, UsageError } from "./command.ts";
import { didYouMean } from "./suggestion.ts";

/** Reads `args` by the command's options; throws a {@linkcode UsageError} for what it does not know. */
export function readArguments(args: readonly string[], command: Command): Arguments {
  const options = command.options;
  const valued = options.filter((option) => option.value !== undefined);
  const alias: Record<string, string> = {};
  for (const { name, short } of options) if (short !== undefined) alias[name] = short;
  const parsed = parseArgs([...args], {
    boolean: options.filter((option) => option.value === undefined).map(({ name }) => name),
    string: valued.map(({ name }) => name),
    collect: valued.map(({ name }) => name),
    alias,
    stopEarly: command.stopEarly ?? false,
    "--": true,
    unknown: (arg, key) => {
      if (key === undefined || !arg.startsWith("-")) return true;
      throw new UsageError(unknownOption(arg, options));
    },
  });
  const texts = (name: string) => parsed[name] as string[];
  for (const { name, value } of valued) {
    if (texts(name).includes("")) {
      throw new UsageError(`--${name} needs a value: --${name} ${value}`);
    }
  }
  return {
    positional: parsed._.map(String),
    rest: parsed["--"] ?? [],
    flag: (name) => parsed[name] === true,
    text: (name) => texts(name).at(-1),
    texts,
    integer: (name, least = 0) => {
      const text = texts(name).at(-1);
      if (text === undefined) return undefined;
      if (!/^-?\d+$/.test(text) || Number(text) < least) {
        throw new UsageError(`--${name} needs a whole number of at least ${least}, got ${text}`);
      }
      return Number(text);
    },
  };
}

function unknownOption(arg: string, options: readonly Option[]): string {
  const written = arg.replace(/=.*$/s, "");
  const near = didYouMean(written.replace(/^-+/, ""), [
    ...options.map(({ name }) => name),
    "help",
  ]);
  return `unknown option ${written}` + (near === undefined ? "" : `; did you mean --${near}?`);
}
