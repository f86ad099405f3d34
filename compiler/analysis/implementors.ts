/**
 * Which classes have an instance method of a selector, for guesses of what a receiver may be.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "./class_facts.ts";
import { generatedMethods } from "./generated_methods.ts";
import { classKind } from "./hierarchy.ts";
import { LIBRARY_PACKAGE } from "./module_naming.ts";

/** An environment whose classes can all be asked for. */
type Enumerable = ClassEnvironment & Required<Pick<ClassEnvironment, "classesNamed">>;

/** What is known of all selectors of an environment. */
interface SelectorIndex {
  readonly ofLibrary: ReadonlySet<string>;
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

/** An environment never changes: its index is made once, when it is first asked. */
const indexes = new WeakMap<object, SelectorIndex>();

/**
 * The modules of the program's classes that have an instance method of that selector themselves,
 * in order, of those whose instances carry their class with them. None where the library has the
 * selector too, since then the receiver may be anything.
 */
export function implementorsOf(environment: Enumerable, selector: string): readonly string[] {
  const index = indexOf(environment);
  return index.ofLibrary.has(selector) ? [] : index.modules.get(selector) ?? [];
}

function indexOf(environment: Enumerable): SelectorIndex {
  const known = indexes.get(environment);
  if (known !== undefined) return known;
  const ofLibrary = new Set<string>();
  const modules = new Map<string, string[]>();
  for (const name of environment.classNames()) {
    for (const found of environment.classesNamed(name)) {
      if (found.package === LIBRARY_PACKAGE) {
        for (const { selector } of found.methods) ofLibrary.add(selector);
      } else {
        addMethods(found, environment, modules);
      }
    }
  }
  for (const each of modules.values()) each.sort();
  const index = { ofLibrary, modules };
  indexes.set(environment, index);
  return index;
}

function addMethods(
  found: ClassFacts,
  environment: ClassEnvironment,
  modules: Map<string, string[]>,
): void {
  const kind = classKind(found, environment);
  if (found.modifiers.includes("abstract") || (kind !== "value" && kind !== "exception")) return;
  const own = [...found.methods, ...generatedMethods(found, environment, "instance")];
  for (const selector of new Set(own.map((method) => method.selector))) {
    const known = modules.get(selector);
    if (known === undefined) modules.set(selector, [found.module]);
    else known.push(found.module);
  }
}
