/**
 * The extensions and protocols of a file as an Erlang module.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "../analysis/class_facts.ts";
import { writtenClassName } from "../analysis/file_facts.ts";
import { classKind } from "../analysis/hierarchy.ts";
import type {
  ExtensionDeclaration,
  MethodDefinition,
  PlacedUnit,
  ProtocolDeclaration,
} from "../syntax/ast.ts";
import { methodDefinition } from "./bodies.ts";
import { methodMeta } from "./class_meta.ts";
import {
  type Constant,
  constant,
  type CoreModule,
  type Definition,
  fun,
  functionName,
  literal,
} from "./core.ts";
import { coverageFunction } from "./coverage.ts";
import { indexFunction } from "./method_index.ts";
import { finishModule } from "./erlang_module.ts";
import { Generator, type MethodContext, type SourceContext } from "./generator.ts";
import { analyzeScopes } from "./scopes.ts";

/** One method: all clauses of a selector on one side of one class. */
interface ExtensionGroup {
  readonly target: string;
  readonly classSide: boolean;
  readonly facts: ClassFacts | undefined;
  readonly clauses: PlacedUnit<MethodDefinition>[];
}

/** The module of a file's extensions and protocols. */
export function extensionModuleCore(
  source: SourceContext,
  extensions: readonly PlacedUnit<ExtensionDeclaration>[],
  protocols: readonly PlacedUnit<ProtocolDeclaration>[],
): CoreModule {
  const { module, environment } = source;
  const groups = groupExtensions(extensions, environment);
  const generator = new Generator(
    source,
    extensionContext(module, environment, undefined, "", false),
    analyzeScopes([], []),
  );
  const definitions: Definition[] = [];
  const listed: Constant[] = [];
  for (const group of groups) {
    const selector = group.clauses[0]?.node.selector ?? "";
    const name = `${group.target}${group.classSide ? " class" : ""}>>${selector}`;
    const context = extensionContext(module, environment, group.facts, selector, group.classSide);
    definitions.push(methodDefinition(generator, name, context, group.clauses));
    listed.push(extensionMeta(generator, group, name));
  }
  definitions.push(constantFunction("$extensions", constant.list(listed)));
  definitions.push(
    constantFunction("$protocols", constant.list(protocols.map(protocolMeta))),
  );
  const code = groups.map(({ target, classSide, clauses }) => ({
    target,
    side: classSide ? "class" as const : "instance" as const,
    selector: clauses[0]?.node.selector,
    units: clauses,
  }));
  definitions.push(indexFunction(code, generator.lines));
  definitions.push(...coverageFunction(generator));
  return finishModule(module, source.file, definitions);
}

/** A function of no arguments that answers a constant. */
export function constantFunction(name: string, value: Constant): Definition {
  return { name: functionName(name, 0), fun: fun([], literal(value)) };
}

function groupExtensions(
  extensions: readonly PlacedUnit<ExtensionDeclaration>[],
  environment: ClassEnvironment,
): readonly ExtensionGroup[] {
  const groups = new Map<string, ExtensionGroup>();
  for (const { node, offset, line } of extensions) {
    const facts = environment.classNamed(writtenClassName(node.target));
    const target = node.target.name;
    const key = `${target} ${node.classSide} ${node.method.selector}`;
    const clause = { node: node.method, offset, line };
    const group = groups.get(key);
    if (group !== undefined) group.clauses.push(clause);
    else groups.set(key, { target, classSide: node.classSide, facts, clauses: [clause] });
  }
  return [...groups.values()];
}

function extensionContext(
  module: string,
  environment: ClassEnvironment,
  facts: ClassFacts | undefined,
  selector: string,
  classSide: boolean,
): MethodContext {
  const kind = facts === undefined ? undefined : classKind(facts, environment);
  return {
    holds: classSide ? "classSide" : kind ?? "object",
    selector,
    owner: facts,
    module,
    side: classSide ? "class" : "instance",
    inOwnModule: false,
  };
}

function extensionMeta(
  { source, lines }: Generator,
  group: ExtensionGroup,
  name: string,
): Constant {
  const meta = methodMeta({ text: source.text, lines }, group.clauses);
  const entries = meta.kind === "map" ? meta.entries : [];
  return constant.map([
    ...entries,
    [constant.atom("target"), constant.atom(group.target)],
    [constant.atom("side"), constant.atom(group.classSide ? "class" : "instance")],
    [constant.atom("function"), constant.atom(name)],
    [constant.atom("file"), constant.string(source.file)],
  ]);
}

function protocolMeta({ node }: PlacedUnit<ProtocolDeclaration>): Constant {
  const selectors = (classSide: boolean) =>
    constant.list(
      node.signatures.filter((each) => each.classSide === classSide)
        .map((each) => constant.atom(each.selector)),
    );
  return constant.record({
    name: constant.atom(node.name.text),
    methods: selectors(false),
    class_methods: selectors(true),
    doc: node.doc === undefined ? constant.atom("nil") : constant.string(node.doc.text),
  });
}
