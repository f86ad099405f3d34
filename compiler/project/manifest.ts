/**
 * Reads `beamtalk.toml`: the package, what it depends on and what `run` starts.
 * @module
 */
import { parse, type TomlTable, type TomlValue } from "smol-toml";
import { closest, distance } from "fastest-levenshtein";
import type { Span } from "../syntax/ast.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";

/** The name of the file. */
export const MANIFEST_FILE = "beamtalk.toml";

/** Where a dependency comes from. */
export type Dependency =
  & {
    readonly name: string;
    /** Where the manifest says so. */
    readonly place: Span;
  }
  & (
    | { readonly kind: "path"; readonly path: string }
    | { readonly kind: "git"; readonly url: string; readonly tag: string | undefined }
  );

/** A project's description. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly dependencies: readonly Dependency[];
  /** Class of the supervisor that `run` starts. */
  readonly supervisor: string | undefined;
  /** Class whose `main:` is run; `Main` where none is named. */
  readonly main: string | undefined;
}

/** The manifest as far as it could be read, and what is wrong with it. */
export interface ManifestReading {
  /** Undefined when there is an error. */
  readonly manifest: Manifest | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text of a `beamtalk.toml`. Never throws. */
export function readManifest(text: string): ManifestReading {
  return new ManifestReader(text).read();
}

/** Whether a text can name a package: it becomes part of module names. */
export function isPackageName(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name) && name !== "stdlib" && name !== "user";
}

const SECTIONS = {
  package: ["name", "version", "description", "licenses", "authors", "repository"],
  application: ["supervisor", "main"],
} as const;

class ManifestReader {
  readonly #text: string;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): ManifestReading {
    const table = this.#parse();
    const manifest = table === undefined ? undefined : this.#manifest(table);
    const failed = this.#diagnostics.some(({ severity }) => severity === "error");
    return { manifest: failed ? undefined : manifest, diagnostics: this.#diagnostics };
  }

