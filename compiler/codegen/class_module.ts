/**
 * A class declaration as an Erlang module.
 * @module
 */
import type { ClassEnvironment, ClassFacts, ClassKind } from "../analysis/class_facts.ts";
import { classKind, superclassOf } from "../analysis/hierarchy.ts";
import type { ClassDeclaration, DataMember, MethodDefinition, PlacedUnit } from "../syntax/ast.ts";
import { type Clauses, methodDefinition } from "./bodies.ts";
import { classMeta } from "./class_meta.ts";
import {
  apply,
  atom,
  bind,
  call,
  callModule,
  caseOf,
  clause,
  type Core,
  type CoreModule,
  type Definition,
  fun,
  functionName,
  list,
  literal,
  map,
  nil,
  updateMap,
  type Var,
} from "./core.ts";
import { finishModule } from "./erlang_module.ts";
import { generatedAccessors } from "./accessors.ts";
import { expressions } from "./expression.ts";
import { Generator, type MethodContext, type SourceContext } from "./generator.ts";
import { emptyEnvironment } from "./locals.ts";
import { analyzeScopes } from "./scopes.ts";
import { coverageFunction } from "./coverage.ts";
import { type IndexedCode, indexFunction } from "./method_index.ts";
import { overridingExtensions } from "./overriding_extensions.ts";
import { functionOf } from "./selectors.ts";
import { specifications } from "./specifications.ts";

/** A class as its module needs it. */
export interface ClassInput {
  readonly declaration: ClassDeclaration;
  readonly facts: ClassFacts;
  /** Whether Erlang specs of the methods are wanted. */
  readonly specifications: boolean;
}

/** The module of a class. */
export function classModuleCore(source: SourceContext, input: ClassInput): CoreModule {
  return new ClassModule(source, input).build();
}

type Side = "instance" | "class";

class ClassModule {
  readonly #source: SourceContext;
  readonly #input: ClassInput;
  readonly #kind: ClassKind;
  readonly #generator: Generator;
  readonly #superModule: string | undefined;
  readonly #data: readonly PlacedUnit<DataMember>[];
  readonly #methods: Record<Side, Map<string, Clauses>>;

