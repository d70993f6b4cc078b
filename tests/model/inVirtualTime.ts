import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "../support/virtualClock";
import { operate } from "./engine";
import type { History } from "./history";
import { openInProcess } from "./inProcess";
import { play } from "./play";
import type { Run } from "./run";
import type { Tier } from "./tier";

/** Any moment will do; this is 2026-05-01 12:00:00 UTC. */
const START = Date.UTC(2026, 4, 1, 12);

/** Within a `describe`: what its histories in virtual time need. */
export function virtualTime(): void {
  const settings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("HOOD_")));
  before(async () => {
    // What the developer has set for a real account must not reach a test.
    for (const name of Object.keys(settings)) delete process.env[name];
  });
  after(() => Object.assign(process.env, settings));
}

/**
 * The provider in this process, on a clock that nobody waits for. HTTP is real.
 *
 * @param audits a folder for audit logs, where they are kept.
 */
export function inVirtualTime(clock: VirtualClock, settings: Record<string, string>, audits?: string): Tier {
  const fileOf = (run: Run, folder: string) => join(folder, `${run.number}.jsonl`);
  return {
    ...(audits !== undefined && { auditOf: (run) => linesOf(fileOf(run, audits)) }),
    now: () => clock.now(),
    wait: (milliseconds) => clock.sleep(milliseconds),
    perform: (run, state, endpoint) => {
      const audit = audits === undefined ? undefined : { "hood:auditLog": fileOf(run, audits) };
      const config = { ...settings, ...audit, "hood:token": run.token, "hood:endpoint": endpoint };
      const provider = openInProcess(run, clock, config);
      return operate(run, state, () => provider);
    },
    silence: ({ number }) => clock.silence(number),
  };
}

export async function withVirtualClock<T>(chance: number, act: (clock: VirtualClock) => Promise<T>): Promise<T> {
  const clock = new VirtualClock(START, chance);
  try {
    return await act(clock);
  } finally {
    clock.dispose();
  }
}

export async function playInVirtualTime(history: History): Promise<void> {
  const { preflight, chance, audit } = history;
  const folder = audit ? mkdtempSync(join(tmpdir(), "hood-audit-")) : undefined;
  try {
    await withVirtualClock(chance, (clock) =>
      play(history, inVirtualTime(clock, { "hood:preflight": preflight }, folder)),
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}
