import type { Body } from "./actions";
import { invalidBody } from "./answers";
import type { SimulatedCampaign } from "./campaigns";

type Owner = Pick<SimulatedCampaign, "id" | "company_id">;

/** Message ids start here when none is given. */
const FIRST_ID = 1024n;

/** Gives the account's messages their ids. */
export class Messages {
  private readonly taken = new Set<unknown>();
  private lastId = FIRST_ID - 1n;

  /** Adds to a campaign's messages what they lack of an id and of whose they are. */
  complete(messages: readonly Body[], { id: campaign_id, company_id }: Owner): Body[] {
    for (const { id } of messages) this.taken.add(id);
    return messages.map((message) => ({ company_id, campaign_id, ...message, id: message.id ?? this.freeId() }));
  }

  private freeId(): string {
    do this.lastId += 1n;
    while (this.taken.has(String(this.lastId)));
    return String(this.lastId);
  }
}

/**
 * The messages of a body, without what only the account itself writes. An id can only name a message that the
 * campaign has already. @throws Refusal for any other one, and for one that is there twice.
 */
export function given(messages: readonly Body[], existing: readonly Body[] = []): Body[] {
  const ids = messages.flatMap(({ id }) => id ?? []);
  const known = new Set(existing.map(({ id }) => id));
  if (new Set(ids).size < ids.length || !ids.every((id) => known.has(id))) throw invalidBody();
  return messages.map(({ company_id: _company, campaign_id: _campaign, ...rest }) => rest);
}
