/**
 * The types of ordinary sends: arguments, the method that is found, what it answers.
 * @module
 */
import type { Expression, Message, Send } from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import { allMethods, type FoundMethod } from "../lookup.ts";
import { bare } from "../walk.ts";
import { classOfType, instanceOf } from "./annotation.ts";
import type { BodyInference } from "./body_inference.ts";
import { isMutable } from "./relation.ts";
import {
  answering,
  isTermTest,
  methodFor,
  protocolMethod,
  superMethodFor,
} from "./understanding.ts";
import {
  arithmeticResult,
  learn,
  protocolSignature,
  settled,
  type Signature,
  signatureFor,
} from "./send_result.ts";
import {
  type BlockType,
  DYNAMIC,
  sameType,
  substitute,
  type Substitution,
  type Type,
  union,
  unionMembers,
} from "./type.ts";

/** The type of a message to a receiver that has been inferred; `key` is what holds its selector. */
export function inferMessage(
  inference: BodyInference,
  key: object,
  message: Message | Send,
  receiver: Type,
  receiverNode: Expression,
): Type {
  const { environment } = inference;
  const { selector } = message;
  const isSuper = receiverNode.kind === "super";
  const target = isSuper ? receiver : answering(receiver, selector, environment);
  const found = isSuper
    ? superMethodFor(receiver, selector, environment)
    : methodFor(target, selector, environment);
  const signature = signatureOf(target, selector, found, environment);
  const learned = new Map(signature?.known);
  const types = inferArguments(inference, message, receiver, signature, learned);
  learnFromFilter(inference, message, signature, learned);
  const parameters = checkedParameters(target, signature, environment);
  inference.noteSend(key, { selector, receiver, isSuper, found, arguments: types, parameters });
  // Another method of this object may assign its fields.
  if (isSuper || receiverNode.kind === "self") inference.places.flow.forgetFields();
  const [first] = types;
  const arithmetic = first && arithmeticResult(selector, receiver, first, environment);
  if (arithmetic !== undefined) return arithmetic;
  if (isTermTest(selector)) return instanceOf("Boolean", environment);
  if (signature !== undefined) return settled(signature.result, learned);
  return resultOfMembers(inference, selector, receiver, types);
}

/** What each message keeps of a collection: that for which its block came out so. */
const FILTERS: ReadonlyMap<string, boolean> = new Map([
  ["select:", true],
  ["reject:", false],
  ["detect:", true],
  ["detect:ifNone:", true],
  ["takeWhile:", true],
]);

/** `reject: [:each | each isNil]` leaves no nil. */
function learnFromFilter(
  inference: BodyInference,
  message: Message | Send,
  signature: Signature | undefined,
  learned: Map<string, Type>,
): void {
  const truth = FILTERS.get(message.selector);
  const wanted = signature?.parameters[0];
  const given = message.arguments[0] && bare(message.arguments[0]);
  if (truth === undefined || wanted?.kind !== "block" || given?.kind !== "block") return;
  const element = wanted.parameters?.[0];
  if (element?.kind !== "variable") return;
  const before = learned.get(element.name);
  const after = before && inference.parameterWhere(given, before, truth);
  if (after !== undefined) learned.set(element.name, after);
}

/** What is known of the method by its class, or by the protocol that the value is only known by. */
function signatureOf(
  target: Type,
  selector: string,
  found: FoundMethod | undefined,
  environment: ClassEnvironment,
): Signature | undefined {
  if (target.kind === "block" && VALUE.test(selector)) return callSignature(target, selector);
  if (found !== undefined) return signatureFor(target, found, environment);
  const asked = target.kind === "protocol" ? protocolMethod(target, selector) : undefined;
  return target.kind === "protocol" && asked !== undefined
    ? protocolSignature(target, asked, environment)
    : undefined;
}

const VALUE = /^value(:(value:)*)?$/;

/** A block that is called takes and answers what its type says. */
function callSignature({ parameters, result }: BlockType, selector: string): Signature | undefined {
  const count = selector.split(":").length - 1;
  if (parameters?.length !== count) return undefined;
  return { parameters, result, known: new Map() };
}

/**
 * The types that arguments are checked against. What a value holds becomes wider by what is put
 * into a changed copy of it, so there only the parameters of blocks are bound by what it holds now;
 * what is put into an object that changes must be what it holds.
 */
function checkedParameters(
  target: Type,
  signature: Signature | undefined,
  environment: ClassEnvironment,
): readonly Type[] {
  if (signature === undefined) return [];
  const { parameters, known } = signature;
  const isFixed = target.kind === "instance" && isMutable(target.class, environment);
  return parameters.map((each) => isFixed ? substitute(each, known) : givenToBlocks(each, known));
}

function givenToBlocks(type: Type, known: Substitution): Type {
  if (type.kind === "union") return union(type.members.map((each) => givenToBlocks(each, known)));
  if (type.kind !== "block") return type;
  const parameters = type.parameters?.map((each) => substitute(each, known));
  return { ...type, parameters, result: givenToBlocks(type.result, known) };
}

