/**
 * The runnable examples in documentation comments: fenced blocks of Beamtalk code.
 * @module
 */
import type { ClassDeclaration, Declaration, DocComment, PlacedUnit } from "../syntax/ast.ts";
import { countLines, type SourceFile } from "../syntax/source_file.ts";

/** A fenced example of a documentation comment. */
export interface DocExample {
  /** The class, protocol, alias or extended class that the comment is about. */
  readonly owner: string;
  /** The method, as `at:put:` or `class new`; undefined where the comment is about the owner itself. */
  readonly selector: string | undefined;
  /** The code, a line for each line of the comment. */
  readonly code: string;
  /** Line of the file, from 1, that the first line of the code stands on. */
  readonly line: number;
}

/** All examples of a file, in the order of their places. */
export function docExamples({ text, declarations }: SourceFile): DocExample[] {
  return declarations.flatMap(commentsOf).flatMap(({ owner, selector, doc, unit }) => {
    const start = unit.offset + doc.span.start;
    const before = countLines(text.slice(unit.offset, start));
    // Lines of units are counted from 0.
    const first = unit.line + 1 + before;
    return fencedBlocks(doc.text).map(({ code, line }) => ({
      owner,
      selector,
      code,
      line: first + line,
    }));
  });
}

/** A fenced block of Markdown that holds Beamtalk code. */
export interface FencedBlock {
  readonly code: string;
  /** Line of the text, from 0, of the first line of code. */
  readonly line: number;
}

/** The blocks of a Markdown text that are to be run: those marked `beamtalk`, or not marked. */
export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { readonly fence: string; readonly isCode: boolean; readonly line: number } | undefined;
  let code: string[] = [];
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$/.exec(line);
    if (open === undefined) {
      if (fence === null) continue;
      open = { fence: fence[1] ?? "", isCode: isRunnable(fence[2] ?? ""), line: index + 1 };
      code = [];
    } else if (fence !== null && closes(fence, open.fence)) {
      if (open.isCode) blocks.push({ code: code.join("\n"), line: open.line });
      open = undefined;
    } else {
      code.push(line);
    }
  }
  return blocks;
}

function closes(fence: RegExpExecArray, opened: string): boolean {
  const marks = fence[1] ?? "";
  return marks[0] === opened[0] && marks.length >= opened.length && (fence[2] ?? "").trim() === "";
}

function isRunnable(info: string): boolean {
  const [language = "", ...words] = info.trim().toLowerCase().split(/[\s,]+/);
  return ["", "beamtalk", "bt"].includes(language) && !words.includes("no-run");
}

interface PlacedComment {
  readonly owner: string;
  readonly selector: string | undefined;
  readonly doc: DocComment;
  /** The unit that the comment's span is counted from. */
  readonly unit: PlacedUnit;
}

function commentsOf(declaration: Declaration): PlacedComment[] {
  switch (declaration.kind) {
    case "class":
      return classComments(declaration);
    case "extension": {
      const { unit } = declaration;
      const { target, classSide, method } = unit.node;
      return comment(target.name, sided(method.selector, classSide), unit, method.doc);
    }
    case "protocol": {
      const { unit } = declaration;
      const { name, signatures, doc } = unit.node;
      return [
        ...comment(name.text, undefined, unit, doc),
        ...signatures.flatMap((each) =>
          comment(name.text, sided(each.selector, each.classSide), unit, each.doc)
        ),
      ];
    }
    case "typeAlias": {
      const { unit } = declaration;
      return comment(unit.node.name.text, undefined, unit, unit.node.doc);
    }
    case "patch":
    case "statement":
    case "error":
      return [];
  }
}

function classComments({ header, members }: ClassDeclaration): PlacedComment[] {
  const owner = header.node.name.text;
  const own = members.flatMap((unit) => {
    const { node } = unit;
    if (node.kind === "data") return comment(owner, node.name.text, unit, node.doc);
    if (node.kind !== "method") return [];
    return comment(owner, sided(node.selector, node.modifiers.includes("class")), unit, node.doc);
  });
  return [...comment(owner, undefined, header, header.node.doc), ...own];
}

function comment(
  owner: string,
  selector: string | undefined,
  unit: PlacedUnit,
  doc: DocComment | undefined,
): PlacedComment[] {
  return doc === undefined ? [] : [{ owner, selector, doc, unit }];
}

function sided(selector: string, classSide: boolean): string {
  return classSide ? `class ${selector}` : selector;
}
