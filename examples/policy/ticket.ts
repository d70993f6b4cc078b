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

function describeNoTicket(end: End, pattern: string): string {
  const reason = end.reason === undefined ? "isn't known yet" : `is ${JSON.stringify(end.reason)}`;
  return [
    `This would end ${describe(end)} for good, and its reason ${reason}: no ticket in it matches ${pattern}.`,
    'Put the ticket into reason, such as "Budget cut, OPS-1234".',
  ].join("\n");
}
