import { assertEquals, assertMatch } from "@std/assert";
import { readManifest } from "./manifest.ts";

Deno.test("a whole manifest", () => {
  const text = `[package]
name = "shop"
version = "1.2.3"
description = "sells"

[dependencies]
money = { path = "../money" }
http = { git = "https://example.org/http", tag = "v1" }

[application]
supervisor = "ShopSupervisor"
`;
  const { manifest, diagnostics } = readManifest(text);
  const placeOf = (line: string) => {
    const start = text.indexOf(line);
    return { start, end: start + line.length };
  };
  assertEquals(diagnostics, []);
  assertEquals(manifest?.name, "shop");
  assertEquals(manifest?.supervisor, "ShopSupervisor");
  assertEquals(manifest?.main, undefined);
  assertEquals(manifest?.dependencies, [
    {
      kind: "path",
      name: "money",
      place: placeOf('money = { path = "../money" }'),
      path: "../money",
    },
    {
      kind: "git",
      name: "http",
      place: placeOf('http = { git = "https://example.org/http", tag = "v1" }'),
      url: "https://example.org/http",
      tag: "v1",
    },
  ]);
});

/** The text under the first diagnostic, and its message. */
function complaint(text: string): { at: string; message: string; severity: string } | undefined {
  const first = readManifest(text).diagnostics[0];
  if (first === undefined) return undefined;
  return {
    at: text.slice(first.span.start, first.span.end),
    message: first.message,
    severity: first.severity,
  };
}

Deno.test("mistakes are told with their place", () => {
  assertEquals(complaint('[package]\nname = "Shop"\n')?.at, 'name = "Shop"');
  assertMatch(complaint('[package]\nname = "Shop"\n')?.message ?? "", /no package name/);
  assertEquals(complaint('[package]\nversion = "1.0.0"\n')?.at, "[package]");
  assertEquals(complaint("[package]\nname = 3\n")?.message, "name must be a string, got 3");
  assertMatch(complaint('[package]\nname = "a"\nversion = "1"\n')?.message ?? "", /1\.2\.3/);
  assertEquals(
    complaint('[package]\nname = "a"\n[dependencies]\nb = "1.0"\n')?.at,
    'b = "1.0"',
  );
  assertMatch(complaint("")?.message ?? "", /\[package\]/);
});

Deno.test("a key that means nothing is a warning with a proposal", () => {
  const found = complaint('[package]\nname = "a"\ndescripton = "x"\n');
  assertEquals(found?.severity, "warning");
  assertMatch(found?.message ?? "", /did you mean description/);
  assertEquals(readManifest('[package]\nname = "a"\ndescripton = "x"\n').manifest?.name, "a");
});

Deno.test("text that is no TOML is told where it goes wrong", () => {
  const { manifest, diagnostics } = readManifest('[package]\nname = "a\n');
  assertEquals(manifest, undefined);
  assertEquals(diagnostics.length, 1);
  assertEquals(diagnostics[0]?.code, "BT9001");
  assertEquals((diagnostics[0]?.span.start ?? 0) >= 10, true);
});
