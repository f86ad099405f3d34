/**
 * Class names and `self`.
 * @module
 */
import { LIBRARY_PACKAGE } from "../analysis/module_naming.ts";
import type { ClassReference } from "../syntax/ast.ts";
import { atom, call, constant, type Core, literal, nil } from "./core.ts";
import { instance } from "./fields.ts";
import type { Continuation, Generator } from "./generator.ts";
import { type Environment, plain } from "./locals.ts";

/**
 * The class object or protocol of a name; looked up when running where the compiler does not know it.
 * At the prompt the workspace may have bound another object to the name of a class of one's own.
 */
export function classReference(
  g: Generator,
  node: ClassReference,
  env: Environment,
  k: Continuation,
): Core {
  const facts = g.classNamed(node.name, node.package);
  if (facts !== undefined && g.session !== undefined && facts.package !== LIBRARY_PACKAGE) {
    const bound = call("beamtalk_binding", "class", [atom(node.name), classObject(facts.module)]);
    return g.bind(bound, env, k);
  }
  if (facts !== undefined) {
    return k({ ...plain(classObject(facts.module)), classObject: facts }, env);
  }
  const isProtocol = g.source.environment.protocolNamed(node.name) !== undefined;
  if (isProtocol && g.session === undefined) {
    const code = call("beamtalk_protocol", "named", [atom(node.name)], g.line(node.span));
    return g.bind(code, env, k, "Protocol");
  }
  const name = node.package === undefined ? node.name : `${node.package}@${node.name}`;
  const isBinding = g.session !== undefined || FACADES.has(name);
  const code = isBinding
    ? call("beamtalk_binding", "get", [atom(name)], g.line(node.span))
    : call("beamtalk_registry", "class_named", [atom(name)], g.line(node.span));
  return g.bind(code, env, k);
}

/** Global names that stand for an object and not for a class. */
const FACADES = new Set(["Transcript", "Workspace", "Beamtalk"]);

/** `{'$class', Module}`. */
export function classObject(module: string): Core {
  return literal(constant.tuple([constant.atom("$class"), constant.atom(module)]));
}

/** `self` as a value. */
export function selfValue(g: Generator, env: Environment, k: Continuation): Core {
  if (g.context.holds === "testCase") return g.bind(instance(env), env, k);
  if (g.context.holds === "script") return k(plain(nil, "UndefinedObject"), env);
  return k(plain(env.scope.self), env);
}
