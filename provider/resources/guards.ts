import { checkAuditLog } from "../auditLog";
import { unseenDifference, unseenMistake } from "../difference";
import { DOCTOR, explain, labelOf, UserError } from "../errors";
import { HoodError } from "../hood/errors";
import type { Campaign } from "../hood/model";
import { isKnownStatus, knownStatuses } from "../lifecycle";
import type { Counted, Operation } from "../operation";
import { concat, count, harmless, joined, lines, type Message, quoted, say } from "../text";
import { type Failure, isKnown, type Unknown, unknown } from "./resource";

// What has to hold before anything is sent: the cap, the audit log, one resource for each campaign, the expected name, a known status.

/** @throws UserError if the calls of this operation couldn't be written down. */
export async function expectAuditable({ settings }: Pick<Operation, "settings">): Promise<void> {
  const { auditLog } = settings();
  if (auditLog !== undefined) await checkAuditLog(auditLog);
}

/**
 * Counts one more cancellation of this operation. A refresh, which sends nothing, doesn't come here.
 *
 * @param how `status`: what the campaign is brought to; one that isn't known yet may turn out to be a cancellation. `isDue`: a refresh, or an
 * update that didn't end, has left it to be done, and nobody edited it in the program.
 * @throws UserError over the cap, or if it couldn't be written down.
 */
export async function countCancellation(
  { memory: { cancellations }, settings, urn }: Pick<Operation, "memory" | "settings" | "urn">,
  campaignId: string | Unknown,
  { name, status, isDue = false }: { readonly name?: string; readonly status?: unknown; readonly isDue?: boolean } = {},
): Promise<void> {
  const { maxCancellations } = settings();
  // Resources whose campaign isn't known yet are told apart by their number.
  const key = isKnown(campaignId) ? campaignId : `unknown ${cancellations.size}`;
  const label = isKnown(campaignId) ? labelOf(campaignId, name) : say`a campaign whose id is only known in the update`;
  const counted = cancellations.get(key) ?? { label, urn, isDue };
  cancellations.set(key, counted);
  if (cancellations.size > maxCancellations) {
    throw new UserError(describeTooMany(maxCancellations, [...cancellations.values()], counted, status));
  }
  await expectAuditable({ settings });
}

/**
 * What speaks against a second resource for the same campaign: which of the two wins would depend on the order of their
 * calls. Only a host that is told the names of resources can tell them apart.
 */
export function duplicateFailures(
  { urn, memory: { managers } }: Pick<Operation, "urn" | "memory">,
  campaignId: unknown,
): Failure[] {
  if (urn === undefined || typeof campaignId !== "string") return [];
  const other = managers.get(campaignId) ?? urn;
  managers.set(campaignId, other);
  if (other === urn) return [];
  return [{ property: "campaignId", reason: describeDuplicate(campaignId, declaredAs(other), declaredAs(urn)) }];
}

/** A resource by its type and its name in the program. */
export interface Declared {
  readonly type: string;
  readonly name: string;
}

/** `urn:pulumi:STACK::PROJECT::PARENT$hood:index:TYPE::NAME` */
function declaredAs(urn: string): Declared {
  const [, , types, ...name] = urn.split("::");
  return { type: String(types).replace(/.*:/, ""), name: name.join("::") };
}

/**
 * A person gives the id of what is to be imported.
 *
 * @throws UserError for anything but digits, which would lead a request to another place.
 */
export function expectId(id: string): void {
  if (/^\d+$/.test(id)) return;
  const [number, ...others] = id.match(/\d{2,}/g) ?? [];
  throw new UserError(
    lines(
      say`${quoted(id)} is no id of a campaign in Hood, which has digits alone: nothing was read.`,
      number !== undefined && others.length === 0
        ? say`Do you mean ${number}? Run the command again with that id.`
        : say`Run the command again with the campaign's id, such as 1000248.`,
    ),
  );
}

