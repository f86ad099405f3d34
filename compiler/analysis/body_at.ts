/**
 * The body around a place of a file.
 * @module
 */
import type {
  ClassDeclaration,
  DataMember,
  Declaration,
  MethodDefinition,
  PlacedUnit,
  Statement,
} from "../syntax/ast.ts";
import type { BodySource } from "./body_context.ts";
import type { ClassEnvironment, ClassFacts, FileFacts } from "./class_facts.ts";
import { classKind, type Side } from "./hierarchy.ts";
import { bodyStatements, type Owner } from "./rule.ts";

/** The body that holds an offset of the file; undefined between bodies. */
export function bodyAt(
  declarations: readonly Declaration[],
  facts: FileFacts,
  environment: ClassEnvironment,
  offset: number,
): BodySource | undefined {
  const classes = facts.classes.values();
  for (const declaration of declarations) {
    if (declaration.kind === "class") {
      const known = classes.next().value;
      const found = known && bodyOfClassAt(declaration, known, environment, offset);
      if (found !== undefined) return found;
      continue;
    }
    if (!holds(declaration.unit, offset)) continue;
    return bodyOfUnit(declaration, environment);
  }
  return undefined;
}

function holds(unit: PlacedUnit, offset: number): boolean {
  const { span } = unit.node;
  return offset >= unit.offset + span.start && offset <= unit.offset + span.end;
}

function bodyOfClassAt(
  declaration: ClassDeclaration,
  known: ClassFacts,
  environment: ClassEnvironment,
  offset: number,
): BodySource | undefined {
  const unit = memberAt(declaration.members, offset);
  if (unit === undefined) return undefined;
  const kind = classKind(known, environment);
  const { node } = unit;
  if (node.kind === "method") {
    const side: Side = node.modifiers.includes("class") ? "class" : "instance";
    return bodyOfMethod(unit, node, { class: known, kind, side }, "method");
  }
  if (node.kind !== "data") return undefined;
  const side: Side = node.word === "classState" ? "class" : "instance";
  return bodyOfDefault(unit, node, { class: known, kind, side });
}

/** Members stand in the order of the file; at a border between two it is the first. */
function memberAt<M extends PlacedUnit>(members: readonly M[], offset: number): M | undefined {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const member = members[middle];
    if (member !== undefined && member.offset + member.node.span.end < offset) low = middle + 1;
    else high = middle;
  }
  const found = members[low];
  return found !== undefined && holds(found, offset) ? found : undefined;
}

function bodyOfMethod(
  unit: PlacedUnit,
  method: MethodDefinition,
  owner: Owner,
  kind: "method" | "extension",
): BodySource {
  return { kind, owner, method, statements: bodyStatements(method.body), unit };
}

/** The default of a datum as a body; undefined where it has none. */
export function bodyOfDefault(
  unit: PlacedUnit,
  node: DataMember,
  owner: Owner,
): BodySource | undefined {
  const expression = node.defaultValue;
  if (expression === undefined) return undefined;
  const statement: Statement = { expression, expectations: [], span: expression.span };
  return { kind: "default", owner, method: undefined, statements: [statement], unit };
}

function bodyOfUnit(
  declaration: Exclude<Declaration, ClassDeclaration>,
  environment: ClassEnvironment,
): BodySource | undefined {
  switch (declaration.kind) {
    case "extension": {
      const { target, classSide, method } = declaration.unit.node;
      const known = environment.classNamed(target.name, target.package);
      const kind = known && classKind(known, environment);
      const side: Side = classSide ? "class" : "instance";
      return bodyOfMethod(declaration.unit, method, { class: known, kind, side }, "extension");
    }
    case "patch": {
      const { target, statements } = declaration.unit.node;
      const known = environment.classNamed(target.name, target.package);
      const kind = known && classKind(known, environment);
      const owner: Owner = { class: known, kind, side: "instance" };
      return { kind: "patch", owner, method: undefined, statements, unit: declaration.unit };
    }
    case "statement": {
      const statements = [declaration.unit.node.statement];
      const owner: Owner = { class: undefined, kind: undefined, side: "instance" };
      return { kind: "statement", owner, method: undefined, statements, unit: declaration.unit };
    }
    case "typeAlias":
    case "protocol":
    case "error":
      return undefined;
    default:
      return declaration satisfies never;
  }
}
