import { listCampaigns } from "../provider/hood/endpoints";
import type { Window } from "../provider/hood/rateLimit/headers";
import { count, type Message, say } from "../provider/text";
import type { Account, Sample } from "./account";
import { type Check, differs, type Finding, ok, unknown } from "./assumptions";

/** The account's clock and its rate limit. Most of it shows in the headers of all answers. */
export const limits = {
  clock: { judge: ({ samples }) => clock(samples) },
  headers: { judge: headers },
  shortWindow: { judge: (account) => windows(account)[0] ?? NONE },
  longWindow: { judge: longWindow },
  oneCounter: { judge: oneCounter },
  parallel: { ask: parallel },
  rejections: { judge: rejections },
} satisfies Record<string, Check>;

const SECOND = 1_000;
/** How far clocks may be apart, in milliseconds. */
const FAR = 5_000;
const NONE = unknown(say`none is configured`);
const TOO_SLOW = unknown(say`too few requests may be sent in a second`);
const CONTRADICTORY = unknown(say`answers don't agree`);

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

function longWindow(account: Account): Finding {
  const longer = windows(account).slice(1);
  const of = (verdict: Finding["verdict"]) => longer.find((one) => one.verdict === verdict);
  return of("differs") ?? of("unknown") ?? of("ok") ?? NONE;
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

/** So many requests the account takes at once, whatever the rate limiter knows of them. */
function roomIn({ settings, samples, most }: Account): number {
  const seen = samples.flatMap(({ reported }) => reported ?? []);
  const all = [...settings.rateLimit, ...seen.map(({ limit, left }) => ({ limit, length: left?.value ?? 0 }))];
  if (all.some(({ limit, length }) => length > SECOND && limit < 2 * most)) return 0;
  const { left, remaining = most } = seen.at(-1) ?? {};
  return Math.min(...all.map(({ limit }) => limit), left && left.value > SECOND ? remaining : most);
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

function rejections({ samples }: Account): Finding | undefined {
  const rejected = samples.filter(({ status }) => status === 429).length;
  return rejected > 0 ? ok(say`met ${rejected} of them, and waited`) : undefined;
}
