import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { FaultRule, Simulator } from "../../simulator";
import { thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

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
  const on = openInProcess();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hood-stale-"));
    on.campaign("running", { id: ID });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The first write is held up; meanwhile, something happens. */
  const holdUp = (before: (hood: Simulator) => void = () => {}, rule: FaultRule = {}) =>
    on.fault({ match: isWrite, before, fault: WAIT, ...rule });
  const withAuditLog = () => on.another({ config: { auditLog: join(folder, "audit.jsonl") } });
  const cancel = async (more: object = {}, provider = withAuditLog()) =>
    (await provider.create({ campaignId: ID, reason: "Budget cut", ...more })).outs;
  const bringTo = (status: string, more: object) =>
    on.another({ type: "CampaignStatus" }).create({ campaignId: ID, status, reason: "Stock is short", ...more });
  const edit = () =>
    on.another({ type: "Campaign" }).update(ID, { campaignId: ID, name: "Spring sale" }, { name: "Autumn sale" });

  const methods = () => on.hood.requests.map(({ method }) => method);
  const writes = () => on.hood.requests.filter(({ method }) => method !== "GET");
  /** The last part of the path of each write that Hood didn't answer with 429. */
  const sent = () => writes().flatMap(({ path, status }) => (status === 429 ? [] : (path.split("/").at(-1) ?? "")));
  const audited = (): Record<string, unknown>[] => {
    const lines = readFileSync(join(folder, "audit.jsonl"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line)).filter(({ outcome }) => outcome !== "started");
  };

  it("goes out after another read", async () => {
    holdUp();
    expect(await cancel({ expectedName: "Spring sale" })).to.include({ outcome: "canceled" });
    expect(methods()).to.deep.equal(["GET", "POST", "GET", "POST"]);
    expect(on.canceled).to.deep.equal([ID]);
    expect(audited().map(({ outcome }) => outcome)).to.deep.equal(["failed", "accepted"]);
  });

  it("goes out without another read while the first is recent enough", async () => {
    holdUp(undefined, { fault: { ...WAIT, retryAfter: 50 } });
    await cancel();
    expect(methods()).to.deep.equal(["GET", "POST", "POST"]);
  });

  it("isn't sent to a campaign that was renamed meanwhile, if its name is expected", async () => {
    holdUp(rename);
    const { message } = await thrown(ProviderError, () => cancel({ expectedName: "Spring sale" }));
    expect(message).to.contain('"Renamed"').and.contain('"Spring sale"');
    expect(sent()).to.deep.equal([]);
    expect(audited().map(({ httpStatus }) => httpStatus)).to.deep.equal([429]);
  });

  it("isn't sent to a campaign that can't be canceled any more, by the rule of whenNotCancelable", async () => {
    holdUp(moveTo("sent"));
    expect(await cancel({ whenNotCancelable: "accept" })).to.include({ outcome: "notNeeded" });
    on.hood.setStatus(ID, "running");
    holdUp(moveTo("sent"));
    await thrown(ProviderError, () => cancel());
    expect(writes()).to.have.length(2);
    expect(sent()).to.deep.equal([]);
  });

  it("isn't sent to a campaign that somebody canceled meanwhile", async () => {
    holdUp(moveTo("canceled"));
    expect(await cancel()).to.include({ outcome: "alreadyCanceled" });
    expect(sent()).to.deep.equal([]);
  });

  it("isn't sent again if an earlier call turns out to have done it", async () => {
    on.fault({ match: isWrite, fault: { kind: "drop" } });
    holdUp(moveTo("canceled"));
    expect(await cancel()).to.include({ outcome: "canceled" });
    expect(sent()).to.deep.equal(["cancel"]);
  });

  it("fails once its waits add up to what hood:maxWait allows, with nothing done", async () => {
    holdUp(undefined, { times: Number.POSITIVE_INFINITY });
    const { message } = await thrown(ProviderError, () => cancel());
    expect(message).to.contain("again and again for 600 s").and.contain("Nothing was done");
    expect(writes()).to.have.length(9);
    expect(new Set(audited().map(({ outcome }) => outcome))).to.deep.equal(new Set(["failed"]));
  });

  it("fails if the rate limit lets only one request through a minute, with nothing sent", async () => {
    const { message } = await thrown(ProviderError, () => cancel({}, on.another({ config: { rateLimit: "1/61s" } })));
    expect(message).to.contain("doesn't let it through within a minute after the campaign was read");
    expect(writes()).to.deep.equal([]);
  });

  it("stands on a few lists if it is one of many, not on a single read for each", async () => {
    const ids = Array.from({ length: 60 }, () => on.campaign("running"));
    holdUp();
    const provider = on.another();
    await Promise.all(ids.map((campaignId) => cancel({ campaignId }, provider)));
    expect(on.canceled).to.have.members(ids);
    expect(methods().filter((method) => method === "GET").length).to.be.at.most(6);
  });

  it("isn't sent as a pause to a campaign that was renamed meanwhile", async () => {
    holdUp(rename);
    await thrown(ProviderError, () => bringTo("paused", { expectedName: "Spring sale" }));
    expect(sent()).to.deep.equal([]);
  });

  it("isn't sent as the second of two steps to a campaign that was renamed meanwhile", async () => {
    holdUp(rename, { match: ({ path }) => path.endsWith("/resume") });
    const times = { scheduledTime: "2099-12-01T09:00:00Z", expectedName: "Spring sale" };
    const { message, partial } = await thrown(ProviderError, () => bringTo("scheduled", times));
    expect(message).to.contain('"Renamed"');
    expect(partial).to.include({ id: ID });
    expect(sent()).to.deep.equal(["pause"]);
  });

  it("goes out as an edit after another read", async () => {
    on.hood.setStatus(ID, "scheduled");
    holdUp();
    await edit();
    expect(on.hood.campaign(ID).name).to.equal("Autumn sale");
    expect(methods().slice(0, 4)).to.deep.equal(["GET", "PATCH", "GET", "PATCH"]);
  });

  it("isn't sent as an edit to a campaign that takes none any more", async () => {
    on.hood.setStatus(ID, "scheduled");
    holdUp(moveTo("sent"));
    await thrown(ProviderError, edit);
    expect(sent()).to.deep.equal([]);
  });
});
