/**
 * The arguments of a CampaignStatus, without outputs.
 *
 * @typedef {object} Wish
 * @property {string} campaignId
 * @property {"paused" | "canceled"} status
 * @property {string} reason
 * @property {string} expectedName
 */

/**
 * What earlier runs stopped, by the campaign's id. A program that didn't declare them again would take their records away.
 *
 * @param {import("@pulumi/pulumi/automation").Stack} stack
 * @returns {Promise<Map<string, Wish & { urn: string, currentStatus: string | undefined }>>}
 */
async function readRecord(stack) {
  const { deployment } = await stack.exportStack();
  /** @type {{ type: string, urn: string, inputs: Wish, outputs?: { currentStatus?: string } }[]} */
  const resources = deployment?.resources ?? [];
  return new Map(
    resources
      .filter(({ type }) => type.endsWith("hood:CampaignStatus"))
      .map(({ urn, inputs: { campaignId, status, reason, expectedName }, outputs }) => [
        campaignId,
        { campaignId, status, reason, expectedName, urn, currentStatus: outputs?.currentStatus },
      ]),
  );
}

module.exports = { readRecord };
