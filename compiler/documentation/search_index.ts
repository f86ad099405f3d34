/**
 * What the search of the site knows: a row for each class, protocol, method and datum.
 * @module
 */
import { anchor } from "./html.ts";
import { classPath, extendedPath, protocolPath } from "./layout.ts";
import { firstSentence } from "./markdown.ts";
import { compareNames, type SiteModel } from "./model.ts";

/** Name as it is searched and shown, kind, page, first sentence. */
export type SearchRow = readonly [name: string, kind: string, target: string, summary: string];

/** All rows, in the order of names. */
function searchRows(site: SiteModel): SearchRow[] {
  const rows: SearchRow[] = [];
  const addMethods = (
    owner: string,
    page: string,
    side: "instance" | "class",
    methods: readonly { selector: string; doc: string | undefined; internal: boolean }[],
  ) => {
    for (const { selector, doc, internal } of methods) {
      if (internal) continue;
      const receiver = side === "class" ? `${owner} class` : owner;
      const target = `${page}#${anchor(side, selector)}`;
      rows.push([`${receiver}>>${selector}`, "method", target, firstSentence(doc)]);
    }
  };
  for (const { facts, extensions } of site.classes) {
    const page = classPath(facts.name);
    rows.push([facts.name, "class", page, firstSentence(facts.doc)]);
    addMethods(facts.name, page, "class", facts.classMethods);
    addMethods(facts.name, page, "instance", facts.methods);
    for (const each of extensions) {
      addMethods(facts.name, page, sideOf(each.facts.classSide), [each.facts.method]);
    }
  }
  for (const { facts } of site.protocols) {
    const page = protocolPath(facts.name);
    rows.push([facts.name, "protocol", page, firstSentence(facts.doc)]);
    addMethods(facts.name, page, "instance", facts.methods);
    addMethods(facts.name, page, "class", facts.classMethods);
  }
  for (const { name, extensions } of site.extended) {
    const page = extendedPath(name);
    rows.push([name, "extended", page, ""]);
    for (const { facts } of extensions) {
      addMethods(name, page, sideOf(facts.classSide), [facts.method]);
    }
  }
  return rows.sort(([a], [b]) => compareNames(a, b));
}

/** The rows as a script, since a page opened from disk may read scripts but no data. */
export function searchScript(site: SiteModel): string {
  const data = JSON.stringify(searchRows(site)).replaceAll("<", "\\u003c");
  return `const searchIndex = ${data};\n`;
}

function sideOf(classSide: boolean): "instance" | "class" {
  return classSide ? "class" : "instance";
}
