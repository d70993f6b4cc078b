/** A resource as a stack policy gets it. Reading a property that a preview doesn't know yet throws. */
export interface SeenResource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A campaign that this update may end for good. What a preview doesn't know yet is undefined. */
export interface End {
  readonly urn: string;
  readonly campaignId: string | undefined;
  readonly campaignName: string | undefined;
  readonly reason: string | undefined;
  readonly expectedName: string | undefined;
}

/** What is wrong with an update, and with which resource. */
export interface Violation {
  readonly message: string;
  /** Absent where it is about the update as a whole. */
  readonly urn?: string;
}

/** From programs in Node.js, and from those in every other language. */
const HOOD_TYPE = /^(pulumi-nodejs:dynamic\/hood:|hood:index:)(\w+)$/;

/** Stands for what a preview doesn't know yet. */
const UNKNOWN = Symbol("unknown");

/** A campaign that is brought to such a status goes on, or can. */
const ENDS_NOTHING = ["running", "paused", "scheduled"];

/** Of such a campaign nothing is left to end. From any other status, the update may end it. */
const NOTHING_TO_END = ["canceled", "sent"];

/** The name of one of Hood's types, such as `CampaignCancellation`; undefined for any other type. */
export function hoodType({ type }: SeenResource): string | undefined {
  return HOOD_TYPE.exec(type)?.[2];
}

/** A text among the properties; undefined where it is absent or isn't known yet. */
export function textOf(resource: SeenResource, name: string): string | undefined {
  const value = read(resource, name);
  return typeof value === "string" ? value : undefined;
}

/** The ends among a stack's resources that the update is still to carry out. An end on record is none of them. */
export function endsIn(resources: readonly SeenResource[]): End[] {
  return resources.filter(isDue).map(endOf);
}

/** `campaign 1000248 "Spring sale"`, as far as it is known. */
export function describe({ campaignId, campaignName }: Pick<End, "campaignId" | "campaignName">): string {
  const id = campaignId === undefined ? "a campaign whose id isn't known yet" : `campaign ${campaignId}`;
  return campaignName === undefined ? id : `${id} ${JSON.stringify(campaignName)}`;
}

function endOf(resource: SeenResource): End {
  return {
    urn: resource.urn,
    campaignId: textOf(resource, "campaignId"),
    campaignName: textOf(resource, "campaignName"),
    reason: textOf(resource, "reason"),
    expectedName: textOf(resource, "expectedName"),
  };
}

function isDue(resource: SeenResource): boolean {
  const previousStatus = textOf(resource, "previousStatus");
  if (previousStatus !== undefined && NOTHING_TO_END.includes(previousStatus)) return false;
  switch (hoodType(resource)) {
    case "CampaignCancellation":
      // In other languages, a preview shows the outcome that it expects, but no time yet.
      return textOf(resource, "outcome") === undefined || read(resource, "canceledAt") === UNKNOWN;
    case "CampaignStatus":
      return isEndByStatus(resource);
    default:
      return false;
  }
}

/** A status that the preview doesn't know yet may turn out to be the end, whatever else is known or planned. */
function isEndByStatus(resource: SeenResource): boolean {
  const status = textOf(resource, "status");
  if (status !== "canceled") return status === undefined || !ENDS_NOTHING.includes(status);
  return textOf(resource, "currentStatus") === undefined;
}

function read({ props }: SeenResource, name: string): unknown {
  try {
    return props[name];
  } catch {
    return UNKNOWN;
  }
}
