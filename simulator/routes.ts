import type { Account } from "./account";
import { type Answer, failure, invalidBody, json, noContent, Rejection } from "./answers";
import { type Action, act, create, edit } from "./changes";
import { list, orIgnore, readFields } from "./list";
import type { Effect, SimulatedCampaign } from "./types";
import { isObject, type JsonObject } from "./values";

/** A request as the routes see it. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly authorized: boolean;
}

export interface Outcome {
  readonly answer: Answer;
  readonly effect?: Effect;
}

const CAMPAIGNS = /^\/v1\/hood\/campaigns(?:\/([^/]+)(?:\/(pause|resume|cancel))?)?$/;

/** The campaign's id in a path, whether the account has it or not. */
export function campaignIdIn({ pathname }: URL): string | undefined {
  return CAMPAIGNS.exec(pathname)?.[1];
}

/** Processes one request. Every rejection becomes Hood's error envelope. */
export function process(account: Account, request: Request): Outcome {
  try {
    account.catchUp();
    if (!request.authorized) throw new Rejection(401, "Unauthorized.");
    return route(account, request);
  } catch (error) {
    if (error instanceof Rejection) return { answer: failure(error.status, error.message) };
    throw error;
  }
}

function route(account: Account, { method, url, body }: Request): Outcome {
  const [path, id, action] = CAMPAIGNS.exec(url.pathname) ?? [];
  if (path !== undefined && id === undefined) {
    if (method === "GET") return { answer: json(200, list(account, url.searchParams)) };
    if (method === "POST") return created(account, body);
  } else if (id !== undefined && action === undefined) {
    if (method === "GET") return view(account, id, url.searchParams);
    if (method === "PATCH") return { answer: noContent, effect: edit(account, known(account, id), required(body)) };
  } else if (id !== undefined && method === "POST") {
    return { answer: noContent, effect: act(account, known(account, id), action as Action, parsed(body)) };
  }
  throw new Rejection(404, "There is no such endpoint.");
}

function view(account: Account, id: string, query: URLSearchParams): Outcome {
  const seen = account.lag.seen("pages", known(account, id));
  if (!seen) throw unknownId(account);
  const fields = orIgnore(account, () => readFields(query), undefined);
  return { answer: json(200, account.envelope(1, [account.view(seen, fields)])) };
}

function created(account: Account, body: string): Outcome {
  const { campaign, effect } = create(account, required(body));
  return { answer: json(account.settings.createStatus, account.view(campaign)), effect };
}

function known(account: Account, id: string): SimulatedCampaign {
  const campaign = account.campaigns.get(id);
  if (!campaign) throw unknownId(account);
  return campaign;
}

function unknownId({ settings }: Account): Rejection {
  return new Rejection(settings.unknownId, "The request is not valid.");
}

/** The body as an object; undefined if there is none. */
function parsed(body: string): JsonObject | undefined {
  if (body === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalidBody();
  }
  if (!isObject(value)) throw invalidBody();
  return value;
}

function required(body: string): JsonObject {
  const value = parsed(body);
  if (!value) throw invalidBody();
  return value;
}
