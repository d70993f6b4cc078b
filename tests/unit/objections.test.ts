import { expect } from "chai";
import { cancellationFailures } from "../../provider/resources/cancellation/objections";
import { UNKNOWN } from "../../provider/unknown";

describe("objections to a campaign", () => {
  const campaign = { id: "1000248", name: "Spring sale", status: "running" };
  const properties = (live: object, guards: object) =>
    cancellationFailures({ ...campaign, ...live }, guards).map(({ property }) => property);

  it("are all given at once", () => {
    expect(properties({ status: "sent" }, { expectedName: "Summer sale" })).to.deep.equal([
      "expectedName",
      "campaignId",
    ]);
    expect(properties({ status: "archived" }, { expectedName: "Summer sale" })).to.deep.equal([
      "expectedName",
      "campaignId",
    ]);
  });

  it("compare the name exactly", () => {
    for (const expectedName of ["spring sale", "Spring sale ", "Spring", "Spring  sale"]) {
      expect(properties({}, { expectedName })).to.deep.equal(["expectedName"]);
    }
    expect(properties({}, { expectedName: "Spring sale" })).to.deep.equal([]);
  });

  it("leave guards that aren't known yet for later", () => {
    expect(properties({}, { expectedName: UNKNOWN })).to.deep.equal([]);
    expect(properties({ status: "sent" }, { whenNotCancelable: UNKNOWN })).to.deep.equal([]);
    expect(properties({ status: "archived" }, { whenNotCancelable: UNKNOWN })).to.deep.equal(["campaignId"]);
  });

  it("don't exist where the campaign is canceled already", () => {
    expect(properties({ status: "canceled" }, {})).to.deep.equal([]);
  });
});
