import type { Message } from "../provider/text";
import type { AssumptionName } from "./assumptions";

/** `ok`: it was seen to hold. `differs`: it was seen not to. `unknown`: neither was seen, and why. */
export interface Finding {
  readonly verdict: "ok" | "differs" | "unknown";
  readonly seen: Message;
  /** The command that makes a setting fit what was seen. */
  readonly command?: Message;
}

export type Findings = { readonly [Name in AssumptionName]?: Finding };

export function ok(seen: Message): Finding {
  return { verdict: "ok", seen };
}

export function differs(seen: Message, command?: Message): Finding {
  return { verdict: "differs", seen, ...(command && { command }) };
}

export function unknown(why: Message): Finding {
  return { verdict: "unknown", seen: why };
}
