import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { hosted, type Properties } from "../../provider/hosts/hosted";
import { campaign as resource } from "../../provider/resources/campaign/campaign";
import { campaignStatus } from "../../provider/resources/campaignStatus";
import type { FaultRule, SimulatorOptions } from "../../simulator";
import { isCreate, openCampaignAccount } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";

const campaign = hosted(resource);
const status = hosted(campaignStatus);
const args = { name: "Spring sale", scheduledTime: "2099-12-01T09:00:00Z", deletionPolicy: "cancel" };

describe("removing a resource that is to cancel its campaign", () => {
  const hood = openCampaignAccount();
  const id = () => [...hood.hood.campaigns.keys()][0] ?? "";
  const live = () => hood.hood.campaign(id());
  const create = async (resource = "sale", declared: Properties = args) => {
    const { inputs } = await campaign.check(hood.on(resource), {}, declared);
    return (await campaign.create(hood.on(resource), inputs)).outs;
  };
  /** As an update does it: a check, and then the comparison. */
  const compare = async (state: Properties, resource = "sale") => {
    const { inputs } = await campaign.check(hood.on(resource), args, args);
    await campaign.diff(hood.on(resource), state, inputs);
  };
  const compareItself = async (state: Properties) => {
    await compare(state);
    return state;
  };
  const legacy = ({ __provenance: _, ...state }: Properties) => state;
  const unmarked = (state: Properties) => {
    live().metadata = {};
    return legacy(state);
  };

  /** What happened before the removal, and the state that is removed. */
  const ends: [string, SimulatorOptions, (state: Properties) => Properties | Promise<Properties>][] = [
    ["was created by it", {}, (state) => state],
    ["was created by it, and compared in the same operation", {}, compareItself],
    [
      "another resource was refreshed for",
      {},
      async (state) => {
        await campaign.read(hood.on("other"), id(), { ...state, __provenance: { record: "another" } });
        return state;
      },
    ],
    [
      "a refresh compared without a check",
      {},
      async (state) => {
        await campaign.diff(hood.on(null), legacy(state), { ...args, labels: ["x"] });
        return legacy(state);
      },
    ],
    ["has the resource's mark, although the state doesn't say so", {}, legacy],
    ["has no mark, and a state of 0.1.0 that tells of none", {}, unmarked],
    ["is in an account that drops metadata", { metadata: "dropped" }, (state) => state],
    [
      "has other metadata by now",
      {},
      (state) => {
        Object.assign(live().metadata, { team: "crm" });
        return state;
      },
    ],
    ["was moved to another stack with its state", {}, (state) => state],
  ];
  for (const [what, options, happened] of ends) {
    it(`cancels a campaign that ${what}`, async () => {
      await hood.open(options);
      const state = await create();
      hood.nextOperation();
      const removed = await happened(state);
      hood.hood.clearRequests();
      await campaign.delete(hood.on(what.includes("moved") ? "elsewhere" : "sale"), removed);
      expect(live().status).to.equal("canceled");
      expect(hood.hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST"]);
      expect(hood.warnings.at(-1)).to.contain("for good");
    });
  }

  const goesOn: [string, (state: Properties) => Properties | Promise<Properties>, string][] = [
    [
      "another resource of the program was compared for",
      async (state) => {
        await compare({ ...state, __provenance: { record: "another" } });
        return state;
      },
      "another resource of this program manages the campaign",
    ],
    [
      "another resource of 0.1.0 was compared for",
      async (state) => {
        await compare(legacy(state), "other");
        return legacy(state);
      },
      "another resource of this program manages the campaign",
    ],
    [
      "a create of the same operation took over",
      async (state) => {
        await create();
        return state;
      },
      "another resource of this program manages the campaign",
    ],
    [
      "a CampaignStatus of the program declares the status of",
      async (state) => {
        await status.check(hood.on("status"), {}, { campaignId: id(), status: "scheduled" });
        return state;
      },
      "another resource of this program manages its status",
    ],
    ["was imported", (state) => ({ ...state, __provenance: { record: "own", imported: true } }), "it was imported"],
    [
      "has lost its mark",
      (state) => {
        live().metadata = {};
        return state;
      },
      "doesn't say any more that this resource created it",
    ],
    [
      "has another resource's mark",
      (state) => {
        hood.hood.add({ ...live(), id: "77", metadata: {} });
        return { ...legacy(state), campaignId: id() };
      },
      "another resource created it",
    ],
  ];
  for (const [what, happened, words] of goesOn) {
    it(`doesn't cancel a campaign that ${what}, and says so`, async () => {
      const state = await create();
      hood.nextOperation();
      const removed = await happened(state);
      const elsewhere = what.includes("another resource's mark");
      hood.hood.clearRequests();
      await campaign.delete(hood.on(elsewhere ? "elsewhere" : "sale"), removed);
      expect(live().status).to.equal("scheduled");
      expect(hood.calls).to.deep.equal([]);
      expect(hood.warnings.at(-1)).to.contain(words).and.contain(id());
      expectReadable(hood.warnings.at(-1) ?? "");
    });
  }

  const lose = () => {
    live().metadata = {};
  };
  const isEnd: FaultRule["match"] = ({ path }) => path.endsWith("/cancel");

  it("reads the mark again if the call has waited for more than a minute", async () => {
    const state = await create();
    hood.nextOperation();
    hood.hood.fault({ match: isEnd, before: lose, fault: { kind: "status", status: 429, retryAfter: 75 } });
    await campaign.delete(hood.on("sale"), state);
    expect(live().status).to.equal("scheduled");
    expect(hood.warnings.at(-1)).to.contain("doesn't say any more that this resource created it");
  });

  it("stays in the state if the mark is gone when a call may have gone out already", async () => {
    const state = await create();
    hood.nextOperation();
    hood.hood.fault({ match: isEnd, fault: { kind: "status", status: 504 } });
    hood.hood.fault({ match: isEnd, before: lose, fault: { kind: "status", status: 429, retryAfter: 75 } });
    const { message } = await thrown(UserError, () => campaign.delete(hood.on("sale"), state));
    expect(message).to.match(/^It is unknown whether campaign .* was canceled.*\n.*doesn't say any more that this/);
    expectReadable(message);
    expect(hood.warnings).to.deep.equal([]);
  });

  it("says that nothing was left to cancel, whatever became of the mark", async () => {
    const state = await create();
    hood.nextOperation();
    Object.assign(live(), { metadata: {}, status: "sent" });
    await campaign.delete(hood.on("sale"), state);
    expect(hood.warnings.at(-1)).to.contain("Nothing was left to cancel");
  });

  it("cancels a campaign whose create got no answer and was found", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
    await campaign.delete(hood.on("sale"), await create());
    expect(live().status).to.equal("canceled");
  });

  it("fails as long as it is unknown what a create of the same resource did", async () => {
    const state = await create();
    hood.nextOperation();
    live().status = "canceled";
    hood.hood.fault({ match: isCreate, fault: { kind: "drop" } });
    await thrown(UserError, () => create());
    live().status = "scheduled";
    const { message } = await thrown(UserError, () => campaign.delete(hood.on("sale"), state));
    expect(message).to.contain("Can't remove");
    expect(live().status).to.equal("scheduled");
  });

  for (const deletionPolicy of ["prevent", "abandon", "cancel"]) {
    it(`sends nothing for the state of a replaced resource with the policy "${deletionPolicy}"`, async () => {
      const state = await create("sale", { ...args, deletionPolicy });
      hood.nextOperation();
      await create("sale", { ...args, deletionPolicy });
      await campaign.delete(hood.on("sale"), state);
      expect(live().status).to.equal("scheduled");
      expect(hood.hood.campaigns.size).to.equal(1);
    });
  }

  it("cancels the campaign and creates another one if a change replaces it, as replaceOnChanges does", async () => {
    const state = await create();
    hood.nextOperation();
    await compare(state);
    expect((await create()).campaignId).to.not.equal(state.campaignId);
    await campaign.delete(hood.on("sale"), state);
    expect([...hood.hood.campaigns.values()].map(({ status }) => status)).to.deep.equal(["canceled", "scheduled"]);
  });

  it("doesn't keep a twin from being created in an account that drops metadata, once a refresh has read it", async () => {
    await hood.open({ metadata: "dropped" });
    const state = await create();
    hood.nextOperation();
    await campaign.read(hood.on("sale"), id(), state);
    expect((await create("twin")).campaignId).to.not.equal(state.campaignId);
  });

  it("doesn't cancel a campaign that a resource of another policy took over, whichever is removed first, in any process", async () => {
    const before = await create();
    hood.nextOperation();
    const after = await create("sale", { ...args, deletionPolicy: "abandon" });
    for (const state of [before, after]) {
      hood.nextOperation();
      await campaign.delete(hood.on("sale"), state);
    }
    expect(live().status).to.equal("scheduled");
    expect(hood.hood.campaigns.size).to.equal(1);
  });

  const flash = { name: "Flash sale", runImmediately: true };
  const policies = [
    ["cancel", "cancel"],
    ["cancel", "abandon"],
    ["abandon", "cancel"],
  ] as const;
  for (const [before, after] of policies) {
    it(`never leaves two states of a running campaign, one of which may cancel it ("${before}", then "${after}")`, async () => {
      const state = await create("sale", { ...flash, deletionPolicy: before });
      hood.nextOperation();
      const { message } = await thrown(UserError, () => create("sale", { ...flash, deletionPolicy: after }));
      expect(message).to.contain(`campaign ${id()} "Flash sale" (running`);
      expectReadable(message);
      expect(hood.hood.campaigns.size).to.equal(1);
      hood.nextOperation();
      hood.hood.setStatus(id(), "paused");
      await create("sale", { ...flash, deletionPolicy: after });
      hood.hood.setStatus(id(), "running");
      hood.nextOperation();
      await campaign.delete(hood.on("sale"), state);
      expect(live().status).to.equal("running");
    });
  }

  it("takes over what runs if neither state cancels it", async () => {
    await create("sale", flash);
    hood.nextOperation();
    expect((await create("sale", flash)).campaignId).to.equal(id());
  });

  it('fails with the policy "prevent"', async () => {
    const state = await create("sale", { ...args, deletionPolicy: "prevent" });
    hood.nextOperation();
    await thrown(UserError, () => campaign.delete(hood.on("sale"), state));
  });
});

describe("a campaign in an account that stores values in a way of its own", () => {
  const hood = openCampaignAccount();
  const styled = (value: unknown): unknown => (typeof value === "string" ? value.trim().toUpperCase() : value);
  const declared = { name: "Spring sale", description: " Flowers ", metadata: { team: "crm" } };
  const id = () => [...hood.hood.campaigns.keys()][0] ?? "";
  beforeEach(() =>
    hood.open({
      stores: (fields) => ({ ...fields, name: styled(fields.name), description: styled(fields.description) }),
    }),
  );
  const refreshed = async (state: Properties) => {
    hood.nextOperation();
    return (await campaign.read(hood.on("sale"), id(), state)).inputs;
  };
  const create = async () => (await campaign.create(hood.on("sale"), declared)).outs;
  const edit = async (state: Properties, news: Properties) =>
    (await campaign.update(hood.on("sale"), state, news)).outs;

  it("has no drift after it was created", async () => expect(await refreshed(await create())).to.deep.equal(declared));

  it("has none after its answer was lost", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
    expect(await refreshed(await create())).to.deep.equal(declared);
  });

  it("has none after it was edited", async () => {
    const news = { ...declared, description: "Trees" };
    expect(await refreshed(await edit(await create(), news))).to.deep.equal(news);
  });

  it("has none once an edit has corrected what a refresh found", async () => {
    const legacy = { ...declared, campaignId: id(), status: "manual" };
    await create();
    const state = { ...legacy, campaignId: id() };
    const found = { ...state, ...(await refreshed(state)) };
    expect(found).to.include({ name: "SPRING SALE" });
    const edited = await edit(found, declared);
    expect(await refreshed(edited)).to.deep.equal(declared);
  });

  it("has still drifted once something else was edited", async () => {
    const state = await create();
    hood.hood.campaign(id()).description = "TREES";
    const news = { ...declared, metadata: { team: "web" } };
    expect(await refreshed(await edit(state, news))).to.deep.equal({ ...news, description: "TREES" });
  });

  it("has still drifted once a create has taken it over", async () => {
    await create();
    hood.hood.campaign(id()).description = "TREES";
    hood.nextOperation();
    expect(await refreshed(await create())).to.include({ description: "TREES" });
    expect(hood.hood.campaigns.size).to.equal(1);
  });

  it("has drifted when a person has changed it", async () => {
    const state = await create();
    hood.hood.campaign(id()).description = "Trees";
    expect(await refreshed(state)).to.deep.equal({ ...declared, description: "Trees" });
  });
});
