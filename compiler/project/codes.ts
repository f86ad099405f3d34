/**
 * Every diagnostic about a project, as its documentation page says it.
 * @module
 */
import type { Severity } from "../syntax/diagnostic.ts";

/** One kind of finding about a manifest or a file as a whole. */
export interface ProjectCode {
  readonly code: string;
  /** The code in words, in kebab case. */
  readonly name: string;
  readonly severity: Severity;
  /** What is reported, in one sentence. */
  readonly summary: string;
  /** Why it matters and what to do. */
  readonly explanation: string;
  /** What the examples are written in. */
  readonly language: "toml" | "text";
  readonly wrong: string;
  readonly right: string;
}

/** All codes of projects in order. */
export const projectCodes: readonly ProjectCode[] = [
  {
    code: "BT9001",
    name: "manifest-syntax",
    severity: "error",
    summary: "`beamtalk.toml` is no TOML.",
    explanation: "The message is that of the reader of TOML, at the place where it stopped.",
    language: "toml",
    wrong: '[package]\nname = "shop\n',
    right: '[package]\nname = "shop"\n',
  },
  {
    code: "BT9002",
    name: "manifest-without-package",
    severity: "error",
    summary: "`beamtalk.toml` does not say what the package is called.",
    explanation: "The name is part of the names of all modules, so there is no project without it.",
    language: "toml",
    wrong: '[application]\nmain = "Main"\n',
    right: '[package]\nname = "shop"\n\n[application]\nmain = "Main"\n',
  },
  {
    code: "BT9003",
    name: "manifest-value",
    severity: "error",
    summary: "A value in `beamtalk.toml` is of the wrong kind or form.",
    explanation:
      "Package names are lower-case letters, digits and `_`, a letter first, and not `stdlib` or " +
      "`user`; versions look like `1.2.3`; `main` and `supervisor` name classes.",
    language: "toml",
    wrong: '[package]\nname = "My Shop"\n',
    right: '[package]\nname = "my_shop"\n',
  },
  {
    code: "BT9004",
    name: "dependency-without-source",
    severity: "error",
    summary: "A dependency does not say where it comes from.",
    explanation: "A dependency is a folder (`path`) or a repository (`git`, with its `tag`).",
    language: "toml",
    wrong: '[package]\nname = "shop"\n\n[dependencies]\nmoney = "1.0.0"\n',
    right: '[package]\nname = "shop"\n\n[dependencies]\nmoney = { path = "../money" }\n',
  },
  {
    code: "BT9005",
    name: "unknown-manifest-key",
    severity: "warning",
    summary: "A key in `beamtalk.toml` means nothing.",
    explanation: "It is likely to be misspelt; what it says has no effect.",
    language: "toml",
    wrong: '[package]\nname = "shop"\ndescripton = "sells"\n',
    right: '[package]\nname = "shop"\ndescription = "sells"\n',
  },
  {
    code: "BT9006",
    name: "missing-dependency",
    severity: "error",
    summary: "A dependency cannot be had.",
    explanation:
      "There is no project at its place, the project there has another name, git cannot fetch it, or it depends on this project in its turn.",
    language: "text",
    wrong: '[package]\nname = "shop"\n\n[dependencies]\nmoney = { path = "../mony" }\n',
    right: '[package]\nname = "shop"\n\n[dependencies]\nmoney = { path = "../money" }\n',
  },
  {
    code: "BT9010",
    name: "not-utf8",
    severity: "error",
    summary: "A source file is not UTF-8.",
    explanation: "All sources are read as UTF-8. Save the file in that encoding.",
    language: "text",
    wrong: 'name := "Ren\\xE9"     // the byte 0xE9, as Latin-1 writes it',
    right: 'name := "René"         // the bytes 0xC3 0xA9',
  },
  {
    code: "BT9011",
    name: "unreadable-file",
    severity: "error",
    summary: "A source file cannot be read.",
    explanation:
      "It may not be read by this user, or has gone meanwhile. The other files are compiled.",
    language: "text",
    wrong: "---------- Point.bt",
    right: "-rw-r--r-- Point.bt",
  },
];
