import * as pulumi from "@pulumi/pulumi";
import * as hood from "pulumi-ocamba-hood";

const config = new pulumi.Config();
const label = config.require("label");
const reason = config.require("reason");

export = async () => {
  // What this program cancels is still found afterwards. Without "canceled" here, the next run would find nothing, and remove
  // the record of what it did.
  const status = ["scheduled", "running", "paused", "canceled"];
  const campaigns = await hood.getCampaigns({ status, fields: ["name", "labels"] });

  const ended = campaigns
    .filter(({ labels }) => labels?.includes(label))
    .map(({ id, name }) => new hood.CampaignCancellation(id, { campaignId: id, reason, expectedName: name }));

  return { campaigns: ended.map(({ campaignName }) => campaignName) };
};
