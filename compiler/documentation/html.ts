/**
 * Text that is put into HTML.
 * @module
 */

/** Plain text as HTML, for elements and for quoted attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The name of a place on a page: letters, digits and a few marks; anything else by its code. */
export function anchor(side: "instance" | "class", selector: string): string {
  const name = selector.replace(
    /[^A-Za-z0-9_:]/gu,
    (each) => `.${(each.codePointAt(0) ?? 0).toString(16)}`,
  );
  return side === "class" ? `class-${name}` : name;
}
