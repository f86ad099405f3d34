/**
 * Starts the language server and shows how the workspaces stand.
 */
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;
/** @type {import("vscode").StatusBarItem} */
let item;

function setting(name) {
  return vscode.workspace.getConfiguration("beamtalk").get(name);
}

function commandLine() {
  const [command, ...args] = setting("command");
  return { command, args };
}

function createClient() {
  const { command, args } = commandLine();
  const serverArgs = [...args, "lsp", ...(setting("useWorkspace") ? [] : ["--no-workspace"])];
  return new LanguageClient(
    "beamtalk",
    "Beamtalk",
    { command, args: serverArgs },
    { documentSelector: [{ language: "beamtalk" }] },
  );
}

async function start() {
  client = createClient();
  client.onNotification("beamtalk/statusChanged", showStatus);
  show("$(sync~spin)", "starting the language server");
  try {
    await client.start();
  } catch (error) {
    show("$(error)", `The language server did not start: ${error.message}`);
  }
}

const SIGNS = {
  none: "$(circle-outline)",
  connecting: "$(sync~spin)",
  connected: "$(circle-filled)",
  restarted: "$(debug-restart)",
  lost: "$(warning)",
  several: "$(layers)",
};

/** The server says it in words; here is only the sign, and a line for each workspace. */
function showStatus({ summary, workspaces, isProjectKnown }) {
  const lines = workspaces.map((each) =>
    [each.root, each.kind, each.node ?? each.reason].filter(Boolean).join(": ")
  );
  const reading = isProjectKnown ? [] : ["reading the project"];
  const sign = isProjectKnown ? SIGNS[summary.kind] : "$(sync~spin)";
  show(sign, [summary.text, ...reading, ...lines].join("\n"));
}

function show(sign, words) {
  item.tooltip = words;
  item.text = `${sign} Beamtalk`;
}

/** Runs the command line in a terminal of its own. */
function inTerminal(name, ...args) {
  const { command, args: before } = commandLine();
  const terminal = vscode.window.createTerminal({
    name,
    shellPath: command,
    shellArgs: [...before, ...args],
  });
  terminal.show();
}

function places(method) {
  return async (uri, position) => {
    const at = vscode.Uri.parse(uri);
    const where = new vscode.Position(position.line, position.character);
    const found = await vscode.commands.executeCommand(method, at, where);
    await vscode.commands.executeCommand("editor.action.showReferences", at, where, found ?? []);
  };
}

async function restart() {
  await client?.stop();
  await start();
}

function loadFile() {
  const file = vscode.window.activeTextEditor?.document.uri.fsPath;
  if (file !== undefined) inTerminal("Beamtalk load", "load", file);
}

function runTests(uri, className, selector) {
  const filter = selector === null ? `${className}>>` : `${className}>>${selector}`;
  inTerminal(`Test ${filter}`, "test", vscode.Uri.parse(uri).fsPath, "--filter", filter);
}

const COMMANDS = {
  "beamtalk.restart": restart,
  "beamtalk.startWorkspace": () => inTerminal("Beamtalk workspace", "workspace", "start"),
  "beamtalk.stopWorkspace": () => inTerminal("Beamtalk workspace", "workspace", "stop"),
  "beamtalk.repl": () => inTerminal("Beamtalk", "repl"),
  "beamtalk.loadFile": loadFile,
  "beamtalk.showStatus": () => vscode.window.showInformationMessage(`Beamtalk: ${item.tooltip}`),
  "beamtalk.runTests": runTests,
  "beamtalk.showSenders": places("vscode.executeReferenceProvider"),
  "beamtalk.showImplementors": places("vscode.executeImplementationProvider"),
};

async function activate(context) {
  item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  item.command = "beamtalk.showStatus";
  item.show();
  for (const [name, run] of Object.entries(COMMANDS)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  }
  context.subscriptions.push(
    item,
    { dispose: () => void client?.stop() },
    vscode.workspace.onDidChangeConfiguration((change) => {
      const isStartedAnew = ["command", "useWorkspace"].some((name) =>
        change.affectsConfiguration(`beamtalk.${name}`)
      );
      if (isStartedAnew) void restart();
    }),
  );
  await start();
}

async function deactivate() {
  await client?.stop();
}

module.exports = { activate, deactivate };
