/**
 * A throwaway Erlang node that is given compiled modules one after the other, and says which its
 * loader refuses. It is no part of any cluster and forgets each module at once.
 * @module
 */

const PROGRAM = `
  Port = open_port({fd, 0, 1}, [{packet, 4}, binary, eof]),
  Loop = fun Loop() ->
    receive
      {Port, {data, <<Size:16, Name:Size/binary, Code/binary>>}} ->
        Module = binary_to_atom(Name),
        Answer = case code:load_binary(Module, "mutant", Code) of
          {module, Module} -> <<>>;
          {error, Reason} -> unicode:characters_to_binary(io_lib:format("~tp", [Reason]))
        end,
        code:delete(Module),
        code:purge(Module),
        Port ! {self(), {command, Answer}},
        Loop();
      {Port, eof} -> halt(0)
    end
  end,
  Loop().
`;

/** A node that loads what it is given. */
export class LoadingNode implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #received = new Uint8Array();

  constructor() {
    const args = ["-noinput", "-kernel", "logger_level", "none", "-eval", PROGRAM];
    const piped = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
    this.#process = new Deno.Command("erl", { args, ...piped }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#reader = this.#process.stdout.getReader();
  }

  /** Loads a module and forgets it; why it was refused, or undefined. */
  async refusal(module: string, beam: Uint8Array): Promise<string | undefined> {
    const name = new TextEncoder().encode(module);
    const frame = new Uint8Array(6 + name.length + beam.length);
    const view = new DataView(frame.buffer);
    view.setUint32(0, frame.length - 4);
    view.setUint16(4, name.length);
    frame.set(name, 6);
    frame.set(beam, 6 + name.length);
    await this.#writer.write(frame);
    const length = new DataView((await this.#take(4)).buffer).getUint32(0);
    return length === 0 ? undefined : new TextDecoder().decode(await this.#take(length));
  }

  async #take(count: number): Promise<Uint8Array> {
    while (this.#received.length < count) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the loading node has ended");
      const joined = new Uint8Array(this.#received.length + value.length);
      joined.set(this.#received);
      joined.set(value, this.#received.length);
      this.#received = joined;
    }
    const taken = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return taken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    await this.#process.status;
  }
}
