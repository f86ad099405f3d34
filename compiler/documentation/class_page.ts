/**
 * The page of a class: what it is, its data, its methods, what it inherits.
 * @module
 */
import type { ClassFacts, FieldFacts, MethodFacts } from "../analysis/class_facts.ts";
import { classNameText, methodText, typeText } from "../analysis/signature_text.ts";
import { lineOf } from "../syntax/source_file.ts";
import { highlighted } from "./highlight.ts";
import { anchor, escaped } from "./html.ts";
import { classPath, type Page, protocolPath, rootFrom, sourcePath } from "./layout.ts";
import { type LinkTo, markdown } from "./markdown.ts";
import {
  compareNames,
  type DocumentedClass,
  type DocumentedFile,
  type SiteModel,
} from "./model.ts";

/** One method as a page shows it. */
export interface ShownMethod {
  readonly method: MethodFacts;
  readonly side: "instance" | "class";
  readonly file: DocumentedFile;
  /** Words before the signature, such as `internal`. */
  readonly badges: readonly string[];
}

/** Makes the page of a class. */
export function classPage(of: DocumentedClass, site: SiteModel): Page {
  const { facts, file } = of;
  const path = classPath(facts.name);
  const linkTo = linksFrom(path, site);
  const parts = [
    heading(of, path, linkTo),
    facts.doc === undefined ? "" : `<div class="doc">${markdown(facts.doc, linkTo)}</div>`,
    relations(of, path, linkTo),
    dataTable(dataTitle(facts), facts.fields, linkTo),
    dataTable("Class state", facts.classState, linkTo),
    methodList("Class methods", facts.classMethods.map(own("class", of)), path, linkTo),
    methodList("Methods", facts.methods.map(own("instance", of)), path, linkTo),
    methodList("Extensions", of.extensions.map(extension), path, linkTo),
    inherited(of, site, path),
    `<p class="foot">Declared in ${sourceLink(file, facts.span.start, path, file.shown)}.</p>`,
  ];
  return { path, title: facts.name, content: parts.filter((part) => part !== "").join("\n") };
}

/** Where names of classes and protocols lead from a page. */
export function linksFrom(path: string, site: SiteModel): LinkTo {
  const root = rootFrom(path);
  const classes = new Set(site.classes.map(({ facts }) => facts.name));
  const protocols = new Set(site.protocols.map(({ facts }) => facts.name));
  return (name) => {
    if (classes.has(name)) return root + classPath(name);
    return protocols.has(name) ? root + protocolPath(name) : undefined;
  };
}

/** A link to the line of an offset in a source file. */
export function sourceLink(
  { shown, text }: DocumentedFile,
  offset: number,
  from: string,
  label: string,
): string {
  const line = lineOf(text, offset);
  return `<a class="source" href="${rootFrom(from)}${sourcePath(shown, line)}">${
    escaped(label)
  }</a>`;
}

/** A method of an extension, with the file that it comes from. */
export function extension({ facts, file }: DocumentedClass["extensions"][number]): ShownMethod {
  const side = facts.classSide ? "class" : "instance";
  const badges = [...badgesOf(facts.method), `in ${file.shown}`];
  return { method: facts.method, side, file, badges };
}

/** A list of methods with their documentation, by name. */
export function methodList(
  title: string,
  methods: readonly ShownMethod[],
  path: string,
  linkTo: LinkTo,
): string {
  if (methods.length === 0) return "";
  const sorted = [...methods].sort((a, b) => compareNames(a.method.selector, b.method.selector));
  return `<section aria-label="${title}"><h2>${title}</h2>
${sorted.map((each) => methodEntry(each, path, linkTo)).join("\n")}</section>`;
}

function methodEntry({ method, side, file, badges }: ShownMethod, path: string, linkTo: LinkTo) {
  const id = anchor(side, method.selector);
  const prefix = side === "class" ? "class " : "";
  const words = badges.map((badge) => `<span class="badge">${escaped(badge)}</span>`).join(" ");
  const doc = method.doc === undefined
    ? ""
    : `<div class="doc">${markdown(method.doc, linkTo)}</div>`;
  return `<article class="method" id="${escaped(id)}">
<h3><a class="here" href="#${escaped(id)}" aria-label="Link to ${escaped(method.selector)}">#</a>` +
    `<code>${highlighted(prefix + methodText(method), linkTo)}</code> ${words} ` +
    `${sourceLink(file, method.span.start, path, "source")}</h3>
${doc}</article>`;
}

