import { expect } from "chai";
import { closeAll, open } from "./account";

describe("simulator: create and edit", () => {
  afterEach(closeAll);

  const creations: [body: object, status: string][] = [
    [{ status: "draft", run_immediately: true }, "draft"],
    [{ is_draft: true }, "draft"],
    [{}, "manual"],
    [{ run_immediately: 1 }, "running"],
    [{ scheduled_time: "2026-03-03 08:00:00" }, "scheduled"],
    [{ recurrence: { every: "day" } }, "scheduled"],
  ];
  for (const [body, status] of creations) {
    it(`create with ${JSON.stringify(body)} makes it ${status}`, async () => {
      const { hood, call } = await open();
      const reply = await call("POST", "/campaigns", { name: "Spring sale", labels: ["sale"], ...body });
      expect(reply.status).to.equal(201);
      expect(reply.json).to.deep.include({ name: "Spring sale", labels: ["sale"], status });
      expect(hood.campaign(reply.json.id).status).to.equal(status);
      expect(hood.requests[0]?.effect).to.deep.equal({ campaignId: reply.json.id, from: null, to: status });
    });
  }

  it("createStatus makes a create answer 200", async () => {
    const { call } = await open({ createStatus: 200 });
    expect((await call("POST", "/campaigns", { name: "Spring sale" })).status).to.equal(200);
  });

  for (const body of [
    {},
    { name: " " },
    { name: "Spring sale", status: "running" },
    { name: "Spring sale", id: "5" },
    { name: "Spring sale", labels: "sale" },
    { name: "Spring sale", scheduled_time: "2026-03-01 08:00:00" },
  ]) {
    it(`create with ${JSON.stringify(body)} is refused`, async () => {
      const { hood, call } = await open();
      expect((await call("POST", "/campaigns", body)).status).to.equal(400);
      expect(hood.campaigns.size).to.equal(0);
    });
  }

  it("an edit is a merge patch: what is left out stays, null removes, objects merge", async () => {
    const metadata = { owner: "ana", cost: { centre: "12", limit: 5 } };
    const { hood, call } = await open({
      campaigns: [{ id: "7", name: "Spring", status: "draft", labels: ["a"], metadata, targeting: { country: "HR" } }],
    });
    const patch = { description: "New", labels: null, targeting: null, metadata: { owner: null, cost: { limit: 6 } } };
    const reply = await call("PATCH", "/campaigns/7", patch);
    expect(reply.status).to.equal(204);
    expect(reply.text).to.equal("");
    expect(hood.campaign("7")).to.deep.include({
      name: "Spring",
      description: "New",
      labels: [],
      targeting: undefined,
      metadata: { cost: { centre: "12", limit: 6 } },
    });
  });

  for (const status of ["running", "canceled", "sent", "needs_decision"]) {
    it(`an edit of a ${status} campaign is refused`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", name: "Spring", status }] });
      expect((await call("PATCH", "/campaigns/7", { name: "Summer" })).status).to.equal(400);
      expect(hood.campaign("7").name).to.equal("Spring");
    });
  }

  for (const status of ["draft", "manual", "scheduled", "paused"]) {
    it(`an edit of a ${status} campaign is done`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", name: "Spring", status }] });
      expect((await call("PATCH", "/campaigns/7", { name: "Summer" })).status).to.equal(204);
      expect(hood.campaign("7")).to.include({ name: "Summer", status });
    });
  }

  it("a draft takes any known status, and nothing goes back to draft", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft" }] });
    expect((await call("PATCH", "/campaigns/7", { status: "archived" })).status).to.equal(400);
    expect((await call("PATCH", "/campaigns/7", { status: "scheduled" })).status).to.equal(204);
    expect((await call("PATCH", "/campaigns/7", { status: "draft" })).status).to.equal(400);
    expect(hood.campaign("7").status).to.equal("scheduled");
  });

  for (const patch of [{ name: null }, { id: "8" }, { scheduled_time: "soon" }, "[]", ""]) {
    it(`an edit with ${JSON.stringify(patch)} is refused`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7", status: "draft" }] });
      const before = structuredClone(hood.campaign("7"));
      expect((await call("PATCH", "/campaigns/7", patch)).status).to.equal(400);
      expect(hood.campaign("7")).to.deep.equal(before);
    });
  }
});
