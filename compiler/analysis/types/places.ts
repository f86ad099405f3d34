/**
 * What is known of the variables and fields of a body while its flow of control is followed.
 * @module
 */
import type { Block, Expression, Span, Variable } from "../../syntax/ast.ts";
import type { Binding, NameResolution } from "../names.ts";
import { bare } from "../walk.ts";
import { fieldsAssignedIn, variablesAssignedIn } from "./assigned_places.ts";
import { Flow, type Place } from "./flow.ts";
import type { Refinable } from "./narrowing.ts";
import { DYNAMIC, type Type } from "./type.ts";

/** The variables and fields of one body. */
export class Places implements Refinable {
  /** What holds at the point that is looked at. */
  flow = new Flow();
  readonly #names: NameResolution;
  readonly #declared = new Map<Binding, Type>();
  readonly #fields = new Map<string, Type>();
  /** Variables that a block may assign at any time. */
  readonly #pinned = new Set<Binding>();
  readonly #bindingAt = new Map<number, Binding>();

  constructor(names: NameResolution) {
    this.#names = names;
    for (const binding of names.bindings) this.#bindingAt.set(binding.span.start, binding);
  }

  /** Says the type of a variable, or of a field by its name. */
  declare(place: Place, type: Type): void {
    if (typeof place === "string") this.#fields.set(place, type);
    else this.#declared.set(place, type);
  }

  /** The variable whose name stands at that span: a definition, or an assignment by a pattern. */
  bindingAt({ start }: Span): Binding | undefined {
    return this.#bindingAt.get(start) ??
      this.#names.bindings.find(({ writes }) => writes.some((write) => write.start === start));
  }

  /** What a variable that is read means. */
  bindingOf(node: Variable): Binding | undefined {
    return this.#names.bindingOf.get(node);
  }

  /** The place that an expression is, or that it has just assigned. */
  placeOf(node: Expression): Place | undefined {
    const inner = bare(node);
    if (inner.kind === "assignment") return this.placeOf(inner.target);
    if (inner.kind === "field") return inner.name.text;
    return inner.kind === "variable" ? this.bindingOf(inner) : undefined;
  }

  /** The present type of a place. */
  typeAt(place: Place): Type {
    const isPinned = typeof place !== "string" && this.#pinned.has(place);
    const known = isPinned ? undefined : this.flow.get(place);
    return known ?? this.#declaredAt(place) ?? DYNAMIC;
  }

  #declaredAt(place: Place): Type | undefined {
    return typeof place === "string" ? this.#fields.get(place) : this.#declared.get(place);
  }

  typeOf(node: Expression): Type | undefined {
    const place = this.placeOf(node);
    return place === undefined ? undefined : this.typeAt(place);
  }

  refine(node: Expression, type: Type): void {
    const place = this.placeOf(node);
    if (place === undefined) return;
    if (typeof place !== "string" && this.#pinned.has(place)) return;
    this.flow.set(place, type);
  }

  either(first: () => void, second: () => void): void {
    const before = this.flow;
    const ends = [first, second].map((run) => {
      this.flow = before.copy();
      run();
      return this.flow;
    });
    this.flow = before;
    this.join(ends);
  }

  /** What holds after either of several ways. */
  join(ends: readonly Flow[]): void {
    this.flow.join(ends, (place) => this.#declaredAt(place) ?? DYNAMIC);
  }

  /** What an assignment leaves known: the value's type within what is declared. */
  assign(place: Place, type: Type | undefined): void {
    const declared = this.#declaredAt(place);
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

  /** After a loop, or a block that may have run, what it assigns is unknown. */
  forgetAssignedIn(node: Block): void {
    for (const binding of variablesAssignedIn(node, this.#names)) this.assign(binding, undefined);
    const fields = fieldsAssignedIn(node);
    if (fields === "any") this.flow.forgetFields();
    else for (const field of fields) this.flow.forget(field);
  }

  /**
   * Runs `look` with what is known inside a block, and goes on with what is known after it. A
   * `stored` block may run at any time, a `loop` any number of times while its send runs.
   */
  insideBlock<R>(node: Block, use: "stored" | "loop", keepsFields: boolean, look: () => R): R {
    const assigned = variablesAssignedIn(node, this.#names);
    if (use === "stored") { for (const binding of assigned) this.#pinned.add(binding); }
    for (const binding of assigned) this.assign(binding, undefined);
    const before = this.flow;
    this.flow = before.copy();
    if (use === "stored") {
      if (!keepsFields) this.flow.forgetFields();
      this.#forgetChanging();
    }
    const result = look();
    this.flow = before;
    this.forgetAssignedIn(node);
    return result;
  }

  /** A block that runs later sees what variables are then. */
  #forgetChanging(): void {
    for (const binding of this.#names.bindings) {
      if (binding.writes.length > 0 && this.flow.get(binding) !== undefined) {
        this.flow.set(binding, DYNAMIC);
      }
    }
  }
}