function own(side: "instance" | "class", { file }: DocumentedClass) {
  return (method: MethodFacts): ShownMethod => ({ method, side, file, badges: badgesOf(method) });
}

function badgesOf({ sealed, internal }: MethodFacts): string[] {
  return [...(sealed ? ["sealed"] : []), ...(internal ? ["internal"] : [])];
}

function heading({ facts, superclasses }: DocumentedClass, path: string, linkTo: LinkTo): string {
  const modifiers = facts.modifiers.map((each) => `<span class="badge">${each}</span>`).join(" ");
  const chain = superclasses.toReversed().map(({ name }) => classLink(name, linkTo));
  const native = facts.nativeModule === undefined
    ? ""
    : ` <span class="badge">native ${escaped(facts.nativeModule)}</span>`;
  const way = [...chain, `<b>${escaped(facts.name)}</b>`].join(" › ");
  return `<nav class="chain" aria-label="Superclasses of ${escaped(path)}">${way}</nav>
<h1>${escaped(classNameText(facts))} ${modifiers}${native}</h1>`;
}

function classLink(name: string, linkTo: LinkTo): string {
  const target = linkTo(name);
  return target === undefined ? escaped(name) : `<a href="${escaped(target)}">${escaped(name)}</a>`;
}

function relations({ subclasses, protocols }: DocumentedClass, _path: string, linkTo: LinkTo) {
  const rows = [
    ["Subclasses", subclasses.map(({ name }) => classLink(name, linkTo))],
    ["Follows", protocols.map(({ name }) => classLink(name, linkTo))],
  ] as const;
  const shown = rows.filter(([, links]) => links.length > 0)
    .map(([title, links]) => `<dt>${title}</dt><dd>${links.join(", ")}</dd>`);
  return shown.length === 0 ? "" : `<dl class="relations">${shown.join("")}</dl>`;
}

function dataTitle({ fields }: ClassFacts): string {
  return fields.length === 0 ? "" : "Data";
}

function dataTable(title: string, fields: readonly FieldFacts[], linkTo: LinkTo): string {
  if (fields.length === 0) return "";
  const rows = fields.map(({ name, type, doc }) => {
    const written = type === undefined ? "" : highlighted(typeText(type), linkTo);
    return `<tr id="field-${escaped(name)}"><td><code>${escaped(name)}</code></td>` +
      `<td><code>${written}</code></td><td>${
        doc === undefined ? "" : markdown(doc, linkTo)
      }</td></tr>`;
  });
  return `<section aria-label="${title}"><h2>${title}</h2><table>${
    rows.join("")
  }</table></section>`;
}

/** The methods of superclasses that the class does not define itself, by superclass. */
function inherited(of: DocumentedClass, site: SiteModel, path: string): string {
  const root = rootFrom(path);
  const pages = new Set(site.classes.map(({ facts }) => facts.name));
  const seen = { instance: selectors(of.facts.methods), class: selectors(of.facts.classMethods) };
  const groups = of.superclasses.map((ancestor) => {
    const links = (["class", "instance"] as const).flatMap((side) => {
      const methods = side === "class" ? ancestor.classMethods : ancestor.methods;
      return methods.filter(({ selector, internal }) => !internal && isNew(seen[side], selector))
        .map(({ selector }) => {
          const label = `<code>${side === "class" ? "class " : ""}${escaped(selector)}</code>`;
          if (!pages.has(ancestor.name)) return label;
          const target = `${root}${classPath(ancestor.name)}#${anchor(side, selector)}`;
          return `<a href="${escaped(target)}">${label}</a>`;
        });
    });
    if (links.length === 0) return "";
    const count = `${links.length} method${links.length === 1 ? "" : "s"}`;
    return `<details><summary>${escaped(ancestor.name)} <span>${count}</span></summary>` +
      `<p>${links.join(" ")}</p></details>`;
  }).filter((group) => group !== "");
  if (groups.length === 0) return "";
  return `<section aria-label="Inherited methods" class="inherited"><h2>Inherited methods</h2>
${groups.join("\n")}</section>`;
}

function selectors(methods: readonly MethodFacts[]): Set<string> {
  return new Set(methods.map(({ selector }) => selector));
}

/** Whether the selector is met for the first time; it is known from then on. */
function isNew(seen: Set<string>, selector: string): boolean {
  if (seen.has(selector)) return false;
  seen.add(selector);
  return true;
}
