import { execFileSync } from "node:child_process";

/** Kills a process and all that came from it. Plugins of the CLI are in process groups of their own and outlive it otherwise. */
export function killTree(pid: number): void {
  for (const victim of [pid, ...descendants(pid)]) {
    try {
      process.kill(victim, "SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function descendants(pid: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = table
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}
