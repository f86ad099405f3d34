/**
 * What every generated Erlang module has: exports, attributes, `module_info`.
 * @module
 */
import {
  atom,
  bif,
  constant,
  type CoreModule,
  type Definition,
  fun,
  functionName,
  type Var,
} from "./core.ts";

/** Version of the form that compiled classes have. */
const ABI_VERSION = 1;

/** A module that exports all its functions; `attributes` are those beside the ones of every module. */
export function finishModule(
  name: string,
  file: string,
  definitions: readonly Definition[],
  attributes: CoreModule["attributes"] = [],
): CoreModule {
  const item: Var = { kind: "var", id: 0, hint: "" };
  const all = [
    ...definitions,
    {
      name: functionName("module_info", 0),
      fun: fun([], bif("get_module_info", [atom(name)])),
    },
    {
      name: functionName("module_info", 1),
      fun: fun([item], bif("get_module_info", [atom(name), item])),
    },
  ];
  const place = constant.tuple([constant.charlist(file), constant.integer(1)]);
  return {
    name,
    file,
    exports: all.map((definition) => definition.name),
    attributes: [
      ["file", constant.list([place])],
      ["beamtalk", constant.list([constant.integer(ABI_VERSION)])],
      ...attributes,
    ],
    definitions: all,
  };
}
