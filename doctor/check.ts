import type { Message } from "../provider/text";
import type { Account } from "./account";

/** What shows whether an assumption holds for an account. */
export interface Check {
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

/** By the assumptions' names. */
export type Findings = { [name: string]: Finding | undefined };

export function ok(seen: Message): Finding {
  return { verdict: "ok", seen };
}

export function differs(seen: Message, command?: Message): Finding {
  return { verdict: "differs", seen, command };
}

export function unknown(why: Message): Finding {
  return { verdict: "unknown", seen: why };
}
