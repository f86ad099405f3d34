/**
 * The migrations of a file as an Erlang module.
 * @module
 */
import type { ClassEnvironment } from "../analysis/class_facts.ts";
import { writtenClassName } from "../analysis/file_facts.ts";
import type { PatchDeclaration, PlacedUnit } from "../syntax/ast.ts";
import { surround } from "./bodies.ts";
import {
  atom,
  bif,
  bind,
  constant,
  type Core,
  type CoreModule,
  type Definition,
  fun,
  functionName,
  sequence,
} from "./core.ts";
import { finishModule } from "./erlang_module.ts";
import { statements } from "./expression.ts";
import { constantFunction } from "./extension_module.ts";
import { held } from "./fields.ts";
import { Generator, type MethodContext, type SourceContext, tail } from "./generator.ts";
import { emptyEnvironment } from "./locals.ts";
import { analyzeScopes } from "./scopes.ts";
import { spanText } from "./source_text.ts";
import { expressionsOf } from "../analysis/walk.ts";

/** The module of a file's migrations. */
export function patchModuleCore(
  source: SourceContext,
  patches: readonly PlacedUnit<PatchDeclaration>[],
): CoreModule {
  const { module, environment } = source;
  const context: MethodContext = {
    holds: "patch",
    selector: "patch",
    owner: undefined,
    module,
    side: "instance",
    inOwnModule: false,
  };
  const generator = new Generator(
    // The lines of migrations are not counted.
    { ...source, coverage: false },
    context,
    analyzeScopes([], []),
  );
  const definitions = patches.map((unit, index) =>
    patchDefinition(generator, { ...context, owner: owner(unit, environment) }, unit, index)
  );
  const listed = patches.map((unit, index) =>
    constant.record({
      target: constant.atom(unit.node.target.name),
      function: constant.atom(patchFunction(unit.node, index)),
      source: constant.string(spanText(source.text, unit, unit.node.span)),
    })
  );
  return finishModule(module, source.file, [
    ...definitions,
    constantFunction("$patches", constant.list(listed)),
  ]);
}

function owner({ node }: PlacedUnit<PatchDeclaration>, environment: ClassEnvironment) {
  return environment.classNamed(writtenClassName(node.target));
}

function patchFunction(node: PatchDeclaration, index: number): string {
  return `patch ${node.target.name} ${index + 1}`;
}

/** The old state stands where a running actor has its state, and is taken out again. */
function patchDefinition(
  g: Generator,
  context: MethodContext,
  unit: PlacedUnit<PatchDeclaration>,
  index: number,
): Definition {
  const { node, offset } = unit;
  const root = node.statements;
  g.begin(context, analyzeScopes([], root), offset);
  const [state, before, after] = [g.fresh("State"), g.fresh(), g.fresh()];
  const body = surround(
    g,
    state,
    expressionsOf(root),
    (scope) => statements(g, root, emptyEnvironment(scope, root), tail),
  );
  const store = (value: Core) => bif("put", [atom("$bt_state"), value]);
  const code = bind(
    [before],
    store(state),
    sequence(body, bind([after], held("$bt_state"), sequence(store(before), after))),
  );
  return {
    name: functionName(patchFunction(node, index), 1),
    fun: fun([state], code, g.line(node.span)),
  };
}
