import { describe, type End, type SeenResource, unclearEndsIn, type Violation } from "./ends";

/** What the other policies can't judge is refused, instead of being let through. */
export function checkUnclear(resources: readonly SeenResource[]): Violation[] {
  return unclearEndsIn(resources).map((end) => ({ urn: end.urn, message: describeUnclear(end) }));
}

function describeUnclear(end: End): string {
  return [
    `A CampaignStatus is to bring ${describe(end)} to "canceled"; in this language, a preview doesn't show whether that is still to be done.`,
    "Declare a CampaignCancellation in its place. Where the campaign has ended already, that sends nothing.",
  ].join("\n");
}
