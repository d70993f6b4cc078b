/**
 * The arguments of a CampaignStatus, without outputs.
 *
 * @typedef {object} Desired
 * @property {string} campaignId
 * @property {"paused" | "canceled"} status
 * @property {string} reason
 * @property {string} expectedName
 */

/**
 * What earlier runs stopped, by the campaign's id. If the program didn't declare them again, Pulumi would remove them from the state.
 *
 * @param {import("@pulumi/pulumi/automation").Stack} stack
 * @returns {Promise<Map<string, Desired & { urn: string, currentStatus: string | undefined }>>}
 */
async function readRecord(stack) {
  const { deployment } = await stack.exportStack();
  /** @type {{ type: string, urn: string, inputs: Desired, outputs?: { currentStatus?: string } }[]} */
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
