import { listCampaigns } from "../provider/hood/endpoints";
import type { Window } from "../provider/hood/rateLimit/headers";
import { count, type Message, say } from "../provider/text";
import type { Account, Sample } from "./account";
import { type Check, differs, type Finding, ok, unknown } from "./assumptions";

/** The account's clock and its rate limit. Most of it shows in the headers of all answers. */
export const limits = {
  clock: { judge: ({ samples }) => clock(samples) },
  headers: { judge: headers },
  shortWindow: { ask: goOn, judge: (account) => windows(account)[0] ?? NONE },
  longWindow: { judge: longWindow },
} satisfies Record<string, Check>;

const SECOND = 1_000;
/** How far clocks may be apart, in milliseconds. */
const FAR = 5_000;
const NONE = unknown(say`none is configured`);
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
    if (at > 0 || all.length === 1 || (told.length >= ENOUGH && lasted > window.length)) limits[at] = limit;
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

const SMALL = listCampaigns({ sort: "create_time", fields: ["id"] }, 1, 1);

/** Asks for longer than the shortest window lasts, so that what answers tell is of no longer window that is about to end. */
async function goOn(account: Account): Promise<undefined> {
  const [{ length = SECOND } = {}] = account.settings.rateLimit;
  for (const pause of [0, Math.min(length, SECOND) + 1]) {
    await account.clock.sleep(pause);
    for (let n = 0; n < ENOUGH / 2; n++) await account.get(SMALL);
  }
}
