import { expect } from "chai";
import { closeAll, open } from "./account";

describe("simulator: shapes", () => {
  afterEach(closeAll);

  it("a single view is an envelope too, with ids as strings and GMT date-times", async () => {
    const { call } = await open({
      campaigns: [{ id: "18446744073709551615", name: "Spring sale", status: "scheduled" }],
    });
    const { json, status, headers } = await call("GET", "/campaigns/18446744073709551615");
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.equal("application/json");
    expect(json.total).to.equal(1);
    expect(json.items).to.have.lengthOf(1);
    expect(json.items[0]).to.deep.include({
      id: "18446744073709551615",
      company_id: "1000000",
      creator_id: "1000223",
      name: "Spring sale",
      status: "scheduled",
      labels: [],
      was_launched: false,
      scheduled_time: "2026-03-03 10:00:00",
      next_run_time: "2026-03-03 10:00:00",
      create_time: "2026-03-02 10:00:00",
    });
    expect(json.items[0].creator).to.include({ id: "1000223", status: "active" });
  });

  it("labels and total can be strings", async () => {
    const { call } = await open({
      labelsAs: "string",
      totalAs: "string",
      campaigns: [{ id: "7", labels: ["sale", "spring"] }],
    });
    const { json } = await call("GET", "/campaigns/7");
    expect(json.total).to.equal("1");
    expect(json.items[0].labels).to.equal("sale,spring");
    expect((await call("GET", "/campaigns")).json.total).to.equal("1");
  });

  it("a reason is stored and not shown", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(hood.campaign("7").reason).to.equal("Budget cut");
    expect((await call("GET", "/campaigns/7")).json.items[0]).to.not.have.property("reason");
    expect((await call("GET", "/campaigns/7?fields=id,reason")).status).to.equal(400);
  });

  it("exposeReason shows it", async () => {
    const { call } = await open({ exposeReason: true, campaigns: [{ id: "7" }] });
    await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect((await call("GET", "/campaigns/7?fields=reason")).json.items).to.deep.equal([{ reason: "Budget cut" }]);
  });

  it("completes what is added: an id of its own, a name, running", async () => {
    const { hood } = await open({ campaigns: [{ id: "1000248" }] });
    const [first, second] = hood.add({}, { status: "draft" });
    expect(first).to.include({ id: "1000249", name: "Campaign 1000249", status: "running", was_launched: true });
    expect(second).to.include({ id: "1000250", status: "draft", was_launched: false });
    expect([...hood.campaigns.keys()]).to.deep.equal(["1000248", "1000249", "1000250"]);
    expect(() => hood.add({ id: "1000248" })).to.throw("already has one with this id");
  });

  it("keeps nothing of the objects it was given", async () => {
    const seed = { id: "7", labels: ["sale"] };
    const { hood } = await open({ campaigns: [seed] });
    hood.campaign("7").labels.push("changed");
    expect(seed.labels).to.deep.equal(["sale"]);
  });

  it("a person's changes are live; an unknown id is a mistake of the test", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    hood.setStatus("7", "sent");
    hood.campaign("7").name = "Renamed";
    expect((await call("GET", "/campaigns/7?fields=name,status")).json.items).to.deep.equal([
      { name: "Renamed", status: "sent" },
    ]);
    hood.campaigns.delete("7");
    expect((await call("GET", "/campaigns/7")).status).to.equal(400);
    expect(() => hood.setStatus("7", "running")).to.throw("no campaign 7");
  });
});
