/**
 * Follows a body's flow of control and gives each expression its type.
 * @module
 */
import type {
  Assignment,
  Block,
  Cascade,
  Expression,
  FieldAccess,
  Pattern,
  Pipe,
  Send,
  Statement,
  Variable,
} from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import { allClassState, allFields } from "../hierarchy.ts";
import { bare } from "../walk.ts";
import { annotatedType, type AnnotationScope, instanceOf, parametersOf } from "./annotation.ts";
import { controlFlow } from "./control_flow.ts";
import type { Flow, Place } from "./flow.ts";
import type { InferableBody, TypedBody, TypedSend } from "./infer.ts";
import { literalType } from "./literal_types.ts";
import { inferMatch } from "./match_inference.ts";
import { Narrowing } from "./narrowing.ts";
import { bindPattern } from "./pattern_types.ts";
import { Places } from "./places.ts";
import { inferMessage, inferOperator, inferStage } from "./send_inference.ts";
import { substitutionAt } from "./send_result.ts";
import { DYNAMIC, NEVER, type Type, union } from "./type.ts";

/** One run over one body. */
export class BodyInference {
  readonly environment: ClassEnvironment;
  readonly #body: InferableBody;
  readonly #types = new Map<Expression, Type>();
  readonly #sends = new Map<object, TypedSend>();
  readonly #answers: { readonly expression: Expression; readonly type: Type }[] = [];
  readonly #scope: AnnotationScope;
  readonly #self: Type;
  /** What is known of variables and fields at the point that is looked at. */
  readonly places: Places;
  readonly #narrowing: Narrowing;

  constructor(body: InferableBody, environment: ClassEnvironment) {
    this.#body = body;
    this.environment = environment;
    this.places = new Places(body.names);
    this.#narrowing = new Narrowing(this.places, environment);
    this.#self = this.#selfType();
    const self = this.#instanceType();
    const { class: owner } = body.owner;
    const parameters = owner === undefined ? new Map() : parametersOf(owner, environment, true);
    const { package: packageName } = environment;
    this.#scope = { environment, self, parameters, package: packageName, rigid: true };
    for (const binding of body.names.bindings) {
      if (binding.type !== undefined) this.places.declare(binding, this.annotated(binding.type));
    }
    this.#declareFields();
  }

  run(): TypedBody {
    const { method, parameters, statements } = this.#body;
    for (const { pattern, type } of parameters) this.bindPattern(pattern, this.annotated(type));
    if (method?.guard !== undefined) {
      this.infer(method.guard);
      this.narrowBy(method.guard, true);
    }
    const last = this.statements(statements);
    const end = statements[statements.length - 1]?.expression;
    if (end !== undefined && !this.places.flow.ended && end.kind !== "return") {
      this.#answers.push({ expression: end, type: last });
    }
    return {
      typeOf: (expression) => this.#types.get(expression),
      types: this.#types,
      sends: this.#sends,
      answers: this.#answers,
      declaredResult: this.annotated(method?.returnType),
    };
  }

  /** Keeps the type of an expression. */
  note(node: Expression, type: Type): void {
    this.#types.set(node, type);
  }

  /** Keeps what is known of a send. */
  noteSend(key: object, send: TypedSend): void {
    this.#sends.set(key, send);
  }

  /** The type that a written one means here. */
  annotated(written: Parameters<typeof annotatedType>[0]): Type {
    return annotatedType(written, this.#scope);
  }

  #selfType(): Type {
    const { class: owner, side } = this.#body.owner;
    if (owner === undefined || side === "instance") return this.#instanceType();
    return { kind: "classObject", class: owner, exact: false };
  }

