import { expect } from "chai";
import { UnknownEffectError, UserError } from "../../provider/errors";
import { HoodError } from "../../provider/hood/errors";
import { walk } from "../../provider/resources/status/walk";
import type { Simulator } from "../../simulator";
import { isEdit, openCampaignAccount } from "../support/campaignAccount";
import { ID, isCancel, openEnding } from "../support/ending";
import { thrown } from "../support/messages";

/** Longer than a look may be relied on. */
const WAIT = { kind: "status", status: 429, retryAfter: 75 } as const;
const rename = (hood: Simulator) => {
  for (const campaign of hood.campaigns.values()) campaign.name = "Renamed";
};

describe("a call whose turn comes more than a minute after the look that it stands on", () => {
  const on = openEnding();
  /** The first call is held up; meanwhile, something happens. */
  const holdUp = (before: (hood: Simulator) => void, times = 1) =>
    on.hood.fault({ match: isCancel, times, before, fault: WAIT });
  const sent = () => on.posts.filter(({ status }) => status !== 429);
  const walkTo = (status: string, more: object = {}) =>
    walk(
      { account: () => on.account, audit: async () => {} },
      { campaignId: ID, status, reason: "Stock is short", ...more } as Parameters<typeof walk>[1],
      false,
    );

  it("goes out after another look", async () => {
    holdUp(() => {});
    expect((await on.end({ expectedName: "Spring sale" })).outcome).to.equal("canceled");
    expect(on.methods).to.deep.equal(["GET", "POST", "GET", "POST"]);
    on.expectOneEffect();
    expect(on.audited.map(({ outcome }) => outcome)).to.deep.equal(["failed", "accepted"]);
  });

  it("goes out without another look while the first is recent enough", async () => {
    on.hood.fault({ match: isCancel, fault: { kind: "status", status: 429, retryAfter: 50 } });
    await on.end();
    expect(on.methods).to.deep.equal(["GET", "POST", "POST"]);
  });

  it("isn't sent to a campaign that was renamed meanwhile, if its name is expected", async () => {
    holdUp(rename);
    const { message } = await thrown(UserError, () => on.end({ expectedName: "Spring sale" }));
    expect(message).to.contain('"Renamed"').and.contain('"Spring sale"');
    expect(sent()).to.deep.equal([]);
    expect(on.audited.map(({ httpStatus }) => httpStatus)).to.deep.equal([429]);
  });

  it("isn't sent to one that can't be canceled any more, by the rule of whenNotCancelable", async () => {
    holdUp((hood) => hood.setStatus(ID, "sent"));
    expect(await on.end({ whenNotCancelable: "accept" })).to.include({ outcome: "notNeeded" });
    on.hood.setStatus(ID, "running");
    holdUp((hood) => hood.setStatus(ID, "sent"));
    await thrown(UserError, () => on.end());
    expect(sent()).to.deep.equal([]);
  });

  it("isn't needed for one that somebody canceled meanwhile", async () => {
    holdUp((hood) => hood.setStatus(ID, "canceled"));
    expect((await on.end()).outcome).to.equal("alreadyCanceled");
    expect(sent()).to.deep.equal([]);
  });

  it("is looked for now, alone, if an earlier call may have done it", async () => {
    on.hood.fault({ match: isCancel, fault: { kind: "drop" } });
    holdUp((hood) => hood.setStatus(ID, "canceled"));
    expect((await on.end()).outcome).to.equal("canceled");
    expect(sent()).to.have.length(1);
  });

  it("ends once that has taken as long as hood:maxWait allows, with nothing done", async () => {
    holdUp(() => {}, Number.POSITIVE_INFINITY);
    const { message, kind } = await thrown(HoodError, () => on.end());
    expect(kind).to.equal("tooLong");
    expect(message).to.contain("again and again for 600 s");
    expect(on.posts).to.have.length(9);
    for (const { outcome } of on.audited) expect(outcome).to.equal("failed");
  });

  it("isn't sent as a pause, or as the second of two steps, to a campaign that was renamed meanwhile", async () => {
    holdUp(rename);
    await thrown(UserError, () => walkTo("paused", { expectedName: "Spring sale" }));
    expect(sent()).to.deep.equal([]);

    on.hood.campaign(ID).name = "Spring sale";
    await on.account.get(ID);
    const isResume = ({ path }: { path: string }) => path.endsWith("/resume");
    on.hood.fault({ match: isResume, before: rename, fault: WAIT });
    const times = { scheduledTime: "2099-12-01T09:00:00Z", expectedName: "Spring sale" };
    const { message } = await thrown(UnknownEffectError, () => walkTo("scheduled", times));
    expect(message).to.contain('"Renamed"');
    expect(sent().map(({ path }) => path.split("/").at(-1))).to.deep.equal(["pause"]);
  });

  it("leaves no room for itself, and says so, where the rate limit lets one request through a minute", async () => {
    await on.open({}, [{ limit: 1, length: 61_000 }]);
    const { kind, message } = await thrown(HoodError, () => on.end());
    expect(kind).to.equal("noRoom");
    expect(message).to.contain("within a minute after a look");
    expect(on.posts).to.deep.equal([]);
  });
});

describe("many calls whose turn comes more than a minute after their looks", () => {
  const on = openEnding();

  it("stand on a few lists, not on a look each", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => String(2_000_000 + index));
    on.hood.add(...ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" })));
    on.hood.fault({ match: isCancel, fault: WAIT });
    await Promise.all(ids.map((campaignId) => on.end({ campaignId })));
    expect(on.effects).to.have.length(60);
    const looks = on.hood.requests.filter(({ method }) => method === "GET");
    expect(looks.length).to.be.at.most(6);
  });
});

describe("an edit whose turn comes more than a minute after its look", () => {
  const on = openCampaignAccount();
  const [olds, news] = [{ name: "Spring sale" }, { name: "Autumn sale" }];

  const edit = async (before: (hood: Simulator) => void) => {
    const [{ id } = { id: "" }] = on.hood.add({ name: "Spring sale", status: "scheduled" });
    on.hood.fault({ match: isEdit, before, fault: WAIT });
    await on.edit(id, olds, news);
    return on.hood.campaign(id);
  };

  it("goes out after another look", async () => {
    expect((await edit(() => {})).name).to.equal("Autumn sale");
    expect(on.hood.requests.map(({ method }) => method).slice(0, 4)).to.deep.equal(["GET", "PATCH", "GET", "PATCH"]);
  });

  it("isn't sent to a campaign that takes none any more", async () => {
    const sent = (hood: Simulator) => {
      for (const { id } of hood.campaigns.values()) hood.setStatus(id, "sent");
    };
    await thrown(UserError, () => edit(sent));
    expect(on.calls.filter(({ status }) => status !== 429)).to.deep.equal([]);
  });
});
