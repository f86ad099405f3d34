/**
 * `deno run -A bench/migration.ts [ACTORS]`: what changing the data of a class costs while 100,000 of
 * its actors live. A sender asks one actor after the other meanwhile: the longest that it waited is how
 * long an actor stood still. A field with a constant default, and a patch.
 * @module
 */
import { join } from "@std/path";
import { PortProgram } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { openWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";

const ACTORS = Number(Deno.args[0] ?? 100_000);
const ROUNDS = 3;

const COUNTER = (fields: string, patch: string) =>
  `Actor subclass: Counter
${fields}  state: value = 0

  value => self.value
${patch}`;

const SENDER = `Object subclass: Sender
  class worstOf: actors for: ms =>
    worst := 0
    stop := self now + (ms * 1000)
    [self now < stop] whileTrue: [
      started := self now
      actors atRandom value
      worst := worst max: self now - started
      Timer sleep: 1
    ]
    worst

  class now => Erlang erlang monotonic_time: #microsecond
`;

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-bench-" }));
const file = join(folder, "src", "Counter.bt");
await Deno.mkdir(join(folder, "src"));
await Deno.writeTextFile(join(folder, "beamtalk.toml"), '[package]\nname = "counter"\n');
await Deno.writeTextFile(file, COUNTER("", ""));
await Deno.writeTextFile(join(folder, "src", "Sender.bt"), SENDER);

const port = await PortProgram.start({ ebin: installation().ebin("port") });
const { workspace, program } = await openWorkspace(folder, {
  installation: installation(),
  library: await libraryFacts(installation()),
  port,
  home: join(folder, "home"),
  idleSeconds: 60,
});

async function evaluate(session: Session, text: string): Promise<string> {
  for await (const { outcome } of session.evaluate(text)) {
    if (outcome.kind !== "value") throw new Error(`${text}: ${JSON.stringify(outcome)}`);
    return outcome.text;
  }
  return "";
}

/** Changes the class while a sender measures. */
async function change(what: string, text: string, sender: Session): Promise<void> {
  const worst = evaluate(sender, "Sender worstOf: actors for: 8000");
  await Deno.writeTextFile(file, text);
  const { reports } = await loadFiles([workspace], program, await sourcesAt(program, file, folder));
  const { migrated, microseconds } = reports[0]!;
  const still = Number(await worst) / 1000;
  console.log(
    `${what.padEnd(8)} ${migrated} actors: ${(microseconds / 1000).toFixed(0)} ms, ` +
      `${(microseconds / migrated).toFixed(1)} µs each, longest stand ${still.toFixed(1)} ms`,
  );
}

try {
  const main = await Session.open(workspace, program);
  const sender = await Session.open(workspace, program);
  await evaluate(main, `${ACTORS} timesRepeat: [Counter spawn]`);
  await evaluate(sender, "actors := (Workspace actorsOf: Counter) asArray. actors size");
  for (let round = 1; round <= ROUNDS; round++) {
    const field = `  state: log${round} = ${round}\n`;
    await change("field", COUNTER(field, ""), sender);
    const patch = `\npatch Counter >> state { self.value := self.value + 1 }\n`;
    await change("patch", COUNTER(field, patch), sender);
  }
} finally {
  await workspace.call("erlang", "halt", [0]).catch(() => {});
  await port.close();
  await Deno.remove(folder, { recursive: true });
}
