/**
 * The pages beside those of classes: the first page, protocols, extended classes, sources.
 * @module
 */
import type { MethodFacts } from "../analysis/class_facts.ts";
import { extension, linksFrom, methodList, type ShownMethod, sourceLink } from "./class_page.ts";
import { highlighted } from "./highlight.ts";
import { escaped } from "./html.ts";
import {
  classPath,
  extendedPath,
  type Page,
  protocolPath,
  rootFrom,
  sourcePath,
} from "./layout.ts";
import { firstSentence, markdown } from "./markdown.ts";
import {
  compareNames,
  type DocumentedClass,
  type DocumentedFile,
  type DocumentedProtocol,
  type ExtendedClass,
  type SiteModel,
} from "./model.ts";

/** The first page: what the project says of itself, and all classes as a tree. */
export function indexPage(site: SiteModel): Page {
  const path = "index.html";
  const linkTo = linksFrom(path, site);
  const readme = site.readme === undefined
    ? `<h1>${escaped(site.title)}</h1>`
    : `<div class="doc readme">${markdown(site.readme, linkTo)}</div>`;
  const names = new Set(site.classes.map(({ facts }) => facts.module));
  const roots = site.classes.filter(({ superclasses: [parent] }) =>
    parent === undefined || !names.has(parent.module)
  );
  const tree = roots.length === 0
    ? ""
    : `<section aria-label="Class hierarchy"><h2>Classes</h2>${subtree(roots, site)}</section>`;
  const protocols = site.protocols.length === 0
    ? ""
    : `<h2>Protocols</h2><ul class="tree">${
      site.protocols.map(({ facts }) => entry(facts.name, protocolPath(facts.name), facts.doc, ""))
        .join("")
    }</ul>`;
  const extended = site.extended.length === 0
    ? ""
    : `<h2>Extended classes</h2><ul class="tree">${
      site.extended.map(({ name, extensions }) =>
        entry(name, extendedPath(name), `${extensions.length} methods added.`, "")
      ).join("")
    }</ul>`;
  return { path, title: site.title, content: [readme, tree, protocols, extended].join("\n") };
}

function subtree(classes: readonly DocumentedClass[], site: SiteModel): string {
  const items = [...classes].sort((a, b) => compareNames(a.facts.name, b.facts.name)).map(
    (each) => {
      const inner = site.classes.filter(({ superclasses: [parent] }) =>
        parent?.module === each.facts.module
      );
      const { name, doc } = each.facts;
      return entry(name, classPath(name), doc, inner.length === 0 ? "" : subtree(inner, site));
    },
  );
  return `<ul class="tree">${items.join("")}</ul>`;
}

function entry(name: string, path: string, doc: string | undefined, inner: string): string {
  return `<li><a href="${escaped(path)}">${escaped(name)}</a> ` +
    `<span class="summary">${escaped(firstSentence(doc))}</span>${inner}</li>`;
}

/** The page of a protocol: its messages and who answers them. */
export function protocolPage({ facts, file, conforming }: DocumentedProtocol, site: SiteModel) {
  const path = protocolPath(facts.name);
  const linkTo = linksFrom(path, site);
  const shown = (side: "instance" | "class") => (method: MethodFacts): ShownMethod => ({
    method,
    side,
    file,
    badges: [],
  });
  const followers = conforming.map(({ name }) =>
    `<a href="${rootFrom(path)}${classPath(name)}">${escaped(name)}</a>`
  );
  const content = [
    `<h1>${escaped(facts.name)} <span class="badge">protocol</span></h1>`,
    facts.doc === undefined ? "" : `<div class="doc">${markdown(facts.doc, linkTo)}</div>`,
    methodList("Class methods", facts.classMethods.map(shown("class")), path, linkTo),
    methodList("Methods", facts.methods.map(shown("instance")), path, linkTo),
    followers.length === 0 ? "" : `<h2>Followed by</h2><p>${followers.join(", ")}</p>`,
    `<p class="foot">Declared in ${sourceLink(file, facts.span.start, path, file.shown)}.</p>`,
  ].join("\n");
  return { path, title: facts.name, content };
}

/** The page of the methods that the program adds to a class of another. */
export function extendedPage({ name, extensions }: ExtendedClass, site: SiteModel): Page {
  const path = extendedPath(name);
  const linkTo = linksFrom(path, site);
  const content = `<h1>${escaped(name)} <span class="badge">extended</span></h1>
<p>Methods that ${escaped(site.title)} adds to the class.</p>
${methodList("Extensions", extensions.map(extension), path, linkTo)}`;
  return { path, title: `${name} extensions`, content };
}

/** The page of a source file: its lines with numbers that can be linked to. */
export function sourcePage({ shown, text }: DocumentedFile, site: SiteModel): Page {
  const path = decodeURIComponent(sourcePath(shown));
  const linkTo = linksFrom(path, site);
  const lines = highlighted(text.replace(/\n$/, ""), linkTo).split("\n");
  const rows = lines.map((line, index) => {
    const number = index + 1;
    return `<span class="line" id="L${number}"><a href="#L${number}">${number}</a>${line}</span>`;
  });
  const content = `<h1>${escaped(shown)}</h1>
<pre class="listing"><code>${rows.join("\n")}</code></pre>`;
  return { path, title: shown, content };
}
