/**
 * Adds what a class lacks to conform to a protocol, or to stop being abstract.
 * @module
 */
import type { MethodFacts, ProtocolFacts } from "../compiler/analysis/class_facts.ts";
import { lookupMethod } from "../compiler/analysis/lookup.ts";
import { endOfClassIn } from "./add_missing_method.ts";
import type { Refactoring } from "./code_actions.ts";
import { methodText } from "../compiler/analysis/signature_text.ts";
import { targetAt } from "./target.ts";

/** On the name of a class in its header: one action for each protocol that it has a part of. */
export const implementProtocol: Refactoring = (view, selection, project) => {
  const target = targetAt(view, selection.start);
  if (target?.kind !== "class" || !target.isDefinition || target.class === undefined) return [];
  const of = target.class;
  const at = endOfClassIn(view, of);
  if (at === undefined) return [];
  const protocols = new Map<string, ProtocolFacts>();
  for (const path of project.paths()) {
    for (const { name } of project.factsOf(path)?.protocols ?? []) {
      const known = view.environment.protocolNamed(name);
      if (known !== undefined) protocols.set(name, known);
    }
  }
  return [...protocols.values()].flatMap((protocol) => {
    const lacks = ({ selector }: MethodFacts, side: "instance" | "class") =>
      lookupMethod(of, selector, side, view.environment) === undefined;
    const methods = protocol.methods.filter((each) => lacks(each, "instance"));
    const classMethods = protocol.classMethods.filter((each) => lacks(each, "class"));
    if (methods.length + classMethods.length === 0) return [];
    const newText = [
      ...classMethods.map((each) => `\n  class ${methodText(each)} => self notImplemented\n`),
      ...methods.map((each) => `\n  ${methodText(each)} => self notImplemented\n`),
    ].join("");
    return [{
      title: `Implement ${protocol.name}`,
      kind: "refactor.rewrite",
      edits: [{ path: view.path, span: at, newText }],
    }];
  });
};
