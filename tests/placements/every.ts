import { faultNames, type Schedule } from "./faults";
import { BrokenPromise, play } from "./play";
import type { World } from "./world";

/** Broken promises that are shown; more help nobody. */
const MOST_SHOWN = 3;

export interface Tried {
  readonly singles: number;
  readonly pairs: number;
}

/**
 * Plays a story without faults, then with every fault over every request, and then with every fault over every request that
 * follows the first.
 *
 * @throws Error that shows the first schedules which break a promise.
 */
export async function tryEvery(story: string, { pairs }: { readonly pairs: boolean }): Promise<Tried> {
  const broken: string[] = [];
  const count = { singles: 0, pairs: 0 };
  const attempt = async (schedule: Schedule): Promise<World | undefined> => {
    try {
      const world = await play(story, schedule);
      // One that had nothing to change is the schedule without it.
      return world.blows.size === schedule.length ? world : undefined;
    } catch (error) {
      if (!(error instanceof BrokenPromise)) throw error;
      broken.push(error.message);
      return undefined;
    }
  };
  const plain = await attempt([]);
  for (const first of placements(1, plain)) {
    const single = await attempt([first]);
    if (single) count.singles++;
    if (!pairs) continue;
    for (const second of placements(first.at + 1, single)) if (await attempt([first, second])) count.pairs++;
  }
  if (broken.length === 0) return count;
  const shown = broken.sort((a, b) => a.length - b.length).slice(0, MOST_SHOWN);
  throw new Error(`${broken.length} schedules break a promise.\n\n${shown.join("\n\n")}`);
}

function placements(from: number, world: World | undefined): Schedule {
  const numbers = world ? world.ours.map((_, index) => index + 1).filter((number) => number >= from) : [];
  return numbers.flatMap((at) => faultNames.map((fault) => ({ at, fault })));
}
