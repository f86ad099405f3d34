/**
 * Documentation as a static site: no network, no server, no build step behind it.
 * @module
 */
import { classPage } from "./class_page.ts";
import { pageText } from "./layout.ts";
import { type DocumentedProgram, siteModel } from "./model.ts";
import { extendedPage, indexPage, protocolPage, sourcePage } from "./pages.ts";
import { searchScript } from "./search_index.ts";
import { siteScript } from "./site_script.ts";
import { siteStyle } from "./site_style.ts";

/** The files of the site by their path from its root, with slashes. */
export function documentationSite(program: DocumentedProgram): ReadonlyMap<string, string> {
  const site = siteModel(program);
  const pages = [
    indexPage(site),
    ...site.classes.map((each) => classPage(each, site)),
    ...site.protocols.map((each) => protocolPage(each, site)),
    ...site.extended.map((each) => extendedPage(each, site)),
    ...site.files.map((each) => sourcePage(each, site)),
  ];
  return new Map([
    ...pages.map((page) => [page.path, pageText(page, site)] as const),
    ["search-index.js", searchScript(site)],
    ["site.css", siteStyle],
    ["site.js", siteScript],
  ]);
}
