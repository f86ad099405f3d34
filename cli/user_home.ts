/**
 * The user's home where the environment does not name it, as under `env -i` or some service managers.
 * @module
 */
import { homedir } from "node:os";

/** Sets `HOME` to what the system's list of users says, for this process and all that it starts. */
export function setHome(): void {
  const home = known();
  if (home !== undefined) {
    Deno.env.set("HOME", home);
    return;
  }
  console.error(
    "error: the user has no home folder\nhint: set HOME to a folder that may be written to",
  );
  Deno.exit(1);
}

function known(): string | undefined {
  // An empty one would be taken for the answer.
  Deno.env.delete("HOME");
  try {
    const home = homedir();
    return home.startsWith("/") || Deno.build.os === "windows" ? home : undefined;
  } catch {
    return undefined;
  }
}
