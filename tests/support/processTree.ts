import { execFileSync } from "node:child_process";

/** A process, and when it began: an id alone may be another's by the time it is killed. */
export interface Descendant {
  readonly id: number;
  readonly began: string;
}

/** The processes that one has started, and theirs, whichever group or session they are in. */
export function descendantsOf(root: number): Descendant[] {
  const all = table();
  const below = (parent: number): Descendant[] =>
    all.filter((entry) => entry.parent === parent).flatMap(({ id, began }) => [{ id, began }, ...below(id)]);
  return below(root);
}

/** Ends those that are still there. */
export function kill(processes: readonly Descendant[]): void {
  const alive = new Map(table().map(({ id, began }) => [id, began]));
  for (const { id, began } of processes) if (alive.get(id) === began) process.kill(id, "SIGKILL");
}

function table(): { id: number; parent: number; began: string }[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,lstart="], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([id, parent, ...began]) => ({ id: Number(id), parent: Number(parent), began: began.join(" ") }));
}
