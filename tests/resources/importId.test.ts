import { expect } from "chai";
import { failed, openInProcess } from "../support/testAccount";

describe("the id of an import", () => {
  for (const type of ["Campaign", "CampaignCancellation", "CampaignStatus"] as const) {
    const on = openInProcess({ type });
    const wrong: [id: string, says: string][] = [
      ["", "such as 1000248"],
      [" ", "such as 1000248"],
      ["spring-sale", "such as 1000248"],
      ["../users/1", "such as 1000248"],
      ["1000248 ", "Do you mean 1000248?"],
      ["1000248\n", "Do you mean 1000248?"],
      ["hood:1000248", "Do you mean 1000248?"],
      ["1000248/cancel", "Do you mean 1000248?"],
      ["1000248,1000249", "such as 1000248"],
      ["https://app.example/campaigns/1000248?tab=1", "Do you mean 1000248?"],
      ["1,000,248", "such as 1000248"],
      ["x".repeat(10_000), "such as 1000248"],
      ["\u001b[31m1000248", "is no id of a campaign"],
    ];
    for (const [id, says] of wrong) {
      it(`of a ${type} fails in words if it is ${JSON.stringify(id).slice(0, 60)}, and nobody is asked`, async () => {
        const { message } = await failed(() => on.provider.read(id, {}));
        expect(message).to.contain("is no id of a campaign in Hood").and.contain(says);
        expect(on.sent).to.deep.equal([]);
      });
    }

    it(`of a ${type} is read if it is digits`, async () => {
      const id = on.campaign("canceled");
      expect((await on.provider.read(id, {})).props).to.include({ campaignId: id });
    });
  }
});
