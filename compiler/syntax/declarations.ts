/**
 * Grammar of units: class headers, members, extensions, aliases, protocols, patches and script
 * statements.
 * @module
 */
import type {
  ClassHeader,
  ClassModifier,
  ClassReference,
  DataMember,
  DocComment,
  Expectation,
  ExtensionDeclaration,
  MethodDefinition,
  PatchDeclaration,
  ProtocolDeclaration,
  Signature,
  Statement,
  StatementUnit,
  TypeAlias,
  UnitNode,
} from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { docBefore, expectedResult } from "./comments.ts";
import { method, signature } from "./methods.ts";
import { classReferenceAt } from "./names.ts";
import type { Parser, Reply } from "./parsimmon.d.ts";
import {
  beginReading,
  fail,
  nameAt,
  ok,
  reading,
  report,
  rule,
  spanAt,
  spanOf,
  textAt,
} from "./primitives.ts";
import {
  describe,
  expectations,
  recover,
  reportExpected,
  reportFailure,
  statements,
} from "./statements.ts";
import { checkNames, isTooDeep } from "./limits.ts";
import { K } from "./token.ts";
import { optionalTypeArguments, type, typeAnnotation, typeParameters } from "./types.ts";
import { expression } from "./expressions.ts";
import type { ScannedUnit } from "./unit_scanner.ts";

const classModifiers = new Set(["abstract", "sealed", "typed", "internal", "native"]);

interface Prelude {
  /** The first token, expectations included. */
  readonly start: number;
  readonly doc: DocComment | undefined;
  readonly expectations: readonly Expectation[];
}

/**
 * A class header. What can be guessed of one with a slip in it is read all the same, so that the
 * class and its members are known.
 */
function classHeader({ start, doc, expectations }: Prelude): Parser<ClassHeader> {
  return rule((input, i) => {
    const [afterModifiers, modifiers] = readModifiers(input, i);
    let at = afterModifiers;
    const superclass = superclassAt(input, at);
    if (superclass === undefined) return fail(at, "a superclass");
    const superclassArguments = optionalTypeArguments._(input, at + 1);
    if (!superclassArguments.status) return superclassArguments;
    at = superclassArguments.index;
    if (!isWord(input, at, K.keyword, "subclass:")) {
      const span = spanAt(at);
      const fix = { title: "Replace by `subclass:`", edits: [{ span, newText: "subclass:" }] };
      reportExpected(input, at, "`subclass:`", [fix]);
    }
    const isName = input[at + 1] === K.className;
    if (!isName && input[at + 1] !== K.identifier) return fail(at + 1, "a class name");
    if (!isName) reportExpected(input, at + 1, "a class name, which begins in upper case");
    const name = nameAt(at + 1);
    const parameters = typeParameters._(input, at + 2);
    if (!parameters.status) reportFailure(input, at + 2);
    at = parameters.status ? parameters.index : input.length;
    let nativeModule: ClassHeader["nativeModule"];
    if (isWord(input, at, K.keyword, "native:")) {
      if (input[at + 1] !== K.identifier) return fail(at + 1, "the name of an Erlang module");
      nativeModule = nameAt(at + 1);
      at += 2;
    }
    return ok(at, {
      kind: "classHeader",
      doc,
      expectations,
      modifiers,
      superclass,
      superclassArguments: superclassArguments.value,
      name,
      typeParameters: parameters.status ? parameters.value : [],
      nativeModule,
      span: spanOf(start, at),
    });
  });
}

/** The words before the superclass; what is no modifier is told and left out. */
function readModifiers(input: string, i: number): [number, readonly ClassModifier[]] {
  const modifiers: ClassModifier[] = [];
  let at = i;
  while (input[at] === K.identifier && !isHeaderWord(input, at + 1)) {
    if (isModifier(textAt(at))) modifiers.push(textAt(at) as ClassModifier);
    else reportExpected(input, at, "a class modifier");
    at++;
  }
  return [at, modifiers];
}

function isModifier(text: string): boolean {
  return classModifiers.has(text);
}

/** Whether what stands before must be the superclass. */
function isHeaderWord(input: string, i: number): boolean {
  return input[i] === K.keyword || input[i] === K.parenOpen ||
    (input[i] === K.identifier && /^(?:[Ss]ub|extends)/.test(textAt(i)) &&
      !isModifier(textAt(i - 1)));
}

/** The superclass; one in lower case is told and taken for the class that is meant. */
function superclassAt(input: string, i: number): ClassReference | undefined {
  if (input[i] === K.className || input[i] === K.nil) return classReferenceAt(i);
  if (input[i] !== K.identifier) return undefined;
  const text = textAt(i);
  const name = text.charAt(0).toUpperCase() + text.slice(1);
  const fix = { title: `Replace by \`${name}\``, edits: [{ span: spanAt(i), newText: name }] };
  reportExpected(input, i, "a superclass", [fix]);
  return { kind: "class", package: undefined, name, span: spanAt(i) };
}

