import { type ListQuery, listCampaigns } from "../provider/hood/endpoints";
import { HoodError } from "../provider/hood/errors";
import { isObject } from "../provider/json";
import { say } from "../provider/text";
import type { Probe } from "./probe";

type Fields = Readonly<Record<string, unknown>>;

/** A page of a list as the account gives it. */
export interface Listing {
  readonly campaigns: readonly Fields[];
  /** In whatever form. */
  readonly total: unknown;
  /** Undefined if it is no number, nor a text of digits. */
  readonly length: number | undefined;
}

/** @throws HoodError also for an answer without a list */
export async function list(probe: Probe, query: ListQuery, page: number, size: number): Promise<Listing> {
  const endpoint = listCampaigns(query, page, size);
  const { body, status } = await probe.get(endpoint);
  if (!isObject(body) || !Array.isArray(body.items)) {
    throw new HoodError("unexpectedResponse", endpoint, say`HTTP ${status} without a list`, status);
  }
  const { total } = body;
  const length = Number(/^\d{1,9}$/.test(String(total)) ? total : Number.NaN);
  return { campaigns: body.items.filter(isObject), total, length: Number.isNaN(length) ? undefined : length };
}

export function idsOf({ campaigns }: Pick<Listing, "campaigns">): string[] {
  return campaigns.map(({ id }) => String(id));
}

export function isRejected(error: unknown): error is HoodError {
  return error instanceof HoodError && error.kind === "rejected";
}
