/**
 * What a feature is given: one file with its tree and all that is known around it. Features are
 * pure functions of this; paths are absolute, spans are in offsets of the file.
 * @module
 */
import { bodyAt } from "../compiler/analysis/body_at.ts";
import type { BodySource } from "../compiler/analysis/body_context.ts";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import type { ProgramEnvironment } from "../compiler/analysis/environment.ts";
import type { ModuleNaming } from "../compiler/analysis/module_naming.ts";
import { type NameResolution, resolveNames } from "../compiler/analysis/names.ts";
import type { FileMode } from "../compiler/analysis/rule.ts";
import { inferBody, type TypedBody } from "../compiler/analysis/types/infer.ts";
import type { Span, UnitNode } from "../compiler/syntax/ast.ts";
import type { SourceFile } from "../compiler/syntax/source_file.ts";

/** One file as features see it. */
export interface FileView {
  readonly path: string;
  readonly source: SourceFile;
  readonly facts: FileFacts;
  readonly environment: ProgramEnvironment;
  readonly package: string;
  readonly naming: ModuleNaming;
  readonly mode: FileMode;
}

/** A place in a file. */
export interface Place {
  readonly path: string;
  readonly span: Span;
}

/** The files around one, as far as features that look across files need them. */
export interface ProjectView {
  /** The file of a path; undefined where there is none. */
  view(path: string): FileView | undefined;
  /** Files in which a selector is sent or defined, or a class or other name is mentioned. */
  filesMentioning(name: string): readonly string[];
  /** How often a selector is sent in all files. */
  sendCount(selector: string): number;
  /** All files, dependencies and the class library included. */
  paths(): readonly string[];
  /** What a file declares, without reading its tree. */
  factsOf(path: string): FileFacts | undefined;
  /** Whether the file belongs to a root that the user opened, so that it may be edited. */
  isEditable(path: string): boolean;
}

/** A body with names and types worked out. */
export interface KnownBody {
  readonly source: BodySource;
  readonly names: NameResolution;
  readonly types: TypedBody;
}

interface RememberedBody {
  readonly environment: ProgramEnvironment;
  readonly owner: unknown;
  readonly names: NameResolution;
  readonly types: TypedBody;
}

const bodies = new WeakMap<UnitNode, RememberedBody>();

/** The body around an offset, with its names and types. */
export function knownBodyAt(view: FileView, offset: number): KnownBody | undefined {
  const source = bodyAt(view.source.declarations, view.facts, view.environment, offset);
  return source && knownBody(source, view.environment);
}

/** The names and types of a body; worked out once as long as tree and environment stay. */
function knownBody(source: BodySource, environment: ProgramEnvironment): KnownBody {
  const { owner, method, statements, unit } = source;
  const remembered = bodies.get(unit.node);
  if (remembered?.environment === environment && remembered.owner === owner.class) {
    return { source, names: remembered.names, types: remembered.types };
  }
  const parameters = method?.parameters ?? [];
  const names = resolveNames({ parameters, guard: method?.guard, statements });
  const types = inferBody({ owner, method, parameters, statements, names }, environment);
  bodies.set(unit.node, { environment, owner: owner.class, names, types });
  return { source, names, types };
}

/** Whether a span holds an offset or ends at it. */
export function holds({ start, end }: Span, offset: number): boolean {
  return offset >= start && offset <= end;
}
