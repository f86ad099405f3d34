/**
 * Pages that show which lines were reached.
 * @module
 */
import { highlighted } from "../compiler/documentation/highlight.ts";
import { escaped } from "../compiler/documentation/html.ts";
import { siteStyle } from "../compiler/documentation/site_style.ts";
import { coverageCounts, type CoveredFile, percentage } from "./coverage.ts";

/** The pages by their path: a table of all files, and the text of each. */
export function coveragePages(files: readonly CoveredFile[]): ReadonlyMap<string, string> {
  return new Map([
    ["index.html", indexPage(files)],
    ...files.map((file) => [pagePath(file), filePage(file)] as const),
  ]);
}

/** Paths out of the folder become names in it. */
function pagePath({ shown }: CoveredFile): string {
  return `files/${shown.replace(/^\/+/, "").replaceAll("..", "up")}.html`;
}

function indexPage(files: readonly CoveredFile[]): string {
  const rows = files.map((file) => {
    const counts = coverageCounts([file]);
    const share = counts.total === 0 ? 100 : 100 * counts.reached / counts.total;
    return `<tr><td><a href="${escaped(encodeURI(pagePath(file)))}">${
      escaped(file.shown)
    }</a></td>` +
      `<td><meter min="0" max="100" low="60" high="85" optimum="100" value="${share}"></meter></td>` +
      `<td>${percentage(counts)}</td><td>${counts.reached} of ${counts.total}</td></tr>`;
  });
  const all = coverageCounts(files);
  return page(
    "Coverage",
    "",
    `<h1>Coverage: ${percentage(all)}</h1>
<p>${all.reached} of ${all.total} lines with statements were reached by the tests.</p>
<table><tr><th>File</th><th></th><th>Reached</th><th>Lines</th></tr>${rows.join("")}</table>`,
  );
}

function filePage(file: CoveredFile): string {
  const root = "../".repeat(pagePath(file).split("/").length - 1);
  const lines = highlighted(file.text.replace(/\n$/, "")).split("\n").map((html, index) => {
    const number = index + 1;
    const count = file.lines.get(number);
    const kind = count === undefined ? "" : count > 0 ? " reached" : " missed";
    const shown = count === undefined ? "" : `${count}×`;
    return `<span class="line${kind}" id="L${number}"><a href="#L${number}">${number}</a>` +
      `<span class="count">${shown}</span>${html}</span>`;
  });
  return page(
    file.shown,
    root,
    `<p><a href="${root}index.html">All files</a></p>
<h1>${escaped(file.shown)} ${percentage(coverageCounts([file]))}</h1>
<pre class="listing"><code>${lines.join("\n")}</code></pre>`,
  );
}

function page(title: string, _root: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><link rel="icon" href="data:,">
<style>${siteStyle}${coverageStyle}</style></head>
<body><main>${content}</main></body></html>
`;
}

const coverageStyle = `
main { margin: 0 auto; }
meter { width: 10rem; }
.count { display: inline-block; width: 5em; padding-right: 1em; text-align: right; color: var(--soft); user-select: none; }
.reached { background: color-mix(in srgb, #2e9e4f 14%, transparent); }
.missed { background: color-mix(in srgb, #d33c3c 20%, transparent); }
`;
