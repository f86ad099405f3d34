/**
 * Documentation comments as HTML.
 * @module
 */
import { Marked, type Tokens } from "marked";
import { highlighted } from "./highlight.ts";
import { escaped } from "./html.ts";

/** Answers where the name of a class leads from the page that is made. */
export type LinkTo = (className: string) => string | undefined;

/** Markdown as HTML: code is coloured, names of classes lead to their pages, raw HTML is shown as text. */
export function markdown(text: string, linkTo: LinkTo): string {
  const converter = new Marked({
    gfm: true,
    renderer: {
      code: ({ text: code, lang }: Tokens.Code) => codeBlock(code, lang ?? "", linkTo),
      codespan: ({ text: code }: Tokens.Codespan) => codeSpan(code, linkTo),
      html: ({ text: raw }: Tokens.HTML | Tokens.Tag) => escaped(raw),
      heading({ tokens, depth }: Tokens.Heading) {
        // Headings of a comment stand below those of the page.
        const level = Math.min(6, depth + 2);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens);
        return isSafe(href) ? `<a href="${escaped(href)}">${inner}</a>` : inner;
      },
      image: ({ text: description }: Tokens.Image) => escaped(description),
    },
  });
  return converter.parse(text, { async: false });
}

/** The first sentence of a comment as plain text. */
export function firstSentence(text: string | undefined): string {
  const paragraph = (text ?? "").trim().split(/\n\s*\n/)[0] ?? "";
  const plain = paragraph.replace(/\s+/g, " ").replace(/`([^`]*)`/g, "$1").replace(/[*_]{2}/g, "");
  const end = /[.!?](?=\s|$)/.exec(plain);
  return end === null ? plain : plain.slice(0, end.index + 1);
}

function codeBlock(code: string, language: string, linkTo: LinkTo): string {
  const isBeamtalk = ["", "beamtalk", "bt"].includes(language.split(/[\s,]/)[0] ?? "");
  const html = isBeamtalk ? highlighted(code, linkTo) : escaped(code);
  return `<pre><code>${html}</code></pre>\n`;
}

/** A name of a class alone leads to its page. */
function codeSpan(code: string, linkTo: LinkTo): string {
  const target = /^[A-Z]\w*$/.test(code) ? linkTo(code) : undefined;
  const html = `<code>${escaped(code)}</code>`;
  return target === undefined ? html : `<a href="${escaped(target)}">${html}</a>`;
}

/** No scripts in addresses. */
function isSafe(href: string): boolean {
  return /^(https?:|mailto:|#|\.{0,2}\/|[\w-]+(\.html)?([#?]|$))/i.test(href);
}
