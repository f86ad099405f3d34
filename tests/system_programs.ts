/**
 * Programs of the system that tests drive: a browser, editors. Where one is missing it is installed
 * by `apt-get`, as root or with a `sudo` that asks for no password, and that is said; where it cannot
 * be had its tests are skipped.
 * @module
 */

/** The first of these programs that is there, installed from these packages if none is. */
export function installedProgram(
  names: readonly string[],
  packages: readonly string[],
): Promise<string | undefined> {
  return installedUntil(() => firstOnPath(names), packages);
}

/** What `look` finds; where it finds nothing, what it finds when these packages are installed. */
export async function installedUntil<T>(
  look: () => Promise<T | undefined>,
  packages: readonly string[],
): Promise<T | undefined> {
  const found = await look();
  if (found !== undefined || await firstOnPath(["apt-get"]) === undefined) return found;
  const asRoot = Deno.uid() === 0 ? [] : ["sudo", "-n"];
  console.log(`installing ${packages.join(" ")} with apt-get`);
  await succeeds([...asRoot, "apt-get", "update", "-q"]);
  await succeeds([...asRoot, "apt-get", "install", "-y", "--no-install-recommends", ...packages]);
  return await look();
}

async function firstOnPath(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await succeeds(["which", name])) return name;
  return undefined;
}

/** Whether a command runs and ends well. */
export async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      env: { DEBIAN_FRONTEND: "noninteractive" },
    }).output();
    return success;
  } catch {
    return false;
  }
}
