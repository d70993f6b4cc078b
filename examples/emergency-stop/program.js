const hood = require("pulumi-ocamba-hood");

/** @typedef {{ id: string, name: string, status: string }} Found */

/**
 * The campaigns that a selection finds now.
 *
 * @param {import("./options").Options} options
 * @returns {Promise<Found[]>}
 */
async function find({ status, search, label }) {
  const campaigns = await hood.getCampaigns({ status, search, fields: ["name", "status", "labels"] });
  return campaigns
    .filter(({ labels }) => label === undefined || labels?.includes(label))
    .map(({ id, name = "", status = "" }) => ({ id, name, status }));
}

/**
 * Declares what is stopped now, and again what was stopped before.
 *
 * @param {readonly Found[]} found
 * @param {ReadonlyMap<string, import("./record").Desired>} record
 * @param {import("./options").Options} options
 */
function declare(found, record, { action, reason }) {
  const status = action === "cancel" ? "canceled" : "paused";
  const all = new Map(
    [...record].map(([id, { campaignId, status, reason, expectedName }]) => {
      return [id, { campaignId, status, reason, expectedName }];
    }),
  );
  for (const { id, name } of found) all.set(id, { campaignId: id, status, reason, expectedName: name });
  for (const [id, args] of all) new hood.CampaignStatus(id, args);
}

/**
 * The name that Pulumi gives to what {@link declare} declares.
 *
 * @param {string} stack
 * @param {string} id
 */
function urnOf(stack, id) {
  return `urn:pulumi:${stack}::emergency-stop::pulumi-nodejs:dynamic/hood:CampaignStatus::${id}`;
}

module.exports = { find, declare, urnOf };
