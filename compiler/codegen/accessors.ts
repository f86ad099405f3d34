/**
 * Getters, copying setters and the keyword constructor of classes that hold values.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "../analysis/class_facts.ts";
import { generatedMethods, setterSelector } from "../analysis/generated_methods.ts";
import { allFields, classKind } from "../analysis/hierarchy.ts";
import {
  atom,
  bif,
  bind,
  call,
  callModule,
  caseOf,
  clause,
  type Core,
  type Definition,
  emptyList,
  fun,
  functionName,
  integer,
  map,
  nil,
  string,
  tuple,
  updateMap,
  type Var,
} from "./core.ts";
import { fieldOfObject } from "./fields.ts";
import type { Generator } from "./generator.ts";
import { analyzeScopes } from "./scopes.ts";
import { functionOf } from "./selectors.ts";

/** The generated methods of one side of a class. */
export function generatedAccessors(
  g: Generator,
  facts: ClassFacts,
  environment: ClassEnvironment,
  side: "instance" | "class",
): Definition[] {
  const setters = new Map(facts.fields.map(({ name }) => [setterSelector(name), name]));
  return generatedMethods(facts, environment, side).map(({ selector, parameters }) => {
    g.begin({ ...g.context, selector, side }, analyzeScopes([], []), 0);
    const self = g.fresh("Self");
    const values = parameters.map(({ name }) => g.fresh(name));
    const name = functionName(functionOf(selector, side), values.length + 1);
    if (side === "class") {
      return { name, fun: fun([self, ...values], construct(g, facts, environment, self, values)) };
    }
    const [value] = values;
    const field = value === undefined ? selector : setters.get(selector) ?? selector;
    const body = value === undefined
      ? fieldOfObject(g, field, self)
      : setter(g, field, self, value);
    return { name, fun: fun([self, ...values], body) };
  });
}

function setter(g: Generator, field: string, self: Var, value: Var): Core {
  if (g.source.compact === true) return call("maps", "put", [atom(field), value, self]);
  return updateMap(self, [{ op: "assoc", key: atom(field), value }], g.fresh(), g.fresh());
}

/** Builds an instance of the receiving class, which may be a subclass. */
function construct(
  g: Generator,
  facts: ClassFacts,
  environment: ClassEnvironment,
  self: Var,
  values: readonly Var[],
): Core {
  const fields = allFields(facts, environment).filter(({ owner }) => owner.name !== "Exception");
  const given = fields.map(({ name }, index) => ({
    op: "assoc" as const,
    key: atom(name),
    value: values[index] ?? nil,
  }));
  const pairs = (module: Core) => [
    { op: "assoc" as const, key: atom("__class__"), value: module },
    ...given,
  ];
  const own = atom(facts.module);
  const subclass = g.fresh("Module");
  const isException = classKind(facts, environment) === "exception";
  if (g.source.compact === true && !isException && !facts.modifiers.includes("abstract")) {
    return call("beamtalk_value", "construct", [self, own, map(given)]);
  }
  // An exception begins as `new` makes it: it has data that no class declares.
  const base = (module: Core) =>
    isException
      ? callModule(module, "$csend", [atom("new"), self, emptyList])
      : callModule(module, "$defaults", []);
  return caseOf(self, [
    clause(
      tuple([atom("$class"), own]),
      facts.modifiers.includes("abstract")
        ? refuseAbstract(facts)
        : isException
        ? updateMap(base(own), pairs(own), g.fresh(), g.fresh())
        : map(pairs(own)),
    ),
    clause(
      g.fresh(),
      bind(
        [subclass],
        bif("element", [integer(2), self]),
        updateMap(base(subclass), pairs(subclass), g.fresh(), g.fresh()),
      ),
    ),
  ]);
}

function refuseAbstract(facts: ClassFacts): Core {
  return call("beamtalk_exception", "raise", [
    atom("instantiation_error"),
    atom(facts.name),
    nil,
    string(`${facts.name} is abstract and has no instances`),
    string("Use one of its subclasses"),
    nil,
  ]);
}
