/**
 * Which expressions are characters. A character is its code point when a program runs, so what it is
 * sent is told apart by the static type alone: `$A`, a parameter `c :: Character`, what a method or a
 * field says to be one, an element of a `List(Character)`.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "../analysis/class_facts.ts";
import { classKind } from "../analysis/hierarchy.ts";
import { resolveNames } from "../analysis/names.ts";
import { inferBody, type TypedBody } from "../analysis/types/infer.ts";
import { bare } from "../analysis/walk.ts";
import type { Expression, MethodDefinition, Send, Statement } from "../syntax/ast.ts";
import type { Value } from "./locals.ts";

/** The class of characters, and the package that has it. */
const CHARACTER = "Character";
const LIBRARY = "stdlib";

/** Where a body stands. */
interface Place {
  readonly owner: ClassFacts | undefined;
  readonly side: "instance" | "class";
}

/** What is known of characters in the body whose code is being made. */
export class CharacterTypes {
  readonly #environment: ClassEnvironment;
  #read: (() => TypedBody) | undefined;
  #types: TypedBody | undefined;
  /** Session variables that hold a character. */
  readonly variables = new Set<string>();
  /** Session variables that blocks assign, whenever they run. */
  readonly changing = new Set<string>();

  constructor(environment: ClassEnvironment) {
    this.#environment = environment;
  }

  /** Starts a body: of a method, or of a statement of a script. */
  begin(
    { owner, side }: Place,
    method: MethodDefinition | undefined,
    statements: readonly Statement[],
  ): void {
    this.#types = undefined;
    this.#read = () => {
      const parameters = method?.parameters ?? [];
      const names = resolveNames({ parameters, guard: method?.guard, statements });
      const kind = owner === undefined ? undefined : classKind(owner, this.#environment);
      const place = { class: owner, kind, side };
      const body = { owner: place, method, parameters, statements, names };
      return inferBody(body, this.#environment);
    };
  }

  /** Ends a body: nothing is known of what follows. */
  end(): void {
    this.#types = undefined;
    this.#read = undefined;
  }

  /** Whether the expression's static type is `Character`. */
  isCharacter(node: Expression): boolean {
    const inner = bare(node);
    if (inner.kind === "variable" && this.variables.has(inner.name)) return true;
    if (inner.kind === "send" && this.#answersCharacter(inner)) return true;
    if (inner.kind === "integer" || inner.kind === "string" || this.#read === undefined) {
      return false;
    }
    this.#types ??= this.#read();
    const type = this.#types.typeOf(inner) ?? this.#types.typeOf(node);
    return type?.kind === "instance" && isCharacterClass(type.class);
  }

  /** A message to a session variable, which the types of its statement know nothing of. */
  #answersCharacter({ receiver, selector }: Send): boolean {
    if (this.variables.size === 0 || receiver.kind === "super") return false;
    const type = this.#class?.methods.find((method) => method.selector === selector)?.returnType;
    const isOne = type?.kind === "typeName" && (type.name === CHARACTER || type.name === "Self");
    return isOne && this.isCharacter(receiver);
  }

  get #class(): ClassFacts | undefined {
    return this.#environment.classNamed(CHARACTER, LIBRARY);
  }

  /** The value as it is sent `selector`: as a character, where that makes a difference. */
  receiver(node: Expression, value: Value, selector: string): Value {
    const isOther = value.type !== undefined && value.type !== "Integer";
    if (isOther || value.classObject !== undefined) return value;
    if (!this.#understands(selector) || !this.isCharacter(node)) return value;
    return { ...value, type: CHARACTER };
  }

  #understands(selector: string): boolean {
    return this.#class?.methods.some((method) => method.selector === selector) === true ||
      this.#environment.extensionsOf(CHARACTER).some((it) => it.method.selector === selector);
  }

  /** Notes what a statement does to a variable of the session. */
  noteVariable(name: string, value: Expression | undefined): void {
    const holds = value !== undefined && !this.changing.has(name) && this.isCharacter(value);
    if (holds) this.variables.add(name);
    else this.variables.delete(name);
  }

  /** Notes that a block assigns a variable of the session. */
  noteChanging(name: string): void {
    this.changing.add(name);
    this.variables.delete(name);
  }
}

function isCharacterClass({ name, package: from }: ClassFacts): boolean {
  return name === CHARACTER && from === LIBRARY;
}
