import type { Message } from "../provider/text";
import type { Account } from "./account";

/** One thing that the provider assumes of a Hood account, and the check that shows whether it holds there. */
export interface Assumption {
  /** What the provider assumes, as a sentence. */
  readonly holds: string;
  /** The page of Hood's documentation that says so, or what it was inferred from. */
  readonly standsOn: string;
  /** The request that shows it; `none` if only a call that changes something could. */
  readonly shownBy: string;
  /** What the provider does if it doesn't hold. */
  readonly otherwise: string;
  /** The page of this package that explains it. */
  readonly page: string;
  /** What in the code relies on it: paths, query parameters, headers, HTTP statuses, fields, and what leads from status to status. */
  readonly covers?: string;
  /** Asks the account for it. Undefined if it doesn't come to a decision. @throws HoodError, TransportError, Stop */
  readonly ask?: (account: Account) => Promise<Finding | undefined>;
  /** What it shows if the account rejects that request; nothing if it is left out. */
  readonly rejected?: (seen: Message) => Finding;
  /** Judges by what was read for all of them. */
  readonly judge?: (account: Account) => Finding | undefined;
}

/** `ok`: it was seen to hold. `differs`: it was seen not to. `unknown`: neither was seen, and why. */
export interface Finding {
  readonly verdict: "ok" | "differs" | "unknown";
  readonly seen: Message;
  /** The command that makes a setting fit what was seen. */
  readonly command?: Message;
}

export function ok(seen: Message): Finding {
  return { verdict: "ok", seen };
}

export function differs(seen: Message, command?: Message): Finding {
  return { verdict: "differs", seen, command };
}

export function unknown(why: Message): Finding {
  return { verdict: "unknown", seen: why };
}

/** What `shownBy` says if nothing shows it that only reads. */
export const NEVER = "none";

/** Pages of this package. */
export const PAGES = {
  creates: "docs/decisions/0006-create-once.md",
  fields: "docs/reference.md#campaigninfo",
  lifecycle: "docs/decisions/0005-lifecycle.md",
  limiter: "docs/decisions/0003-limiter.md",
  lists: "docs/decisions/0004-reads.md",
  reach: "docs/troubleshooting.md#the-account-cant-be-read",
  settings: "docs/reference.md#settings",
  token: "docs/security.md#the-token",
};
