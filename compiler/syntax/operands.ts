/**
 * Grammar of operands: literals, variables, parentheses, blocks, collection literals.
 * @module
 */
// @ts-types="./parsimmon.d.ts"
import P from "parsimmon";
import type { Expression, Name, TypeExpression } from "./ast.ts";
import type { Parser, Reply } from "./parsimmon.d.ts";
import { binarySegment } from "./binary_segments.ts";
import { expression } from "./expressions.ts";
import { literalParsers, stringPieceAt } from "./literal_grammar.ts";
import { classReferenceAt } from "./names.ts";
import {
  choose,
  commaList,
  fail,
  later,
  nameAt,
  ok,
  reading,
  report,
  rule,
  spanAt,
  spanned,
  spanOf,
  textAt,
  token,
} from "./primitives.ts";
import { isLostBrace, statementExpression, statements } from "./statements.ts";
import { K } from "./token.ts";
import { typeWithoutUnion } from "./types.ts";

const EXPRESSION = "an expression";
const anyExpression = later(() => expression);

const variable: Parser<Expression> = rule<Expression>((_input, i) =>
  ok(i + 1, { kind: "variable", name: textAt(i), span: spanAt(i) })
);

const field: Parser<Expression> = rule<Expression>((_input, i) => {
  const span = spanAt(i);
  const name: Name = { text: textAt(i).slice(5), span: { start: span.start + 5, end: span.end } };
  return ok(i + 1, { kind: "field", name, span });
});

const parenthesized: Parser<Expression> = rule<Expression>((input, i) => {
  const inArms = reading.inArms;
  reading.inArms = false;
  const reply = statementExpression._(input, i + 1);
  reading.inArms = inArms;
  if (!reply.status) return reply;
  if (input[reply.index] !== K.parenClose) return fail(reply.index, "`)`");
  const span = spanOf(i, reply.index + 1);
  return ok(reply.index + 1, { kind: "parenthesized", expression: reply.value, span });
});

const list = spanned(
  rule<readonly [Expression[], Expression | undefined]>((input, i) => {
    const elements = commaList(anyExpression, K.parenClose, K.bar)._(input, i + 1);
    if (!elements.status) return elements;
    let at = elements.index;
    let tail: Expression | undefined;
    if (input[at] === K.bar) {
      const reply = anyExpression._(input, at + 1);
      if (!reply.status) return reply;
      tail = reply.value;
      at = reply.index;
    }
    return input[at] === K.parenClose ? ok(at + 1, [elements.value, tail]) : fail(at, "`)`");
  }),
  ([elements, tail], span): Expression => ({ kind: "list", elements, tail, span }),
);

const array = spanned(
  P.seqMap(
    token(K.arrayOpen, EXPRESSION),
    commaList(anyExpression, K.bracketClose),
    token(K.bracketClose, "`]`"),
    (_open, elements, _close) => elements,
  ),
  (elements, span): Expression => ({ kind: "array", elements, span }),
);

const tuple = spanned(
  P.seqMap(
    token(K.braceOpen, EXPRESSION),
    commaList(anyExpression, K.braceClose),
    token(K.braceClose, "`}`"),
    (_open, elements, _close) => elements,
  ),
  (elements, span): Expression => ({ kind: "tuple", elements, span }),
);

const dictionaryKey: Parser<Expression> = rule<Expression>((input, i) =>
  input[i] === K.identifier && input[i + 1] === K.fatArrow
    ? ok(i + 1, { kind: "symbol", value: textAt(i), span: spanAt(i) })
    : anyExpression._(input, i)
);

const dictionary = spanned(
  P.seqMap(
    token(K.dictionaryOpen, EXPRESSION),
    commaList(
      P.seqMap(
        dictionaryKey,
        token(K.fatArrow, "`=>`"),
        anyExpression,
        (key, _arrow, value) => ({ key, value }),
      ),
      K.braceClose,
    ),
    token(K.braceClose, "`}`"),
    (_open, entries, _close) => entries,
  ),
  (entries, span): Expression => ({ kind: "dictionary", entries, span }),
);

