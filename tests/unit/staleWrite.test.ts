import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UnfinishedError, UserError } from "../../provider/errors";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation, type Operation } from "../../provider/operation";
import type { FaultRule, Simulator } from "../../simulator";
import { thrown } from "../support/messages";
import { silentEngine } from "../support/silentEngine";
import { openSimulatedAccount, TOKEN } from "../support/simulatedAccount";

const ID = "1000248";
/** Longer than a read may be relied on. */
const WAIT = { kind: "status", status: 429, retryAfter: 75 } as const;
const isWrite: FaultRule["match"] = ({ method }) => method !== "GET";

const rename = (hood: Simulator) => {
  for (const campaign of hood.campaigns.values()) campaign.name = "Renamed";
};
const moveTo = (status: string) => (hood: Simulator) => {
  for (const { id } of hood.campaigns.values()) hood.setStatus(id, status);
};

describe("a write whose turn comes more than a minute after the read that it stands on", () => {
  const simulated = openSimulatedAccount();
  let folder: string;
  let on: Operation;

  const operationWith = (settings: Record<string, string> = {}) => {
    const { url: endpoint } = simulated.hood;
    const all: Record<string, string> = { endpoint, token: TOKEN, rateLimit: "1000/1s", ...settings };
    const operation = new EngineOperation(silentEngine(), simulated.clock);
    operation.configure((key) => all[key]);
    return operation.on("urn:pulumi:dev::shop::hood:index:Campaign::spring");
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hood-stale-"));
    simulated.hood.add({ id: ID, name: "Spring sale", status: "running" });
    on = operationWith({ auditLog: join(folder, "audit.jsonl") });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The first write is held up; meanwhile, something happens. */
  const holdUp = (before: (hood: Simulator) => void = () => {}, rule: FaultRule = {}) =>
    simulated.hood.fault({ match: isWrite, before, fault: WAIT, ...rule });
  const cancel = async (more: object = {}, operation = on) =>
    (await resources.CampaignCancellation.create(operation, { campaignId: ID, reason: "Budget cut", ...more })).outs;
  const bringTo = (status: string, more: object) =>
    resources.CampaignStatus.create(on, { campaignId: ID, status, reason: "Stock is short", ...more });
  const edit = () => resources.Campaign.update(on, { campaignId: ID, name: "Spring sale" }, { name: "Autumn sale" });

  const methods = () => simulated.hood.requests.map(({ method }) => method);
  const writes = () => simulated.hood.requests.filter(({ method }) => method !== "GET");
  /** The last part of the path of each write that Hood didn't answer with 429. */
  const sent = () => writes().flatMap(({ path, status }) => (status === 429 ? [] : (path.split("/").at(-1) ?? "")));
  const effects = () => simulated.hood.requests.flatMap(({ effect }) => effect ?? []);
  const audited = (): Record<string, unknown>[] => {
    const lines = readFileSync(join(folder, "audit.jsonl"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line)).filter(({ outcome }) => outcome !== "started");
  };

  it("goes out after another read", async () => {
    holdUp();
    expect(await cancel({ expectedName: "Spring sale" })).to.include({ outcome: "canceled" });
    expect(methods()).to.deep.equal(["GET", "POST", "GET", "POST"]);
    expect(effects()).to.deep.equal([{ campaignId: ID, from: "running", to: "canceled" }]);
    expect(audited().map(({ outcome }) => outcome)).to.deep.equal(["failed", "accepted"]);
  });

  it("goes out without another read while the first is recent enough", async () => {
    holdUp(undefined, { fault: { ...WAIT, retryAfter: 50 } });
    await cancel();
    expect(methods()).to.deep.equal(["GET", "POST", "POST"]);
  });

  it("isn't sent to a campaign that was renamed meanwhile, if its name is expected", async () => {
    holdUp(rename);
    const { message } = await thrown(UserError, () => cancel({ expectedName: "Spring sale" }));
    expect(message).to.contain('"Renamed"').and.contain('"Spring sale"');
    expect(sent()).to.deep.equal([]);
    expect(audited().map(({ httpStatus }) => httpStatus)).to.deep.equal([429]);
  });

  it("isn't sent to a campaign that can't be canceled any more, by the rule of whenNotCancelable", async () => {
    holdUp(moveTo("sent"));
    expect(await cancel({ whenNotCancelable: "accept" })).to.include({ outcome: "notNeeded" });
    simulated.hood.setStatus(ID, "running");
    holdUp(moveTo("sent"));
    await thrown(UserError, () => cancel({}, operationWith()));
    expect(writes()).to.have.length(2);
    expect(sent()).to.deep.equal([]);
  });

  it("isn't sent to a campaign that somebody canceled meanwhile", async () => {
    holdUp(moveTo("canceled"));
    expect(await cancel()).to.include({ outcome: "alreadyCanceled" });
    expect(sent()).to.deep.equal([]);
  });

  it("isn't sent again if an earlier call turns out to have done it", async () => {
    simulated.hood.fault({ match: isWrite, fault: { kind: "drop" } });
    holdUp(moveTo("canceled"));
    expect(await cancel()).to.include({ outcome: "canceled" });
    expect(sent()).to.deep.equal(["cancel"]);
  });

  it("fails once its waits add up to what hood:maxWait allows, with nothing done", async () => {
    holdUp(undefined, { times: Number.POSITIVE_INFINITY });
    const { message } = await thrown(UserError, () => cancel());
    expect(message).to.contain("again and again for 600 s").and.contain("Nothing was done");
    expect(writes()).to.have.length(9);
    expect(new Set(audited().map(({ outcome }) => outcome))).to.deep.equal(new Set(["failed"]));
  });

  it("fails if the rate limit lets only one request through a minute, with nothing sent", async () => {
    const { message } = await thrown(UserError, () => cancel({}, operationWith({ rateLimit: "1/61s" })));
    expect(message).to.contain("doesn't let it through within a minute after the campaign was read");
    expect(writes()).to.deep.equal([]);
  });

  it("stands on a few lists if it is one of many, not on a single read for each", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => String(2_000_000 + index));
    simulated.hood.add(...ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" })));
    holdUp();
    await Promise.all(ids.map((campaignId) => cancel({ campaignId })));
    expect(effects()).to.have.length(60);
    expect(methods().filter((method) => method === "GET").length).to.be.at.most(6);
  });

  it("isn't sent as a pause to a campaign that was renamed meanwhile", async () => {
    holdUp(rename);
    await thrown(UserError, () => bringTo("paused", { expectedName: "Spring sale" }));
    expect(sent()).to.deep.equal([]);
  });

  it("isn't sent as the second of two steps to a campaign that was renamed meanwhile", async () => {
    holdUp(rename, { match: ({ path }) => path.endsWith("/resume") });
    const times = { scheduledTime: "2099-12-01T09:00:00Z", expectedName: "Spring sale" };
    const { message } = await thrown(UnfinishedError, () => bringTo("scheduled", times));
    expect(message).to.contain('"Renamed"');
    expect(sent()).to.deep.equal(["pause"]);
  });

  it("goes out as an edit after another read", async () => {
    simulated.hood.setStatus(ID, "scheduled");
    holdUp();
    await edit();
    expect(simulated.hood.campaign(ID).name).to.equal("Autumn sale");
    expect(methods().slice(0, 4)).to.deep.equal(["GET", "PATCH", "GET", "PATCH"]);
  });

  it("isn't sent as an edit to a campaign that takes none any more", async () => {
    simulated.hood.setStatus(ID, "scheduled");
    holdUp(moveTo("sent"));
    await thrown(UserError, edit);
    expect(sent()).to.deep.equal([]);
  });
});
