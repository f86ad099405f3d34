/**
 * Patterns: the part that Core Erlang matches itself, and tests and bindings that follow it.
 * @module
 */
import type { BinarySegment, ClassReference, Expression, Literal, Pattern } from "../syntax/ast.ts";
import {
  atom,
  bif,
  call,
  constant,
  type Core,
  integer,
  list,
  literal,
  map,
  mapPattern,
  no,
  type Segment,
  tuple,
  type Var,
  yes,
} from "./core.ts";
import type { Generator } from "./generator.ts";
import { coreSegment, textSegments } from "./literals.ts";
import { bare, boundNames } from "../analysis/walk.ts";

/** A condition after the match; `bindings` made by it are seen by what follows. */
export type Step =
  /** `code` is a boolean that must be true. */
  | { readonly kind: "test"; readonly code: Core }
  /** `code`'s value is matched by a further pattern. */
  | { readonly kind: "match"; readonly code: Core; readonly pattern: Core };

/** A pattern in two parts. */
export interface CompiledPattern {
  readonly core: Core;
  readonly guards: readonly Core[];
  readonly steps: readonly Step[];
  readonly bindings: ReadonlyMap<string, Var>;
  /** Static type of bindings that have one. */
  readonly types: ReadonlyMap<string, string>;
}

/** The values of sizes of binary segments that are known before the pattern is matched. */
export type Sizes = ReadonlyMap<Expression, Core>;

/** Compiles patterns that are matched together; a name that is bound twice must be equal. */
export function compilePattern(
  g: Generator,
  pattern: Pattern,
  sizes: Sizes,
): CompiledPattern {
  const compiler = new PatternCompiler(g, sizes);
  const core = compiler.pattern(pattern);
  return compiler.finish(core);
}

/** Patterns of several values, as for a method's parameters. */
export function compilePatterns(
  g: Generator,
  patterns: readonly Pattern[],
  sizes: Sizes,
): { readonly cores: readonly Core[]; readonly rest: CompiledPattern } {
  const compiler = new PatternCompiler(g, sizes);
  const cores = patterns.map((pattern) => compiler.pattern(pattern));
  return { cores, rest: compiler.finish(atom("nil")) };
}

class PatternCompiler {
  readonly #g: Generator;
  readonly #sizes: Sizes;
  readonly #bindings = new Map<string, Var>();
  readonly #types = new Map<string, string>();
  readonly #guards: Core[] = [];
  readonly #steps: Step[] = [];

  constructor(g: Generator, sizes: Sizes) {
    this.#g = g;
    this.#sizes = sizes;
  }

  finish(core: Core): CompiledPattern {
    return {
      core,
      guards: this.#guards,
      steps: this.#steps,
      bindings: this.#bindings,
      types: this.#types,
    };
  }

  pattern(pattern: Pattern): Core {
    switch (pattern.kind) {
      case "wildcard":
        return this.#g.fresh();
      case "errorPattern":
        this.#guard(no);
        return this.#g.fresh();
      case "binding":
        return this.#bind(pattern.name);
      case "literalPattern":
        return this.#literal(pattern.literal);
      case "tuplePattern":
        return tuple(pattern.elements.map((element) => this.pattern(element)));
      case "listPattern": {
        const elements = pattern.elements.map((element) => this.pattern(element));
        return pattern.rest === undefined
          ? list(elements)
          : list(elements, this.pattern(pattern.rest));
      }
      case "arrayPattern":
        return this.#array(pattern.elements, pattern.rest);
      case "dictionaryPattern":
        return this.#dictionary(pattern.entries);
      case "binaryPattern":
        return this.#binary(pattern.segments);
      case "constructorPattern":
        return this.#constructed(pattern);
      case "classPattern":
        return this.#classTest(pattern.pattern, pattern.class);
      default:
        return pattern satisfies never;
    }
  }

