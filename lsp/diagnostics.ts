/**
 * The findings of a file, as far as they can be told with what is known so far.
 * @module
 */
import { analyze } from "../compiler/analysis/analyze.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import type { FileView } from "./file_view.ts";
import type { Tier } from "./tier.ts";

/**
 * Codes that depend on other files: before the project has been read they would be false alarms.
 * Unknown classes, superclasses, types, selectors and all that follows from unknown ancestors.
 */
const CROSS_FILE: ReadonlySet<string> = new Set(
  ("BT2002 BT2003 BT2010 BT3001 BT3003 BT3006 BT3007 BT3009 BT3012 BT3014 BT3016 BT3017 BT4001 " +
    "BT4002 BT4003 BT4004 BT4005 BT4009 BT4012 BT5001 BT5005 BT5006 BT6001 BT6002").split(" "),
);

/** A finding that knows from where it comes. */
export interface Finding extends Diagnostic {
  readonly tier: Tier;
}

/** All findings of a file in the order of their places. */
export function diagnosticsOf(view: FileView, isProjectKnown: boolean): readonly Finding[] {
  const { source, facts, environment } = view;
  const options = { file: view.path, package: view.package, mode: view.mode } as const;
  const found = analyze(source, facts, environment, options);
  const told = isProjectKnown ? found : found.filter(({ code }) => !CROSS_FILE.has(code));
  return [...source.diagnostics, ...told]
    .map((each): Finding => ({
      ...each,
      tier: CROSS_FILE.has(each.code) ? "cross-file" : "static",
    }))
    .sort((a, b) => a.span.start - b.span.start);
}
