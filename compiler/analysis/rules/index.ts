/**
 * Every rule of the analysis, in order of code.
 * @module
 */
import type { Expression } from "../../syntax/ast.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { abstractInstance } from "./abstract_instance.ts";
import { ambiguousClass } from "./ambiguous_class.ts";
import { argumentType } from "./argument_type.ts";
import { assignmentType } from "./assignment_type.ts";
import { blockArity } from "./block_arity.ts";
import { castToValue } from "./cast_to_value.ts";
import { delegateWithoutNative } from "./delegate_without_native.ts";
import { duplicateClass } from "./duplicate_class.ts";
import { duplicateField } from "./duplicate_field.ts";
import { duplicateMethod } from "./duplicate_method.ts";
import { duplicateParameter } from "./duplicate_parameter.ts";
import { extensionCollision } from "./extension_collision.ts";
import { extensionOfUnknownClass } from "./extension_of_unknown_class.ts";
import { immutableField } from "./immutable_field.ts";
import { incompleteMatch } from "./incomplete_match.ts";
import { inheritanceCycle } from "./inheritance_cycle.ts";
import { internalMethod } from "./internal_method.ts";
import { internalUse } from "./internal_use.ts";
import { misplacedSelf } from "./misplaced_self.ts";
import { missingAnnotation } from "./missing_annotation.ts";
import { missingSuperMethod } from "./missing_super_method.ts";
import { patchOfUnknownClass } from "./patch_of_unknown_class.ts";
import { patchOfUnknownField } from "./patch_of_unknown_field.ts";
import { resultType } from "./result_type.ts";
import { sealedMethod } from "./sealed_method.ts";
import { sealedSuperclass } from "./sealed_superclass.ts";
import { selfAssignment } from "./self_assignment.ts";
import { shadowing } from "./shadowing.ts";
import { storedBlock } from "./stored_block.ts";
import { storedReturn } from "./stored_return.ts";
import { typeArguments } from "./type_arguments.ts";
import { undefinedVariable } from "./undefined_variable.ts";
import { uninitializedState } from "./uninitialized_state.ts";
import { unknownClass } from "./unknown_class.ts";
import { unknownField } from "./unknown_field.ts";
import { unknownPatternField } from "./unknown_pattern_field.ts";
import { unknownSelector } from "./unknown_selector.ts";
import { unknownSpawnKey } from "./unknown_spawn_key.ts";
import { unknownSuperclass } from "./unknown_superclass.ts";
import { unknownType } from "./unknown_type.ts";
import { unreachableArm } from "./unreachable_arm.ts";
import { unreachableCode } from "./unreachable_code.ts";
import { unusedExpectation } from "./unused_expectation.ts";
import { unusedParameter } from "./unused_parameter.ts";
import { unusedVariable } from "./unused_variable.ts";
import { wrongDataWord } from "./wrong_data_word.ts";
import { wrongMaker } from "./wrong_maker.ts";

/** All rules. */
export const RULES: readonly Rule[] = [
  undefinedVariable,
  unknownClass,
  unknownField,
  unusedVariable,
  unusedParameter,
  shadowing,
  selfAssignment,
  unreachableCode,
  duplicateParameter,
  ambiguousClass,
  unusedExpectation,
  unknownSuperclass,
  inheritanceCycle,
  duplicateClass,
  duplicateMethod,
  duplicateField,
  wrongDataWord,
  immutableField,
  sealedSuperclass,
  sealedMethod,
  abstractInstance,
  internalMethod,
  missingSuperMethod,
  missingAnnotation,
  internalUse,
  extensionCollision,
  extensionOfUnknownClass,
  delegateWithoutNative,
  unknownSelector,
  argumentType,
  resultType,
  assignmentType,
  unknownType,
  blockArity,
  incompleteMatch,
  unreachableArm,
  unknownPatternField,
  misplacedSelf,
  uninitializedState,
  typeArguments,
  wrongMaker,
  storedBlock,
  storedReturn,
  castToValue,
  unknownSpawnKey,
  patchOfUnknownClass,
  patchOfUnknownField,
];

/** Rules that look at whole files. */
export const FILE_RULES: readonly Rule[] = RULES.filter((rule) => rule.file !== undefined);

/** Rules that look at classes. */
export const CLASS_RULES: readonly Rule[] = RULES.filter((rule) => rule.class !== undefined);

/** Rules that look at data. */
export const DATA_RULES: readonly Rule[] = RULES.filter((rule) => rule.data !== undefined);

/** Rules that look at the heads of methods. */
export const METHOD_RULES: readonly Rule[] = RULES.filter((rule) => rule.method !== undefined);

/** Rules that look at bodies. */
export const BODY_RULES: readonly Rule[] = RULES.filter((rule) => rule.body !== undefined);

type Check = (
  node: Expression,
  context: BodyContext,
  ancestors: readonly Expression[],
) => void;

/** The checks of expressions, by their kind. */
export const EXPRESSION_CHECKS: ReadonlyMap<Expression["kind"], readonly Check[]> = gatherChecks();

function gatherChecks(): ReadonlyMap<Expression["kind"], readonly Check[]> {
  const checks = new Map<Expression["kind"], Check[]>();
  for (const { expressions = {} } of RULES) {
    for (const [kind, check] of Object.entries(expressions)) {
      const list = checks.get(kind as Expression["kind"]) ?? [];
      // A check is only ever called with nodes of the kind that it is listed under.
      list.push(check as Check);
      checks.set(kind as Expression["kind"], list);
    }
  }
  return checks;
}
