import * as pulumi from "@pulumi/pulumi";
import * as hood from "pulumi-ocamba-hood";

type Stage = "draft" | "scheduled" | "paused" | "running" | "canceled";

const config = new pulumi.Config();
const stage = config.require<Stage>("stage", {
  allowedValues: ["draft", "scheduled", "paused", "running", "canceled"],
});

// What the campaign is. When it is launched, it is scheduled for its time.
const campaign = new hood.Campaign("autumn-sale", {
  name: "Autumn sale",
  labels: ["autumn"],
  draft: stage === "draft",
  scheduledTime: config.require("startTime"),
  messages: [{ channel: "push", name: "Hello", push: { title: "Autumn is here", body: "20 % off" } }],
});

// Its status. Until the first pause, the schedule alone decides.
const steered = stage === "paused" || stage === "running" || stage === "canceled";
const steering = steered
  ? new hood.CampaignStatus("autumn-sale", { campaignId: campaign.id, status: stage, reason: `Stage: ${stage}` })
  : undefined;

export const campaignId = campaign.id;
export const status = steering ? steering.currentStatus : campaign.status;
