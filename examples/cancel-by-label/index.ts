import * as pulumi from "@pulumi/pulumi";
import * as hood from "pulumi-ocamba-hood";

const config = new pulumi.Config();
const label = config.require("label");
const reason = config.require("reason");

export = async () => {
  // The next run must still find what this program cancels. Without "canceled" here it would find nothing, and Pulumi would
  // remove the resources from the state.
  const status = ["scheduled", "running", "paused", "canceled"];
  const campaigns = await hood.getCampaigns({ status, fields: ["name", "labels"] });

  const ended = campaigns
    .filter(({ labels }) => labels?.includes(label))
    .map(({ id, name }) => new hood.CampaignCancellation(id, { campaignId: id, reason, expectedName: name }));

  return { campaigns: ended.map(({ campaignName }) => campaignName) };
};