  /** What `Self` means in annotations, on either side. */
  #instanceType(): Type {
    const { class: owner } = this.#body.owner;
    if (owner === undefined) return DYNAMIC;
    const types = [...parametersOf(owner, this.environment, true).values()];
    return { kind: "instance", class: owner, arguments: types, exact: false };
  }

  #declareFields(): void {
    const { class: owner, side } = this.#body.owner;
    if (owner === undefined) return;
    const fields = side === "class"
      ? allClassState(owner, this.environment)
      : allFields(owner, this.environment);
    const self = this.#instanceType();
    for (const { name, type, owner: declarer } of fields) {
      const parameters = self.kind === "instance"
        ? substitutionAt(self, declarer, this.environment)
        : new Map<string, Type>();
      this.places.declare(name, annotatedType(type, { ...this.#scope, parameters }));
    }
  }

  // -------------------------------------------------------------------------------------------
  // Expressions

  /** The type of the last statement's value. */
  statements(statements: readonly Statement[]): Type {
    let last: Type = instanceOf("UndefinedObject", this.environment);
    for (const { expression } of statements) {
      if (this.places.flow.ended) return NEVER;
      last = this.infer(expression);
    }
    return this.places.flow.ended ? NEVER : last;
  }

  /** Gives an expression its type and follows its effects. */
  infer(node: Expression): Type {
    const type = this.#typeOf(node);
    this.#types.set(node, type);
    if (type.kind === "never") this.places.flow.ended = true;
    return type;
  }

  #typeOf(node: Expression): Type {
    switch (node.kind) {
      case "integer":
      case "float":
      case "string":
      case "character":
      case "nil":
      case "boolean":
      case "symbol":
      case "interpolation":
      case "list":
      case "array":
      case "dictionary":
      case "tuple":
      case "binary":
        return literalType(node, this.environment, (each) => this.infer(each));
      case "variable":
        return this.variable(node);
      case "class":
        return this.#classReference(node.name, node.package);
      case "self":
      case "super":
        return this.#self;
      case "field":
        return this.#field(node);
      case "block":
        return this.block(node, undefined, "stored");
      case "send":
        return this.#send(node);
      case "cascade":
        return this.#cascade(node);
      case "pipe":
        return this.#pipe(node);
      case "match":
        return inferMatch(node, this);
      case "assignment":
        return this.#assignment(node);
      case "destructuring": {
        const type = this.infer(node.value);
        this.bindPattern(node.pattern, type);
        return type;
      }
      case "return": {
        const type = this.infer(node.value);
        this.#answers.push({ expression: node.value, type });
        return NEVER;
      }
      case "cast":
        this.infer(node.send);
        return instanceOf("UndefinedObject", this.environment);
      case "parenthesized":
        return this.infer(node.expression);
      case "error":
        return DYNAMIC;
      default:
        return node satisfies never;
    }
  }

  #classReference(name: string, packageName: string | undefined): Type {
    if (name === "Erlang" || name === "Elixir") return DYNAMIC;
    const found = this.environment.classNamed(name, packageName);
    if (found !== undefined) return { kind: "classObject", class: found, exact: true };
    if (packageName === undefined && this.environment.protocolNamed(name) !== undefined) {
      return instanceOf("Protocol", this.environment);
    }
    return GLOBAL_CLASSES.has(name)
      ? instanceOf(GLOBAL_CLASSES.get(name) ?? "", this.environment)
      : DYNAMIC;
  }

  /** The type of a variable where it is read. */
  variable(node: Variable): Type {
    const binding = this.places.bindingOf(node);
    return binding === undefined ? DYNAMIC : this.places.typeAt(binding);
  }

  #field(node: FieldAccess): Type {
    return this.places.typeAt(node.name.text);
  }

  #assignment(node: Assignment): Type {
    const place = this.places.placeOf(node.target);
    if (node.operator !== undefined) return this.#changed(node, node.operator, place);
    const type = this.infer(node.value);
    if (place === undefined) return type;
    if (node.type !== undefined && typeof place !== "string") {
      this.places.declare(place, this.annotated(node.type));
    }
    this.places.assign(place, type);
    this.#types.set(node.target, this.places.typeAt(place));
    return type;
  }

  /** `place += value` and the like. */
  #changed(node: Assignment, operator: string, place: Place | undefined): Type {
    const before = this.infer(node.target);
    const type = inferOperator(this, node, operator, before, this.infer(node.value));
    if (place !== undefined) {
      this.places.assign(place, node.target.kind === "field" ? undefined : type);
    }
    return type;
  }

  // -------------------------------------------------------------------------------------------
  // Blocks and branches

  /**
   * The type of a block whose parameters are given `parameters`. A `stored` block may run at any
   * time, a `loop` any number of times while the send runs.
   */
  block(node: Block, parameters: readonly Type[] | undefined, use: "stored" | "loop"): Type {
    const keepsFields = this.#body.owner.kind === "value";
    const look = () => this.inBlock(node, parameters);
    const { types, result } = this.places.insideBlock(node, use, keepsFields, look);
    const blockClass = this.environment.classNamed("Block");
    return { kind: "block", parameters: types, result, class: blockClass };
  }

  /** Infers a block's body in the present flow. */
  inBlock(
    node: Block,
    parameters: readonly Type[] | undefined,
  ): { readonly types: readonly Type[]; readonly result: Type } {
    const types = node.parameters.map((parameter, index) => {
      const type = parameter.type === undefined
        ? parameters?.[index] ?? DYNAMIC
        : this.annotated(parameter.type);
      const binding = this.places.bindingAt(parameter.span);
      if (binding !== undefined) this.places.flow.set(binding, type);
      return type;
    });
    return { types, result: this.statements(node.statements) };
  }

  /** What the parameter of a block of one expression is, of `type`, where that comes out `truth`. */
  parameterWhere({ parameters, statements }: Block, type: Type, truth: boolean): Type | undefined {
    const [parameter] = parameters;
    const [test] = statements;
    const binding = parameter && this.places.bindingAt(parameter.span);
    if (binding === undefined || test === undefined || statements.length > 1) return undefined;
    const before = this.places.flow;
    this.places.flow = before.copy();
    this.places.flow.set(binding, type);
    this.narrowBy(test.expression, truth);
    const narrowed = this.places.flow.get(binding);
    this.places.flow = before;
    return narrowed;
  }

  /** The type of an expression that runs or not: a literal block, or the value of one. */
  branch(node: Expression, parameters: readonly Type[] = []): Type {
    const inner = bare(node);
    if (inner.kind === "block") {
      const { types, result } = this.inBlock(inner, parameters);
      const blockClass = this.environment.classNamed("Block");
      this.#types.set(inner, { kind: "block", parameters: types, result, class: blockClass });
      return result;
    }
    const type = this.infer(node);
    return type.kind === "block" ? type.result : DYNAMIC;
  }

  /** Runs each alternative from the present flow and joins what they leave. */
  alternatives(runs: readonly (() => Type)[]): Type {
    const before = this.places.flow;
    const ends: Flow[] = [];
    const types = runs.map((run) => {
      this.places.flow = before.copy();
      const type = run();
      ends.push(this.places.flow);
      return this.places.flow.ended ? NEVER : type;
    });
    this.places.flow = before;
    this.places.join(ends);
    return union(types);
  }

  /** Refines the present flow by a condition that came out `truth`. */
  narrowBy(condition: Expression, truth: boolean): void {
    this.#narrowing.by(condition, truth);
  }

  /** Binds the names of a pattern that a value of `type` went through. */
  bindPattern(pattern: Pattern, type: Type): void {
    bindPattern(pattern, type, this.environment, (span, bound) => {
      const binding = this.places.bindingAt(span);
      if (binding !== undefined) this.places.assign(binding, bound);
    });
  }

  // -------------------------------------------------------------------------------------------
  // Sends

  #send(node: Send): Type {
    const special = controlFlow(node, this);
    if (special !== undefined) return special;
    return this.sendTo(node, this.infer(node.receiver));
  }

  /** The type of an ordinary send whose receiver has been inferred. */
  sendTo(node: Send, receiver: Type): Type {
    return inferMessage(this, node, node, receiver, node.receiver);
  }

  #cascade(node: Cascade): Type {
    const receiver = this.infer(node.receiver);
    let last = receiver;
    for (const message of node.messages) {
      last = inferMessage(this, message, message, receiver, node.receiver);
    }
    return last;
  }

  /** The stages run elsewhere, so the future's value is not known here. */
  #pipe(node: Pipe): Type {
    this.infer(node.source);
    for (const { receiver, message } of node.stages) {
      inferStage(this, message, this.infer(receiver));
    }
    return DYNAMIC;
  }
}

/** What the workspace's names stand for. */
const GLOBAL_CLASSES: ReadonlyMap<string, string> = new Map([
  ["Transcript", "TranscriptStream"],
  ["Beamtalk", "BeamtalkInterface"],
  ["Workspace", "WorkspaceInterface"],
]);

/** The class of what one of the workspace's names stands for. */
export function globalClass(name: string): string | undefined {
  return GLOBAL_CLASSES.get(name);
}