const segmentOperand: Parser<Expression> = later(() => operand);
const binary = spanned(
  P.seqMap(
    token(K.binaryOpen, EXPRESSION),
    commaList(
      binarySegment<Expression>(
        segmentOperand,
        (name, span) => ({ kind: "variable", name, span }),
        segmentOperand,
      ),
      K.binaryClose,
    ),
    token(K.binaryClose, "`>>`"),
    (_open, segments, _close) => segments,
  ),
  (segments, span): Expression => ({ kind: "binary", segments, span }),
);

const interpolation: Parser<Expression> = rule<Expression>((input, i) => {
  const parts: (string | Expression)[] = [];
  const inArms = reading.inArms;
  reading.inArms = false;
  let at = i;
  while (input[at] === K.stringOpen || input[at] === K.stringMiddle) {
    const text = stringPieceAt(at);
    if (text !== "") parts.push(text);
    const next = input[at + 1];
    if (next === K.stringMiddle || next === K.stringEnd) {
      const start = spanAt(at).end - 1;
      const { start: from, end } = spanAt(at + 1);
      if (!isLostBrace(input, at)) report("BT1013", { start, end: Math.min(from + 1, end) });
      at++;
      continue;
    }
    const reply = anyExpression._(input, at + 1);
    if (!reply.status) return reply;
    parts.push(reply.value);
    at = reply.index;
  }
  reading.inArms = inArms;
  if (input[at] !== K.stringEnd) return fail(at, "`}`");
  const last = spanAt(at).end > spanAt(at).start ? stringPieceAt(at) : "";
  if (last !== "") parts.push(last);
  return ok(at + 1, { kind: "interpolation", parts, span: spanOf(i, at + 1) });
});

type BlockParameter = Name & { readonly type: TypeExpression | undefined };

function readParameters(input: string, i: number, into: BlockParameter[]): Reply<undefined> {
  let at = i;
  while (input[at] === K.colon) {
    if (input[at + 1] !== K.identifier) return fail(at + 1, "a parameter name");
    const name = nameAt(at + 1);
    at += 2;
    if (input[at] !== K.doubleColon) {
      into.push({ ...name, type: undefined });
      continue;
    }
    const type = typeWithoutUnion._(input, at + 1);
    if (!type.status) return type;
    into.push({ ...name, type: type.value });
    at = type.index;
  }
  if (into.length === 0) return ok(at, undefined);
  if (input[at] === K.bar) return ok(at + 1, undefined);
  return input[at] === K.bracketClose ? ok(at, undefined) : fail(at, "`|`");
}

/** `[:a :b | statements]`. */
export const block: Parser<Expression> = rule<Expression>((input, i) => {
  const parameters: BlockParameter[] = [];
  const head = readParameters(input, i + 1, parameters);
  if (!head.status) return head;
  const { inArms, parameters: scope } = reading;
  const outer = scope.length;
  reading.inArms = false;
  for (const parameter of parameters) scope.push(parameter.text);
  const body = statements(K.bracketClose)._(input, head.index);
  scope.length = outer;
  reading.inArms = inArms;
  if (!body.status) return body;
  if (input[body.index] !== K.bracketClose) return fail(body.index, "`]`");
  const span = spanOf(i, body.index + 1);
  return ok(body.index + 1, { kind: "block", parameters, statements: body.value, span });
});

/** What a send can begin with. */
export const operand: Parser<Expression> = choose<Expression>({
  ...literalParsers,
  [K.identifier]: variable,
  [K.className]: rule((_input, i) => ok(i + 1, classReferenceAt(i))),
  [K.self]: rule((_input, i) => ok(i + 1, { kind: "self", span: spanAt(i) })),
  [K.super]: rule((_input, i) => ok(i + 1, { kind: "super", span: spanAt(i) })),
  [K.field]: field,
  [K.stringOpen]: interpolation,
  [K.parenOpen]: parenthesized,
  [K.bracketOpen]: block,
  [K.listOpen]: list,
  [K.arrayOpen]: array,
  [K.braceOpen]: tuple,
  [K.dictionaryOpen]: dictionary,
  [K.binaryOpen]: binary,
}, EXPRESSION);
