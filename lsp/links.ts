/**
 * Links in a file: paths of `@load` comments, web addresses in comments; and names that are edited
 * together.
 * @module
 */
import { dirname, resolve } from "@std/path";
import type { Span } from "../compiler/syntax/ast.ts";
import type { FileView } from "./file_view.ts";
import { highlightsAt } from "./references.ts";
import { targetAt } from "./target.ts";

/** A stretch that leads elsewhere. */
export interface DocumentLink {
  readonly span: Span;
  readonly to: { readonly kind: "file"; readonly path: string } | {
    readonly kind: "address";
    readonly address: string;
  };
}

/** The links of a file. */
export function documentLinks(view: FileView): readonly DocumentLink[] {
  const { text } = view.source;
  const links: DocumentLink[] = [];
  for (const match of text.matchAll(/^[ \t]*\/\/[ \t]*@load(?:-error)?[ \t]+(\S+)/gm)) {
    const path = match[1] ?? "";
    const start = match.index + match[0].length - path.length;
    const to = { kind: "file", path: resolve(dirname(view.path), path) } as const;
    links.push({ span: { start, end: start + path.length }, to });
  }
  for (const match of text.matchAll(/https?:\/\/[^\s"'<>)\]]+/g)) {
    const address = match[0].replace(/[.,;:]+$/, "");
    if (!isAddress(address)) continue;
    const span = { start: match.index, end: match.index + address.length };
    links.push({ span, to: { kind: "address", address } });
  }
  return links.sort((a, b) => a.span.start - b.span.start);
}

function isAddress(text: string): boolean {
  return URL.canParse(text);
}

/** The places that change together while a local's name is typed over. */
export function linkedNamesAt(view: FileView, offset: number): readonly Span[] {
  const target = targetAt(view, offset);
  if (target?.kind !== "local" && target?.kind !== "scriptVariable") return [];
  return highlightsAt(view, offset).map(({ span }) => span)
    .sort((a, b) => a.start - b.start);
}
