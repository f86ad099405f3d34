/**
 * Extensions that replace what their class inherits. The runtime asks for extensions when no class
 * of the chain has the method, which is too late for these: the class's own module calls them.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "../analysis/class_facts.ts";
import { lookupSuper } from "../analysis/lookup.ts";
import { call, type Definition, fun, functionName } from "./core.ts";
import type { Generator } from "./generator.ts";
import { analyzeScopes } from "./scopes.ts";
import { functionOf } from "./selectors.ts";

/**
 * One function for each extension of the class that hides an inherited method. `own` are the
 * names of the functions that the class has itself, which win over extensions.
 */
export function overridingExtensions(
  g: Generator,
  facts: ClassFacts,
  environment: ClassEnvironment,
  side: "instance" | "class",
  own: ReadonlySet<string>,
): Definition[] {
  const classSide = side === "class";
  return environment.extensionsOf(facts.name)
    .filter((extension) => extension.classSide === classSide)
    .filter(({ method }) => !own.has(functionOf(method.selector, side)))
    .filter(({ method }) => lookupSuper(facts, method.selector, side, environment) !== undefined)
    .map(({ method, module, target }) => {
      const { selector } = method;
      g.begin({ ...g.context, selector, side }, analyzeScopes([], []), 0);
      const parameters = [g.fresh("Self"), ...method.parameters.map(({ name }) => g.fresh(name))];
      const name = functionName(functionOf(selector, side), parameters.length);
      const body = call(module, `${target}${classSide ? " class" : ""}>>${selector}`, parameters);
      return { name, fun: fun(parameters, body) };
    });
}