function isWord(input: string, i: number, kind: string, text: string): boolean {
  return input[i] === kind && textAt(i) === text;
}

const dataWords: Readonly<Record<string, DataMember["word"]>> = {
  "state:": "state",
  "field:": "field",
  "classState:": "classState",
};

function dataWordAt(input: string, i: number): DataMember["word"] | undefined {
  return input[i] === K.keyword ? dataWords[textAt(i)] : undefined;
}

function dataMember(prelude: Prelude, dataWord: DataMember["word"]): Parser<DataMember> {
  return rule((input, i) => {
    if (input[i + 1] !== K.identifier) return fail(i + 1, "the name of the datum");
    const name = nameAt(i + 1);
    let at = i + 2;
    let annotation: DataMember["type"];
    if (input[at] === K.doubleColon) {
      const reply = typeAnnotation._(input, at);
      if (!reply.status) return reply;
      annotation = reply.value;
      at = reply.index;
    }
    let defaultValue: DataMember["defaultValue"];
    if (input[at] === K.equals) {
      const reply = expression._(input, at + 1);
      if (!reply.status) return reply;
      defaultValue = reply.value;
      at = reply.index;
    }
    const word = spanAt(i);
    return ok(at, {
      kind: "data",
      doc: prelude.doc,
      expectations: prelude.expectations,
      word: dataWord,
      wordSpan: { start: word.start, end: word.end - 1 },
      name,
      type: annotation,
      defaultValue,
      span: spanOf(prelude.start, at),
    });
  });
}

function extension(prelude: Prelude): Parser<ExtensionDeclaration> {
  return rule((input, i) => {
    const target = classReferenceAt(i);
    const skipped = optionalTypeArguments._(input, i + 1);
    if (!skipped.status) return skipped;
    let at = skipped.index;
    const classSide = isWord(input, at, K.identifier, "class");
    if (classSide) at++;
    if (input[at] !== K.shift) return fail(at, "`>>`");
    const reply = method(at + 1, prelude.doc, prelude.expectations)._(input, at + 1);
    if (!reply.status) return reply;
    const span = { start: spanAt(prelude.start).start, end: reply.value.span.end };
    return ok(reply.index, { kind: "extension", target, classSide, method: reply.value, span });
  });
}

function typeAlias(prelude: Prelude): Parser<TypeAlias> {
  return rule((input, i) => {
    if (input[i + 1] !== K.className) return fail(i + 1, "the name of the type");
    const name = nameAt(i + 1);
    const parameters = typeParameters._(input, i + 2);
    if (!parameters.status) return parameters;
    if (input[parameters.index] !== K.equals) return fail(parameters.index, "`=`");
    const aliased = type._(input, parameters.index + 1);
    if (!aliased.status) return aliased;
    return ok(aliased.index, {
      kind: "typeAlias",
      doc: prelude.doc,
      name,
      typeParameters: parameters.value,
      type: aliased.value,
      span: spanOf(prelude.start, aliased.index),
    });
  });
}

function readSignatures(input: string, i: number): [number, Signature[]] {
  const found: Signature[] = [];
  let at = i;
  for (;;) {
    while (input[at] === K.newline) at++;
    if (at >= input.length) return [at, found];
    const reply = signature._(input, at);
    if (reply.status && (reply.index >= input.length || input[reply.index] === K.newline)) {
      found.push({ doc: docBefore(reading.tokens, at), ...reply.value });
      at = reply.index;
      continue;
    }
    if (reply.status) fail(reply.index, "the end of the signature");
    at = recover(input, at, "");
  }
}

function protocol(prelude: Prelude): Parser<ProtocolDeclaration> {
  return rule((input, i) => {
    if (input[i + 2] !== K.className) return fail(i + 2, "the name of the protocol");
    const name = nameAt(i + 2);
    const parameters = typeParameters._(input, i + 3);
    if (!parameters.status) return parameters;
    const [at, signatures] = readSignatures(input, parameters.index);
    return ok(at, {
      kind: "protocol",
      doc: prelude.doc,
      name,
      typeParameters: parameters.value,
      signatures,
      span: spanOf(prelude.start, at),
    });
  });
}

function patch(prelude: Prelude): Parser<PatchDeclaration> {
  return rule((input, i) => {
    if (input[i + 1] !== K.className) return fail(i + 1, "a class name");
    const target: ClassReference = classReferenceAt(i + 1);
    if (input[i + 2] !== K.shift) return fail(i + 2, "`>>`");
    if (!isWord(input, i + 3, K.identifier, "state")) return fail(i + 3, "`state`");
    if (input[i + 4] !== K.braceOpen) return fail(i + 4, "`{`");
    const body = statements(K.braceClose)._(input, i + 5);
    if (!body.status) return body;
    if (input[body.index] !== K.braceClose) return fail(body.index, "`}`");
    const end = body.index + 1;
    return ok(end, {
      kind: "patch",
      doc: prelude.doc,
      target,
      statements: body.value,
      span: spanOf(prelude.start, end),
    });
  });
}

