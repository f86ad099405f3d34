/**
 * The look of documentation pages.
 * @module
 */

/** The style sheet; light and dark follow the reader's system unless chosen. */
export const siteStyle = `:root {
  --ground: #fdfdfc; --raised: #f3f3ef; --ink: #1d1f21; --soft: #5c6166; --line: #dcdcd6;
  --accent: #0b62a8; --comment: #5f6b5f; --string: #8a4b08; --number: #8a1c5a; --word: #7a1fa2;
  --class: #0b62a8; --keyword: #2d3a8c; --symbol: #6a5200; --mark: #fff3c4;
  color-scheme: light;
}
:root[data-theme="dark"] {
  --ground: #16181b; --raised: #1f2226; --ink: #e4e6e8; --soft: #a0a7ae; --line: #33383e;
  --accent: #7cbcf5; --comment: #8fa08f; --string: #e8b878; --number: #f09ac6; --word: #d3a0f0;
  --class: #7cbcf5; --keyword: #aab4ff; --symbol: #dcc870; --mark: #4a4015;
  color-scheme: dark;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    --ground: #16181b; --raised: #1f2226; --ink: #e4e6e8; --soft: #a0a7ae; --line: #33383e;
    --accent: #7cbcf5; --comment: #8fa08f; --string: #e8b878; --number: #f09ac6; --word: #d3a0f0;
    --class: #7cbcf5; --keyword: #aab4ff; --symbol: #dcc870; --mark: #4a4015;
    color-scheme: dark;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", "Liberation Mono", Menlo, monospace; font-size: .9em; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--ground); z-index: 3; padding: .25rem .5rem; }
header {
  position: sticky; top: 0; z-index: 2; display: flex; gap: 1rem; align-items: center;
  padding: .6rem 1.25rem; background: var(--ground); border-bottom: 1px solid var(--line);
}
.home { font-weight: 650; color: var(--ink); white-space: nowrap; }
.search { position: relative; flex: 1; max-width: 40rem; margin: 0 auto; }
.search input {
  width: 100%; padding: .45rem .8rem; font: inherit; color: inherit;
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
}
#results {
  position: absolute; left: 0; right: 0; top: calc(100% + 4px); margin: 0; padding: .25rem;
  list-style: none; max-height: 70vh; overflow: auto; background: var(--ground);
  border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 8px 28px rgb(0 0 0 / .18);
}
#results a { display: block; padding: .35rem .6rem; border-radius: 4px; color: var(--ink); }
#results [aria-selected="true"] a, #results a:hover { background: var(--raised); text-decoration: none; }
#results b { color: var(--accent); font-weight: 650; }
#results small {
  display: block; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
#results .none { padding: .5rem .6rem; color: var(--soft); }
#theme {
  font: inherit; color: inherit; background: none; border: 1px solid var(--line);
  border-radius: 6px; padding: .35rem .6rem; cursor: pointer;
}
.columns { display: grid; grid-template-columns: 15rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
.columns > nav {
  position: sticky; top: 3.6rem; align-self: start; max-height: calc(100vh - 3.6rem); overflow: auto;
  padding: 1rem .5rem 2rem 1.25rem; border-right: 1px solid var(--line); font-size: .92rem;
}
.columns > nav h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1rem 0 .3rem; }
.columns > nav ul { list-style: none; margin: 0; padding: 0; }
.columns > nav a { display: block; padding: .1rem .5rem; border-radius: 4px; color: var(--ink); }
.columns > nav a[aria-current] { background: var(--raised); font-weight: 650; color: var(--accent); }
main { padding: 1.5rem 2.5rem 5rem; min-width: 0; max-width: 60rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .3rem 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .8rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
.chain { color: var(--soft); font-size: .92rem; }
.badge {
  font-size: .72rem; font-weight: 500; padding: .1rem .45rem; border: 1px solid var(--line);
  border-radius: 99px; color: var(--soft); vertical-align: middle; white-space: nowrap;
}
.relations { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0; }
.relations dt { color: var(--soft); } .relations dd { margin: 0; }
.method { padding: .9rem 0; border-bottom: 1px solid var(--line); }
.method:target { background: var(--mark); box-shadow: 0 0 0 .6rem var(--mark); }
.method h3 { margin: 0; font-size: 1rem; font-weight: 600; position: relative; }
.method h3 code { font-size: .98rem; overflow-wrap: anywhere; }
.here { position: absolute; left: -1.2rem; opacity: 0; }
.method h3:hover .here, .here:focus { opacity: 1; }
.source { font-size: .8rem; font-weight: 400; float: right; }
.doc > :first-child { margin-top: .4rem; } .doc > :last-child { margin-bottom: 0; }
.method .doc h4, .method .doc h3 { font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin: .8rem 0 .2rem; }
.doc code { background: var(--raised); padding: .08em .3em; border-radius: 4px; }
.doc pre { background: var(--raised); padding: .7rem .9rem; border-radius: 6px; overflow: auto; border: 1px solid var(--line); margin: .4rem 0; }
.doc pre code { padding: 0; background: none; font-size: 1em; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
td p { margin: 0; }
.tree { list-style: none; padding-left: 1.1rem; } main > section > .tree { padding-left: 0; }
.tree .tree { border-left: 1px solid var(--line); }
.summary { color: var(--soft); font-size: .92rem; }
.inherited p { line-height: 2; margin: .3rem 0 1rem; } .inherited a { margin-right: .6rem; }
.inherited summary { cursor: pointer; padding: .2rem 0; } .inherited summary span { color: var(--soft); font-size: .85rem; }
.foot { margin-top: 2.5rem; color: var(--soft); font-size: .9rem; } .foot .source { float: none; font-size: inherit; }
.listing { line-height: 1.5; overflow: auto; }
.line { display: inline-block; min-width: 100%; } .line:target { background: var(--mark); }
.line > a:first-child { display: inline-block; width: 3.5em; padding-right: 1em; text-align: right; color: var(--soft); user-select: none; }
i { font-style: normal; } i a { color: inherit; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: 3px; }
.c, .d { color: var(--comment); } .s { color: var(--string); } .n { color: var(--number); }
.w, .p { color: var(--word); } .t { color: var(--class); } .k { color: var(--keyword); }
.y { color: var(--symbol); } .o { color: var(--soft); }
@media (max-width: 52rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .columns > nav { position: static; max-height: none; order: 2; border-right: 0; border-top: 1px solid var(--line); }
  .columns > nav ul { columns: 2; }
  main { padding: 1rem 1.25rem 3rem; } header { padding: .5rem .8rem; gap: .6rem; }
}
@media print { header, .columns > nav, .source, .here { display: none; } }
`;
