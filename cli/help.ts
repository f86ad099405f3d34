/**
 * The help texts: the list of commands and the page of one command.
 * @module
 */
import type { Command, CommandEntry, Option } from "./command.ts";
import type { Colors } from "./terminal.ts";

/** The text of `beamtalk --help`. */
export function overview(entries: readonly CommandEntry[], colors: Colors): string {
  const width = Math.max(...entries.map(({ name }) => name.length)) + 2;
  const rows = entries.map(({ name, summary }) =>
    `  ${colors.cyan(name)}${" ".repeat(width - name.length)}${summary}`
  );
  return [
    "Beamtalk: a live Smalltalk-inspired actor language on the Erlang VM.",
    "",
    `${colors.bold("Usage:")} beamtalk COMMAND [OPTIONS] [ARGUMENTS]`,
    "",
    colors.bold("Commands:"),
    ...rows,
    "",
    colors.bold("Options:"),
    ...optionRows([
      { name: "help", short: "h", summary: "show this help, or after a command that command's" },
      { name: "version", short: "V", summary: "show the version" },
    ], colors),
    "",
    "beamtalk COMMAND --help tells more of a command.",
    "",
  ].join("\n");
}

/** The text of `beamtalk COMMAND --help`. */
export function commandHelp(entry: CommandEntry, command: Command, colors: Colors): string {
  const lines = [
    `${entry.summary[0]?.toUpperCase() ?? ""}${entry.summary.slice(1)}.`,
    "",
    colors.bold("Usage:"),
    ...command.usage.map((line) => `  ${line}`),
    "",
  ];
  if (command.description !== undefined) lines.push(command.description.trim(), "");
  lines.push(
    colors.bold("Options:"),
    ...optionRows([
      ...command.options,
      { name: "help", short: "h", summary: "show this help" },
    ], colors),
    "",
  );
  if (command.examples !== undefined) {
    lines.push(colors.bold("Examples:"));
    for (const { line, does } of command.examples) lines.push(`  ${line}`, `      ${does}`);
    lines.push("");
  }
  return lines.join("\n");
}

function optionRows(options: readonly Option[], colors: Colors): string[] {
  const labels = options.map(({ name, short, value }) =>
    (short === undefined ? "    " : `-${short}, `) + `--${name}` +
    (value === undefined ? "" : ` ${value}`)
  );
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  return options.map(({ summary }, index) => {
    const label = labels[index] ?? "";
    return `  ${colors.cyan(label)}${" ".repeat(width - label.length)}${summary}`;
  });
}