/** The type of `place operator given`, as compound assignment sends it. */
export function inferOperator(
  inference: BodyInference,
  key: object,
  selector: string,
  receiver: Type,
  given: Type,
): Type {
  const { environment } = inference;
  const target = answering(receiver, selector, environment);
  const found = methodFor(target, selector, environment);
  const signature = signatureOf(target, selector, found, environment);
  const parameters = checkedParameters(target, signature, environment);
  const sent = { selector, receiver, isSuper: false, found, arguments: [given], parameters };
  inference.noteSend(key, sent);
  const arithmetic = arithmeticResult(selector, receiver, given, environment);
  if (arithmetic !== undefined) return arithmetic;
  return signature === undefined ? DYNAMIC : settled(signature.result, signature.known);
}

/** A stage of a pipe; its method takes the value of the stage before as its first argument. */
export function inferStage(inference: BodyInference, message: Message, receiver: Type): void {
  const given = message.arguments.map((each) => inference.infer(each));
  const found = stageMethod(receiver, message, inference.environment);
  const signature = found && signatureFor(receiver, found, inference.environment);
  const parameters = checkedParameters(receiver, signature, inference.environment);
  inference.noteSend(message, {
    selector: found?.method.selector ?? message.selector,
    receiver,
    isSuper: false,
    found,
    arguments: [DYNAMIC, ...given],
    parameters,
  });
}

/** `process` runs `process:`, and `validate:` the first method of two keywords that starts so. */
function stageMethod(
  receiver: Type,
  { selector, arguments: { length } }: Message,
  environment: ClassEnvironment,
): FoundMethod | undefined {
  if (length === 0) return methodFor(receiver, `${selector}:`, environment);
  const isClass = receiver.kind === "classObject";
  const of = isClass ? receiver.class : classOfType(receiver);
  if (of === undefined) return undefined;
  return allMethods(of, isClass ? "class" : "instance", environment).find(({ method }) =>
    method.parameters.length === length + 1 && method.selector.startsWith(selector)
  );
}

/** Literal blocks come last: what goes into them depends on the other arguments. */
function inferArguments(
  inference: BodyInference,
  message: Message | Send,
  receiver: Type,
  signature: Signature | undefined,
  learned: Map<string, Type>,
): readonly Type[] {
  const given = message.arguments.map((each) =>
    bare(each).kind === "block" ? undefined : inference.infer(each)
  );
  signature?.parameters.forEach((wanted, index) => {
    const type = given[index];
    if (type !== undefined) learn(wanted, type, learned, inference.environment);
  });
  const use = isLoop(message.selector, receiver) ? "loop" : "stored";
  return message.arguments.map((each, index) => {
    const known = given[index];
    if (known !== undefined) return known;
    const wanted = signature?.parameters[index];
    const parameters = blockParameters(wanted, learned, signature?.known ?? new Map());
    const type = inferBlock(inference, each, parameters, use);
    if (wanted !== undefined) learn(wanted, type, learned, inference.environment);
    return type;
  });
}

function inferBlock(
  inference: BodyInference,
  node: Expression,
  parameters: readonly Type[] | undefined,
  use: "stored" | "loop",
): Type {
  const block = bare(node);
  if (block.kind !== "block") return inference.infer(node);
  const type = inference.block(block, parameters, use);
  inference.note(block, type);
  if (block !== node) inference.note(node, type);
  return type;
}

/** What a block is given where a method wants one; undefined where that is not known. */
function blockParameters(
  wanted: Type | undefined,
  learned: Substitution,
  known: Substitution,
): readonly Type[] | undefined {
  const expected = unionMembers(wanted ?? DYNAMIC).find((member) => member.kind === "block");
  if (expected?.kind !== "block") return undefined;
  return expected.parameters?.map((each) =>
    isFedBack(each, expected, known) ? DYNAMIC : settled(each, learned)
  );
}

/**
 * Whether a block is given again what it answered, as in `inject:into:`: the first value then says
 * little of the others.
 */
function isFedBack(parameter: Type, block: BlockType, known: Substitution): boolean {
  return parameter.kind === "variable" && !known.has(parameter.name) &&
    unionMembers(block.result).some((each) => sameType(each, parameter));
}

/** What the members of a union answer, joined. */
function resultOfMembers(
  { environment }: BodyInference,
  selector: string,
  receiver: Type,
  given: readonly Type[],
): Type {
  if (receiver.kind !== "union") return DYNAMIC;
  const results = receiver.members.map((member) => {
    const target = answering(member, selector, environment);
    const found = methodFor(target, selector, environment);
    const signature = signatureOf(target, selector, found, environment);
    if (signature === undefined) return DYNAMIC;
    const learned = new Map(signature.known);
    signature.parameters.forEach((wanted, index) => {
      learn(wanted, given[index] ?? DYNAMIC, learned, environment);
    });
    return settled(signature.result, learned);
  });
  return union(results);
}

/** Messages that run their literal blocks before they answer and keep none. */
const LOOPS: ReadonlySet<string> = new Set(
  ("whileTrue: whileFalse: whileTrue whileFalse repeat timesRepeat: to:do: to:by:do: do: collect: " +
    "select: reject: inject:into: detect: detect:ifNone: doWithIndex: keysAndValuesDo: on:do: " +
    "ensure:").split(" "),
);

function isLoop(selector: string, receiver: Type): boolean {
  if (!LOOPS.has(selector)) return false;
  // A user's own method of such a name may keep the block.
  return receiver.kind !== "instance" || receiver.class.package === "stdlib";
}
