import type { Fault } from "../../simulator";
import { hoodTime } from "../../simulator/campaigns";
import type { Operation, World } from "./world";

/** A request of the stack that a schedule is about, at the moment when it goes out. */
export interface Moment {
  readonly world: World;
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
}

/** What comes over a request. */
export interface Blow {
  /** What the account does to it. */
  readonly fault?: Fault;
  /** Happens before the account gets it, or after. */
  readonly before?: () => void | Promise<void>;
  readonly after?: () => void;
  /** The account never gets it. */
  readonly lost?: true;
}

/** For so long, what lags shows nothing new, in milliseconds: longer than reads after a call wait, shorter than a minute. */
const LAG = 20_000;
/** So long a server goes on with what its gateway has given up, in milliseconds. */
const LATE = 12_000;
/** When a person acts on what just happened, in milliseconds. */
const SOON = 5_000;

/** Nobody listens there. */
const ELSEWHERE = "http://127.0.0.1:9/login";

const status = (status: number, more: object = {}): Blow => ({ fault: { kind: "status", status, ...more } });
const killed = (operation: Operation, process = true) => operation.kill({ process });

/** Everything that can come over one request; undefined if it can't come over this one, or would change nothing. */
const faults: Readonly<Record<string, (moment: Moment) => Blow | undefined>> = {
  "lost before": () => ({ fault: { kind: "drop" } }),
  "lost after": (at) => (isRead(at) ? undefined : { fault: { kind: "drop", processed: true } }),
  "done late": (at) => (isRead(at) ? undefined : status(504, { processed: LATE })),
  "500": () => status(500),
  "429": () => status(429),
  "429 for 2 s": () => status(429, { retryAfter: 2 }),
  "401 from here on": ({ operation }) => ({ before: () => void Object.assign(operation, { isRefused: true }) }),
  "lists lag": ({ world }) => ({ before: () => world.hood.freeze("lists", LAG) }),
  "pages lag": ({ world }) => ({ before: () => world.hood.freeze("pages", LAG) }),
  "an older list": (at) =>
    hasListed(at) ? { fault: { kind: "changed", change: (body) => older(body, at.world.clock.now()) } } : undefined,
  restyled: (at) => (isRead(at) || isCreate(at) ? { fault: { kind: "changed", change: restyled } } : undefined),
  "killed before": ({ operation }) => ({ before: () => killed(operation), lost: true }),
  "killed after": ({ operation }) => ({ after: () => killed(operation) }),
  "its command is killed": ({ operation }) => ({ before: () => killed(operation, false) }),
  "another stack's up": ({ world }) => ({ before: () => world.another() }),
  "edited by hand": ({ world }) =>
    byHand(world, ["draft", "manual", "scheduled", "running", "paused"], (campaign) => {
      campaign.description = "Edited by hand";
    }),
  "canceled by hand": ({ world }) => moved(world, ["scheduled", "running", "paused"], "canceled"),
  "sent by hand": ({ world }) => moved(world, ["draft", "manual", "scheduled", "running", "paused"], "sent"),
  "paused by hand": ({ world }) => moved(world, ["running", "scheduled"], "paused"),
  "resumed by hand": ({ world }) => moved(world, ["paused"], "running"),
  "resumed 5 s later by hand": ({ world, method }) =>
    method === "GET"
      ? undefined
      : {
          after: () =>
            void world.clock.sleep(SOON).then(() => {
              if (world.target?.status === "paused") world.hood.setStatus(world.target.id, "running");
            }),
        },
};

/** What else an account may answer, or whatever stands before it: it comes among many faults, and not over each request in turn. */
const oddAnswers: Readonly<Record<string, Fault>> = {
  "no answer": { kind: "stall" },
  "no answer, though it is done": { kind: "stall", processed: true },
  "half an answer": { kind: "reset" },
  "half of its JSON": { kind: "truncate" },
  "a web page": { kind: "html", status: 200 },
  "a web page, though it is done": { kind: "html", status: 502, processed: true },
  "a redirect": { kind: "redirect", location: ELSEWHERE },
  "a redirect, though it is done": { kind: "redirect", location: ELSEWHERE, processed: true },
  "200 with a body": { kind: "body" },
  "425": { kind: "status", status: 425 },
  "429 for too many at once": { kind: "status", status: 429, retryAfter: -1 },
  "429 for more than a minute": { kind: "status", status: 429, retryAfter: 75 },
  "429 for an hour": { kind: "status", status: 429, retryAfter: 3_600 },
  "500, though it is done": { kind: "status", status: 500, processed: true },
  "502": { kind: "status", status: 502 },
  "503 that asks to wait": { kind: "status", status: 503, retryAfter: 2 },
  "503, though it is done": { kind: "status", status: 503, processed: true },
};

/** What a fault comes to at a moment. */
export function blowOf(fault: string, moment: Moment): Blow | undefined {
  return fault in oddAnswers ? { fault: oddAnswers[fault] } : faults[fault]?.(moment);
}

export const faultNames = Object.keys(faults);

export const allFaults = [...faultNames, ...Object.keys(oddAnswers)];

/** What a person does: it can make a declaration impossible, or give a reason to act again. */
export function isByHand(fault: string): boolean {
  return fault.endsWith("by hand");
}

function isRead({ method }: Moment): boolean {
  return method === "GET";
}

/** The same operation has had the same list before: another server may give this one. */
function hasListed({ world, operation, method, path }: Moment): boolean {
  const same = `/v1/hood${path}`;
  return (
    method === "GET" &&
    path.includes("?") &&
    world.sent.some(({ by, record }) => by === operation && record.path === same && record.status === 200)
  );
}

/** A list without what was created during the last hour. */
function older(body: Record<string, unknown>, now: number): unknown {
  const hourAgo = hoodTime(now - 3_600_000);
  const items = [body.items].flat().filter((item) => String((item as Record<string, unknown>).create_time) < hourAgo);
  return { ...body, total: items.length, items };
}

function isCreate({ path }: Moment): boolean {
  return path === "/campaigns";
}

function moved(world: World, from: readonly string[], to: string): Blow | undefined {
  return byHand(world, from, ({ id }) => world.hood.setStatus(id, to));
}

function byHand(
  world: World,
  statuses: readonly string[],
  act: (campaign: NonNullable<World["target"]>) => void,
): Blow | undefined {
  const { target } = world;
  return target && statuses.includes(target.status) ? { before: () => act(target) } : undefined;
}

/** Names and descriptions as another server would write them. */
function restyled(body: Record<string, unknown>): unknown {
  const items = Array.isArray(body.items) ? body.items.map(restyled) : undefined;
  const upper = (name: string) => (typeof body[name] === "string" ? { [name]: body[name].toUpperCase() } : {});
  return { ...body, ...upper("name"), ...upper("description"), ...(items && { items }) };
}

/** One fault over one request of our stack; the first request is 1. */
export interface Placement {
  readonly at: number;
  readonly fault: string;
}

export type Schedule = readonly Placement[];

/** A schedule in the notation that plays it again: `3 done late, 5 killed after`. */
export function written(schedule: Schedule): string {
  return schedule.map(({ at, fault }) => `${at} ${fault}`).join(", ");
}

export function read(text: string): Schedule {
  return text.split(", ").flatMap((part) => {
    const [, at, fault] = /^(\d+) (.+)$/.exec(part) ?? [];
    return at !== undefined && fault !== undefined ? [{ at: Number(at), fault }] : [];
  });
}
