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
 * Declares what is to be stopped now, and once more what was stopped before.
 *
 * @param {readonly Found[]} found
 * @param {ReadonlyMap<string, import("./record").Wish>} record
 * @param {import("./options").Options} options
 */
function declare(found, record, { action, reason }) {
  const status = action === "cancel" ? "canceled" : "paused";
  const wishes = new Map(
    [...record].map(([id, { campaignId, status, reason, expectedName }]) => {
      return [id, { campaignId, status, reason, expectedName }];
    }),
  );
  for (const { id, name } of found) wishes.set(id, { campaignId: id, status, reason, expectedName: name });
  for (const [id, wish] of wishes) new hood.CampaignStatus(id, wish);
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
