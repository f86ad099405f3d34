/**
 * JSON-RPC 2.0 over a stream, a message a line, both ways.
 * @module
 */

/** A value that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json;
};

/** An error as the other side told it, or is to be told. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  constructor(message: string, readonly code: number, readonly data?: Json) {
    super(message);
  }
}

/** The codes that JSON-RPC defines, and one for what a method could not do. */
export const RpcCode = {
  parse: -32700,
  invalidRequest: -32600,
  noSuchMethod: -32601,
  invalidParameters: -32602,
  failed: -32000,
} as const;

/** Answers a request; `undefined` parameters are an empty object. */
export type RpcHandler = (
  method: string,
  params: { readonly [key: string]: Json },
  connection: RpcConnection,
) => Promise<Json>;

/** A stream of bytes both ways, such as a socket. */
export interface ByteConnection {
  /** Answers how many bytes it has put into the buffer; null at the end, when one can still write. */
  read(buffer: Uint8Array): Promise<number | null>;
  readonly writable: WritableStream<Uint8Array>;
  close(): void;
}

type Message = { readonly [key: string]: Json | undefined };

/** The largest message that is read. */
const LARGEST = 64 * 1024 * 1024;
const READ_AT_ONCE = 64 * 1024;
/** How often it is looked whether somebody still waits who will send nothing more. */
const LOOK_MS = 200;
const FIRST_LOOK_MS = 20;

/** One end of a connection. */
export class RpcConnection {
  readonly #bytes: ByteConnection;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Json>>();
  readonly #handler: RpcHandler;
  readonly #onNotification: (method: string, params: Json) => void;
  #next = 1;
  /** What is being answered. */
  readonly #answering = new Set<Promise<void>>();
  /** Ends when the connection does: the other side is gone, or has sent all and heard all. */
  readonly closed: Promise<void>;

  constructor(
    bytes: ByteConnection,
    handler: RpcHandler = refuseAll,
    onNotification: (method: string, params: Json) => void = () => {},
  ) {
    this.#bytes = bytes;
    this.#writer = bytes.writable.getWriter();
    this.#handler = handler;
    this.#onNotification = onNotification;
    this.closed = this.#read();
  }

  /** Asks the other side. */
  async request(method: string, params: Json = {}): Promise<Json> {
    const id = this.#next++;
    const answer = Promise.withResolvers<Json>();
    this.#waiting.set(id, answer);
    await this.#write({ jsonrpc: "2.0", id, method, params });
    return await answer.promise;
  }

  /** Tells the other side something. */
  async notify(method: string, params: Json): Promise<void> {
    await this.#write({ jsonrpc: "2.0", method, params });
  }

  close(): void {
    try {
      this.#bytes.close();
    } catch {
      // It is closed already.
    }
  }

  async #write(message: Message | readonly Message[]): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(READ_AT_ONCE);
    let begun: string[] = [];
    let size = 0;
    try {
      for (;;) {
        const count = await this.#bytes.read(buffer);
        if (count === null) break;
        const text = decoder.decode(buffer.subarray(0, count), { stream: true });
        const lines = text.split("\n");
        const last = lines.pop() ?? "";
        for (const line of lines) {
          this.#take(begun.join("") + line);
          begun = [];
          size = 0;
        }
        begun.push(last);
        size += last.length;
        if (size <= LARGEST) continue;
        await this.#write(
          refusal(null, RpcCode.invalidRequest, "the message is larger than 64 MB"),
        );
        begun = [];
        break;
      }
      this.#take(begun.join(""));
    } catch {
      // A peer that is gone is as one that has closed.
    }
    for (const { reject } of this.#waiting.values()) {
      reject(new RpcError("the connection ended before the answer", RpcCode.failed));
    }
    await this.#end();
  }

  /**
   * Who has sent all may still read, as `nc` does: the connection stays for the answers, as long as
   * an empty line can be written to it.
   */
  async #end(): Promise<void> {
    try {
      for (let wait = FIRST_LOOK_MS; this.#answering.size > 0; wait = LOOK_MS) {
        await Promise.race([Promise.all(this.#answering), after(wait)]);
        if (this.#answering.size > 0) await this.#writer.write(new TextEncoder().encode("\n"));
      }
    } catch {
      // Nobody is there any more.
    }
    this.close();
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    const answering = this.#answerLine(line).then(async (answer) => {
      if (answer !== undefined) await this.#write(answer);
    }).catch(() => this.close()).finally(() => this.#answering.delete(answering));
    this.#answering.add(answering);
  }

  async #answerLine(line: string): Promise<Message | readonly Message[] | undefined> {
    let message: Json;
    try {
      message = JSON.parse(line) as Json;
    } catch {
      return refusal(null, RpcCode.parse, "that is not JSON");
    }
    if (!Array.isArray(message)) return await this.#answerOne(message);
    if (message.length === 0) {
      return refusal(null, RpcCode.invalidRequest, "a batch holds at least one message");
    }
    const answers = await Promise.all(message.map((each) => this.#answerOne(each)));
    const wanted = answers.filter((each) => each !== undefined);
    return wanted.length === 0 ? undefined : wanted;
  }

  /** Undefined for what wants no answer: notifications, and answers to what was asked. */
  async #answerOne(message: Json): Promise<Message | undefined> {
    if (!isObject(message) || message["jsonrpc"] !== "2.0") {
      return refusal(null, RpcCode.invalidRequest, "that is no message of JSON-RPC 2.0");
    }
    const { id, method } = message;
    const params = message["params"] ?? {};
    if (method === undefined && ("result" in message || "error" in message)) {
      this.#settle(message);
      return undefined;
    }
    const isId = id === null || ["undefined", "string", "number"].includes(typeof id);
    if (typeof method !== "string" || !isId) {
      return refusal(null, RpcCode.invalidRequest, "a request has a method and an id");
    }
    if (id === undefined) {
      this.#onNotification(method, params);
      return undefined;
    }
    return await this.#answer(id, method, params);
  }

  #settle({ id, result, error }: Message): void {
    if (typeof id !== "number") return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!isObject(error)) {
      waiting?.resolve(result ?? null);
      return;
    }
    const { message, code, data } = error;
    waiting?.reject(new RpcError(String(message), Number(code), data));
  }

  async #answer(id: Json, method: string, params: Json): Promise<Message> {
    if (!isObject(params)) {
      return refusal(id, RpcCode.invalidParameters, "parameters are given by name");
    }
    try {
      return { jsonrpc: "2.0", id, result: await this.#handler(method, params, this) };
    } catch (error) {
      const code = error instanceof RpcError ? error.code : RpcCode.failed;
      const data = error instanceof RpcError ? error.data : undefined;
      return refusal(id, code, error instanceof Error ? error.message : String(error), data);
    }
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function refusal(id: Json, code: number, message: string, data?: Json): Message {
  const error = data === undefined ? { code, message } : { code, message, data };
  return { jsonrpc: "2.0", id, error };
}

/** Whether a value is an object with named members. */
export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuseAll(method: string): Promise<Json> {
  return Promise.reject(new RpcError(`there is no method ${method}`, RpcCode.noSuchMethod));
}
