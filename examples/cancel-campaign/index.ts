import * as pulumi from "@pulumi/pulumi";
import * as hood from "pulumi-ocamba-hood";

const config = new pulumi.Config();

// `pulumi preview` shows the live campaign; `pulumi up` cancels it for good.
const ended = new hood.CampaignCancellation("spring-sale", {
  campaignId: config.require("campaignId"),
  reason: config.require("reason"),
  // The guard against a mistyped id: nothing is canceled unless the live campaign has this name.
  expectedName: config.get("expectedName"),
});

export const campaign = ended.campaignName;
export const status = ended.status;
export const outcome = ended.outcome;
