/**
 * Erlang specs of a class's methods, as the attributes that Dialyzer reads. Types are erased and
 * nothing checks them when a program runs: a spec says what terms a declared type stands for, and
 * `term()` where that cannot be said.
 * @module
 */
import type { ClassEnvironment, ClassFacts, MethodFacts } from "../analysis/class_facts.ts";
import { classKind } from "../analysis/hierarchy.ts";
import type { TypeExpression } from "../syntax/ast.ts";
import { type Constant, constant } from "./core.ts";
import { functionOf } from "./selectors.ts";

/** An attribute `spec` for each declared method whose types say something. */
export function specifications(
  facts: ClassFacts,
  environment: ClassEnvironment,
): (readonly [string, Constant])[] {
  const context = { facts, environment };
  return [
    ...facts.methods.map((method) => specification(method, "instance", context)),
    ...facts.classMethods.map((method) => specification(method, "class", context)),
  ];
}

interface Context {
  readonly facts: ClassFacts;
  readonly environment: ClassEnvironment;
}

function specification(
  method: MethodFacts,
  side: "instance" | "class",
  context: Context,
): readonly [string, Constant] {
  const self = side === "class" ? named("tuple", ANY) : classType(context.facts.name, context);
  const parameters = [self, ...method.parameters.map(({ type }) => typeTerm(type, context))];
  const result = typeTerm(method.returnType, context);
  const name = constant.tuple([
    constant.atom(functionOf(method.selector, side)),
    constant.integer(parameters.length),
  ]);
  const product = type("product", constant.list(parameters));
  const clause = type("fun", constant.list([product, result]));
  return ["spec", constant.list([constant.tuple([name, constant.list([clause])])])];
}

/** A type in the abstract format; the line is that of the module's head. */
function type(name: string, argument: Constant): Constant {
  return constant.tuple([
    constant.atom("type"),
    constant.integer(1),
    constant.atom(name),
    argument,
  ]);
}

const NONE = constant.list([]);
const ANY = constant.atom("any");

function named(name: string, argument: Constant = NONE): Constant {
  return type(name, argument);
}

function atomType(name: string): Constant {
  return constant.tuple([constant.atom("atom"), constant.integer(1), constant.atom(name)]);
}

function union(members: readonly Constant[]): Constant {
  return type("union", constant.list(members));
}

function typeTerm(expression: TypeExpression | undefined, context: Context): Constant {
  switch (expression?.kind) {
    case "typeName":
      return namedType(expression.name, context);
    case "metaType":
      return named("tuple", ANY);
    case "symbolType":
      return atomType(expression.value);
    case "nilType":
      return atomType("nil");
    case "booleanType":
      return atomType(String(expression.value));
    case "union":
      return union(expression.members.map((member) => typeTerm(member, context)));
    default:
      return named("term");
  }
}

/** Classes whose instances are plain Erlang terms. */
const PLAIN: Readonly<Record<string, Constant>> = {
  Integer: named("integer"),
  Character: named("integer"),
  Float: named("float"),
  Number: named("number"),
  String: named("binary"),
  Binary: named("bitstring"),
  Symbol: named("atom"),
  Boolean: named("boolean"),
  True: atomType("true"),
  False: atomType("false"),
  Nil: atomType("nil"),
  UndefinedObject: atomType("nil"),
  List: named("maybe_improper_list"),
  Tuple: named("tuple", ANY),
  Dictionary: named("map", ANY),
  Block: named("function"),
  Pid: named("pid"),
  Reference: named("reference"),
  Port: named("port"),
  Never: named("no_return"),
};

function namedType(name: string, context: Context): Constant {
  if (context.facts.typeParameters.some((parameter) => parameter.name === name)) {
    return named("term");
  }
  return PLAIN[name] ?? classType(name === "Self" ? context.facts.name : name, context);
}

/** What instances of a class and of its subclasses are. */
function classType(name: string, { environment }: Context): Constant {
  const plain = PLAIN[name];
  if (plain !== undefined) return plain;
  const facts = environment.classNamed(name);
  if (facts === undefined || OPEN.has(name)) return named("term");
  const kind = classKind(facts, environment);
  if (kind === "actor" || kind === "supervisor") return named("tuple", ANY);
  if (kind === "exception") return named("map", ANY);
  return named("term");
}

/** Classes above others whose instances are all sorts of terms. */
const OPEN: ReadonlySet<string> = new Set(["ProtoObject", "Object", "Value", "Collection"]);
