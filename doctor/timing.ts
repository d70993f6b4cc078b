import { listCampaigns } from "../provider/hood/endpoints";
import { type OtherLimit, type OtherWindow, placed, seenOther, type Window } from "../provider/hood/rateLimit/headers";
import { count, type Message, say } from "../provider/text";
import type { Check } from "./checks";
import { differs, type Finding, type Findings, ok, unknown } from "./findings";
import type { Probe, Sample } from "./probe";

type Reporting = Sample & { readonly reported: NonNullable<Sample["reported"]> };

const SECOND = 1_000;
/** How far clocks may be apart, in milliseconds. */
const FAR = 5_000;
const SMALL = listCampaigns({ sort: "create_time", fields: ["id"] }, 1, 1);
/** Requests in a row, and the milliseconds between two: not so many to a second that each second begins at the same one. */
const ROUNDS = 13;
const APART = 270;
/** Two answers that are further apart can show a beginning and a tick without that these have to do with each other. */
const NEAR = 400;

/** What the headers of all answers tell. */
export function timesOf({ samples, settings }: Probe): Findings {
  if (samples.length === 0) return {};
  return {
    clock: clock(samples),
    headers: headers(samples, settings.rateLimit),
    ...windows(samples.filter(isReporting), settings.rateLimit),
    minutes: minutes(samples.filter(isReporting)),
    oneCounter: oneCounter(samples.filter(isReporting)),
    ...rejections(samples),
  };
}

function isReporting(sample: Sample): sample is Reporting {
  return sample.reported !== undefined;
}

function clock(samples: readonly Sample[]): Finding {
  const dated = samples.flatMap(({ date, machine, sent, answered }) =>
    date === undefined ? [] : [{ least: date - machine, most: date + SECOND - machine + (answered - sent) }],
  );
  if (dated.length === 0) return differs(say`answers have no Date`);
  // Each answer narrows it; the least and the most cross only if the account's clock isn't one.
  const least = Math.max(...dated.map((one) => one.least));
  const most = Math.min(...dated.map((one) => one.most));
  if (least > most + SECOND) return unknown(say`answers don't agree`);
  if (most < -FAR) return differs(say`this machine is ${duration(-most)} ahead`);
  return least > FAR ? differs(say`this machine is ${duration(least)} behind`) : ok(say`within ${FAR / SECOND} s`);
}

function duration(milliseconds: number): Message {
  const seconds = Math.round(milliseconds / SECOND);
  return seconds < 120 ? say`${seconds} s` : say`${count(Math.round(seconds / 60), "minute")}`;
}

function headers(samples: readonly Sample[], windows: readonly Window[]): Finding {
  const answers = samples.filter(({ status }) => status !== 429);
  const reporting = answers.filter(isReporting);
  if (answers.length === 0) return unknown(say`there were only answers of 429`);
  if (reporting.length === 0) return differs(say`none in ${count(answers.length, "answer")}`);
  if (reporting.length < answers.length) return differs(say`in ${reporting.length} of ${answers.length} answers`);
  const longest = Math.max(...windows.map(({ length }) => length));
  const odd = reporting.filter(({ reported: { left } }) => left === undefined || left.value > longest);
  return odd.length > 0
    ? differs(say`Reset isn't the time left of any window`)
    : ok(say`in all ${answers.length} answers`);
}

/** Which of the configured windows the answers told of, judged as the rate limiter judges it. */
function windows(samples: readonly Reporting[], configured: readonly Window[]): Findings {
  const last = samples.at(-1)?.answered ?? 0;
  let others: readonly OtherLimit[] = [];
  for (const { reported, answered } of samples) {
    const { limit, left } = reported;
    const fits = configured.some((window) => window.limit === limit && (left?.value ?? 0) <= window.length);
    if (!fits) others = seenOther(others, reported, answered);
  }
  const found = others.flatMap((other) => placed(other, configured, last) ?? []);
  const judged = configured.map((window) => judge(window, samples, found, configured));
  const [first = NONE, ...rest] = judged;
  const [worst = NONE] = rest.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return { shortWindow: first, longWindow: worst };
}

const NONE = unknown(say`none is configured`);
const ORDER = ["differs", "unknown", "ok"];

function judge(
  window: Window,
  samples: readonly Reporting[],
  found: readonly OtherWindow[],
  all: readonly Window[],
): Finding {
  const limitOf = (one: Window) => found.find(({ configured }) => configured === one)?.limit ?? one.limit;
  if (limitOf(window) !== window.limit) {
    const setting = all.map((one) => shown({ ...one, limit: limitOf(one) })).join();
    const seen = say`${limitOf(window)} in ${window.length / SECOND} s, not ${window.limit}`;
    // A limit of nothing is none that can be set.
    return differs(seen, limitOf(window) > 0 ? say`pulumi config set hood:rateLimit ${setting}` : undefined);
  }
  const shorter = Math.max(0, ...all.map(({ length }) => length).filter((length) => length < window.length));
  const of = samples.filter(({ reported }) => reported.limit === window.limit);
  const left = of.map(({ reported }) => reported.left?.value ?? Number.NaN);
  const [first, last] = [of[0], of.at(-1)];
  if (!first || !last) return unknown(say`no answer told of ${shown(window)}`);
  if (left.some((time) => time > window.length)) return differs(say`${window.limit}, in a longer time`);
  // What never lasts longer than a second, in answers of more than a second, is a window of a second.
  const isThis = shorter > 0 ? left.some((time) => time > shorter) : last.answered - first.sent > window.length;
  return isThis ? ok(say`${shown(window)}`) : unknown(say`too few answers told of ${window.limit} requests`);
}

