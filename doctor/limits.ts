import { listCampaigns } from "../provider/hood/endpoints";
import type { Window } from "../provider/hood/rateLimit/headers";
import { count, type Message, say } from "../provider/text";
import type { Account, Sample } from "./account";
import { type Assumption, differs, type Finding, ok, PAGES, unknown } from "./assumption";

const WINDOW = {
  shownBy: "X-RateLimit of several GETs",
  otherwise: "A lower limit counts from when it is seen; a higher one isn't used before hood:rateLimit says so.",
  page: PAGES.limiter,
};

/** The account's clock and its rate limit. Most of it shows in the headers of all answers. */
export const limits = {
  clock: {
    holds: "Answers have a Date, and this machine's clock agrees with it.",
    standsOn: "HTTP: the header Date",
    shownBy: "every GET",
    otherwise:
      "Ages of campaigns go by the account's clock, if it shows one; times in the audit log and in waits go by this machine's.",
    page: PAGES.creates,
    covers: "date",
    judge: ({ samples }) => clock(samples),
  },
  headers: {
    holds: "Every answer but a 429 tells of one window: X-RateLimit-Limit, -Remaining, and -Reset in seconds left.",
    standsOn: "documented: rate-limits",
    shownBy: "every GET",
    otherwise: "The provider counts its own requests, and doesn't see those of others.",
    page: PAGES.limiter,
    covers: "x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset",
    judge: headers,
  },
  shortWindow: {
    holds: "The shortest window of hood:rateLimit is the account's.",
    standsOn: "documented: rate-limits, view-campaigns (10/1s)",
    ...WINDOW,
    judge: (account) => windows(account)[0] ?? NONE,
  },
  longWindow: {
    holds: "The longer windows of hood:rateLimit are the account's.",
    standsOn: "documented: rate-limits, view-campaigns (150/60s)",
    ...WINDOW,
    judge: (account) => {
      const longer = windows(account).slice(1);
      const of = (verdict: Finding["verdict"]) => longer.find((one) => one.verdict === verdict);
      return of("differs") ?? of("unknown") ?? of("ok") ?? NONE;
    },
  },
  seconds: {
    holds: "Windows begin at whole seconds of the account's clock.",
    standsOn: "inferred: fixed windows; the provider doesn't rely on it",
    shownBy: "GETs a quarter of a second apart",
    otherwise: "Nothing changes: the provider finds out where windows begin.",
    page: PAGES.limiter,
    ask: seconds,
  },
  minutes: {
    holds: "Windows of a minute begin at whole minutes of the account's clock.",
    standsOn: "inferred: fixed windows; the provider doesn't rely on it",
    shownBy: "X-RateLimit-Reset and Date of several GETs",
    otherwise: "Nothing changes: the provider finds out where windows begin.",
    page: PAGES.limiter,
    judge: minutes,
  },
  oneCounter: {
    holds: "Lists and single campaigns use up the same windows.",
    standsOn: "inferred: rate-limits (counted for the account)",
    shownBy: "GETs of both, one after the other",
    otherwise: "The provider is slower than it could be.",
    page: PAGES.limiter,
    judge: oneCounter,
  },
  parallel: {
    holds: "As many requests at once as hood:maxParallel says are accepted.",
    standsOn: "not documented; inferred from older notes (10)",
    shownBy: "hood:maxParallel GETs at once",
    otherwise:
      "Fewer are sent at once after the first answer of that kind. A lower hood:maxParallel spares those answers.",
    page: PAGES.limiter,
    ask: parallel,
  },
  rejections: {
    holds:
      "A request that is one too many is answered 429, did nothing, and mostly has Retry-After: seconds, or -1 for too many at once.",
    standsOn: "documented: rate-limits; that it did nothing is inferred",
    shownBy: "a 429, which is never provoked",
    otherwise: "Pauses that double, until hood:maxWait is over.",
    page: PAGES.limiter,
    covers: "429 retry-after",
    judge: ({ samples }) => {
      const rejected = samples.filter(({ status }) => status === 429).length;
      return rejected > 0 ? ok(say`met ${rejected} of them, and waited`) : undefined;
    },
  },
} as const satisfies Record<string, Assumption>;

const SECOND = 1_000;
/** How far clocks may be apart, in milliseconds. */
const FAR = 5_000;
const NONE = unknown(say`none is configured`);
const TOO_SLOW = unknown(say`too few requests may be sent in a second`);
const CONTRADICTORY = unknown(say`answers don't agree`);
const AT_OTHER_MOMENTS = differs(say`at other moments`);

