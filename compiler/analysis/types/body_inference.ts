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
  Match,
  Pipe,
  Send,
  Statement,
  Variable,
} from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import { allClassState, allFields } from "../hierarchy.ts";
import type { Binding } from "../names.ts";
import { bare } from "../walk.ts";
import { annotatedType, type AnnotationScope, instanceOf, parametersOf } from "./annotation.ts";
import { fieldsAssignedIn, variablesAssignedIn } from "./assigned_places.ts";
import { controlFlow } from "./control_flow.ts";
import { Flow, type Place } from "./flow.ts";
import type { InferableBody, TypedBody, TypedSend } from "./infer.ts";
import { literalType } from "./literal_types.ts";
import { narrow } from "./narrowing.ts";
import { bindPattern } from "./pattern_types.ts";
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
  readonly #declared = new Map<Binding, Type>();
  readonly #bindingAt = new Map<number, Binding>();
  /** Variables that a block may assign at any time. */
  readonly #pinned = new Set<Binding>();
  readonly #fields = new Map<string, Type>();
  flow = new Flow();

  constructor(body: InferableBody, environment: ClassEnvironment) {
    this.#body = body;
    this.environment = environment;
    this.#self = this.#selfType();
    const self = this.#instanceType();
    const { class: owner } = body.owner;
    const parameters = owner === undefined ? new Map() : parametersOf(owner, environment, true);
    this.#scope = { environment, self, parameters, rigid: true };
    for (const binding of body.names.bindings) {
      this.#bindingAt.set(binding.span.start, binding);
      if (binding.type !== undefined) this.#declared.set(binding, this.annotated(binding.type));
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
    if (end !== undefined && !this.flow.ended && end.kind !== "return") {
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
      this.#fields.set(name, annotatedType(type, { ...this.#scope, parameters }));
    }
  }

  // -------------------------------------------------------------------------------------------
  // Expressions

  /** The type of the last statement's value. */
  statements(statements: readonly Statement[]): Type {
    let last: Type = instanceOf("UndefinedObject", this.environment);
    for (const { expression } of statements) {
      if (this.flow.ended) return NEVER;
      last = this.infer(expression);
    }
    return this.flow.ended ? NEVER : last;
  }

  /** Gives an expression its type and follows its effects. */
  infer(node: Expression): Type {
    const type = this.#typeOf(node);
    this.#types.set(node, type);
    if (type.kind === "never") this.flow.ended = true;
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
        return this.#match(node);
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
    const binding = this.#body.names.bindingOf.get(node);
    return binding === undefined ? DYNAMIC : this.#placeType(binding);
  }

  #placeType(place: Place): Type {
    if (typeof place === "string") {
      return this.flow.get(place) ?? this.#fields.get(place) ?? DYNAMIC;
    }
    if (this.#pinned.has(place)) return this.#declared.get(place) ?? DYNAMIC;
    return this.flow.get(place) ?? this.#declared.get(place) ?? DYNAMIC;
  }

  #field(node: FieldAccess): Type {
    return this.#placeType(node.name.text);
  }

  #assignment(node: Assignment): Type {
    const place = this.#placeOf(node.target);
    if (node.operator !== undefined) {
      this.infer(node.target);
      const { operator, target, value } = node;
      const given = this.infer(value);
      const type = inferOperator(this, node, operator, this.#placeType(place ?? ""), given);
      if (place !== undefined) this.assign(place, target.kind === "field" ? undefined : type);
      return type;
    }
    const type = this.infer(node.value);
    if (place === undefined) return type;
    if (node.type !== undefined && typeof place !== "string") {
      this.#declared.set(place, this.annotated(node.type));
    }
    this.assign(place, type);
    this.#types.set(node.target, this.#placeType(place));
    return type;
  }

  /** What an assignment leaves known: the value's type within what is declared. */
  assign(place: Place, type: Type | undefined): void {
    const declared = typeof place === "string"
      ? this.#fields.get(place)
      : this.#declared.get(place);
    const isOpen = type === undefined || type.kind === "dynamic" || type.kind === "never";
    if (isOpen || typeof place === "string" && declared === undefined) {
      if (declared !== undefined || typeof place === "string") this.flow.forget(place);
      else this.flow.set(place, DYNAMIC);
      return;
    }
    if (declared === undefined || declared.kind === "dynamic" || declared.kind === "union") {
      this.flow.set(place, type);
    } else this.flow.forget(place);
  }

  #placeOf(node: Expression): Place | undefined {
    const inner = bare(node);
    if (inner.kind === "field") return inner.name.text;
    return inner.kind === "variable" ? this.#body.names.bindingOf.get(inner) : undefined;
  }

  // -------------------------------------------------------------------------------------------
  // Blocks and branches

  /**
   * The type of a block whose parameters are given `parameters`. A `stored` block may run at any
   * time, a `loop` any number of times while the send runs.
   */
  block(node: Block, parameters: readonly Type[] | undefined, use: "stored" | "loop"): Type {
    const assigned = variablesAssignedIn(node, this.#body.names);
    if (use === "stored") { for (const binding of assigned) this.#pinned.add(binding); }
    for (const binding of assigned) this.assign(binding, undefined);
    const before = this.flow;
    const inside = before.copy();
    if (use === "stored") {
      if (this.#body.owner.kind !== "value") inside.forgetFields();
      this.#forgetChanging(inside);
    }
    this.flow = inside;
    const { types, result } = this.inBlock(node, parameters);
    this.flow = before;
    for (const binding of assigned) this.assign(binding, undefined);
    this.#forgetFieldsAssignedIn(node);
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
      const binding = this.#bindingAt.get(parameter.span.start);
      if (binding !== undefined) this.flow.set(binding, type);
      return type;
    });
    return { types, result: this.statements(node.statements) };
  }

  /** What the parameter of a block of one expression is, of `type`, where that comes out `truth`. */
  parameterWhere({ parameters, statements }: Block, type: Type, truth: boolean): Type | undefined {
    const [parameter] = parameters;
    const [test] = statements;
    const binding = parameter && this.#bindingAt.get(parameter.span.start);
    if (binding === undefined || test === undefined || statements.length > 1) return undefined;
    const before = this.flow;
    this.flow = before.copy();
    this.flow.set(binding, type);
    this.narrowBy(test.expression, truth);
    const narrowed = this.flow.get(binding);
    this.flow = before;
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
    const before = this.flow;
    const ends: Flow[] = [];
    const types = runs.map((run) => {
      this.flow = before.copy();
      const type = run();
      ends.push(this.flow);
      return this.flow.ended ? NEVER : type;
    });
    this.flow = before;
    this.flow.join(ends);
    return union(types);
  }

  /** Refines the present flow by a condition that came out `truth`. */
  narrowBy(condition: Expression, truth: boolean): void {
    narrow(condition, truth, this.#places, this.environment);
  }

  /** Refines what is known of an expression, where it is a variable or field. */
  refine(node: Expression, type: Type): void {
    this.#places.refine(node, type);
  }

  readonly #places = {
    typeOf: (node: Expression): Type | undefined => {
      const place = this.#placeOf(node);
      return place === undefined ? undefined : this.#placeType(place);
    },
    refine: (node: Expression, type: Type): void => {
      const place = this.#placeOf(node);
      if (place === undefined) return;
      if (typeof place !== "string" && this.#pinned.has(place)) return;
      this.flow.set(place, type);
    },
  };

  /** After a loop, what its body assigns is unknown. */
  forgetAssignedIn(node: Block): void {
    for (const binding of variablesAssignedIn(node, this.#body.names)) {
      this.assign(binding, undefined);
    }
    this.#forgetFieldsAssignedIn(node);
  }

  #forgetFieldsAssignedIn(node: Block): void {
    const fields = fieldsAssignedIn(node);
    if (fields === "any") this.flow.forgetFields();
    else for (const field of fields) this.flow.forget(field);
  }

  /** A block that runs later sees what variables are then. */
  #forgetChanging(flow: Flow): void {
    for (const binding of this.#body.names.bindings) {
      if (binding.writes.length > 0 && flow.get(binding) !== undefined) flow.set(binding, DYNAMIC);
    }
  }

  /** Binds the names of a pattern that a value of `type` went through. */
  bindPattern(pattern: Parameters<typeof bindPattern>[0], type: Type): void {
    bindPattern(pattern, type, this.environment, (span, bound) => {
      const binding = this.#bindingAt.get(span.start) ?? this.#writtenAt(span.start);
      if (binding !== undefined) this.assign(binding, bound);
    });
  }

  #writtenAt(start: number): Binding | undefined {
    return this.#body.names.bindings.find(({ writes }) =>
      writes.some((write) => write.start === start)
    );
  }

  #match(node: Match): Type {
    const scrutinee = this.infer(node.scrutinee);
    const runs = node.arms.map((arm) => () => {
      if (arm.pattern.kind === "classPattern") {
        const of = this.annotated({
          kind: "typeName",
          package: arm.pattern.class.package,
          name: arm.pattern.class.name,
          arguments: [],
          span: arm.pattern.span,
        });
        if (of.kind === "instance") this.refine(node.scrutinee, of);
      }
      this.bindPattern(arm.pattern, scrutinee);
      if (arm.guard !== undefined) {
        this.infer(arm.guard);
        this.narrowBy(arm.guard, true);
      }
      return this.#armBody(arm.body);
    });
    return runs.length === 0 ? DYNAMIC : this.alternatives(runs);
  }

  /** The body of an arm: a block literal holds its statements. */
  #armBody(node: Expression): Type {
    if (node.kind === "block" && node.parameters.length === 0) return this.branch(node);
    return this.infer(node);
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
