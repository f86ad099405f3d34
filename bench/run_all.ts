/**
 * `deno task bench [NAME...]`: runs the benchmarks of this folder one after the other, or those
 * whose names are given. A benchmark is a file that starts with a comment naming its command.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

const folder = dirname(fromFileUrl(import.meta.url));
const names: string[] = [];
for await (const { name, isFile } of Deno.readDir(folder)) {
  if (!isFile || !name.endsWith(".ts") || name === "run_all.ts") continue;
  const text = await Deno.readTextFile(join(folder, name));
  if (text.includes(`deno run -A bench/${name}`)) names.push(name);
}
const wanted = names.sort().filter((name) =>
  Deno.args.length === 0 || Deno.args.includes(name.slice(0, -".ts".length))
);
if (wanted.length === 0) {
  console.error(
    `no such benchmark: there are ${names.map((name) => name.slice(0, -3)).join(", ")}`,
  );
  Deno.exit(2);
}
let failed = 0;
for (const name of wanted) {
  console.log(`\n== ${name}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(folder, name)],
    cwd: dirname(folder),
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) failed++;
}
Deno.exit(failed === 0 ? 0 : 1);