  constructor(source: SourceContext, input: ClassInput) {
    const { facts, declaration } = input;
    this.#source = source;
    this.#input = input;
    this.#kind = kindOf(input, source.environment);
    const superclass = superclassOf(facts, source.environment);
    this.#superModule = facts.superclass === undefined
      ? undefined
      : superclass?.module ?? `bt@${facts.package}@${facts.superclass}`;
    this.#data = declaration.members.filter((member): member is PlacedUnit<DataMember> =>
      member.node.kind === "data"
    );
    this.#methods = {
      instance: groupClauses(declaration, false),
      class: groupClauses(declaration, true),
    };
    this.#generator = new Generator(
      source,
      this.#context("instance", "$defaults"),
      analyzeScopes([], []),
    );
  }

  build(): CoreModule {
    const { facts } = this.#input;
    const { module, file, environment } = this.#source;
    const instance = this.#side("instance");
    const ofClass = this.#side("class");
    const definitions = [
      ...instance,
      ...ofClass,
      this.#dispatch("$send", "instance", instance),
      this.#dispatch("$csend", "class", ofClass),
      this.#undefinedFunction(),
      this.#defaults("$defaults", (word) => word !== "classState"),
      this.#defaults("$class_defaults", (word) => word === "classState"),
      this.#meta(),
      this.#index(),
      ...coverageFunction(this.#generator),
    ];
    const attributes = this.#input.specifications ? specifications(facts, environment) : [];
    return finishModule(module, file, definitions, attributes);
  }

  #context(side: Side, selector: string): MethodContext {
    const { facts } = this.#input;
    return {
      holds: side === "class" ? "classSide" : this.#holds(),
      selector,
      owner: facts,
      module: facts.module,
      side,
      inOwnModule: true,
    };
  }

  /** `TestCase` itself is entered by its subclasses' methods. */
  #holds(): ClassKind {
    const { facts } = this.#input;
    const isLibrary = facts.package === "stdlib" && facts.name === "TestCase";
    return isLibrary ? "value" : this.#kind;
  }

  #side(side: Side): Definition[] {
    const definitions = [...this.#methods[side]].map(([selector, clauses]) =>
      methodDefinition(
        this.#generator,
        functionOf(selector, side),
        this.#context(side, selector),
        clauses,
      )
    );
    const { facts } = this.#input;
    const { environment } = this.#source;
    const g = this.#generator;
    const own = [...definitions, ...generatedAccessors(g, facts, environment, side)];
    const names = new Set(own.map(({ name }) => name.name));
    return [...own, ...overridingExtensions(g, facts, environment, side, names)];
  }

  /**
   * `'$send'` and `'$csend'`: own methods by the number of arguments and the selector, else the
   * superclass's. The arguments are taken out of their list once for each number, which makes the
   * function much smaller than a clause for each method with both.
   */
  #dispatch(name: string, side: Side, definitions: readonly Definition[]): Definition {
    const g = this.#generator;
    g.begin(this.#context(side, name), analyzeScopes([], []), 0);
    const [selector, self, args] = [g.fresh("Selector"), g.fresh("Self"), g.fresh("Args")];
    const inherited = () => this.#inherited(name, selector, self, args);
    const byArity = Map.groupBy(definitions, ({ name: { arity } }) => arity - 1);
    const clauses = [...byArity].map(([count, methods]) => {
      const parameters = Array.from({ length: count }, () => g.fresh());
      const chosen = methods.map(({ name: method }) =>
        clause(
          atom(this.#selectorOf(method.name, side)),
          apply(method, [self, ...parameters]),
        )
      );
      return clause(
        list(parameters),
        caseOf(selector, [...chosen, clause(g.fresh(), inherited())]),
      );
    });
    const body = caseOf(args, [...clauses, clause(g.fresh(), inherited())]);
    return { name: functionName(name, 3), fun: fun([selector, self, args], body) };
  }

  /** Where OTP's `error_handler` sends direct calls of what a newer version of the class lacks. */
  #undefinedFunction(): Definition {
    const g = this.#generator;
    const name = "$handle_undefined_function";
    g.begin(this.#context("instance", name), analyzeScopes([], []), 0);
    const [called, args] = [g.fresh("Function"), g.fresh("Args")];
    const module = atom(this.#source.module);
    const body = call("beamtalk_send", "undefined_function", [module, called, args]);
    return { name: functionName(name, 2), fun: fun([called, args], body) };
  }

  #selectorOf(functionText: string, side: Side): string {
    if (side === "class") return functionText.slice("class ".length);
    return functionText === "$m:module_info" ? "module_info" : functionText;
  }

  #inherited(name: string, selector: Var, self: Var, args: Var): Core {
    if (this.#superModule !== undefined) {
      return callModule(atom(this.#superModule), name, [selector, self, args]);
    }
    if (name === "$send") return call("beamtalk_send", "missing", [selector, self, args]);
    return call("bt@stdlib@Class", "$send", [selector, self, args]);
  }

  #index(): Definition {
    const target = this.#input.facts.name;
    const code = (["instance", "class"] as const).flatMap((side): IndexedCode[] => [
      {
        target,
        side,
        selector: undefined,
        units: this.#data.filter(({ node }) => (node.word === "classState") === (side === "class")),
      },
      ...[...this.#methods[side]].map(([selector, units]) => ({ target, side, selector, units })),
    ]);
    return indexFunction(code, this.#generator.lines);
  }

  /** Data with their defaults, evaluated at each call, over those of the superclass. */
  #defaults(name: string, wanted: (word: DataMember["word"]) => boolean): Definition {
    const g = this.#generator;
    const data = this.#data.filter(({ node }) => wanted(node.word))
      .filter(({ node }) => node.defaultValue !== undefined || node.type === undefined);
    const context = { ...this.#context("instance", name), holds: "script" } as const;
    const pairs = data.map((unit) => ({
      op: "assoc" as const,
      key: atom(unit.node.name.text),
      value: this.#default(context, unit),
    }));
    g.begin(context, analyzeScopes([], []), 0);
    const body = this.#superModule === undefined
      ? bindPairs(g, pairs)
      : bindPairs(g, pairs, callModule(atom(this.#superModule), name, []));
    return { name: functionName(name, 0), fun: fun([], body) };
  }

  /** A default in a function of its own, so that its variables meet no others. */
  #default(context: MethodContext, unit: PlacedUnit<DataMember>): Core {
    const { defaultValue } = unit.node;
    if (defaultValue === undefined) return nil;
    const g = this.#generator;
    const root = [{ expression: defaultValue, expectations: [], span: defaultValue.span }];
    g.begin(context, analyzeScopes([], root), unit.offset);
    const env = emptyEnvironment({
      self: nil,
      inBlock: false,
      token: undefined,
      sessionSnapshots: new Map(),
    }, root);
    const value = expressions(g, [defaultValue], env, ([only]) => only?.core ?? nil);
    if (value.kind === "literal") return value;
    const evaluate = g.fresh();
    return bind([evaluate], fun([], value), apply(evaluate, [], g.line(defaultValue.span)));
  }

  #meta(): Definition {
    const { declaration, facts } = this.#input;
    const meta = classMeta({
      text: this.#source.text,
      lines: this.#generator.lines,
      isPart: this.#source.lines !== undefined,
      declaration,
      facts,
      kind: this.#kind,
      superModule: this.#superModule,
      methods: this.#methods.instance,
      classMethods: this.#methods.class,
      data: this.#data,
    });
    return { name: functionName("$meta", 0), fun: fun([], literal(meta)) };
  }
}

/** A map of pairs whose values are evaluated in order. */
function bindPairs(
  g: Generator,
  pairs: readonly { readonly op: "assoc"; readonly key: Core; readonly value: Core }[],
  base?: Core,
): Core {
  const variables = pairs.map(() => g.fresh());
  const held = base === undefined ? undefined : g.fresh();
  const bound = pairs.map((pair, index) => {
    const variable = variables[index];
    return variable === undefined || pair.value.kind === "literal"
      ? pair
      : { ...pair, value: variable };
  });
  const result = held === undefined
    ? map(bound)
    : pairs.length === 0
    ? held
    : bound.every(({ value }) => value.kind === "literal")
    ? call("maps", "merge", [held, map(bound)])
    : updateMap(held, bound, g.fresh(), g.fresh());
  const inner = pairs.reduceRight((code, pair, index) => {
    const variable = variables[index];
    return variable === undefined || pair.value.kind === "literal"
      ? code
      : bind([variable], pair.value, code);
  }, result);
  return held === undefined || base === undefined ? inner : bind([held], base, inner);
}

function groupClauses(declaration: ClassDeclaration, classSide: boolean): Map<string, Clauses> {
  const groups = new Map<string, PlacedUnit<MethodDefinition>[]>();
  for (const { node, offset, line } of declaration.members) {
    if (node.kind !== "method" || node.modifiers.includes("class") !== classSide) continue;
    const group = groups.get(node.selector);
    if (group === undefined) groups.set(node.selector, [{ node, offset, line }]);
    else group.push({ node, offset, line });
  }
  return groups;
}

/** The kind by ancestor; by the data words where an ancestor is unknown. */
function kindOf({ facts, declaration }: ClassInput, environment: ClassEnvironment): ClassKind {
  const known = classKind(facts, environment);
  if (known !== undefined) return known;
  const words = declaration.members.flatMap(({ node }) => node.kind === "data" ? [node.word] : []);
  if (words.includes("state")) return "actor";
  return words.includes("field") ? "value" : "object";
}
