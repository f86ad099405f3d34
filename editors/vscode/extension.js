/**
 * Starts the language server and shows how the workspace stands.
 */
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;
/** @type {import("vscode").StatusBarItem} */
let item;

function commandLine() {
  const [command, ...args] = vscode.workspace.getConfiguration("beamtalk").get("command");
  return { command, args };
}

function createClient() {
  const { command, args } = commandLine();
  const usesWorkspace = vscode.workspace.getConfiguration("beamtalk").get("useWorkspace");
  const serverArgs = [...args, "lsp", ...(usesWorkspace ? [] : ["--no-workspace"])];
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
  showStatus({ workspaces: [], isProjectKnown: false });
  try {
    await client.start();
  } catch (error) {
    item.text = "$(error) Beamtalk";
    item.tooltip = `The language server did not start: ${error.message}`;
  }
}

const WORDS = {
  none: ["$(circle-outline)", "no workspace is running"],
  connecting: ["$(sync~spin)", "joining the workspace"],
  connected: ["$(circle-filled)", "joined the workspace"],
  lost: ["$(warning)", "the workspace is gone"],
};

function showStatus({ workspaces, isProjectKnown }) {
  const [first] = workspaces;
  const [icon, words] = WORDS[first?.kind] ?? WORDS.none;
  item.text = `${isProjectKnown ? icon : "$(sync~spin)"} Beamtalk`;
  const lines = workspaces.map((each) =>
    [each.root, WORDS[each.kind]?.[1], each.node ?? each.reason].filter(Boolean).join(": ")
  );
  item.tooltip = lines.length > 0 ? lines.join("\n") : words;
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

async function activate(context) {
  item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  item.command = "beamtalk.showStatus";
  item.text = "Beamtalk";
  item.show();
  const commands = {
    "beamtalk.restart": async () => {
      await client?.stop();
      await start();
    },
    "beamtalk.startWorkspace": () => inTerminal("Beamtalk workspace", "workspace", "start"),
    "beamtalk.stopWorkspace": () => inTerminal("Beamtalk workspace", "workspace", "stop"),
    "beamtalk.repl": () => inTerminal("Beamtalk", "repl"),
    "beamtalk.loadFile": () => {
      const file = vscode.window.activeTextEditor?.document.uri.fsPath;
      if (file !== undefined) inTerminal("Beamtalk load", "load", file);
    },
    "beamtalk.showStatus": () => vscode.window.showInformationMessage(`Beamtalk: ${item.tooltip}`),
    "beamtalk.runTests": (uri, className, selector) => {
      const filter = selector === null ? `${className}>>` : `${className}>>${selector}`;
      inTerminal(`Test ${filter}`, "test", vscode.Uri.parse(uri).fsPath, "--filter", filter);
    },
    "beamtalk.showSenders": places("vscode.executeReferenceProvider"),
    "beamtalk.showImplementors": places("vscode.executeImplementationProvider"),
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  }
  context.subscriptions.push(item, { dispose: () => void client?.stop() });
  await start();
}

async function deactivate() {
  await client?.stop();
}

module.exports = { activate, deactivate };
