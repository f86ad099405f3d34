import type { Rule } from "../rule.ts";

/** What may stand after `@expect`. */
export const CATEGORIES: ReadonlySet<string> = new Set([
  "dnu",
  "type",
  "unused",
  "type_annotation",
  "inheritance",
  "all",
]);

/** `@expect` where there is nothing to silence; found by `expectations.ts`. */
export const unusedExpectation: Rule = {
  code: "BT2090",
  name: "unused-expectation",
  severity: "warning",
  category: "all",
  summary: "An `@expect` has nothing to silence.",
  explanation:
    "`@expect CATEGORY` silences one diagnostic of its category in the statement or declaration " +
    "after it. Where there is none, the reason for it is gone and it would hide the next mistake: " +
    "remove it.",
  wrong: `Object subclass: Greeter
  greet =>
    @expect unused
    "hello"
`,
  right: `Object subclass: Greeter
  greet =>
    "hello"
`,
};