function topLevelParser(
  input: string,
  i: number,
  unit: ScannedUnit,
  prelude: Prelude,
): Parser<UnitNode> | undefined {
  if (unit.isHeader) return classHeader(prelude);
  if (isWord(input, i, K.identifier, "type") && input[i + 1] === K.className) {
    return typeAlias(prelude);
  }
  if (isWord(input, i, K.identifier, "patch") && input[i + 1] === K.className) {
    return patch(prelude);
  }
  if (isWord(input, i, K.className, "Protocol") && isWord(input, i + 1, K.keyword, "define:")) {
    return protocol(prelude);
  }
  const isExtension = input[i] === K.className && unit.tokens.arrow > 0;
  return isExtension ? extension(prelude) : undefined;
}

function memberParser(
  input: string,
  i: number,
  prelude: Prelude,
): Parser<DataMember | MethodDefinition> {
  const dataWord = dataWordAt(input, i);
  if (dataWord !== undefined && reading.tokens.arrow < 0) return dataMember(prelude, dataWord);
  return method(prelude.start, prelude.doc, prelude.expectations);
}

/** Reads a unit: its node, and its diagnostics in offsets of the unit. */
export function parseUnit(
  unit: ScannedUnit,
  kind: "file" | "script",
): { readonly node: UnitNode; readonly diagnostics: readonly Diagnostic[] } {
  const { tokens } = unit;
  const diagnostics: Diagnostic[] = [...unit.diagnostics];
  beginReading(tokens, diagnostics);
  const node = tokens.kinds === "" ? failedNode(unit) : readWithinStack(unit, kind);
  checkNames();
  if (!isTooDeep(node)) return { node, diagnostics };
  report("BT1004", spanAt(0));
  return { node: failedNode(unit), diagnostics };
}

/** How much stack is left depends on the caller: running out of it is one more kind of mistake. */
function readWithinStack(unit: ScannedUnit, kind: "file" | "script"): UnitNode {
  try {
    return readUnit(unit, kind);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report("BT1004", spanAt(0));
    return failedNode(unit);
  }
}

function readUnit(unit: ScannedUnit, kind: "file" | "script"): UnitNode {
  const input = unit.tokens.kinds;
  const before = expectations._(input, 0);
  if (!before.status) return failed(unit, input);
  const at = before.index;
  const doc = docBefore(unit.tokens, 0) ?? docBefore(unit.tokens, at);
  const prelude: Prelude = { start: 0, doc, expectations: before.value };
  if (unit.isMember) return complete(unit, input, memberParser(input, at, prelude)._(input, at));
  const parser = topLevelParser(input, at, unit, prelude);
  if (parser !== undefined) return complete(unit, input, parser._(input, at));
  if (kind === "script") return statementUnit(unit, input);
  if (unit.diagnostics.length === 0) {
    report("BT1017", spanAt(at), { found: describe(input, at) });
  }
  return failedNode(unit);
}

/** A unit must be read to its end. */
function complete(unit: ScannedUnit, input: string, reply: Reply<UnitNode>): UnitNode {
  if (!reply.status) return failed(unit, input);
  let at = reply.index;
  while (input[at] === K.newline || input[at] === K.dot) at++;
  if (at < input.length) {
    reading.furthest = -1;
    fail(at, unit.isMember ? "the end of the member" : "the end of the declaration");
    reportFailure(input, at);
  }
  return reply.value;
}

function failed(unit: ScannedUnit, input: string): UnitNode {
  const scanned = unit.diagnostics.some((it) => it.severity === "error");
  if (!scanned && reading.diagnostics.length === unit.diagnostics.length) {
    if (unit.isMember && unit.tokens.arrow < 0 && dataWordAt(input, 0) === undefined) {
      report("BT1024", spanAt(0), { found: describe(input, 0) });
    } else reportFailure(input, 0);
  }
  return failedNode(unit);
}

function failedNode(unit: ScannedUnit): UnitNode {
  const { starts, ends, text } = unit.tokens;
  const start = starts[0] ?? text.length;
  const span = { start, end: ends[ends.length - 1] ?? start };
  return unit.isMember ? { kind: "errorMember", span } : { kind: "errorDeclaration", span };
}

function statementUnit(unit: ScannedUnit, input: string): StatementUnit {
  const reply = statements("")._(input, 0);
  const found: readonly Statement[] = reply.status ? reply.value : [];
  const [first] = found;
  const span = spanOf(0, input.length);
  // Bodies take two full stops for one; here they may be meant as a range.
  if (first === undefined && input[0] === K.dot) reportExpected(input, 0, "an expression");
  const statement: Statement = first ??
    { expression: { kind: "error", span }, expectations: [], span };
  const expected = expectedResult(unit.tokens);
  return { kind: "statement", statement, expected, span: statement.span };
}
