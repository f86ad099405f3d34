/**
 * The frame of every page: head, search, the list of classes beside the content.
 * @module
 */
import { escaped } from "./html.ts";
import type { SiteModel } from "./model.ts";

/** A page of the site. */
export interface Page {
  /** From the site's root, with slashes. */
  readonly path: string;
  readonly title: string;
  readonly content: string;
}

/** The page of a class. */
export function classPath(name: string): string {
  return `class/${name}.html`;
}

/** The page of a protocol. */
export function protocolPath(name: string): string {
  return `protocol/${name}.html`;
}

/** The page of extensions of a class that is documented elsewhere. */
export function extendedPath(name: string): string {
  return `extended/${name}.html`;
}

/** The page of a source file, or a line of it. */
export function sourcePath(shown: string, line?: number): string {
  const path = `source/${shown.split("/").map(encodeURIComponent).join("/")}.html`;
  return line === undefined ? path : `${path}#L${line}`;
}

/** The way from a page back to the root: `../` for each folder. */
export function rootFrom(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

/** The whole text of a page. */
export function pageText(page: Page, site: SiteModel): string {
  const root = rootFrom(page.path);
  const title = page.title === site.title ? site.title : `${page.title} · ${site.title}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}site.css">
<script>try{document.documentElement.dataset.theme=localStorage.getItem("theme")||""}catch{}</script>
</head>
<body data-root="${root}">
<a class="skip" href="#content">Skip to content</a>
<header>
<a class="home" href="${root}index.html">${escaped(site.title)}</a>
<div class="search" role="search">
<input id="search" type="search" placeholder="Search classes and methods ( / )" autocomplete="off"
 spellcheck="false" role="combobox" aria-label="Search classes and methods" aria-expanded="false"
 aria-controls="results" aria-autocomplete="list">
<ol id="results" role="listbox" aria-label="Found" hidden></ol>
</div>
<button id="theme" type="button" aria-label="Dark or light">◐</button>
</header>
<div class="columns">
<nav aria-label="Classes">${navigation(page, site, root)}</nav>
<main id="content">
${page.content}
</main>
</div>
<script src="${root}search-index.js" defer></script>
<script src="${root}site.js" defer></script>
</body>
</html>
`;
}

function navigation(page: Page, site: SiteModel, root: string): string {
  const group = (title: string, entries: readonly { name: string; path: string }[]) => {
    if (entries.length === 0) return "";
    const items = entries.map(({ name, path }) => {
      const current = path === page.path ? ' aria-current="page"' : "";
      return `<li><a href="${root}${escaped(path)}"${current}>${escaped(name)}</a></li>`;
    });
    return `<h2>${title}</h2><ul>${items.join("")}</ul>`;
  };
  const named = (path: (name: string) => string) => ({ facts }: { facts: { name: string } }) => ({
    name: facts.name,
    path: path(facts.name),
  });
  return group("Classes", site.classes.map(named(classPath))) +
    group("Protocols", site.protocols.map(named(protocolPath))) +
    group("Extended", site.extended.map(({ name }) => ({ name, path: extendedPath(name) })));
}
