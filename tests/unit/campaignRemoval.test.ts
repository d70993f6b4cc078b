import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { hosted, type Properties } from "../../provider/hosts/hosted";
import { campaign as resource } from "../../provider/resources/campaign/campaign";
import type { FaultRule, SimulatorOptions } from "../../simulator";
import { isCreate, openCampaignAccount } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";

const campaign = hosted(resource);
const args = { name: "Spring sale", scheduledTime: "2099-12-01T09:00:00Z", deletionPolicy: "cancel" };

describe("removing the record of a campaign that is to end with it", () => {
  const hood = openCampaignAccount();
  const id = () => [...hood.hood.campaigns.keys()][0] ?? "";
  const live = () => hood.hood.campaign(id());
  const create = async (resource = "sale", declared: Properties = args) => {
    const { inputs } = await campaign.check(hood.on(resource), {}, declared);
    return (await campaign.create(hood.on(resource), inputs)).outs;
  };
  /** As an update does it: a check, and then the comparison. */
  const compare = async (record: Properties, resource = "sale") => {
    const { inputs } = await campaign.check(hood.on(resource), args, args);
    await campaign.diff(hood.on(resource), record, inputs);
  };
  const compareItself = async (record: Properties) => {
    await compare(record);
    return record;
  };
  const legacy = ({ __provenance: _, ...record }: Properties) => record;
  const unmarked = (record: Properties) => {
    live().metadata = {};
    return legacy(record);
  };

  /** What happened before the removal, and the record that is removed. */
  const ends: [string, SimulatorOptions, (record: Properties) => Properties | Promise<Properties>][] = [
    ["was created by it", {}, (record) => record],
    ["was created by it, and compared in the same operation", {}, compareItself],
    [
      "another record was read for, as a refresh does",
      {},
      async (record) => {
        await campaign.read(hood.on("other"), id(), { ...record, __provenance: { record: "another" } });
        return record;
      },
    ],
    [
      "a refresh compared without a check",
      {},
      async (record) => {
        await campaign.diff(hood.on(null), legacy(record), { ...args, labels: ["x"] });
        return legacy(record);
      },
    ],
    ["bears the resource's mark, although the record doesn't say so", {}, legacy],
    ["bears no mark, and whose record of 0.1.0 tells of none", {}, unmarked],
    ["is in an account that drops metadata", { metadata: "dropped" }, (record) => record],
    [
      "has other metadata by now",
      {},
      (record) => {
        Object.assign(live().metadata, { team: "crm" });
        return record;
      },
    ],
    ["was moved to another stack with its record", {}, (record) => record],
  ];
  for (const [what, options, happened] of ends) {
    it(`ends one that ${what}`, async () => {
      await hood.open(options);
      const record = await create();
      hood.nextOperation();
      const removed = await happened(record);
      hood.hood.clearRequests();
      await campaign.delete(hood.on(what.includes("moved") ? "elsewhere" : "sale"), removed);
      expect(live().status).to.equal("canceled");
      expect(hood.hood.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST"]);
      expect(hood.warnings.at(-1)).to.contain("for good");
    });
  }

  const goesOn: [string, (record: Properties) => Properties | Promise<Properties>, string][] = [
    [
      "another record of the program was compared for",
      async (record) => {
        await compare({ ...record, __provenance: { record: "another" } });
        return record;
      },
      "another resource of this program manages the campaign",
    ],
    [
      "another record of 0.1.0 was compared for",
      async (record) => {
        await compare(legacy(record), "other");
        return legacy(record);
      },
      "another resource of this program manages the campaign",
    ],
    [
      "a create of the same operation took over",
      async (record) => {
        await create();
        return record;
      },
      "another resource of this program manages the campaign",
    ],
    ["was imported", (record) => ({ ...record, __provenance: { record: "own", imported: true } }), "it was imported"],
    [
      "has lost its mark",
      (record) => {
        live().metadata = {};
        return record;
      },
      "doesn't say any more that this resource created it",
    ],
    [
      "bears another resource's mark",
      (record) => {
        hood.hood.add({ ...live(), id: "77", metadata: {} });
        return { ...legacy(record), campaignId: id() };
      },
      "another resource created it",
    ],
  ];
  for (const [what, happened, words] of goesOn) {
    it(`lets one go on that ${what}, and says so`, async () => {
      const record = await create();
      hood.nextOperation();
      const removed = await happened(record);
      const elsewhere = what.includes("another resource's mark");
      hood.hood.clearRequests();
      await campaign.delete(hood.on(elsewhere ? "elsewhere" : "sale"), removed);
      expect(live().status).to.equal("scheduled");
      expect(hood.calls).to.deep.equal([]);
      expect(hood.warnings.at(-1)).to.contain(words).and.contain(id());
      expectReadable(hood.warnings.at(-1) ?? "");
    });
  }

  it("looks for the mark again if the call has waited for more than a minute", async () => {
    const record = await create();
    hood.nextOperation();
    const lose = () => {
      live().metadata = {};
    };
    const isEnd: FaultRule["match"] = ({ path }) => path.endsWith("/cancel");
    hood.hood.fault({ match: isEnd, before: lose, fault: { kind: "status", status: 429, retryAfter: 75 } });
    await campaign.delete(hood.on("sale"), record);
    expect(live().status).to.equal("scheduled");
    expect(hood.warnings.at(-1)).to.contain("doesn't say any more that this resource created it");
  });

  it("says that nothing was left to end, whatever became of the mark", async () => {
    const record = await create();
    hood.nextOperation();
    Object.assign(live(), { metadata: {}, status: "sent" });
    await campaign.delete(hood.on("sale"), record);
    expect(hood.warnings.at(-1)).to.contain("nothing was left to cancel");
  });

  it("ends one whose create got no answer and was found", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
    await campaign.delete(hood.on("sale"), await create());
    expect(live().status).to.equal("canceled");
  });

  it("keeps the record as long as it is unknown what a create of the same resource did", async () => {
    const record = await create();
    hood.nextOperation();
    live().status = "canceled";
    hood.hood.fault({ match: isCreate, fault: { kind: "drop" } });
    await thrown(UserError, () => create());
    live().status = "scheduled";
    const { message } = await thrown(UserError, () => campaign.delete(hood.on("sale"), record));
    expect(message).to.contain("stays for now");
    expect(live().status).to.equal("scheduled");
  });

  for (const deletionPolicy of ["prevent", "abandon", "cancel"]) {
    it(`sends nothing for a replaced record with the policy "${deletionPolicy}"`, async () => {
      const record = await create("sale", { ...args, deletionPolicy });
      hood.nextOperation();
      await create("sale", { ...args, deletionPolicy });
      await campaign.delete(hood.on("sale"), record);
      expect(live().status).to.equal("scheduled");
      expect(hood.hood.campaigns.size).to.equal(1);
    });
  }

  it("ends it and creates another one if a change replaces it, as replaceOnChanges does", async () => {
    const record = await create();
    hood.nextOperation();
    await compare(record);
    expect((await create()).campaignId).to.not.equal(record.campaignId);
    await campaign.delete(hood.on("sale"), record);
    expect([...hood.hood.campaigns.values()].map(({ status }) => status)).to.deep.equal(["canceled", "scheduled"]);
  });

  it("is no obstacle to a twin in an account that drops metadata, once a refresh has read it", async () => {
    await hood.open({ metadata: "dropped" });
    const record = await create();
    hood.nextOperation();
    await campaign.read(hood.on("sale"), id(), record);
    expect((await create("twin")).campaignId).to.not.equal(record.campaignId);
  });

  it("lets one go on that a record of another policy took over, whichever is removed first, in any process", async () => {
    const before = await create();
    hood.nextOperation();
    const after = await create("sale", { ...args, deletionPolicy: "abandon" });
    for (const record of [before, after]) {
      hood.nextOperation();
      await campaign.delete(hood.on("sale"), record);
    }
    expect(live().status).to.equal("scheduled");
    expect(hood.hood.campaigns.size).to.equal(1);
  });

  it('fails with the policy "prevent"', async () => {
    const record = await create("sale", { ...args, deletionPolicy: "prevent" });
    hood.nextOperation();
    await thrown(UserError, () => campaign.delete(hood.on("sale"), record));
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
  const refreshed = async (record: Properties) => {
    hood.nextOperation();
    return (await campaign.read(hood.on("sale"), id(), record)).inputs;
  };
  const create = async () => (await campaign.create(hood.on("sale"), declared)).outs;
  const edit = async (record: Properties, news: Properties) =>
    (await campaign.update(hood.on("sale"), record, news)).outs;

  it("has no drift after it was created", async () => expect(await refreshed(await create())).to.deep.equal(declared));

  it("has none after its answer was lost", async () => {
    hood.hood.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
    expect(await refreshed(await create())).to.deep.equal(declared);
  });

  it("has none after it was edited", async () => {
    const news = { ...declared, description: "Trees" };
    expect(await refreshed(await edit(await create(), news))).to.deep.equal(news);
  });

  it("has none once an edit has put right what a refresh found", async () => {
    const legacy = { ...declared, campaignId: id(), status: "manual" };
    await create();
    const record = { ...legacy, campaignId: id() };
    const found = { ...record, ...(await refreshed(record)) };
    expect(found).to.include({ name: "SPRING SALE" });
    const edited = await edit(found, declared);
    expect(await refreshed(edited)).to.deep.equal(declared);
  });

  it("has drifted when a person has changed it", async () => {
    const record = await create();
    hood.hood.campaign(id()).description = "Trees";
    expect(await refreshed(record)).to.deep.equal({ ...declared, description: "Trees" });
  });
});