type Reporting = Sample & { readonly reported: NonNullable<Sample["reported"]> };

function reportingIn({ samples }: Account): Reporting[] {
  return samples.filter((sample): sample is Reporting => sample.reported !== undefined);
}

function clock(samples: readonly Sample[]): Finding {
  const dated = samples.flatMap(({ date, machine, sent, answered }) =>
    date === undefined ? [] : [{ least: date - machine, most: date + SECOND - machine + (answered - sent) }],
  );
  if (dated.length === 0) return differs(say`answers have no Date`);
  // Each answer narrows it; the least and the most cross only if the account's clock isn't one.
  const least = Math.max(...dated.map((one) => one.least));
  const most = Math.min(...dated.map((one) => one.most));
  if (least > most + SECOND) return CONTRADICTORY;
  if (most < -FAR) return differs(say`this machine is ${duration(-most)} ahead`);
  return least > FAR ? differs(say`this machine is ${duration(least)} behind`) : ok(say`within ${FAR / SECOND} s`);
}

function duration(milliseconds: number): Message {
  const seconds = Math.round(milliseconds / SECOND);
  return seconds < 120 ? say`${seconds} s` : say`${count(Math.round(seconds / 60), "minute")}`;
}

function headers(account: Account): Finding {
  const answers = account.samples.filter(({ status }) => status !== 429).length;
  const reporting = reportingIn(account);
  if (answers === 0) return unknown(say`there were only answers of 429`);
  if (reporting.length === 0) return differs(say`none in ${count(answers, "answer")}`);
  if (reporting.length < answers) return differs(say`in ${reporting.length} of ${answers} answers`);
  const longest = Math.max(...account.settings.rateLimit.map(({ length }) => length));
  const isOdd = reporting.some(({ reported: { left } }) => left === undefined || left.value > longest);
  return isOdd ? differs(say`Reset isn't the time left of any window`) : ok(say`in all ${answers} answers`);
}

/** What answers told of each configured window. */
function windows(account: Account): Finding[] {
  const { rateLimit: all } = account.settings;
  const samples = reportingIn(account);
  const limits = limitsOf(samples, all);
  const setting = all.map((window, index) => shown({ ...window, limit: limits[index] ?? 0 })).join();
  return all.map((window, index) => {
    const limit = limits[index] ?? 0;
    // A limit of nothing is none that can be set.
    const command = limit > 0 ? say`pulumi config set hood:rateLimit ${setting}` : undefined;
    const seen = say`${limit} in ${window.length / SECOND} s, not ${window.limit}`;
    return limit === window.limit ? confirmed(window, all[index - 1]?.length, samples) : differs(seen, command);
  });
}

/** Answers after which a limit that only ever showed a short time left belongs to the shortest window. */
const ENOUGH = 8;

/**
 * The limit of each configured window, by what answers told: a limit that isn't configured is that of the shortest window that lasts
 * as long as was seen. Of short times left, few answers show nothing: a longer window may have been about to end.
 */
function limitsOf(samples: readonly Reporting[], all: readonly Window[]): number[] {
  const limits = all.map(({ limit }) => limit);
  for (const limit of new Set(samples.map(({ reported }) => reported.limit))) {
    const told = samples.filter(({ reported }) => reported.limit === limit);
    const longest = Math.max(...told.map(({ reported: { left } }) => left?.value ?? 0));
    const at = all.findIndex(({ length }) => longest > 0 && length >= longest);
    const window = all[at];
    if (!window || all.some((one) => one.limit === limit && one.length >= longest)) continue;
    const lasted = (samples.at(-1)?.answered ?? 0) - (told[0]?.answered ?? 0);
    if (at > 0 || all.length === 1 || (told.length >= ENOUGH && lasted > 3 * window.length)) limits[at] = limit;
  }
  return limits;
}

/** Whether answers told of a window as it is configured. @param shorter how long the next shorter one lasts */
function confirmed({ limit, length }: Window, shorter: number | undefined, samples: readonly Reporting[]): Finding {
  const told = samples.filter(({ reported }) => reported.limit === limit);
  const left = told.map(({ reported }) => reported.left?.value ?? Number.NaN);
  const [first, last] = [told[0], told.at(-1)];
  if (!first || !last) return unknown(say`no answer told of ${shown({ limit, length })}`);
  if (left.some((time) => time > length)) return differs(say`${limit}, in a longer time`);
  // What never lasts longer than a second, in answers of more than a second, is a window of a second.
  const isThis = shorter ? left.some((time) => time > shorter) : last.answered - first.sent > length;
  return isThis ? ok(say`${shown({ limit, length })}`) : unknown(say`too few answers told of ${limit} requests`);
}