/** What speaks against a live campaign that isn't called as expected. A name that isn't known yet is left for later. */
export function nameFailures(campaign: Campaign, expectedName: string | Unknown | undefined): Failure[] {
  if (expectedName === undefined || !isKnown(expectedName)) return [];
  // A live name came in harmless, and may have been read so.
  if (campaign.name === harmless(expectedName)) return [];
  return [{ property: "expectedName", reason: describeWrongName(campaign, expectedName) }];
}

/** Nobody said what a status means that isn't documented, so it is neither acted on nor accepted as anything. */
export function statusFailures(campaign: Campaign): Failure[] {
  if (isKnownStatus(campaign.status)) return [];
  return [{ property: "campaignId", reason: describeUnknownStatus(campaign) }];
}

/** A failed request as a failure of the check, on the property that it belongs to. A defect goes on as it is. */
export function failureFrom(error: unknown): Failure {
  const property = error instanceof HoodError && error.kind === "unknownCampaign" ? "campaignId" : "";
  return { property, reason: explain(error) };
}

export function describeDuplicate(id: string, one: Declared, other: Declared): Message {
  return lines(
    say`${one.type} ${quoted(one.name)} and ${other.type} ${quoted(other.name)} both manage the status of campaign ${id}: which of them wins would be chance.`,
    say`Keep one of them and remove the other: removing a resource sends nothing.`,
  );
}

function describeWrongName({ id, name }: Campaign, expectedName: string): Message {
  // A live name came in harmless, so that is how they are compared.
  const expected = { text: harmless(expectedName), where: "in expectedName" };
  return lines(
    concat(
      say`Campaign ${id} is called ${quoted(name)}, not ${quoted(expectedName)}: nothing is sent.`,
      unseenDifference({ text: name, where: "in Hood" }, expected),
    ),
    say`Correct campaignId if it is the wrong campaign, or expectedName if it was renamed.`,
  );
}

function describeUnknownStatus({ id, name, status }: Campaign): Message {
  return lines(
    say`Campaign ${id} ${quoted(name)} is left alone: its status is ${quoted(status)}, which this version of pulumi-ocamba-hood doesn't know${unseenMistake(status, knownStatuses)}.`,
    say`Look at the campaign in Hood, and look for a newer version of pulumi-ocamba-hood. ${DOCTOR} lists such statuses for a bug report.`,
  );
}

/** The names that a message has room for. */
const MOST_NAMES = 5;

/** @param one that the message is for. @param status what that one's campaign is brought to */
function describeTooMany(most: number, counted: readonly Counted[], one: Counted, status: unknown): Message {
  const [due, edited] = [counted.filter(({ isDue }) => isDue), counted.filter(({ isDue }) => !isDue)];
  const urgent = one.isDue ? (edited.at(-1) ?? one) : one;
  const which = urgent === one ? say`this one` : urgent.label;
  const alone = say` If ${which} can't wait, cancel it alone: \`pulumi up --target '${urgent.urn ?? "URN"}'\`.`;
  return lines(
    concat(
      say`This would cancel more than ${count(most, "campaign")} in one update, which is all that hood:maxCancellations (or HOOD_MAX_CANCELLATIONS) allows`,
      edited.length > 0 ? concat(say`: `, namesOf(edited), say`.`) : say`.`,
      due.length > 0
        ? say` The state has ${due.length} of them still to do, edited by nobody: ${namesOf(due)}.`
        : say``,
    ),
    concat(
      say`Cancellation is permanent. If all of them are meant, set HOOD_MAX_CANCELLATIONS for this one command, such as \`HOOD_MAX_CANCELLATIONS=${Math.max(1_000, 2 * most)} pulumi up\`.`,
      status === unknown || most === 0 ? say`` : alone,
    ),
    status === unknown ? UNCERTAIN : undefined,
  );
}

function namesOf(counted: readonly Counted[]): Message {
  const names = joined(
    counted.slice(0, MOST_NAMES).map(({ label }) => label),
    ", ",
  );
  return counted.length > MOST_NAMES ? say`${names} and ${counted.length - MOST_NAMES} more so far` : names;
}

const UNCERTAIN = say`The status here is only known in the update, so it counts: write it into the program instead.`;
