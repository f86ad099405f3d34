/**
 * What documentation pages do in the browser: search, and the choice of dark or light.
 * @module
 */

/** The script of every page; `searchIndex` is there before it. */
export const siteScript = `"use strict";
const root = document.body.dataset.root;
const input = document.getElementById("search");
const results = document.getElementById("results");
const LIMIT = 30;
let selected = -1;

/** How well a name fits: smaller is better, undefined where it does not. */
function rank(name, kind, query) {
  const text = name.toLowerCase();
  const own = text.includes(">>") ? text.slice(text.indexOf(">>") + 2) : text;
  const bonus = kind === "method" ? 1 : 0;
  if (own === query || own === query + ":") return bonus;
  if (own.startsWith(query)) return 10 + bonus + own.length / 100;
  if (text.startsWith(query)) return 20 + bonus + text.length / 100;
  if (own.includes(query)) return 30 + bonus + own.length / 100;
  if (text.includes(query)) return 40 + bonus + text.length / 100;
  return isSubsequence(query, own) && query.length > 2 ? 60 + own.length / 100 : undefined;
}

function isSubsequence(query, text) {
  let at = 0;
  for (const letter of text) if (letter === query[at]) at++;
  return at === query.length;
}

function find(text) {
  const query = text.trim().toLowerCase().replace(/\\s+/g, " ");
  if (query === "") return [];
  const found = [];
  for (const row of searchIndex) {
    const score = rank(row[0], row[1], query);
    if (score !== undefined) found.push({ row, score });
  }
  return found.sort((a, b) => a.score - b.score).slice(0, LIMIT).map(({ row }) => row);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** The name with the part that was looked for in bold. */
function marked(name, query) {
  const span = document.createElement("span");
  const at = name.toLowerCase().lastIndexOf(query.trim().toLowerCase());
  if (at < 0) return element("span", name);
  const end = at + query.trim().length;
  span.append(name.slice(0, at), element("b", name.slice(at, end)), name.slice(end));
  return span;
}

function show() {
  const query = input.value;
  const found = find(query);
  selected = found.length > 0 ? 0 : -1;
  results.replaceChildren(...found.map(([name, kind, target, summary], index) => {
    const item = document.createElement("li");
    item.id = "result-" + index;
    item.setAttribute("role", "option");
    const link = document.createElement("a");
    link.href = root + target;
    link.tabIndex = -1;
    link.append(marked(name, query), element("small", summary || kind));
    item.append(link);
    return item;
  }));
  if (found.length === 0) {
    const none = element("li", "Nothing found");
    none.className = "none";
    results.append(none);
  }
  open(query.trim() !== "");
  select();
}

function open(isOpen) {
  results.hidden = !isOpen;
  input.setAttribute("aria-expanded", String(isOpen));
}

function select() {
  [...results.children].forEach((item, index) => {
    item.setAttribute("aria-selected", String(index === selected));
    if (index === selected) item.scrollIntoView({ block: "nearest" });
  });
  if (selected < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", "result-" + selected);
}

function move(step) {
  const count = results.querySelectorAll("a").length;
  if (count === 0) return;
  selected = (selected + step + count) % count;
  select();
}

input.addEventListener("input", show);
input.addEventListener("focus", () => { if (input.value.trim() !== "") show(); });
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const link = results.children[selected]?.querySelector("a");
    if (link && !results.hidden) { open(false); location.href = link.href; }
  } else if (event.key === "Escape") {
    input.value = "";
    open(false);
    input.blur();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search") || event.target.closest("#results a")) open(false);
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

document.getElementById("theme").addEventListener("click", () => {
  const { dataset } = document.documentElement;
  const isDark = dataset.theme ? dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("theme", dataset.theme); } catch { /* Not kept, then. */ }
});

const current = document.querySelector(".columns > nav [aria-current]");
if (current) current.scrollIntoView({ block: "center" });
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
`;
