/**
 * What `:help` tells: the list of commands, a topic, or what a class or a method is for.
 * @module
 */
import type { ProgramEnvironment } from "../../compiler/analysis/environment.ts";
import { methodText } from "../../compiler/analysis/signature_text.ts";
import { globalClass } from "../../compiler/analysis/types/body_inference.ts";
import { type Implementor, implementorsOf } from "../../lsp/places.ts";
import type { PromptCommand } from "./commands.ts";

/** A text of the prompt's own, or an expression that answers the help. */
export type Help = { readonly text: string } | { readonly expression: string };

const TOPICS: Readonly<Record<string, string>> = {
  keys: `Enter            evaluate; a new line while the expression is unfinished
Alt-Enter        a new line in any case
Up, Down         lines of the expression, then the history; Ctrl-P, Ctrl-N
Ctrl-R           search the history; again for an older entry, Ctrl-S for a newer one
Tab              complete; again to choose, Shift-Tab to go back, Enter takes, Esc closes;
                 after a keyword message was put in, on to its next argument
Ctrl-A, Ctrl-E   start and end of the line; Ctrl-Left, Ctrl-Right by words
Ctrl-W, Ctrl-K   cut the word before, the rest of the line; Ctrl-U what is before
Ctrl-Y, Ctrl-_   put back what was cut, undo
Ctrl-C           stop what runs, or forget what is typed
Ctrl-L, Ctrl-Z   clear the terminal, suspend
Ctrl-D           leave, on an empty line
`,
  expressions: `3 + 4 * 2                     operators as everywhere
x := "text" size              a variable of the session
#(1, 2) collect: [:each | each * 2]
counter := Counter spawn      an actor; a send to it is awaited
Transcript show: "hi"; cr     several messages to one receiver
x foo: 1.                     a statement may end with a full stop

An open bracket, or a line that ends where something must follow, goes on in the next line.
`,
  declarations: `Actor subclass: Counter       a class, loaded when an empty line ends it
  state: value = 0
  increment => self.value += 1

Counter >> double => self.value * 2          a method of a class that is there
Counter class >> create => self spawn        on the class side
patch Counter >> state { self.value := 0 }   a migration of the living actors

What is declared at the prompt is in no file until Workspace flush writes it.
`,
};

/** What topics can be about, beside the prompt's own. */
export interface HelpSubjects {
  readonly commands: readonly PromptCommand[];
  readonly environment: ProgramEnvironment;
  /** The variables with the classes of their values: `Counter`, `Counter class`. */
  readonly variables: readonly { readonly name: string; readonly class: string }[];
}

/** The help on a topic; on all where none is named. */
export function helpOn(topic: string, subjects: HelpSubjects): Help {
  const { commands, environment } = subjects;
  if (topic === "") return { text: overview(commands) };
  const own = TOPICS[topic.toLowerCase()];
  if (own !== undefined) return { text: own };
  const name = topic.replace(/^:/, "");
  const command = commands.find(({ names }) => names.includes(name));
  if (command !== undefined) return { text: commandHelp(command) };
  const expression = helpExpression(topic, subjects);
  if (expression !== undefined) return { expression };
  const implementors = implementorsText(topic.replace(/^#/, ""), environment);
  return { text: implementors ?? `There is no help on ${topic}. :help lists what there is.\n` };
}

function commandHelp({ names, argument, summary }: PromptCommand): string {
  const [first, ...others] = names.map((name) => `:${name}`);
  const also = others.length === 0 ? "" : `\nalso ${others.join(", ")}`;
  return `${`${first} ${argument}`.trimEnd()}\n${summary}${also}\n`;
}

const TOPIC = /^(\p{Lu}[\p{L}\p{N}_]*|[\p{Ll}_][\p{L}\p{N}_]*)(\s+class)?(?:\s*>>\s*|\s+|$)(\S*)$/u;

/** A class, a facade or a variable; a selector of it after a space or `>>`; its class side. */
function helpExpression(topic: string, { variables }: HelpSubjects): string | undefined {
  const match = TOPIC.exec(topic.trim());
  if (match === null) return undefined;
  const [, name = "", side, written = ""] = match;
  const selector = `#'${written.replace(/^#/, "").replaceAll("'", "")}'`;
  if (name === "Erlang" && /^[a-z]\w*$/.test(written)) return `Beamtalk erlangHelp: "${written}"`;
  const known = variables.find((each) => each.name === name)?.class ?? globalClass(name);
  if (known === undefined && !/^\p{Lu}/u.test(name)) return undefined;
  const of = known ?? name;
  const isClassSide = side !== undefined || of.endsWith(" class");
  const target = isClassSide ? `(${of.replace(/ class$/, "")} class)` : `#${of}`;
  return `Beamtalk help: ${target}${written === "" ? "" : ` selector: ${selector}`}`;
}

/** How many classes are named that have a method. */
const MOST_IMPLEMENTORS = 30;

/** The methods of a selector, the program's own first; undefined where no class has one. */
function implementorsText(selector: string, environment: ProgramEnvironment): string | undefined {
  const isLibrary = ({ class: of }: Implementor) => Number(of.package === "stdlib");
  const found = [...implementorsOf(selector, environment)]
    .sort((a, b) => isLibrary(a) - isLibrary(b));
  const [first] = found;
  if (first === undefined) return undefined;
  const lines = found.slice(0, MOST_IMPLEMENTORS).map(({ class: of, side, method }) =>
    `  ${side === "class" ? `${of.name} class` : of.name} >> ${methodText(method)}\n`
  );
  const left = found.length - lines.length;
  const more = left > 0 ? `  and ${left} more\n` : "";
  return `${lines.join("")}${more}:help ${first.class.name} ${selector} tells of one of them.\n`;
}

function overview(commands: readonly PromptCommand[]): string {
  const rows = commands.map(({ names, argument, summary }) => ({
    left: `:${names[0]} ${argument}`.trimEnd(),
    summary,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, summary }) => `  ${left.padEnd(width)}  ${summary}\n`);
  return "Type an expression, or a declaration ended by an empty line.\n" +
    "Tab completes, Ctrl-R searches the history, Ctrl-C stops what runs, Ctrl-D leaves.\n" +
    `${lines.join("")}Topics: ${
      Object.keys(TOPICS).join(", ")
    }, every class, selector and variable.\n`;
}