  #parse(): TomlTable | undefined {
    try {
      return parse(this.#text);
    } catch (error) {
      const { message, line, column } = error as {
        message: string;
        line?: number;
        column?: number;
      };
      const start = offsetOf(this.#text, line ?? 1, column ?? 1);
      this.#add("BT9001", "error", { start, end: start + 1 }, firstSentence(message));
      return undefined;
    }
  }

  #manifest(table: TomlTable): Manifest | undefined {
    this.#refuseUnknown("", table, ["package", "dependencies", "application"]);
    const packageTable = this.#section(table, "package");
    if (packageTable === undefined) {
      this.#add(
        "BT9002",
        "error",
        { start: 0, end: 0 },
        'a project needs a [package] section with at least name = "..."',
      );
      return undefined;
    }
    this.#refuseUnknown("package", packageTable, SECTIONS.package);
    const application = this.#section(table, "application") ?? {};
    this.#refuseUnknown("application", application, SECTIONS.application);
    return {
      name: this.#packageName(packageTable),
      version: this.#version(packageTable),
      description: this.#string(packageTable, "package", "description"),
      dependencies: this.#dependencies(this.#section(table, "dependencies") ?? {}),
      supervisor: this.#className(application, "supervisor"),
      main: this.#className(application, "main"),
    };
  }

  #packageName(table: TomlTable): string {
    const name = this.#string(table, "package", "name");
    if (name === undefined) {
      if (!("name" in table)) {
        this.#add("BT9002", "error", this.#placeOf("package"), "[package] needs a name");
      }
      return "";
    }
    if (!isPackageName(name)) {
      this.#add(
        "BT9003",
        "error",
        this.#placeOf("package", "name"),
        `"${name}" is no package name: lower-case letters, digits and _, a letter first` +
          (name === "stdlib" || name === "user" ? `; ${name} is taken` : ""),
      );
    }
    return name;
  }

  #version(table: TomlTable): string {
    const version = this.#string(table, "package", "version") ?? "0.0.0";
    if (!/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version)) {
      this.#add(
        "BT9003",
        "error",
        this.#placeOf("package", "version"),
        `version must look like 1.2.3, got "${version}"`,
      );
    }
    return version;
  }

  #className(table: TomlTable, key: string): string | undefined {
    const name = this.#string(table, "application", key);
    if (name === undefined || /^[A-Z][A-Za-z0-9_]*$/.test(name)) return name;
    this.#add(
      "BT9003",
      "error",
      this.#placeOf("application", key),
      `${key} must name a class, got "${name}"`,
    );
    return undefined;
  }

  #dependencies(table: TomlTable): Dependency[] {
    const dependencies: Dependency[] = [];
    for (const [name, value] of Object.entries(table)) {
      const dependency = this.#dependency(name, value);
      if (dependency !== undefined) dependencies.push(dependency);
    }
    return dependencies;
  }

  #dependency(name: string, value: TomlValue): Dependency | undefined {
    const place = this.#placeOf("dependencies", name);
    if (!isPackageName(name)) {
      this.#add("BT9003", "error", place, `"${name}" is no package name`);
      return undefined;
    }
    if (!isTable(value)) {
      this.#add(
        "BT9004",
        "error",
        place,
        `${name} must say where it comes from: { path = "..." } or { git = "...", tag = "..." }`,
      );
      return undefined;
    }
    const { path, git, tag } = value;
    if (typeof path === "string" && git === undefined) return { kind: "path", name, place, path };
    if (typeof git === "string" && path === undefined) {
      return { kind: "git", name, place, url: git, tag: typeof tag === "string" ? tag : undefined };
    }
    this.#add("BT9004", "error", place, `${name} needs either path or git, as a string`);
    return undefined;
  }

  #section(table: TomlTable, key: string): TomlTable | undefined {
    const value = table[key];
    if (value === undefined) return undefined;
    if (isTable(value)) return value;
    this.#add("BT9003", "error", this.#placeOf(key), `${key} must be a section: [${key}]`);
    return undefined;
  }

  #string(table: TomlTable, section: string, key: string): string | undefined {
    const value = table[key];
    if (value === undefined || typeof value === "string") return value;
    this.#add(
      "BT9003",
      "error",
      this.#placeOf(section, key),
      `${key} must be a string, got ${describe(value)}`,
    );
    return undefined;
  }

  #refuseUnknown(section: string, table: TomlTable, known: readonly string[]): void {
    for (const key of Object.keys(table)) {
      if (known.includes(key)) continue;
      const near = closest(key, known);
      const proposal = distance(key, near) <= 2 ? `; did you mean ${near}?` : "";
      const place = section === "" ? this.#placeOf(key) : this.#placeOf(section, key);
      const where = section === "" ? "" : ` in [${section}]`;
      this.#add("BT9005", "warning", place, `${key} means nothing${where}${proposal}`);
    }
  }

  /** The header of a section, or a key in it; the start of the file where neither is found. */
  #placeOf(section: string, key?: string): Span {
    const name = escapePattern(section);
    const header = new RegExp(`^[ \\t]*\\[[ \\t]*${name}[ \\t]*\\]|^[ \\t]*${name}[ \\t]*=`, "m")
      .exec(this.#text);
    const start = header?.index ?? 0;
    if (key === undefined) return { start, end: start + (header?.[0].length ?? 0) };
    const body = this.#text.slice(start);
    const entry = new RegExp(`^([ \\t]*"?)${escapePattern(key)}"?[ \\t]*=.*$`, "m").exec(body);
    if (entry === null) return { start, end: start + (header?.[0].length ?? 0) };
    const at = start + entry.index + (entry[1]?.length ?? 0);
    return { start: at, end: start + entry.index + entry[0].trimEnd().length };
  }

  #add(code: string, severity: "error" | "warning", span: Span, message: string): void {
    this.#diagnostics.push({ code, severity, span, message });
  }
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function describe(value: TomlValue): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a table" : JSON.stringify(value);
}

function firstSentence(message: string): string {
  const line = message.split("\n")[0] ?? message;
  return line.replace(/^Invalid TOML document:\s*/, "").trim();
}

function offsetOf(text: string, line: number, column: number): number {
  let offset = 0;
  for (let seen = 1; seen < line; seen++) {
    const end = text.indexOf("\n", offset);
    if (end < 0) break;
    offset = end + 1;
  }
  return Math.min(offset + column - 1, text.length);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
