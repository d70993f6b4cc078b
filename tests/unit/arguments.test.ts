import { expect } from "chai";
import { cancellationArguments as rules } from "../../provider/resources/cancellation/arguments";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable } from "../support/messages";

const right = { campaignId: "1000248", reason: "Budget cut" };

describe("arguments", () => {
  const wrong = [
    { property: "campaignId", value: undefined, says: "missing" },
    { property: "campaignId", value: 1000248, says: "quotes" },
    { property: "campaignId", value: "", says: "digits" },
    { property: "campaignId", value: " 1000248", says: "digits" },
    { property: "campaignId", value: "1000248\n", says: "digits" },
    { property: "campaignId", value: "../1", says: "digits" },
    { property: "campaignId", value: "1000248/pause", says: "digits" },
    { property: "campaignId", value: "1000248?x=1", says: "digits" },
    { property: "campaignId", value: "-1", says: "digits" },
    { property: "campaignId", value: "1000248\u200b", says: "character 8 is a zero-width space" },
    { property: "campaignId", value: "1e6", says: "digits" },
    { property: "campaignId", value: "١٢٣", says: "digits" },
    { property: "campaignId", value: null, says: "digits" },
    { property: "campaignId", value: ["1"], says: "digits" },
    { property: "reason", value: undefined, says: "blank" },
    { property: "reason", value: "", says: "blank" },
    { property: "reason", value: " \t\n\u00a0", says: "blank" },
    { property: "reason", value: 7, says: "blank" },
    { property: "expectedName", value: "", says: "exact name" },
    { property: "expectedName", value: 7, says: "exact name" },
    { property: "whenNotCancelable", value: "ignore", says: '"fail" or "accept"' },
    { property: "whenNotCancelable", value: "accept ", says: 'not "accept ": it looks like "accept", but character 7' },
    { property: "whenNotCancelable", value: true, says: '"fail" or "accept"' },
  ];
  for (const { property, value, says } of wrong) {
    it(`refuses ${property} ${JSON.stringify(value)}`, () => {
      const failures = rules.failures({ ...right, [property]: value });
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      const reason = failures[0]?.reason ?? "";
      expect(reason)
        .to.match(new RegExp(`^${property} `))
        .and.contain(says);
      expectReadable(reason);
    });
  }

  it("reports everything that is wrong at once", () => {
    const failures = rules.failures({ campaignId: 1, reason: "", expectedName: "", whenNotCancelable: "x" });
    const properties = failures.map(({ property }) => property);
    expect(properties).to.deep.equal(["campaignId", "reason", "expectedName", "whenNotCancelable"]);
  });

  const fine = [
    right,
    { ...right, campaignId: "18446744073709551616" },
    { ...right, campaignId: "0" },
    { ...right, expectedName: "Spring sale", whenNotCancelable: "fail" },
    { ...right, whenNotCancelable: "accept" },
    { campaignId: UNKNOWN, reason: UNKNOWN, expectedName: UNKNOWN, whenNotCancelable: UNKNOWN },
  ];
  for (const args of fine) {
    it(`accepts ${JSON.stringify(args)}`, () => expect(rules.failures(args)).to.deep.equal([]));
  }

  it("picks the arguments that are set, and nothing else", () => {
    const properties = { ...right, expectedName: undefined, whenNotCancelable: null, status: "canceled" };
    expect(rules.pick(properties)).to.deep.equal(right);
  });

  it("refuses a misspelt guard, and lists the arguments", () => {
    const failures = rules.strangers({ ...right, expectedname: "x", unset: undefined, seen: "x" }, ["seen"]);
    expect(failures.map(({ property }) => property)).to.deep.equal(["expectedname"]);
    expect(failures[0]?.reason).to.contain("campaignId, reason, expectedName, whenNotCancelable");
  });
});
