/**
 * The documentation pages of all diagnostics, made from the same values that find them.
 * @module
 */
import type { Category, Rule } from "../analysis/rule.ts";
import { RULES } from "../analysis/rules/index.ts";
import { type ProjectCode, projectCodes } from "../project/codes.ts";
import type { Severity } from "../syntax/diagnostic.ts";
import { type SyntaxCode, syntaxCodes } from "../syntax/mod.ts";

/** What a page needs of a diagnostic. */
export interface DocumentedCode {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly category: Category | undefined;
  readonly summary: string;
  readonly explanation: string;
  /** What the examples are written in. */
  readonly language: "beamtalk" | ProjectCode["language"];
  readonly wrong: string;
  readonly right: string;
}

/** Every documented code, in order. */
export function documentedCodes(): readonly DocumentedCode[] {
  const codes = [
    ...syntaxCodes.map(ofSyntax),
    ...RULES.map(ofRule),
    ...projectCodes.map(ofProject),
  ];
  return codes.sort((a, b) => a.code < b.code ? -1 : 1);
}

function ofSyntax(entry: SyntaxCode): DocumentedCode {
  const { code, name, severity, what, wrong, right } = entry;
  const summary = `${sentence(entry.message)}`;
  const category = undefined;
  const language = "beamtalk";
  return { code, name, severity, category, summary, explanation: what, language, wrong, right };
}

function ofProject(entry: ProjectCode): DocumentedCode {
  return { ...entry, category: undefined };
}

function ofRule(rule: Rule): DocumentedCode {
  const { code, name, severity, summary, explanation, wrong, right } = rule;
  const category = rule.isStructural ? undefined : rule.category;
  const language = "beamtalk";
  return { code, name, severity, category, summary, explanation, language, wrong, right };
}

/** Values of a message stand as `...` in prose. */
function sentence(message: string): string {
  const plain = message.replace(/`?\{[a-z]+\}`?/g, "...");
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

/** File names and texts of all pages, the index first. */
export function documentationPages(): ReadonlyMap<string, string> {
  const codes = documentedCodes();
  const pages = new Map([["README.md", indexPage(codes)]]);
  for (const each of codes) pages.set(`${each.code}.md`, page(each));
  return pages;
}

const GROUPS: readonly (readonly [string, string])[] = [
  ["BT1", "Syntax"],
  ["BT2", "Names"],
  ["BT3", "Classes"],
  ["BT4", "Types and patterns"],
  ["BT5", "Actors"],
  ["BT6", "Migration"],
  ["BT9", "Projects"],
];

function indexPage(codes: readonly DocumentedCode[]): string {
  const groups = GROUPS.map(([prefix, title]) => {
    const rows = codes.filter(({ code }) => code.startsWith(prefix))
      .map(({ code, name, severity, summary }) =>
        `| [${code}](${code}.md) | ${name} | ${severity} | ${summary.replaceAll("|", "\\|")} |`
      );
    return [`## ${title}`, "", "| code | name | severity | what |", "|---|---|---|---|", ...rows]
      .join("\n");
  });
  return `# Diagnostics

Each finding has a code that never changes its meaning. An error keeps the program from being
built; a warning, an information and a hint do not. \`@expect CATEGORY\` before a statement or
declaration silences one finding of that category there.

${groups.join("\n\n")}
`;
}

function page(entry: DocumentedCode): string {
  const { code, name, severity, category, summary, explanation, language } = entry;
  const silenced = category === undefined
    ? "cannot be silenced"
    : `silenced by \`@expect ${category}\``;
  return `# ${code}: ${name.replaceAll("-", " ")}

${summary}

*${severity}, ${silenced}*

${explanation}

## Wrong

${fenced(entry.wrong, language)}

## Right

${fenced(entry.right, language)}
`;
}

function fenced(source: string, language: string): string {
  return `\`\`\`${language}\n${source.trimEnd()}\n\`\`\``;
}
