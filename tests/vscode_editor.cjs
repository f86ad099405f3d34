/**
 * A stand-in for the module `vscode`, with as much of an editor behind it as the extension and its
 * client library use; and a session in it: a document is opened, completed, its findings awaited,
 * the commands run. Writes what it saw as JSON to standard output.
 *
 * node vscode_editor.cjs EXTENSION MANIFEST ROOT FILE COMMAND...
 */
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const { fileURLToPath, pathToFileURL } = require("node:url");

const [extensionFile, manifestFile, root, file, ...command] = process.argv.slice(2);
const manifest = JSON.parse(fs.readFileSync(manifestFile, "utf8"));
const seen = {
  providers: [],
  statuses: [],
  commands: [],
  terminals: [],
  messages: [],
};

class Disposable {
  constructor(end) {
    this.end = end;
  }
  static from(...all) {
    return new Disposable(() => all.forEach((each) => each.dispose()));
  }
  dispose() {
    this.end?.();
  }
}

class EventEmitter {
  listeners = new Set();
  event = (listener, self) => {
    const bound = self === undefined ? listener : listener.bind(self);
    this.listeners.add(bound);
    return new Disposable(() => this.listeners.delete(bound));
  };
  fire(value) {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose() {
    this.listeners.clear();
  }
}

class CancellationTokenSource {
  #cancelled = new EventEmitter();
  token = { isCancellationRequested: false, onCancellationRequested: this.#cancelled.event };
  cancel() {
    this.token.isCancellationRequested = true;
    this.#cancelled.fire();
  }
  dispose() {}
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}

class Range {
  constructor(start, startCharacter, endLine, endCharacter) {
    if (typeof start === "number") {
      this.start = new Position(start, startCharacter);
      this.end = new Position(endLine, endCharacter);
    } else {
      Object.assign(this, { start, end: startCharacter });
    }
  }
}

class Uri {
  constructor(href) {
    const { protocol, pathname } = new URL(href);
    this.href = href;
    this.scheme = protocol.slice(0, -1);
    this.path = decodeURIComponent(pathname);
    this.fsPath = this.scheme === "file" ? fileURLToPath(href) : this.path;
  }
  static parse(text) {
    return new Uri(text);
  }
  static file(path) {
    return new Uri(pathToFileURL(path).href);
  }
  toString() {
    return this.href;
  }
  with() {
    return this;
  }
}

/** A class that keeps what it is made of under these names. */
function record(...names) {
  return class {
    constructor(...values) {
      names.forEach((name, index) => this[name] = values[index]);
    }
  };
}

class CodeActionKind {
  constructor(value) {
    this.value = value;
  }
  append(part) {
    return new CodeActionKind(this.value === "" ? part : `${this.value}.${part}`);
  }
}
CodeActionKind.Empty = new CodeActionKind("");
for (const name of ["QuickFix", "Refactor", "Source", "Notebook"]) {
  CodeActionKind[name] = new CodeActionKind(name.toLowerCase());
}
for (const name of ["Extract", "Inline", "Rewrite", "Move"]) {
  CodeActionKind[`Refactor${name}`] = CodeActionKind.Refactor.append(name.toLowerCase());
}
for (const name of ["OrganizeImports", "FixAll"]) {
  CodeActionKind[`Source${name}`] = CodeActionKind.Source.append(name);
}

/** A part of the editor that is not written out: classes to inherit from, events, lists of names. */
function part(known = {}) {
  return new Proxy(known, {
    get(target, key) {
      if (key in target || typeof key !== "string") return target[key];
      if (/^on(Did|Will)/.test(key)) target[key] = new EventEmitter().event;
      else if (/^[A-Z]/.test(key)) target[key] = class {};
      else if (/^register/.test(key)) target[key] = registering(key);
      else return undefined;
      return target[key];
    },
  });
}

const providers = new Map();

function registering(name) {
  return (_selector, provider) => {
    const kind = name.replace(/^register|Provider$/g, "");
    providers.set(kind, provider);
    seen.providers.push(kind);
    return new Disposable();
  };
}

/** Settings with their defaults as the manifest has them; what is not declared there is refused. */
function getConfiguration(section) {
  const declared = manifest.contributes.configuration.properties;
  const values = { "beamtalk.command": command };
  const get = (key, otherwise) => {
    const name = section === undefined ? key : `${section}.${key}`;
    if (name.startsWith("beamtalk.") && declared[name] === undefined) {
      throw new Error(`the setting ${name} is not declared`);
    }
    return values[name] ?? declared[name]?.default ?? otherwise;
  };
  return { get, inspect: () => undefined, has: () => true };
}

const findings = new Map();
const opened = new EventEmitter();
const configured = new EventEmitter();
const documents = [];

function documentOf(path) {
  const text = fs.readFileSync(path, "utf8");
  const lines = text.split("\n");
  return {
    uri: Uri.file(path),
    fileName: path,
    languageId: "beamtalk",
    version: 1,
    isClosed: false,
    lineCount: lines.length,
    getText: () => text,
    lineAt: (line) => ({ text: lines[line] }),
    positionAt: (offset) => {
      const before = text.slice(0, offset).split("\n");
      return new Position(before.length - 1, before.at(-1).length);
    },
  };
}

const statusItem = {
  show() {},
  hide() {},
  dispose() {},
  set text(text) {
    this.shown = text;
    seen.statuses.push({ text, tooltip: this.tooltip });
  },
  get text() {
    return this.shown;
  },
};

const channel = part({
  append() {},
  appendLine() {},
  show() {},
  dispose() {},
  clear() {},
  name: "x",
});
const commands = new Map();

const vscode = part({
  version: "1.90.0",
  Disposable,
  EventEmitter,
  CancellationTokenSource,
  Position,
  Range,
  Uri,
  Diagnostic: record("range", "message", "severity"),
  CompletionItem: record("label", "kind"),
  CompletionList: record("items", "isIncomplete"),
  CodeLens: record("range", "command"),
  CodeActionKind,
  env: { appName: "stand-in", language: "en", uiKind: 1 },
  extensions: { getExtension: () => undefined, all: [] },
  workspace: part({
    getConfiguration,
    workspaceFolders: [{ uri: Uri.file(root), name: "sample", index: 0 }],
    textDocuments: documents,
    notebookDocuments: [],
    onDidOpenTextDocument: opened.event,
    onDidChangeConfiguration: configured.event,
    createFileSystemWatcher: () => part({ dispose() {} }),
    getWorkspaceFolder: () => vscode.workspace.workspaceFolders[0],
  }),
  window: part({
    createOutputChannel: () => channel,
    createStatusBarItem: () => statusItem,
    createTerminal: (options) => {
      seen.terminals.push([options.shellPath, ...options.shellArgs]);
      return { show() {} };
    },
    showInformationMessage: (text) => seen.messages.push(text),
    showErrorMessage: (text) => Promise.resolve(void seen.messages.push(text)),
    showWarningMessage: (text) => Promise.resolve(void seen.messages.push(text)),
    withProgress: (_options, work) => work({ report() {} }, new CancellationTokenSource().token),
    tabGroups: part({ all: [], activeTabGroup: {} }),
    visibleTextEditors: [],
    get activeTextEditor() {
      return documents[0] && { document: documents[0] };
    },
  }),
  languages: part({
    match: () => 10,
    createDiagnosticCollection: () => ({
      set: (uri, found) => findings.set(uri.toString(), found),
      get: (uri) => findings.get(uri.toString()),
      has: (uri) => findings.has(uri.toString()),
      delete: (uri) => findings.delete(uri.toString()),
      clear: () => findings.clear(),
      dispose() {},
    }),
  }),
  commands: {
    registerCommand: (name, run) => {
      if (commands.has(name)) throw new Error(`${name} is registered twice`);
      commands.set(name, run);
      return new Disposable(() => commands.delete(name));
    },
    executeCommand: (name, ...args) => {
      seen.commands.push([name, ...args.map(String)]);
      return Promise.resolve(commands.get(name)?.(...args));
    },
  },
});

const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "vscode" ? vscode : load.call(this, name, ...rest);
};

async function until(condition) {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const found = await condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${condition}`);
}

async function session() {
  const extension = require(extensionFile);
  const context = { subscriptions: [] };
  await extension.activate(context);
  seen.registered = [...commands.keys()];
  if (statusItem.text.includes("error")) throw new Error(statusItem.tooltip);
  const document = documentOf(file);
  documents.push(document);
  opened.fire(document);
  await until(() =>
    (statusItem.tooltip ?? "").startsWith("no workspace") &&
    statusItem.text.includes("circle-outline")
  );
  const token = new CancellationTokenSource().token;
  const where = new Position(3, 6);
  const list = await providers.get("CompletionItem")
    .provideCompletionItems(document, where, token, { triggerKind: 0 });
  seen.completion = (list.items ?? list).map(({ label }) => label.label ?? label);
  const pulled = [...providers.keys()].includes("DiagnosticInformation");
  seen.findings = (await until(() => findings.get(document.uri.toString()) ?? pulled))
    .map(({ message }) => message);
  const lenses = await providers.get("CodeLens").provideCodeLenses(document, token);
  seen.lenses = lenses.map(({ command }) => [command.title, command.command]);
  for (const { command } of lenses) {
    if (command.command !== "") await commands.get(command.command)(...command.arguments);
  }
  for (const { command } of manifest.contributes.commands) {
    if (command !== "beamtalk.restart") await commands.get(command)();
  }
  await commands.get("beamtalk.restart")();
  await until(() => statusItem.text.includes("circle-outline"));
  configured.fire({ affectsConfiguration: (name) => name === "beamtalk.useWorkspace" });
  await until(() => statusItem.text.includes("sync"));
  await until(() => statusItem.text.includes("circle-outline"));
  await extension.deactivate();
}

session().catch((error) => seen.problem = error.stack).finally(() => {
  process.stdout.write(JSON.stringify(seen), () => process.exit(0));
});