function shown({ limit, length }: Window): string {
  return `${limit}/${length / SECOND}s`;
}

function minutes(account: Account): Finding {
  const rests = reportingIn(account).flatMap(({ reported: { left }, date }) =>
    left?.unit === SECOND && left.value > SECOND && left.value <= 60 * SECOND && date !== undefined
      ? [((date + left.value) / SECOND) % 60]
      : [],
  );
  if (rests.length === 0) return unknown(say`no answer told of a minute`);
  // Reset may be rounded up or down.
  return rests.every((rest) => rest === 0 || rest === 59) ? ok(say`to the second`) : AT_OTHER_MOMENTS;
}

function oneCounter(account: Account): Finding {
  const pairs = pairsOf(reportingIn(account)).filter(
    ([one, other]) => one.date !== undefined && one.date === other.date && one.reported.limit === other.reported.limit,
  );
  const fell = ([one, other]: readonly [Reporting, Reporting]) => one.reported.remaining > other.reported.remaining;
  const mixed = pairs.filter(([one, other]) => one.kind !== other.kind);
  if (mixed.length === 0) return unknown(say`no two answers could be compared`);
  if (mixed.every(fell)) return ok(say`each uses up the other's`);
  // A counter that doesn't count shows nothing.
  return mixed.some(fell) || !pairs.some(fell) ? CONTRADICTORY : differs(say`each has a counter of its own`);
}

function pairsOf<T>(all: readonly T[]): (readonly [T, T])[] {
  return all.slice(1).flatMap((next, index) => all.slice(index, index + 1).map((one) => [one, next] as const));
}

const SMALL = listCampaigns({ sort: "create_time", fields: ["id"] }, 1, 1);
/** Requests in a row, and the milliseconds between two: not so many to a second that each second begins at the same one. */
const ROUNDS = 13;
const APART = 270;
/** Two answers that are further apart can show a beginning and a tick without that these have to do with each other. */
const NEAR = 400;

/** So many requests the account takes at once, whatever the rate limiter knows of them. */
function roomIn({ settings, samples, most }: Account): number {
  const seen = samples.flatMap(({ reported }) => reported ?? []);
  const all = [...settings.rateLimit, ...seen.map(({ limit, left }) => ({ limit, length: left?.value ?? 0 }))];
  if (all.some(({ limit, length }) => length > SECOND && limit < 2 * most)) return 0;
  const { left, remaining = most } = seen.at(-1) ?? {};
  return Math.min(...all.map(({ limit }) => limit), left && left.value > SECOND ? remaining : most);
}

/** Windows of a second begin where the account's second does if, between two answers, either both have changed or none. */
async function seconds(account: Account): Promise<Finding> {
  const { clock, settings } = account;
  if (settings.rateLimit[0]?.length !== SECOND) return unknown(say`no window of a second is configured`);
  if (roomIn(account) * APART < SECOND) return TOO_SLOW;
  await clock.sleep(SECOND);
  const series: Sample[] = [];
  for (let round = 0; round < ROUNDS && series.at(-1)?.status !== 429; round++) {
    const next = clock.now() + APART;
    series.push(...(await account.atOnce(SMALL, 1)));
    await clock.sleep(Math.max(0, next - clock.now()));
  }
  const pairs = pairsOf(series).flatMap(([before, after]) => {
    if (!before.reported || !after.reported || before.date === undefined || after.date === undefined) return [];
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
  return alone >= 2 && together === 0 ? AT_OTHER_MOMENTS : CONTRADICTORY;
}

/** So many at once as the provider may send, once, in a second in which nothing else was sent. */
async function parallel(account: Account): Promise<Finding> {
  const { maxParallel } = account.settings;
  const times = Math.min(maxParallel, account.most - account.requests, roomIn(account));
  if (times < Math.min(2, maxParallel)) return TOO_SLOW;
  await account.clock.sleep(2 * SECOND);
  const answers = await account.atOnce(SMALL, times);
  const accepted = answers.filter(({ status }) => status !== 429).length;
  if (answers.some(({ crowded }) => crowded)) {
    const command = say`pulumi config set hood:maxParallel ${Math.max(1, accepted)}`;
    return differs(say`${accepted} of ${times} were`, command);
  }
  if (accepted < times) return unknown(say`the windows were full: others use the account`);
  return times < maxParallel ? unknown(say`${times} were; more weren't tried`) : ok(say`${times} were`);
}
