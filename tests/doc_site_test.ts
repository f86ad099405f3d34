/**
 * The pages of `beamtalk doc`: their links, and how they behave in a real browser.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join, resolve } from "@std/path";
import { type BrowserPage, browserProgram, withPage } from "./browser.ts";
import { beamtalk, withFiles } from "./command_line.ts";

const shop = {
  "beamtalk.toml": '[package]\nname = "shop"\nversion = "1.0.0"\n',
  "README.md": "# The shop\n\nSells <script>alert(1)</script> things. See `Till`.\n",
  "src/Till.bt": `/// Keeps money. See \`Price\` and [bad](javascript:alert(1)).
///
/// \`\`\`beamtalk
/// Till new total // => 0
/// \`\`\`
Value subclass: Till
  field: total :: Integer = 0

  /// Adds \`amount\`.
  add: amount :: Integer -> Till => self withTotal: self.total + amount
  internal hidden => nil
`,
  "src/Price.bt": `/// A price.
Till subclass: Price
  /// Whether it is small. <b>Not bold.</b>
  < other :: Price -> Boolean => self.total < other total
Integer >> cents => self
Protocol define: Adding
  /// Adds.
  add: amount :: Integer -> Object
`,
  "test/TillTest.bt": "TestCase subclass: TillTest\n  testIt => self assert: true\n",
};

async function withSite(
  args: readonly string[],
  work: (site: string, folder: string) => Promise<void>,
): Promise<void> {
  await withFiles(shop, async (folder) => {
    const { code, errors } = await beamtalk(["doc", ...args, "--output", "site"], { folder });
    assertEquals([code, errors], [0, ""]);
    await work(join(folder, "site"), folder);
  });
}

Deno.test("a project's pages: classes, inheritance, extensions, protocols, sources", async () => {
  await withSite([], async (site, folder) => {
    const read = (path: string) => Deno.readTextFile(join(site, path));
    const till = await read("class/Till.html");
    assertStringIncludes(till, '<a href="../class/Price.html">');
    assertStringIncludes(till, '<a class="source" href="../source/src/Till.bt.html#L10">');
    assert(!till.includes("javascript:"));
    const price = await read("class/Price.html");
    assertStringIncludes(price, '<a href="../class/Till.html#add:">');
    assertStringIncludes(price, "&lt;b&gt;");
    assertStringIncludes(await read("extended/Integer.html"), "cents");
    assertStringIncludes(await read("protocol/Adding.html"), "../class/Till.html");
    const index = await read("index.html");
    assertStringIncludes(index, "&lt;script&gt;alert");
    assertStringIncludes(index, '<a href="class/Till.html"><code>Till</code></a>');
    assert(!index.includes("TillTest"));
    // It writes again what it made, but not over anything else.
    const again = await beamtalk(["doc", "--output", "site"], { folder });
    assertEquals(again.code, 0);
    const other = await beamtalk(["doc", "--output", "src"], { folder });
    assertEquals(other.code, 1);
    assertStringIncludes(other.errors, "holds other files");
  });
});

Deno.test("every link of the class library's pages leads somewhere; every method is described", async () => {
  await withSite(["--stdlib"], async (site) => {
    const pages = await pagesUnder(site);
    const ids = new Map([...pages].map(([path, text]) => [path, idsOf(text)]));
    const broken: string[] = [];
    for (const [path, text] of pages) {
      for (const [, target = ""] of text.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
        const [file = "", id] = target.replaceAll("&amp;", "&").split("#");
        if (/^[a-z]+:/.test(file)) continue;
        const page = file === "" ? path : resolve(dirname(path), decodeURIComponent(file));
        const isThere = ids.get(page)?.has(id ?? "") ?? false;
        if (!isThere) broken.push(`${path}: ${target}`);
      }
    }
    assertEquals(broken, []);
    const methods = [...pages].filter(([path]) => path.includes("/class/")).flatMap((
      [path, text],
    ) =>
      [...text.matchAll(/<article class="method" id="([^"]*)">(.*?)<\/article>/gs)]
        .map(([, id, body = ""]) => ({ name: `${path}#${id}`, body }))
    );
    assert(methods.length > 1000, `${methods.length} methods`);
    const silent = methods.filter(({ body }) => !body.includes('class="doc"'));
    assertEquals(silent.map(({ name }) => name), []);
  });
});

Deno.test("pages in a browser: search, keys, theme, narrow windows, no network", async (t) => {
  const program = await browserProgram();
  if (program === undefined) {
    console.log("no browser, and no package manager to install one: not checked in a browser");
    return;
  }
  await withSite(["--stdlib"], async (site) => {
    await withPage(program, async (page) => {
      const first = `file://${site}/index.html`;
      await page.open(first);
      await t.step("a search by keys leads to a method", () => searches(page));
      await t.step("the theme is chosen and kept", () => changesTheme(page, first));
      await t.step("a narrow window needs no scrolling sideways", () => staysNarrow(page, site));
      assertEquals(page.problems, []);
      assertEquals(page.requests.filter((each) => !/^(file|data):/.test(each)), []);
    });
  });
});

async function searches(page: BrowserPage): Promise<void> {
  await page.press("/");
  assertEquals(await page.evaluate("document.activeElement.id"), "search");
  await page.type("inject");
  await page.until("document.querySelectorAll('#results a').length > 0");
  const found = await page.evaluate<string[]>(
    "[...document.querySelectorAll('#results a span')].map((each) => each.textContent)",
  );
  assert(found.includes("Collection>>inject:into:"), found.join(" "));
  assertEquals(
    await page.evaluate("document.querySelector('#search').getAttribute('aria-expanded')"),
    "true",
  );
  await page.press("ArrowDown");
  await page.press("ArrowUp");
  await page.press("Enter");
  await page.until(
    "location.href.endsWith('#inject:into:') && !!document.querySelector(':target')",
  );
  assertEquals(
    await page.evaluate("getComputedStyle(document.querySelector('#results')).display"),
    "none",
  );
  await page.press("/");
  await page.type("zzzzzz");
  await page.until("document.querySelector('#results').textContent === 'Nothing found'");
  await page.press("Escape");
  assertEquals(await page.evaluate("document.querySelector('#results').hidden"), true);
}

async function changesTheme(page: BrowserPage, address: string): Promise<void> {
  const ground = "getComputedStyle(document.body).backgroundColor";
  const before = await page.evaluate<string>(ground);
  await page.evaluate("document.querySelector('#theme').click()");
  const after = await page.evaluate<string>(ground);
  assert(before !== after, before);
  await page.open(address);
  assertEquals(await page.evaluate(ground), after);
}

async function staysNarrow(page: BrowserPage, site: string): Promise<void> {
  await page.resize(360, 700);
  for (const path of ["index.html", "class/List.html", "class/DateTime.html"]) {
    await page.open(`file://${site}/${path}`);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    assert(width <= 360, `${path} is ${width} wide`);
  }
}

async function pagesUnder(folder: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) { for (const entry of await pagesUnder(path)) pages.set(...entry); }
    else if (name.endsWith(".html")) pages.set(path, await Deno.readTextFile(path));
  }
  return pages;
}

/** The ids of a page; the empty one is the page itself. */
function idsOf(text: string): ReadonlySet<string> {
  return new Set(["", ...[...text.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] ?? "")]);
}
