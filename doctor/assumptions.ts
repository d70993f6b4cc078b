import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Message } from "../provider/text";
import type { Account } from "./account";

/** One thing that the provider assumes of a Hood account. */
interface Assumption {
  readonly name: string;
  /** What the provider assumes, as a sentence. */
  readonly holds: string;
  /** The page of Hood's documentation that says so, or what it was inferred from. */
  readonly standsOn: string;
  /** The request that shows it; {@link NEVER} if only a call that changes something could. */
  readonly shownBy: string;
  /** What the provider does if it doesn't hold. */
  readonly otherwise: string;
  /** The page of this package that explains it. */
  readonly page: string;
}

export const NEVER = "none";

/** What is assumed is said once, in the table of the page that people read. The package brings it along. */
const PAGE = join(__dirname, "../../docs/doctor.md");
const ROW = /^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| \[.+?\]\((.+?)\) \|$/gm;

/** Everything that the provider assumes of a Hood account, in the order in which it is listed. Comments in `provider/` name these. */
export const assumptions: readonly Assumption[] = [...readFileSync(PAGE, "utf8").matchAll(ROW)].map(
  ([, name = "", holds = "", standsOn = "", shownBy = "", otherwise = "", page = ""]) => {
    return { name, holds, standsOn, shownBy, otherwise, page: `docs/${page}` };
  },
);

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
