import type { RequestRecord } from "../../simulator";
import { parseWindows } from "../../simulator/windows";
import { bestTimes } from "../best";
import type { Contest } from "../contest";
import type { Figure } from "../figure";
import { MOST_LOOKS } from "../requests";

/** Hood's windows for the campaign endpoints, which are also what the provider takes for granted. */
export const WINDOWS = "10/1s,150/60s";
const LEAST_SHARE = 0.97;
const MINUTE = 60_000;

/** How the cancellations went, and the best that the windows allowed; times in seconds since the first moment. */
export interface Course {
  readonly ours: readonly number[];
  readonly best: readonly number[];
  /** When a new minute of the account began. */
  readonly minutes: readonly number[];
}

/** A preview, then at once the update, as a person would: the preview's requests count in the same minute. */
export async function windows(contest: Contest): Promise<{ figures: Figure[]; course: Course }> {
  const { hood, contenders, resources } = contest;
  await contenders.ours.newStack();
  contest.reset();
  await contenders.ours.succeed(["preview"]);
  const previewed = hood.requests.length;
  const before = hood.requests.filter(({ counted }) => counted).map(({ at }) => at);
  await contenders.ours.succeed(["up", "--yes", "--skip-preview"]);

  const sent = hood.requests.slice(previewed);
  const course = courseOf(sent, before);
  const [reached, possible] = [course.ours.at(-1) ?? Number.NaN, course.best.at(-1) ?? Number.NaN];
  const refused = sent.filter(({ status }) => status === 429).length;
  const looks = sent.filter(({ method }) => method === "GET").length;
  const row = `up, ${resources} new, windows ${WINDOWS}`;
  const figures = [
    {
      row,
      reach: `>= ${LEAST_SHARE} of the best possible`,
      reached: (possible / reached).toFixed(3),
      measured: `${reached.toFixed(2)} s, best ${possible.toFixed(2)} s, ${before.length} requests just before`,
      ok: possible / reached >= LEAST_SHARE && course.ours.length === resources && looks <= MOST_LOOKS,
    },
    {
      row,
      reach: "0 answers of 429",
      reached: String(refused),
      measured: `${looks} GET, ${sent.length - looks} POST`,
      ok: refused === 0,
    },
  ];
  return { figures, course };
}

/** Counts from the first request of the update. The best has to take the same looks, at the same places of the order. */
function courseOf(sent: readonly RequestRecord[], before: readonly number[]): Course {
  const start = sent[0]?.at ?? Number.NaN;
  const last = sent.findLast(isCancellation)?.at ?? start;
  const counted = sent.filter(({ counted, at }) => counted && at <= last);
  const best = bestTimes(
    parseWindows(WINDOWS, "windows"),
    counted.map(() => start),
    before,
  );
  const firstMinute = Math.ceil(start / MINUTE) * MINUTE;
  const minutes = Array.from({ length: Math.ceil((last - firstMinute) / MINUTE) }, (_, n) => firstMinute + n * MINUTE);
  const seconds = (at: number) => (at - start) / 1_000;
  return {
    ours: counted.filter(isCancellation).map(({ at }) => seconds(at)),
    best: best.filter((_, place) => isCancellation(counted[place])).map(seconds),
    minutes: minutes.map(seconds),
  };
}

function isCancellation(request: RequestRecord | undefined): boolean {
  return request?.effect?.to === "canceled";
}
