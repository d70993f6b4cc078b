import * as pulumi from "@pulumi/pulumi";
import * as hood from "pulumi-ocamba-hood";

const config = new pulumi.Config();
const label = config.require("label");
const search = config.require("search");
const status = config.require<"paused" | "canceled">("status", { allowedValues: ["paused", "canceled"] });
const reason = config.require("reason");
const max = config.requireNumber("max");

if (label === "" && search === "")
  throw new pulumi.RunError("Set label or search: nothing says which campaigns to stop.");

export = async () => {
  // The next run must still find what this program stops: so campaigns in the status itself are found too.
  const found = await hood.getCampaigns({
    status: status === "paused" ? ["scheduled", "running", "paused"] : ["scheduled", "running", "paused", "canceled"],
    search: search === "" ? undefined : search,
    fields: ["name", "labels"],
  });
  const chosen = found.filter(({ labels }) => label === "" || labels?.includes(label));
  if (chosen.length > max) throw new pulumi.RunError(`${chosen.length} campaigns are found, and max allows ${max}.`);

  const stopped = chosen.map(
    ({ id, name }) => new hood.CampaignStatus(id, { campaignId: id, status, reason, expectedName: name }),
  );
  return { campaigns: stopped.map(({ campaignName }) => campaignName) };
};
