/**
 * Prints Core Erlang in its text form, as `erlc +to_core` does: for `--emit core`, the prompt and
 * golden tests. `erlc` reads it back.
 * @module
 */
import type { Clause, Constant, Core, CoreModule, Definition, FunctionName } from "./core.ts";

const textDecoder = new TextDecoder("utf-8", { fatal: true });

/** The text of a module. */
export function printCore(module: CoreModule): string {
  const exports = module.exports.map(functionText).join(",\n     ");
  const attributes = module.attributes
    .map(([name, value]) => `${atomText(name)} =\n    ${constantText(value)}`)
    .join(",\n  ");
  const definitions = module.definitions.map((definition) => definitionText(definition, 0));
  return `module ${atomText(module.name)} [${exports}]\n  attributes [${attributes}]\n` +
    `${definitions.join("\n")}\nend\n`;
}

/** The text of one expression. */
export function printExpression(node: Core): string {
  return text(node, 0);
}

function pad(depth: number): string {
  return "\n" + "  ".repeat(depth);
}

function atomText(name: string): string {
  let result = "'";
  for (const char of name) {
    if (char === "'" || char === "\\") result += "\\" + char;
    else if (char === "\n") result += "\\n";
    else result += char;
  }
  return result + "'";
}

function functionText(name: FunctionName): string {
  return `${atomText(name.name)}/${name.arity}`;
}

function definitionText(definition: Definition, depth: number): string {
  return `${functionText(definition.name)} =${pad(depth + 1)}${text(definition.fun, depth + 1)}`;
}

/** A constant as Core Erlang writes it. */
function constantText(value: Constant): string {
  switch (value.kind) {
    case "atom":
      return atomText(value.name);
    case "integer":
      return value.value.toString();
    case "float":
      return floatText(value.value);
    case "binary":
      return binaryText(value.bytes);
    case "list":
      return `[${value.elements.map(constantText).join(",")}]`;
    case "cons":
      return `[${value.elements.map(constantText).join(",")}|${constantText(value.tail)}]`;
    case "tuple":
      return `{${value.elements.map(constantText).join(",")}}`;
    case "map":
      return `~{${
        value.entries.map(([key, entry]) => `${constantText(key)}=>${constantText(entry)}`)
          .join(",")
      }}~`;
    default:
      return value satisfies never;
  }
}

function floatText(value: number): string {
  const digits = value.toString();
  if (/[.]/.test(digits)) return digits;
  return digits.includes("e") ? digits.replace("e", ".0e") : `${digits}.0`;
}

/** Text where the bytes are UTF-8, kept readable by a comment, else plain segments. */
function binaryText(bytes: Uint8Array): string {
  const segments = [...bytes].map((byte) => `#<${byte}>(8,1,'integer',['unsigned'|['big']])`);
  return `#{${segments.join(",")}}#${readableComment(bytes)}`;
}

function readableComment(bytes: Uint8Array): string {
  if (bytes.length === 0) return "";
  try {
    return ` %% ${JSON.stringify(textDecoder.decode(bytes))}\n`;
  } catch {
    return "";
  }
}

function variableText(id: number, hint: string): string {
  return hint === "" ? `_${id}` : `_${hint.replace(/[^A-Za-z0-9_@]/g, "_")}_${id}`;
}

function args(nodes: readonly Core[], depth: number): string {
  return nodes.map((node) => text(node, depth + 1)).join(", ");
}

function angle(nodes: readonly Core[], depth: number): string {
  const inner = args(nodes, depth);
  return nodes.length === 1 ? inner : `<${inner}>`;
}

function clauseText(clause: Clause, depth: number): string {
  const guard = clause.guard === undefined ? "'true'" : text(clause.guard, depth + 2);
  const patterns = `<${args(clause.patterns, depth)}>`;
  return `${patterns} when ${guard} ->${pad(depth + 1)}${text(clause.body, depth + 1)}`;
}

function text(node: Core, depth: number): string {
  switch (node.kind) {
    case "literal":
      return constantText(node.value);
    case "var":
      return variableText(node.id, node.hint);
    case "functionName":
      return functionText(node);
    case "hole":
      return node.content === undefined ? "'hole'" : text(node.content, depth);
    case "fun":
      return `fun (${args(node.vars, depth)}) ->${pad(depth + 1)}${text(node.body, depth + 1)}`;
    case "call":
      return `call ${text(node.module, depth)}:${text(node.name, depth)}(${
        args(node.args, depth)
      })`;
    case "apply":
      return `apply ${text(node.op, depth)}(${args(node.args, depth)})`;
    case "primop":
      return `primop ${atomText(node.name)}(${args(node.args, depth)})`;
    case "case":
      return `case ${text(node.arg, depth)} of${pad(depth + 1)}${
        node.clauses.map((each) => clauseText(each, depth + 1)).join(pad(depth + 1))
      }${pad(depth)}end`;
    case "let":
      return `let <${args(node.vars, depth)}> =${pad(depth + 1)}${text(node.arg, depth + 1)}${
        pad(depth)
      }in ${text(node.body, depth)}`;
    case "seq":
      return `do ${text(node.arg, depth + 1)}${pad(depth)}${text(node.body, depth)}`;
    case "letrec":
      return `letrec${pad(depth + 1)}${
        node.definitions.map((each) => definitionText(each, depth + 1)).join(pad(depth + 1))
      }${pad(depth)}in ${text(node.body, depth)}`;
    case "cons":
      return `[${text(node.head, depth)}|${text(node.tail, depth)}]`;
    case "tuple":
      return `{${args(node.elements, depth)}}`;
    case "map":
      return mapText(node, depth);
    case "binary":
      return `#{${
        node.segments.map((segment) =>
          `#<${text(segment.value, depth)}>(${text(segment.size, depth)},${
            segment.unit === 0 ? "'undefined'" : segment.unit
          },${atomText(segment.type)},[${segment.flags.map(atomText).join(",")}])`
        ).join(",")
      }}#`;
    case "values":
      return angle(node.elements, depth);
    case "alias":
      return `${text(node.variable, depth)} = ${text(node.pattern, depth)}`;
    case "try":
      return `try${pad(depth + 1)}${text(node.arg, depth + 1)}${pad(depth)}of <${
        args(node.vars, depth)
      }> ->${pad(depth + 1)}${text(node.body, depth + 1)}${pad(depth)}catch <${
        args(node.exceptionVars, depth)
      }> ->${pad(depth + 1)}${text(node.handler, depth + 1)}`;
    default:
      return node satisfies never;
  }
}

function mapText(node: Core & { kind: "map" }, depth: number): string {
  const pairs = node.pairs.map(({ op, key, value }) =>
    `${text(key, depth)}${op === "exact" ? ":=" : "=>"}${text(value, depth)}`
  ).join(",");
  if (node.base === undefined) return `~{${pairs}}~`;
  return `~{${pairs}|${text(node.base, depth)}}~`;
}
