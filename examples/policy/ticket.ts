import { describe, type End, type Violation } from "./ends";
import { toPattern } from "./pattern";

export interface TicketConfig {
  /** Regular expression that a reason must match somewhere. */
  readonly pattern: string;
}

export const ticketDefaults: TicketConfig = { pattern: "[A-Z]+-\\d+" };

/** Who cancels a campaign names the decision. */
export function checkTickets(ends: readonly End[], { pattern }: TicketConfig): Violation[] {
  const ticket = toPattern("end-needs-ticket, pattern", pattern);
  const without = ends.filter(({ reason }) => reason === undefined || !ticket.test(reason));
  return without.map((end) => ({ urn: end.urn, message: describeNoTicket(end, pattern) }));
}

/** Without the reason itself, which may be a secret: a policy can't tell. */
function describeNoTicket(end: End, pattern: string): string {
  const what = end.reason === undefined ? "its reason isn't known yet" : "its reason names no ticket";
  return [
    `This would end ${describe(end)} for good, and ${what} (${pattern}).`,
    'Put the ticket into reason, such as "Budget cut, OPS-1234".',
  ].join("\n");
}
