/**
 * A headless browser for tests of pages: Chromium, told what to do by the DevTools protocol.
 * @module
 */
import { installedProgram } from "./system_programs.ts";

/** An open page. */
export interface BrowserPage {
  /** Goes to an address and waits until the page is loaded. */
  open(address: string): Promise<void>;
  /** Evaluates an expression in the page; its value must be plain data. */
  evaluate<T>(expression: string): Promise<T>;
  /** Evaluates until the answer is true; fails after five seconds. */
  until(condition: string): Promise<void>;
  /** Presses a key such as `ArrowDown` or `/`. */
  press(key: string): Promise<void>;
  /** Types a text, key by key. */
  type(text: string): Promise<void>;
  /** Sets the size of the window. */
  resize(width: number, height: number): Promise<void>;
  /** Errors that the page reported so far. */
  readonly problems: readonly string[];
  /** Addresses that were asked for so far. */
  readonly requests: readonly string[];
}

/** The browser's program; it is installed by the system's package manager where it is missing. */
export function browserProgram(): Promise<string | undefined> {
  return installedProgram(["chromium", "chromium-browser", "google-chrome"], ["chromium"]);
}

/** Runs `work` with a page of a fresh browser. */
export async function withPage(
  program: string,
  work: (page: BrowserPage) => Promise<void>,
): Promise<void> {
  const profile = await Deno.makeTempDir({ prefix: "chrome-" });
  const process = new Deno.Command(program, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      ...["--no-first-run", "--allow-file-access-from-files", "--remote-debugging-port=0"],
      ...[`--user-data-dir=${profile}`, "--window-size=1200,900", "about:blank"],
    ],
    // What it keeps elsewhere while it runs may stay where it is killed.
    env: { TMPDIR: profile },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = process.stderr.getReader();
  try {
    const address = await debuggingAddress(errors);
    const devtools = await DevTools.connect(address);
    try {
      await work(await Page.first(devtools));
      await devtools.send("Browser.close").catch(() => {});
    } finally {
      devtools.close();
    }
  } finally {
    const overdue = setTimeout(() => process.kill("SIGKILL"), 3_000);
    const rest = drain(errors);
    await process.status;
    clearTimeout(overdue);
    await rest;
    await removeProfile(profile);
  }
}

/** The browser's helpers may write for a moment after it has ended. */
async function removeProfile(folder: string): Promise<void> {
  for (let tries = 20;; tries--) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (tries === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function debuggingAddress(errors: Reader): Promise<string> {
  const decoder = new TextDecoder();
  let said = "";
  for (let part = await errors.read(); !part.done; part = await errors.read()) {
    said += decoder.decode(part.value, { stream: true });
    const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`the browser does not start: ${said}`);
}

async function drain(errors: Reader): Promise<void> {
  while (!(await errors.read()).done);
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Commands and events of the browser. */
class DevTools {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  readonly #listeners: ((method: string, params: Record<string, unknown>) => void)[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#told(JSON.parse(String(data)) as Message);
    socket.onclose = () => {
      for (const each of this.#waiting.values()) each.reject(new Error("the browser went away"));
      this.#closed.resolve();
    };
  }

  static async connect(address: string): Promise<DevTools> {
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("no connection to the browser"));
    });
    return new DevTools(socket);
  }

  send(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return waiting.promise;
  }

  onEvent(listener: (method: string, params: Record<string, unknown>) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#socket.close();
  }

  #told({ id, method, params = {}, result = {}, error }: Message): void {
    if (id === undefined) {
      for (const listener of this.#listeners) listener(method ?? "", params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}

class Page implements BrowserPage {
  readonly #devtools: DevTools;
  readonly #session: string;
  readonly problems: string[] = [];
  readonly requests: string[] = [];
  #loaded = Promise.withResolvers<void>();

  private constructor(devtools: DevTools, session: string) {
    this.#devtools = devtools;
    this.#session = session;
    devtools.onEvent((method, params) => this.#onEvent(method, params));
  }

  static async first(devtools: DevTools): Promise<Page> {
    const { targetId } = await devtools.send("Target.createTarget", { url: "about:blank" });
    const attached = await devtools.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(devtools, String(attached.sessionId));
    for (const domain of ["Page", "Runtime", "Log", "Network"]) {
      await page.#send(`${domain}.enable`);
    }
    return page;
  }

  async open(address: string): Promise<void> {
    this.#loaded = Promise.withResolvers();
    await this.#send("Page.navigate", { url: address });
    await this.#loaded.promise;
  }

  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { readonly value: T }).value;
  }

  async until(condition: string): Promise<void> {
    const deadline = Date.now() + 5_000;
    // While a page is being left there is nothing to ask.
    while (!await this.evaluate<boolean>(condition).catch(() => false)) {
      if (Date.now() > deadline) throw new Error(`never true: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async press(key: string): Promise<void> {
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    const event = { key, code: key, windowsVirtualKeyCode: KEY_CODES[key] ?? key.charCodeAt(0) };
    const down = text === undefined ? { type: "rawKeyDown" } : { type: "keyDown", text };
    await this.#send("Input.dispatchKeyEvent", { ...event, ...down });
    await this.#send("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
  }

  async type(text: string): Promise<void> {
    for (const key of text) await this.press(key);
  }

  async resize(width: number, height: number): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.#send("Emulation.setDeviceMetricsOverride", metrics);
  }

  #send(method: string, params: Record<string, unknown> = {}) {
    return this.#devtools.send(method, params, this.#session);
  }

  #onEvent(method: string, params: Record<string, unknown>): void {
    switch (method) {
      case "Page.loadEventFired":
        return this.#loaded.resolve();
      case "Runtime.exceptionThrown":
      case "Log.entryAdded":
        return void this.problems.push(JSON.stringify(params));
      case "Network.requestWillBeSent":
        return void this.requests.push((params.request as { url: string }).url);
    }
  }
}

const KEY_CODES: Readonly<Record<string, number>> = {
  Enter: 13,
  Escape: 27,
  ArrowUp: 38,
  ArrowDown: 40,
};
