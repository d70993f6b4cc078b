import { execFileSync } from "node:child_process";

/** A process, and when it began: an id alone may be another's by the time it is killed. */
export interface Descendant {
  readonly id: number;
  readonly began: string;
  /** With its arguments. */
  readonly command: string;
}

/** The processes that one has started, and theirs, whichever group or session they are in: the oldest first, each before its own. */
export function descendantsOf(root: number): Descendant[] {
  const all = table();
  const below = (parent: number): Descendant[] =>
    all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.id)]);
  return below(root);
}

/** Ends those that are still there. */
export function kill(processes: readonly Descendant[]): void {
  const alive = new Map(table().map(({ id, began }) => [id, began]));
  for (const { id, began } of processes) if (alive.get(id) === began) process.kill(id, "SIGKILL");
}

function table(): (Descendant & { readonly parent: number })[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,lstart=,args="], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([id, parent, ...rest]) => {
      // A moment of five words, such as "Sat Nov 28 00:43:32 2026".
      const [began, command] = [rest.slice(0, 5).join(" "), rest.slice(5).join(" ")];
      return { id: Number(id), parent: Number(parent), began, command };
    });
}