function shown({ limit, length }: Window): string {
  return `${limit}/${length / SECOND}s`;
}

function minutes(samples: readonly Reporting[]): Finding {
  const rests = samples.flatMap(({ reported: { left }, date }) =>
    left?.unit === SECOND && left.value > SECOND && left.value <= 60 * SECOND && date !== undefined
      ? [((date + left.value) / SECOND) % 60]
      : [],
  );
  if (rests.length === 0) return unknown(say`no answer told of a minute`);
  // Reset may be rounded up or down.
  return rests.every((rest) => rest === 0 || rest === 59) ? ok(say`to the second`) : differs(say`at other moments`);
}

function oneCounter(samples: readonly Reporting[]): Finding {
  const pairs = samples.flatMap((one, index) => {
    const other = samples[index + 1];
    const isOfOneSecond = other !== undefined && one.date !== undefined && one.date === other.date;
    if (!isOfOneSecond || one.reported.limit !== other.reported.limit) return [];
    return [{ mixed: one.kind !== other.kind, fell: one.reported.remaining > other.reported.remaining }];
  });
  const mixed = pairs.filter((pair) => pair.mixed);
  if (mixed.length === 0) return unknown(say`no two answers could be compared`);
  if (mixed.every(({ fell }) => fell)) return ok(say`each uses up the other's`);
  // A counter that doesn't count shows nothing.
  return mixed.some(({ fell }) => fell) || !pairs.some(({ fell }) => fell)
    ? unknown(say`answers don't agree`)
    : differs(say`each has a counter of its own`);
}

function rejections(samples: readonly Sample[]): Findings {
  const rejected = samples.filter(({ status }) => status === 429).length;
  return rejected > 0 ? { rejections: ok(say`met ${rejected} of them, and waited`) } : {};
}

const TOO_SLOW = unknown(say`too few requests may be sent in a second`);

/** So many requests the account takes at once, whatever the rate limiter knows of them. */
function atOnce({ settings, samples, most }: Probe): number {
  const seen = samples.flatMap(({ reported }) => reported ?? []);
  const windows = [...settings.rateLimit, ...seen.map(({ limit, left }) => ({ limit, length: left?.value ?? 0 }))];
  if (windows.some(({ limit, length }) => length > SECOND && limit < 2 * most)) return 0;
  const { left, remaining = most } = seen.at(-1) ?? {};
  return Math.min(...windows.map(({ limit }) => limit), left && left.value > SECOND ? remaining : most);
}

/** Windows of a second begin where the account's second does if, between two answers, either both have changed or none. */
export const rhythm: Check = {
  about: ["seconds"],
  run: async (probe) => {
    const { clock, samples, settings } = probe;
    if (settings.rateLimit[0]?.length !== SECOND) return { seconds: unknown(say`no window of a second is configured`) };
    if (atOnce(probe) * APART < SECOND) return { seconds: TOO_SLOW };
    await clock.sleep(SECOND);
    const from = samples.length;
    for (let round = 0; round < ROUNDS && samples.at(-1)?.status !== 429; round++) {
      const next = clock.now() + APART;
      // The rate limiter would choose the moment.
      await probe.atOnce(SMALL, 1);
      await clock.sleep(Math.max(0, next - clock.now()));
    }
    return { seconds: inRhythm(samples.slice(from)) };
  },
};

function inRhythm(series: readonly Sample[]): Finding {
  const pairs = series.slice(1).flatMap((after, index) => {
    const before = series[index];
    if (!before?.reported || !after.reported || before.date === undefined || after.date === undefined) return [];
    const { limit, left } = after.reported;
    if (limit !== before.reported.limit || (left?.value ?? Number.POSITIVE_INFINITY) > SECOND) return [];
    const near = after.answered - before.sent < NEAR;
    return [{ began: after.reported.remaining >= before.reported.remaining, ticked: after.date > before.date, near }];
  });
  if (pairs.length < ROUNDS - 1) return unknown(say`not every answer told of a window of a second`);
  const together = pairs.filter(({ began, ticked, near }) => began && ticked && near).length;
  const alone = pairs.filter(({ began, ticked }) => began && !ticked).length;
  // An answer may be counted in one second, and dated in the next.
  if (together >= 2 && alone <= 1) return ok(say`as far as a quarter of a second shows`);
  return alone >= 2 && together === 0 ? differs(say`at other moments`) : unknown(say`answers don't agree`);
}

/** So many at once as the provider may send, once, in a second in which nothing else was sent. */
export const parallel: Check = {
  about: ["parallel"],
  run: async (probe) => {
    const { clock, samples, left } = probe;
    const { maxParallel } = probe.settings;
    const times = Math.min(maxParallel, left, atOnce(probe));
    if (times < Math.min(2, maxParallel)) return { parallel: TOO_SLOW };
    await clock.sleep(2 * SECOND);
    const from = samples.length;
    await probe.atOnce(SMALL, times);
    const answers = samples.slice(from);
    const accepted = answers.filter(({ status }) => status !== 429).length;
    if (answers.some(({ crowded }) => crowded)) {
      return {
        parallel: differs(
          say`${accepted} of ${times} were`,
          say`pulumi config set hood:maxParallel ${Math.max(1, accepted)}`,
        ),
      };
    }
    if (accepted < times) return { parallel: unknown(say`the windows were full: others use the account`) };
    return { parallel: times < maxParallel ? unknown(say`${times} were; more weren't tried`) : ok(say`${times} were`) };
  },
};
