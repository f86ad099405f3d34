/**
 * Colours for a text that is being typed, by the kinds that the compiler's own lexer gives its tokens.
 * @module
 */
import { parse } from "../../compiler/syntax/source_file.ts";
import { K } from "../../compiler/syntax/token.ts";
import type { Colors } from "../terminal.ts";
import type { ColorSpan, Paint } from "./screen.ts";

/** The coloured stretches of a text, in order. */
export function colorSpans(text: string, colors: Colors): readonly ColorSpan[] {
  if (!colors.isColorSupported || text === "") return [];
  const command = /^\s*:\S*/.exec(text);
  if (command !== null) return [{ start: 0, end: command[0].length, paint: colors.cyan }];
  const paints = paintsOf(colors);
  const { units, trailing } = parse(text, { kind: "script" });
  const spans: ColorSpan[] = [];
  for (const { tokens, offset } of units) {
    let end = 0;
    for (let index = 0; index < tokens.kinds.length; index++) {
      const start = tokens.starts[index] ?? 0;
      addComments(spans, tokens.text.slice(end, start), offset + end, colors.gray);
      end = Math.max(end, tokens.ends[index] ?? start);
      const paint = paints.get(tokens.kinds[index] ?? "");
      if (paint !== undefined && end > start) {
        spans.push({ start: offset + start, end: offset + end, paint });
      }
    }
    addComments(spans, tokens.text.slice(end), offset + end, colors.gray);
  }
  addComments(spans, trailing, text.length - trailing.length, colors.gray);
  return spans;
}

/** What is between tokens and no white space is comment. */
function addComments(spans: ColorSpan[], between: string, offset: number, paint: Paint): void {
  const comment = between.trim();
  if (comment === "") return;
  const start = offset + between.indexOf(comment);
  spans.push({ start, end: start + comment.length, paint });
}

function paintsOf(colors: Colors): ReadonlyMap<string, Paint> {
  const groups: readonly (readonly [Paint, readonly string[]])[] = [
    [colors.yellow, [K.className]],
    [colors.blue, [K.keyword, K.match, K.when, K.futureKeyword]],
    [colors.green, [K.string, K.stringOpen, K.stringMiddle, K.stringEnd, K.character]],
    [colors.cyan, [K.integer, K.float]],
    [colors.magenta, [K.symbol, K.self, K.super, K.nil, K.boolean, K.pragma]],
    [colors.red, [K.error]],
  ];
  return new Map(groups.flatMap(([paint, kinds]) => kinds.map((kind) => [kind, paint] as const)));
}
