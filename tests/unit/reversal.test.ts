import { inspect } from "node:util";
import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { type Part, type Reversal, refuseReversal, reversalOf } from "../../provider/resources/reversal";
import { UNKNOWN } from "../../provider/unknown";
import { expectReadable, thrown } from "../support/messages";

const ending = { part: "canceled", campaignId: "1000248", campaignName: "Spring sale", reason: "Budget cut" } as const;

describe("reversal", () => {
  function refused(wish: object): Reversal {
    const reversal = reversalOf(ending, { ...ending, ...wish });
    expect(reversal).not.to.equal(undefined);
    return reversal as Reversal;
  }

  const wishes = [
    { wish: { campaignId: "1000249" }, property: "campaignId", next: "declare another CampaignCancellation" },
    { wish: { reason: "Another reason" }, property: "reason", next: "Put the recorded reason back" },
    { wish: { reason: undefined }, property: "reason", next: "Put the recorded reason back" },
    { wish: { status: "running" }, property: "status", next: "Remove that wish" },
    { wish: { status: "scheduled" }, property: "status", next: "Remove that wish" },
    { wish: { status: "active" }, property: "status", next: "Remove that wish" },
  ];
  for (const { wish, property, next } of wishes) {
    describe(`a wish for ${inspect(wish)}`, () => {
      it(`is refused on ${property}`, () => expect(refused(wish).property).to.equal(property));

      it("names the campaign, says that it is final, and what to do", () => {
        const { message } = refused(wish);
        expect(message).to.contain("1000248").and.contain('"Spring sale"').and.contain("final").and.contain(next);
        expectReadable(message);
      });
    });
  }

  it("names the other campaign, and how to end it too", () => {
    const { message } = refused({ campaignId: "1000249" });
    expect(message).to.contain("To end campaign 1000249 too").and.contain('put campaignId: "1000248" back');
  });

  it("says that removing the resource sends nothing", () => {
    expect(refused({ campaignId: "1000249" }).message).to.contain("sends nothing");
    expect(refused({ reason: "Another" }).message).to.contain("nothing is sent");
  });

  it("manages without a name on record", () => {
    const reversal = reversalOf({ part: "canceled", campaignId: "1000248" }, { campaignId: "1" });
    expect(reversal?.message).to.contain("stands for campaign 1000248 and");
  });

  it("stays short with a name and a reason of many lines", () => {
    const long = {
      part: "canceled" as const,
      campaignId: "1000248",
      campaignName: "N\n".repeat(1_000),
      reason: "R\n".repeat(1_000),
    };
    const { message } = reversalOf(long, { ...long, reason: "S\n".repeat(1_000) }) as Reversal;
    expectReadable(message);
    expect(message.length).to.be.below(800);
  });

  it("stays short whatever the other id is", () => {
    for (const campaignId of ["1\n2\n3\n4", "9".repeat(5_000), "\u202e1"]) {
      const { message } = refused({ campaignId });
      expectReadable(message);
      expect(message).not.to.contain("\u202e");
      expect(message.length).to.be.below(1_000);
    }
  });

  for (const wish of [{}, { status: "canceled" }, { status: UNKNOWN }, { campaignId: UNKNOWN }, { reason: UNKNOWN }]) {
    it(`lets ${JSON.stringify(wish)} pass`, () =>
      expect(reversalOf(ending, { ...ending, ...wish })).to.equal(undefined));
  }

  const parts: [part: Part, wish: object, says: RegExp | undefined][] = [
    [
      "canceled",
      { reason: "Other" },
      /^Cancelling is final: the reason stays on record with the end of campaign 1000248/,
    ],
    [
      "canceled",
      { reason: "Budget cut " },
      /The two reasons differ only in blanks .* character 11: the end in the state/,
    ],
    [
      "unfinished",
      { reason: "Other" },
      /^Whether campaign 1000248 .* isn't certain yet, so the reason can't be changed now/,
    ],
    ["unfinished", { status: "running" }, /^Whether campaign 1000248 .* isn't certain yet, so the status can't be/],
    ["alreadyCanceled", { reason: "Other" }, undefined],
    ["notNeeded", { reason: "Other" }, undefined],
    ["presumed", { reason: "Other" }, undefined],
    ["unknown", { reason: "Other" }, undefined],
    ["canceled", { campaignId: "1" }, /^Cancelling is final: this resource stands for campaign 1000248/],
    ["presumed", { campaignId: "1" }, /^Cancelling is final: this resource stands for campaign 1000248/],
    ["alreadyCanceled", { campaignId: "1" }, /^This resource stands for campaign 1000248 .* can't be pointed at/],
    ["notNeeded", { campaignId: "1" }, /^This resource stands for campaign 1000248 .* can't be pointed at/],
    ["unfinished", { campaignId: "1" }, /^This resource stands for campaign 1000248 .* can't be pointed at/],
    ["unknown", { campaignId: "1" }, /^This resource stands for campaign 1000248 .* can't be pointed at/],
    [
      "canceled",
      { campaignId: "1000248\u200b" },
      /They differ .* character 8: the end in the state, a zero-width space/,
    ],
    ["alreadyCanceled", { status: "running" }, /is canceled, and can't become "running"/],
    ["presumed", { status: "running" }, /is canceled, and can't become "running"/],
    ["notNeeded", { status: "running" }, undefined],
    ["unknown", { status: "running" }, undefined],
  ];
  for (const [part, wish, says] of parts) {
    it(`claims no more than is known of an end that is ${part}, for a wish for ${inspect(wish)}`, () => {
      const message = reversalOf({ ...ending, part }, { ...ending, ...wish })?.message;
      if (!says) return expect(message).to.equal(undefined);
      expect(message).to.match(says);
      expectReadable(message ?? "");
    });
  }

  it("takes the line breaks of another system, or a missing last one, for the same reason", () => {
    const before = { ...ending, reason: "Budget cut\nOPS-1234\n" };
    for (const reason of ["Budget cut\r\nOPS-1234\r\n", "Budget cut\nOPS-1234"]) {
      expect(reversalOf(before, { ...before, reason })).to.equal(undefined);
    }
  });

  it("says how a secret reason can be seen", () => {
    expect(refused({ reason: "Other" }).message)
      .to.contain("--show-secrets")
      .and.not.contain("Budget cut");
  });

  it("lets pass what was not known when it was recorded", () => {
    const begun = { ...ending, campaignId: UNKNOWN, reason: UNKNOWN };
    expect(reversalOf(begun, { campaignId: "1000249", reason: "Another" })).to.equal(undefined);
  });

  it("throws the same message as the backstop", async () => {
    const wish = { ...ending, campaignId: "1000249" };
    const error = await thrown(UserError, () => refuseReversal(ending, wish));
    expect(error.message).to.equal(reversalOf(ending, wish)?.message);
    expect(() => refuseReversal(ending, ending)).not.to.throw();
  });
});
