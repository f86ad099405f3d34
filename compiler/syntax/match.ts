/**
 * Grammar of `match:` and `matchExhaustive:` with their arms.
 * @module
 */
import type { Expression, MatchArm, Span } from "./ast.ts";
import { asComparison } from "./conditions.ts";
import type { Parser, Reply } from "./parsimmon.d.ts";
import { isGuard, pattern } from "./patterns.ts";
import {
  fail,
  forgetFailures,
  ok,
  reading,
  report,
  rule,
  spanAt,
  spanOf,
  textAt,
} from "./primitives.ts";
import { recover, statementExpression, statements } from "./statements.ts";
import { K } from "./token.ts";

/** `when: [expression]`: answers the expression. */
export const guard: Parser<Expression> = rule<Expression>((input, i) => {
  const open = i + 1;
  if (!isGuard(input, i)) return fail(i, "`when: [`");
  const reply = statements(K.bracketClose)._(input, open + 1);
  if (!reply.status) return reply;
  if (input[reply.index] !== K.bracketClose) return fail(reply.index, "`]`");
  const [only] = reply.value;
  const span = spanOf(open, reply.index + 1);
  if (only === undefined || reply.value.length > 1) report("BT1026", span);
  const condition = only === undefined ? undefined : asComparison(only).expression;
  return ok(reply.index + 1, condition ?? { kind: "error", span });
});

const arm: Parser<MatchArm> = rule<MatchArm>((input, i) => {
  const head = pattern._(input, i);
  if (!head.status) return head;
  let at = head.index;
  let condition: Expression | undefined;
  if (input[at] === K.when) {
    const reply = guard._(input, at);
    if (!reply.status) return reply;
    condition = reply.value;
    at = reply.index;
  }
  if (input[at] !== K.arrow) return fail(at, "`->`");
  const body = statementExpression._(input, at + 1);
  if (!body.status) return body;
  reportCommas(body.value);
  const span = { start: spanAt(i).start, end: body.value.span.end };
  return ok(body.index, { pattern: head.value, guard: condition, body: body.value, span });
});

/** Arms with commas between them, as other languages have them: `1 -> 2, _ -> 3` sends `,` and `->`. */
function reportCommas(body: Expression): void {
  const commas: Span[] = [];
  let at = body;
  while (at.kind === "send" && at.selector === "->" && at.receiver.kind === "send") {
    const { receiver, selector, selectorSpans: [place] } = at.receiver;
    if (selector !== "," || place === undefined) break;
    commas.unshift(place);
    at = receiver as Expression;
  }
  const [first] = commas;
  if (first === undefined) return;
  const edits = commas.map((span) => ({ span, newText: ";" }));
  const fix = { title: "Separate the arms by `;`", edits };
  report("BT1012", first, { expected: "`;` or a newline between the arms", found: "`,`" }, [fix]);
}

function isSeparator(kind: string | undefined): boolean {
  return kind === K.semicolon || kind === K.newline || kind === K.dot;
}

function readArms(input: string, i: number, arms: MatchArm[]): Reply<undefined> {
  let at = i;
  for (;;) {
    while (isSeparator(input[at])) at++;
    if (at >= input.length || input[at] === K.bracketClose) return ok(at, undefined);
    forgetFailures();
    const reply = arm._(input, at);
    const next = reply.status ? input[reply.index] : undefined;
    if (reply.status && (isSeparator(next) || next === K.bracketClose)) {
      arms.push(reply.value);
      at = reply.index;
      continue;
    }
    if (reply.status) fail(reply.index, "the end of the arm");
    const end = recover(input, at, K.semicolon);
    const span = spanOf(at, end);
    const body: Expression = { kind: "error", span };
    arms.push({ pattern: { kind: "errorPattern", span }, guard: undefined, body, span });
    at = end;
  }
}

/** The rest of a match from its keyword on. */
export function matchExpression(scrutinee: Expression): Parser<Expression> {
  return rule((input, i) => {
    const arms: MatchArm[] = [];
    const inArms = reading.inArms;
    reading.inArms = true;
    const reply = readArms(input, i + 2, arms);
    reading.inArms = inArms;
    if (!reply.status) return reply;
    if (input[reply.index] !== K.bracketClose) return fail(reply.index, "`]`");
    const span = { start: scrutinee.span.start, end: spanAt(reply.index).end };
    return ok(reply.index + 1, {
      kind: "match",
      scrutinee,
      exhaustive: textAt(i) === "matchExhaustive:",
      selectorSpan: spanAt(i),
      arms,
      span,
    });
  });
}
