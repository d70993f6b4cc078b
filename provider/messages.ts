import { unseenDifference, unseenMistake } from "./difference";
import { UserError } from "./errors";
import type { Campaign } from "./hood/campaign";
import { type FailureKind, HoodError } from "./hood/errors";
import { knownStatuses } from "./lifecycle";
import { DEFAULT_ENDPOINT } from "./settings";
import { count, harmless, oneLine, quote } from "./text";

/** What to do about a failed call, by its kind. */
const nextSteps: Record<FailureKind, string> = {
  unauthorized:
    "It may have expired, been rolled, or not begun. Put a valid one into HOOD_TOKEN, or into hood:token with `pulumi config set --secret hood:token` (a refresh or destroy sees that only after an up). A provider that the program declares takes its own input token first.",
  refused: "See Hood's words above; the token's member may lack the right, or the request may be invalid.",
  unreachable: "Check the network and HOOD_ENDPOINT (or hood:endpoint), then run the same command again.",
  lost: "Run the same command again; if it goes on, Ocamba's support can find the request by its trace_id or time.",
  notHood: `Check HOOD_ENDPOINT (or hood:endpoint): it must be the API's base URL, such as ${DEFAULT_ENDPOINT}, with no proxy page or login in front.`,
  notYet: "Nothing was done. Run the same command again in a minute.",
  tooLong:
    "Nothing was done. Run the same command again after that time; HOOD_MAX_WAIT (or hood:maxWait) lets a request wait for longer.",
  noRoom:
    "Nothing was sent. Check that HOOD_RATE_LIMIT (or hood:rateLimit) is what the account grants, then run the same command again.",
  givenUp: "Nothing was sent. Run the same command again: it goes on from there.",
  unknownCampaign:
    "Check the id in Hood, and that HOOD_TOKEN and HOOD_ENDPOINT (or hood:token and hood:endpoint) are those of its account.",
};

/** Any failure that isn't a defect, in words for the user. A defect goes on as it is, with its stack. */
export function explain(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof HoodError) return `${sentence(error.message)}\n${nextSteps[error.kind]}`;
  throw error;
}

/** `campaign 1000248 "Spring sale" (running)`. */
export function describeCampaign({ id, name, status }: Campaign): string {
  return `campaign ${id} ${quote(name)} (${oneLine(status)})`;
}

export function describeUnknownStatus({ id, name, status }: Campaign): string {
  return [
    `Campaign ${id} ${quote(name)} is left alone: its status is ${quote(status)}, which this version of pulumi-ocamba-hood doesn't know${unseenMistake(status, knownStatuses)}.`,
    "Look at the campaign in Hood, and look for a newer version of pulumi-ocamba-hood.",
  ].join("\n");
}

export function describeWrongName({ id, name }: Campaign, expectedName: string): string {
  // A live name came in harmless, so that is how they are compared.
  const expected = { text: harmless(expectedName), where: "in expectedName" };
  const difference = unseenDifference({ text: name, where: "in Hood" }, expected);
  return [
    `Campaign ${id} is called ${quote(name)}, not ${quote(expectedName)}: nothing is sent.${difference}`,
    "Correct campaignId if it is the wrong campaign, or expectedName if it was renamed.",
  ].join("\n");
}

/** @param uncertain the one that is too many has a status that only the update will know. */
export function describeTooMany(most: number, uncertain = false): string {
  return [
    `This would cancel more than ${count(most, "campaign")} in one update, which is all that hood:maxCancellations (or HOOD_MAX_CANCELLATIONS) allows.`,
    "Cancelling is final. If all of them are meant, set HOOD_MAX_CANCELLATIONS for this one command, such as `HOOD_MAX_CANCELLATIONS=1000 pulumi up`.",
    ...(uncertain
      ? ["The status here is only known in the update, so it counts: write it into the program instead."]
      : []),
  ].join("\n");
}

/** Said in a refresh, which would otherwise report an unchanged resource. */
export function describeForgotten(campaign: string, error: Error): string {
  return [
    `Hood doesn't show ${campaign} any more, so its record stays, with the status "unknown".`,
    sentence(error.message),
    "If the campaign is there in Hood, check that HOOD_ENDPOINT and HOOD_TOKEN are those of its account, and refresh again.",
  ].join("\n");
}

/** `campaign 1000248 "Spring sale"`, from what a record holds. */
export function labelOf(id: unknown, name: unknown): string {
  return typeof name === "string" ? `campaign ${id} ${quote(name)}` : `campaign ${id}`;
}

/** Hood's own words may end with a full stop, or not. */
export function sentence(text: string): string {
  return text.replace(/\.?$/, ".");
}
