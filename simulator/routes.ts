import type { Account } from "./account";
import { act, type Body, isAction, setWinner } from "./actions";
import { type Answer, failure, invalidBody, json, noContent, noWinner, Refusal } from "./answers";
import type { SimulatedCampaign } from "./campaigns";
import { create, edit } from "./edits";
import { list, orIgnore, readFields } from "./list";
import type { Effect } from "./log";

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

const CAMPAIGNS = /^\/v1\/hood\/campaigns(?:\/([^/]+)(?:\/messages\/([^/]+))?(?:\/([^/]+))?)?$/;

/** A name for the endpoint that a request goes to, the same for all campaigns and messages, and the campaign's id. */
export function endpoint(method: string, path: string): { name: string; campaignId?: string } {
  const [, campaignId, , action] = CAMPAIGNS.exec(path) ?? [];
  if (campaignId === undefined) return { name: `${method} ${path}` };
  return { name: `${method} /v1/hood/campaigns/{id}${action ? `/${action}` : ""}`, campaignId };
}

/** Processes one request. Every refusal becomes Hood's error envelope. */
export function process(account: Account, request: Request): Outcome {
  try {
    account.catchUp();
    if (!request.authorized) throw new Refusal(401, "Unauthorized.");
    return route(account, request);
  } catch (error) {
    if (error instanceof Refusal) return { answer: failure(error.status, error.message) };
    throw error;
  }
}

function route(account: Account, { method, url, body }: Request): Outcome {
  if (method === "POST" && url.pathname === "/v2/ocamba/personal-api-keys/validate") return { answer: noContent };
  const match = CAMPAIGNS.exec(url.pathname);
  if (!match) throw new Refusal(404, "There is no such endpoint.");
  const [, id, message, action] = match;
  if (id === undefined) {
    if (method === "GET") return { answer: json(200, list(account, url.searchParams)) };
    if (method === "POST") return created(account, body);
  } else if (message !== undefined) {
    if (method === "POST" && action === "set-winner") return decided(account, id, message);
  } else if (action === undefined) {
    if (method === "GET") return view(account, shown(account, id), url.searchParams);
    if (method === "PATCH") return { answer: noContent, effect: edit(account, known(account, id), required(body)) };
  } else if (method === "POST" && isAction(action)) {
    return { answer: noContent, effect: act(account, known(account, id), action, parsed(body)) };
  }
  throw new Refusal(404, "There is no such endpoint.");
}

function view(account: Account, campaign: SimulatedCampaign, query: URLSearchParams): Outcome {
  const fields = orIgnore(account, () => readFields(account, query), undefined);
  return { answer: json(200, account.envelope(1, [account.view(campaign, fields)])) };
}

function created(account: Account, body: string): Outcome {
  const { campaign, effect } = create(account, required(body));
  return { answer: json(account.settings.createStatus, account.view(campaign)), effect };
}

function decided(account: Account, id: string, message: string): Outcome {
  const campaign = account.campaigns.get(id);
  if (!campaign) throw noWinner(account.settings.unknownId);
  return { answer: noContent, effect: setWinner(account, campaign, message) };
}

function known(account: Account, id: string): SimulatedCampaign {
  const campaign = account.campaigns.get(id);
  if (!campaign) throw new Refusal(account.settings.unknownId, "The request is not valid.");
  return campaign;
}

/** A campaign as its page shows it, if it is there by now. */
function shown(account: Account, id: string): SimulatedCampaign {
  const campaign = account.lag.seen("pages", known(account, id));
  if (!campaign) throw new Refusal(account.settings.unknownId, "The request is not valid.");
  return campaign;
}

/** The body as an object; undefined if there is none. */
function parsed(body: string): Body | undefined {
  if (body === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalidBody();
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidBody();
  return value as Body;
}

function required(body: string): Body {
  const value = parsed(body);
  if (!value) throw invalidBody();
  return value;
}
