/**
 * A tree as text, one line a node: for tests, golden files and curious readers.
 * @module
 */
import type { UnitNode } from "./ast.ts";
import type { SourceFile } from "./source_file.ts";

const placeKeys = new Set(["span", "selectorSpans", "selectorSpan", "wordSpan"]);

/** The outline of every unit of a file; places are left out. */
export function outline(file: SourceFile): string {
  return file.units.map((unit) => outlineOf(unit.node)).join("\n");
}

/** The outline of one unit. */
export function outlineOf(node: UnitNode): string {
  return render(node);
}

function render(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(render).join(" ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).filter(([key, it]) => isShown(key, it));
  const short = shortForm(entries);
  if (short !== undefined) return short;
  const kind = entries.find(([key]) => key === "kind");
  const rest = entries.filter(([key]) => key !== "kind")
    .map(([key, it]) => `${key}=${render(it)}`);
  return `(${[...(kind === undefined ? [] : [String(kind[1])]), ...rest].join(" ")})`;
}

function isShown(key: string, value: unknown): boolean {
  if (placeKeys.has(key) || value === undefined) return false;
  return !(Array.isArray(value) && value.length === 0);
}

/** Nodes with one plain value need no labels. */
function shortForm(entries: readonly [string, unknown][]): string | undefined {
  const names = entries.map(([key]) => key).join(" ");
  const value = (key: string) => entries.find(([name]) => name === key)?.[1];
  if (names === "text") return render(value("text"));
  if (names === "expression") return render(value("expression"));
  if (names !== "kind value" && names !== "kind name") return undefined;
  const kind = value("kind");
  if (kind === "integer" || kind === "float" || kind === "string") return render(value("value"));
  if (kind === "symbol") return `#${render(value("value"))}`;
  if (kind === "variable") return String(value("name"));
  return undefined;
}
