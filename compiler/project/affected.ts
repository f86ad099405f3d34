/**
 * Which files a change affects: those that changed, and those whose compilation asked, directly or
 * by way of others, for something that a changed file declares. A change of a method's body
 * recompiles one file only, but what uses it may behave differently.
 * @module
 */
import type { FileFacts } from "../analysis/class_facts.ts";
import type { Questions } from "./dependencies.ts";

/** A file with what it declares and what its compilation asked. */
export interface AskingFile {
  readonly path: string;
  readonly facts: FileFacts;
  readonly questions: Questions;
}

/** The paths of all files that the changed ones affect, those included. */
export function affectedFiles(
  files: readonly AskingFile[],
  changed: ReadonlySet<string>,
): ReadonlySet<string> {
  const users = usersOf(files);
  const affected = new Set(changed);
  const queue = files.filter(({ path }) => changed.has(path));
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const declared of declarations(file.facts)) {
      for (const user of users.get(declared) ?? []) {
        if (affected.has(user.path)) continue;
        affected.add(user.path);
        queue.push(user);
      }
    }
  }
  return affected;
}

/** The files that asked each question; packages in names are left aside. */
function usersOf(files: readonly AskingFile[]): ReadonlyMap<string, readonly AskingFile[]> {
  const users = new Map<string, AskingFile[]>();
  for (const file of files) {
    for (const question of new Set(file.questions.map(plain))) {
      const known = users.get(question);
      if (known === undefined) users.set(question, [file]);
      else known.push(file);
    }
  }
  return users;
}

function plain(question: string): string {
  const [kind = "", name = ""] = question.split(" ");
  return `${kind === "classes" ? "class" : kind} ${name.slice(name.indexOf("@") + 1)}`;
}

/** The questions that a file's declarations answer. */
function declarations({ classes, extensions, aliases, protocols }: FileFacts): string[] {
  return [
    ...classes.map(({ name }) => `class ${name}`),
    ...extensions.map(({ target }) => plain(`extensions ${target}`)),
    ...aliases.map(({ name }) => `alias ${name}`),
    ...protocols.map(({ name }) => `protocol ${name}`),
  ];
}
