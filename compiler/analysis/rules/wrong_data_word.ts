import type { ClassKind } from "../class_facts.ts";
import { LIBRARY_PACKAGE } from "../module_naming.ts";
import type { DataContext, Rule } from "../rule.ts";

/** `state:` in a value, `field:` in an actor, either in an object. */
export const wrongDataWord: Rule = {
  code: "BT3006",
  name: "wrong-data-word",
  severity: "error",
  category: "all",
  summary: "The word before a datum is not the one for this kind of class.",
  explanation:
    "An actor holds mutable `state:`, a value immutable `field:`s. Other objects hold neither: " +
    "extend `Value` or `Actor` instead, or share data of the class by `classState:`.",
  wrong: `Value subclass: Point
  state: x = 0
`,
  right: `Value subclass: Point
  field: x = 0
`,
  data: (context) => {
    const { node, kind } = context;
    if (node.word === "classState" || kind === undefined) return;
    if (context.scope.package === LIBRARY_PACKAGE && kind === "object") return;
    const right = RIGHT_WORD[kind];
    if (right === "either" || right === node.word) return;
    if (right === undefined) return reportNone(context);
    const message = `${article(kind)} has \`${right}:\` data, not \`${node.word}:\``;
    const fixes = [{
      title: `Replace by \`${right}:\``,
      edits: [{ span: wordOnly(context), newText: right }],
    }];
    context.report(wrongDataWord, node.wordSpan, message, { fixes });
  },
};

const RIGHT_WORD: Readonly<Record<ClassKind, "field" | "state" | "either" | undefined>> = {
  value: "field",
  testCase: "field",
  actor: "state",
  exception: "either",
  supervisor: undefined,
  object: undefined,
};

function article(kind: ClassKind): string {
  if (kind === "actor") return "An actor";
  return kind === "testCase" ? "A test case is a value: it" : "A value";
}

/** The span of the word may or may not hold its colon. */
function wordOnly({ node }: DataContext) {
  const { start } = node.wordSpan;
  return { start, end: start + node.word.length };
}

function reportNone(context: DataContext): void {
  const { node, class: known, kind } = context;
  const what = kind === "supervisor" ? "a supervisor" : "neither a value nor an actor";
  const message = `${known.name} is ${what} and has no \`${node.word}:\` data. ` +
    "Extend `Value` for `field:`, `Actor` for `state:`";
  context.report(wrongDataWord, node.wordSpan, message);
}
