import { describe, type End, type Violation } from "./ends";

export interface CapConfig {
  /** The most cancellations in one update. */
  readonly max: number;
}

export const capDefaults: CapConfig = { max: 10 };

const SHOWN = 5;

/** A mistake in a selection must not cancel all campaigns of an account. */
export function checkCap(ends: readonly End[], { max }: CapConfig): Violation[] {
  return ends.length > max ? [{ message: describeTooMany(ends, max) }] : [];
}

function describeTooMany(ends: readonly End[], max: number): string {
  const first = ends.slice(0, SHOWN).map(describe).join(", ");
  const others = ends.length > SHOWN ? ` and ${ends.length - SHOWN} more` : "";
  return [
    `This update would end ${ends.length} campaigns for good, and ${max} is all that one may: ${first}${others}.`,
    "Take some of them out, and apply the change in parts.",
  ].join("\n");
}