  #bind(name: string): Core {
    const variable = this.#g.fresh(name);
    const known = this.#bindings.get(name);
    if (known === undefined) this.#bindings.set(name, variable);
    else this.#guard(bif("=:=", [variable, known]));
    return variable;
  }

  #literal(value: Literal): Core {
    switch (value.kind) {
      case "integer":
        return literal(constant.integer(value.value));
      case "float":
        return literal(constant.float(value.value));
      case "string":
        return textPattern(value.value);
      case "character":
        return literal(constant.integer(value.value));
      case "symbol":
        return atom(value.value);
      case "nil":
        return atom("nil");
      case "boolean":
        return value.value ? yes : no;
      default:
        return value satisfies never;
    }
  }

  #array(elements: readonly Pattern[], rest: Pattern | undefined): Core {
    if (rest === undefined) {
      return arrayPattern(tuple(elements.map((element) => this.pattern(element))));
    }
    const held = this.#g.fresh();
    const count = integer(elements.length);
    this.#guard(bif(">=", [bif("tuple_size", [held]), count]));
    elements.forEach((element, index) => {
      this.#follow(bif("element", [integer(index + 1), held]), element);
    });
    if (rest.kind !== "wildcard") {
      const others = call("lists", "nthtail", [count, bif("tuple_to_list", [held])]);
      const code = map([
        { op: "assoc", key: atom("__class__"), value: atom("bt@stdlib@Array") },
        { op: "assoc", key: atom("elements"), value: bif("list_to_tuple", [others]) },
      ]);
      this.#follow(code, rest);
    }
    return arrayPattern(held);
  }

  /** A condition, where all that it reads is bound. */
  #guard(code: Core): void {
    if (this.#steps.length === 0) this.#guards.push(code);
    else this.#steps.push({ kind: "test", code });
  }

  /** Matches a part after the whole has matched. */
  #follow(code: Core, pattern: Pattern): void {
    this.#followWith(code, () => this.pattern(pattern));
  }

  /** The step is entered first, so that conditions of its parts come after it. */
  #followWith(code: Core, make: () => Core): void {
    const at = this.#steps.length;
    this.#steps.push({ kind: "match", code, pattern: atom("nil") });
    this.#steps[at] = { kind: "match", code, pattern: make() };
  }

  /** Keys that must be there; value objects are maps too, but no dictionaries. */
  #dictionary(entries: readonly { readonly key: Literal; readonly value: Pattern }[]): Core {
    const pairs = entries.map(({ key, value }) => ({
      op: "exact" as const,
      key: key.kind === "string" ? literal(constant.string(key.value)) : this.#literal(key),
      value: this.pattern(value),
    }));
    const whole = this.#g.fresh();
    const tagged = bif("is_map_key", [atom("__class__"), whole]);
    this.#guard(bif("not", [tagged]));
    return { kind: "alias", variable: whole, pattern: mapPattern(pairs) };
  }

  /** A size that the same pattern binds is known only after what stands before it has matched. */
  #binary(segments: readonly BinarySegment<Pattern>[]): Core {
    const bound = new Set<string>();
    const cores: Segment[] = [];
    for (const [index, segment] of segments.entries()) {
      const size = segment.size === undefined ? undefined : bare(segment.size);
      if (size?.kind === "variable" && bound.has(size.name)) {
        const rest = this.#g.fresh();
        cores.push(coreSegment(rest, undefined, ["bitstring"]));
        this.#followWith(rest, () => this.#binary(segments.slice(index)));
        break;
      }
      const { value } = segment;
      if (value.kind === "literalPattern" && value.literal.kind === "string") {
        cores.push(...textSegments(value.literal.value, segment.specifiers));
        continue;
      }
      cores.push(this.#segment(segment));
      for (const name of boundNames(segment.value)) bound.add(name);
    }
    return { kind: "binary", segments: cores };
  }

  #segment(segment: BinarySegment<Pattern>) {
    const size = segment.size === undefined ? undefined : this.#size(segment);
    return coreSegment(this.pattern(segment.value), size, segment.specifiers);
  }

  #size(segment: BinarySegment<Pattern>): Core {
    const known = segment.size && this.#sizes.get(segment.size);
    if (known !== undefined) return known;
    const size = segment.size && bare(segment.size);
    if (size?.kind === "integer") return integer(size.value);
    const bound = size?.kind === "variable" ? this.#bindings.get(size.name) : undefined;
    if (bound !== undefined) return bound;
    this.#guard(no);
    return integer(0);
  }

  #constructed(pattern: Pattern & { kind: "constructorPattern" }): Core {
    const facts = this.#g.classNamed(pattern.class.name, pattern.class.package);
    if (facts?.name === "Result" && facts.package === "stdlib") return this.#result(pattern);
    const pairs = pattern.fields.map((field) => ({
      op: "exact" as const,
      key: atom(field.name.text),
      value: this.pattern(field.pattern),
    }));
    const sealed = facts?.modifiers.includes("sealed") === true;
    if (facts !== undefined && sealed) {
      return mapPattern([tagPair(facts.module), ...pairs]);
    }
    const whole = this.#g.fresh();
    this.#steps.push({ kind: "test", code: this.#isKindOf(whole, pattern.class) });
    return { kind: "alias", variable: whole, pattern: mapPattern(pairs) };
  }

  #result(pattern: Pattern & { kind: "constructorPattern" }): Core {
    const [field] = pattern.fields;
    const succeeded = field?.name.text === "ok";
    const pairs = field === undefined ? [] : [{
      op: "exact" as const,
      key: atom(succeeded ? "okValue" : "errReason"),
      value: this.pattern(field.pattern),
    }];
    const isOk = { op: "exact" as const, key: atom("isOk"), value: succeeded ? yes : no };
    return mapPattern([tagPair("bt@stdlib@Result"), isOk, ...pairs]);
  }

  #classTest(inner: Pattern, reference: ClassReference): Core {
    const pattern = this.pattern(inner);
    const whole = pattern.kind === "var" ? pattern : this.#g.fresh();
    if (inner.kind === "binding" && reference.name === "Character") {
      this.#types.set(inner.name, "Character");
    }
    const guard = this.#classGuard(whole, reference);
    if (guard !== undefined) this.#guard(guard);
    else this.#steps.push({ kind: "test", code: this.#isKindOf(whole, reference) });
    return pattern.kind === "var" ? pattern : { kind: "alias", variable: whole, pattern };
  }

  /** A guard for classes that the virtual machine can tell itself. */
  #classGuard(value: Core, { name, package: packageName }: ClassReference): Core | undefined {
    if (packageName !== undefined && packageName !== "stdlib") return undefined;
    const facts = this.#g.classNamed(name);
    if (facts !== undefined && facts.package !== "stdlib") return undefined;
    const is = (test: string) => bif(test, [value]);
    switch (name) {
      case "Integer":
      case "Character":
        return is("is_integer");
      case "Float":
        return is("is_float");
      case "Number":
        return is("is_number");
      case "Boolean":
        return is("is_boolean");
      case "True":
        return bif("=:=", [value, yes]);
      case "False":
        return bif("=:=", [value, no]);
      case "Nil":
      case "UndefinedObject":
        return bif("=:=", [value, atom("nil")]);
      case "List":
        return is("is_list");
      case "Block":
        return is("is_function");
      case "Pid":
        return is("is_pid");
      case "Object":
      case "ProtoObject":
        return yes;
      case "Symbol": {
        const isNil = bif("=:=", [value, atom("nil")]);
        const other = bif("not", [bif("or", [is("is_boolean"), isNil])]);
        return bif("and", [is("is_atom"), other]);
      }
      default:
        return undefined;
    }
  }

  #isKindOf(value: Core, reference: ClassReference): Core {
    const facts = this.#g.classNamed(reference.name, reference.package);
    if (facts !== undefined) {
      return call("beamtalk_class", "is_kind_of", [value, atom(facts.module)]);
    }
    const name = reference.name === "Nil" ? "UndefinedObject" : reference.name;
    const found = call(
      "beamtalk_registry",
      "class_named",
      [atom(name)],
      this.#g.line(reference.span),
    );
    return call("beamtalk_class", "is_kind_of", [value, bif("element", [integer(2), found])]);
  }
}

function tagPair(module: string) {
  return { op: "exact" as const, key: atom("__class__"), value: atom(module) };
}

function arrayPattern(elements: Core): Core {
  return mapPattern([
    tagPair("bt@stdlib@Array"),
    { op: "exact", key: atom("elements"), value: elements },
  ]);
}

/** Core Erlang has no binary literals in patterns: a string is matched byte by byte. */
function textPattern(text: string): Core {
  return { kind: "binary", segments: textSegments(text, []) };
}
