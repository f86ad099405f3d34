/**
 * All findings of one file: runs each rule over what it looks at, unit by unit.
 * @module
 */
import type {
  ClassDeclaration,
  DataMember,
  Declaration,
  ExtensionDeclaration,
  MethodDefinition,
  PatchDeclaration,
  PlacedUnit,
  Statement,
  StatementUnit,
  UnitNode,
} from "../syntax/ast.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { placedFixes, placedSpan } from "../syntax/placed_span.ts";
import { bodyOfDefault } from "./body_at.ts";
import { bodyContext, type BodySource } from "./body_context.ts";
import type { ClassEnvironment, ClassFacts, FileFacts } from "./class_facts.ts";
import { applyExpectations, type Coverage, statementExpectations } from "./expectations.ts";
import { toDiagnostic } from "./findings.ts";
import { classKind } from "./hierarchy.ts";
import {
  bodyStatements,
  type FileMode,
  type FileScope,
  type Finding,
  type Owner,
  type Report,
} from "./rule.ts";
import {
  BODY_RULES,
  CLASS_RULES,
  DATA_RULES,
  EXPRESSION_CHECKS,
  FILE_RULES,
  METHOD_RULES,
} from "./rules/index.ts";
import { walkStatements } from "./walk.ts";

/** A parsed file, as far as its analysis needs it. */
export interface AnalyzableFile {
  readonly text: string;
  readonly declarations: readonly Declaration[];
  /** Syntax diagnostics, in offsets of the file. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** How a file is analysed. */
export interface AnalyzeOptions {
  /** The file's path as messages show it. */
  readonly file: string;
  readonly package: string;
  /** `script` for scripts and the prompt, where a session may know more names. */
  readonly mode: FileMode;
}

/**
 * The findings of one file, in the order of their places. `facts` are those of the same file and
 * `environment` knows them. Findings of a unit are remembered for as long as its tree stays the same
 * object and the environment the same version.
 */
export function analyze(
  file: AnalyzableFile,
  facts: FileFacts,
  environment: ClassEnvironment,
  options: AnalyzeOptions,
): readonly Diagnostic[] {
  const scope: FileScope = {
    file: options.file,
    package: options.package,
    mode: options.mode,
    environment,
    facts,
    text: file.text,
    syntaxErrors: (file.diagnostics ?? []).filter(({ severity }) => severity === "error")
      .map(({ span }) => span),
  };
  const findings: Finding[] = [];
  const report: Report = (rule, span, message, given = {}) =>
    findings.push({ rule, span, message, options: given });
  for (const rule of FILE_RULES) rule.file?.({ scope, declarations: file.declarations, report });
  const coverages: Coverage[] = [];
  const classes = facts.classes.values();
  for (const declaration of file.declarations) {
    const known = declaration.kind === "class" ? classes.next().value : undefined;
    analyzeDeclaration(declaration, known, scope, findings, coverages, report);
  }
  return applyExpectations(findings, coverages).map(toDiagnostic);
}

function analyzeDeclaration(
  declaration: Declaration,
  known: ClassFacts | undefined,
  scope: FileScope,
  findings: Finding[],
  coverages: Coverage[],
  report: Report,
): void {
  const add = (unit: PlacedUnit, found: UnitFindings) => {
    for (const finding of found.findings) findings.push(shifted(finding, unit));
    for (const coverage of found.coverages) coverages.push(shiftedCoverage(coverage, unit));
  };
  switch (declaration.kind) {
    case "class":
      if (known !== undefined) {
        analyzeClass(declaration, known, scope, report, coverages, add);
      }
      return;
    case "extension":
      return add(declaration.unit, analyzeExtension(declaration.unit, scope));
    case "patch":
      return add(declaration.unit, analyzePatch(declaration.unit, scope));
    case "statement":
      return add(declaration.unit, analyzeScriptStatement(declaration.unit, scope));
    case "typeAlias":
    case "protocol":
    case "error":
      return;
    default:
      declaration satisfies never;
  }
}

function analyzeClass(
  declaration: ClassDeclaration,
  known: ClassFacts,
  scope: FileScope,
  report: Report,
  coverages: Coverage[],
  add: (unit: PlacedUnit, found: UnitFindings) => void,
): void {
  const kind = classKind(known, scope.environment);
  for (const rule of CLASS_RULES) {
    rule.class?.({ scope, class: known, kind, declaration, report });
  }
  const { node, offset } = declaration.header;
  const last = declaration.members[declaration.members.length - 1] ?? declaration.header;
  for (const expectation of node.expectations) {
    const span = { start: offset, end: last.offset + last.node.span.end };
    coverages.push(shiftedExpectation(expectation.category, expectation.span, span, offset));
  }
  const clauses = countClauses(declaration);
  for (const member of declaration.members) {
    if (member.node.kind === "data") {
      add(member, analyzeData({ ...member, node: member.node }, known, scope));
    } else if (member.node.kind === "method") {
      const side = member.node.modifiers.includes("class") ? "class" : "instance";
      const owner: Owner = { class: known, kind, side };
      const isClause = (clauses.get(clauseKey(member.node)) ?? 0) > 1;
      add(member, analyzeMethod({ ...member, node: member.node }, owner, isClause, scope));
    }
  }
}

function countClauses(declaration: ClassDeclaration): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of declaration.members) {
    if (node.kind !== "method") continue;
    const key = clauseKey(node);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function clauseKey(node: MethodDefinition): string {
  return `${node.modifiers.includes("class") ? "class " : ""}${node.selector}`;
}

// ---------------------------------------------------------------------------------------------
// Units, remembered

/** Findings of a unit, in offsets of the unit. */
interface UnitFindings {
  readonly findings: readonly Finding[];
  readonly coverages: readonly Coverage[];
}

interface Remembered {
  /** The environment's version, or itself where it has none. */
  readonly environment: object;
  readonly ownerName: string;
  readonly package: string;
  readonly mode: FileMode;
  readonly found: UnitFindings;
}

const remembered = new WeakMap<UnitNode, Remembered>();

function remember(
  node: UnitNode,
  ownerName: string,
  scope: FileScope,
  analyzeUnit: () => UnitFindings,
): UnitFindings {
  const known = remembered.get(node);
  const { package: packageName, mode } = scope;
  const environment = scope.environment.version ?? scope.environment;
  const same = known !== undefined && known.environment === environment &&
    known.ownerName === ownerName && known.package === packageName && known.mode === mode;
  if (same) return known.found;
  const found = analyzeUnit();
  remembered.set(node, { environment, ownerName, package: packageName, mode, found });
  return found;
}

function analyzeData(
  unit: PlacedUnit<DataMember>,
  known: ClassFacts,
  scope: FileScope,
): UnitFindings {
  return remember(unit.node, known.name, scope, () => {
    const { node } = unit;
    const kind = classKind(known, scope.environment);
    const collected = collector();
    const { report } = collected;
    for (const rule of DATA_RULES) rule.data?.({ scope, class: known, kind, node, report });
    const side = node.word === "classState" ? "class" : "instance";
    const body = bodyOfDefault(unit, node, { class: known, kind, side });
    if (body !== undefined) checkBody(body, scope, report);
    return collected.finish(node.expectations, node.span, []);
  });
}

function analyzeMethod(
  unit: PlacedUnit<MethodDefinition>,
  owner: Owner,
  isClause: boolean,
  scope: FileScope,
): UnitFindings {
  return remember(unit.node, `${owner.class?.name} ${isClause}`, scope, () => {
    const collected = collector();
    checkMethod(
      { unit, node: unit.node, owner, isExtension: false, isClause },
      scope,
      collected.report,
    );
    return collected.finish(unit.node.expectations, unit.node.span, bodyStatements(unit.node.body));
  });
}

function analyzeExtension(unit: PlacedUnit<ExtensionDeclaration>, scope: FileScope): UnitFindings {
  return remember(unit.node, "", scope, () => {
    const { target, classSide, method } = unit.node;
    const known = scope.environment.classNamed(target.name, target.package);
    const kind = known && classKind(known, scope.environment);
    const owner: Owner = { class: known, kind, side: classSide ? "class" : "instance" };
    const collected = collector();
    const checked = { unit, node: method, owner, isExtension: true, isClause: false };
    checkMethod(checked, scope, collected.report);
    return collected.finish(method.expectations, unit.node.span, bodyStatements(method.body));
  });
}

function analyzePatch(unit: PlacedUnit<PatchDeclaration>, scope: FileScope): UnitFindings {
  return remember(unit.node, "", scope, () => {
    const { target, statements } = unit.node;
    const known = scope.environment.classNamed(target.name, target.package);
    const kind = known && classKind(known, scope.environment);
    const owner: Owner = { class: known, kind, side: "instance" };
    const collected = collector();
    checkBody(
      { kind: "patch", owner, method: undefined, statements, unit },
      scope,
      collected.report,
    );
    return collected.finish([], unit.node.span, statements);
  });
}

function analyzeScriptStatement(unit: PlacedUnit<StatementUnit>, scope: FileScope): UnitFindings {
  return remember(unit.node, "", scope, () => {
    const statements = [unit.node.statement];
    const owner: Owner = { class: undefined, kind: undefined, side: "instance" };
    const collected = collector();
    const failing = unit.node.expected?.trimStart().startsWith("ERROR:") ?? false;
    const source = {
      kind: "statement",
      owner,
      method: undefined,
      statements,
      unit,
      failing,
    } as const;
    checkBody(source, scope, collected.report);
    return collected.finish([], unit.node.span, statements);
  });
}

interface CheckedMethod {
  readonly unit: PlacedUnit;
  readonly node: MethodDefinition;
  readonly owner: Owner;
  readonly isExtension: boolean;
  readonly isClause: boolean;
}

function checkMethod(checked: CheckedMethod, scope: FileScope, report: Report): void {
  const { unit, node, owner, isExtension, isClause } = checked;
  for (const rule of METHOD_RULES) rule.method?.({ scope, owner, node, isExtension, report });
  const kind = isExtension ? "extension" : "method";
  const statements = bodyStatements(node.body);
  if (statements.length === 0) return;
  checkBody({ kind, owner, method: node, statements, unit, isClause }, scope, report);
}

function checkBody(source: BodySource, scope: FileScope, report: Report): void {
  const context = bodyContext(source, scope, report);
  for (const rule of BODY_RULES) rule.body?.(context);
  const { guard } = source.method ?? {};
  const guards: Statement[] = guard === undefined
    ? []
    : [{ expression: guard, expectations: [], span: guard.span }];
  walkStatements([...guards, ...source.statements], (node, ancestors) => {
    for (const check of EXPRESSION_CHECKS.get(node.kind) ?? []) check(node, context, ancestors);
  });
}

function collector() {
  const findings: Finding[] = [];
  const report: Report = (rule, span, message, options = {}) =>
    findings.push({ rule, span, message, options });
  const finish = (
    expectations: readonly { readonly category: string; readonly span: Coverage["span"] }[],
    whole: Coverage["span"],
    statements: readonly Statement[],
  ): UnitFindings => {
    const own = expectations.map(({ category, span }) =>
      shiftedExpectation(category, span, whole, 0)
    );
    return { findings, coverages: [...own, ...statementExpectations(statements)] };
  };
  return { report, finish };
}

function shiftedExpectation(
  category: string,
  at: Coverage["span"],
  span: Coverage["span"],
  offset: number,
): Coverage {
  return { category, at: placedSpan({ offset }, at), span };
}

function shiftedCoverage({ category, at, span }: Coverage, unit: PlacedUnit): Coverage {
  return { category, at: placedSpan(unit, at), span: placedSpan(unit, span) };
}

function shifted(finding: Finding, unit: PlacedUnit): Finding {
  const { fixes, ...rest } = finding.options;
  const options = fixes === undefined ? rest : { ...rest, fixes: placedFixes(unit, fixes) };
  return { ...finding, span: placedSpan(unit, finding.span), options };
}
