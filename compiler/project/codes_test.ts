import { assertEquals } from "@std/assert";
import { projectCodes } from "./codes.ts";
import { readManifest } from "./manifest.ts";

for (const { code, name, severity, wrong, right, language } of projectCodes) {
  if (language !== "toml") continue;
  Deno.test(`${code} ${name}: the wrong manifest gives it once, the right one gives nothing`, () => {
    const found = readManifest(wrong).diagnostics;
    assertEquals(found.map((each) => [each.code, each.severity]), [[code, severity]]);
    assertEquals(readManifest(right).diagnostics, []);
  });
}
