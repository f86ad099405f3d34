/**
 * The analysis of Beamtalk files: facts of what they declare, the hierarchy over many of them, and
 * the diagnostics of each.
 * @module
 */
export { type AnalyzableFile, analyze, type AnalyzeOptions } from "./analyze.ts";
export * from "./class_facts.ts";
export { buildEnvironment, type Duplicate, type ProgramEnvironment } from "./environment.ts";
export { splitClassName } from "../syntax/class_name.ts";
export { type DeclaredFile, fileFacts, type FileFactsOptions } from "./file_facts.ts";
export { constructorSelector, generatedMethods, setterSelector } from "./generated_methods.ts";
export {
  allClassState,
  allFields,
  classKind,
  hasKnownAncestors,
  inheritsFrom,
  type OwnedField,
  type Side,
  superclassChain,
  superclassOf,
} from "./hierarchy.ts";
export {
  allMethods,
  type FoundMethod,
  lookupMethod,
  lookupSuper,
  methodOfClass,
} from "./lookup.ts";
export {
  classModule,
  extensionModule,
  LIBRARY_PACKAGE,
  LOOSE_PACKAGE,
  looseNaming,
  type ModuleNaming,
  moduleNaming,
  patchModule,
} from "./module_naming.ts";
export { type Binding, type NamedBody, type NameResolution, resolveNames } from "./names.ts";
export { nearestName, nearestSelector } from "./proposals.ts";
export type { Category, FileMode, Rule } from "./rule.ts";
export { RULES } from "./rules/index.ts";
export { sameFacts } from "./same_facts.ts";
export { printType } from "./types/print.ts";
export { methodsOf, type TypeAt, typeAt } from "./types/type_at.ts";
export type { Type } from "./types/type.ts";
