/**
 * Types of all expressions of one body, followed along its flow of control.
 * @module
 */
import type { Expression, MethodDefinition, Parameter, Statement } from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import type { FoundMethod } from "../lookup.ts";
import type { NameResolution } from "../names.ts";
import type { Owner } from "../rule.ts";
import { BodyInference } from "./body_inference.ts";
import type { Type } from "./type.ts";

/** A body whose types are wanted. */
export interface InferableBody {
  readonly owner: Owner;
  readonly method: MethodDefinition | undefined;
  readonly parameters: readonly Parameter[];
  readonly statements: readonly Statement[];
  readonly names: NameResolution;
}

/** What is known of one send. */
export interface TypedSend {
  /** The node that holds the message: a send, a cascade's message or a pipe's. */
  readonly selector: string;
  readonly receiver: Type;
  readonly isSuper: boolean;
  readonly found: FoundMethod | undefined;
  readonly arguments: readonly Type[];
  /** Types that the found method wants. */
  readonly parameters: readonly Type[];
}

/** The types of a body. */
export interface TypedBody {
  /** The type of an expression; undefined where control never comes. */
  typeOf(expression: Expression): Type | undefined;
  /** Every expression with its type. */
  readonly types: ReadonlyMap<Expression, Type>;
  /** What is known of the message of a send, by the object that holds its selector. */
  readonly sends: ReadonlyMap<object, TypedSend>;
  /** Each value that the method answers, with the expression that gives it. */
  readonly answers: readonly { readonly expression: Expression; readonly type: Type }[];
  /** The type that the method says it answers. */
  readonly declaredResult: Type;
}

/** Works out the types of one body. */
export function inferBody(body: InferableBody, environment: ClassEnvironment): TypedBody {
  return new BodyInference(body, environment).run();
}
