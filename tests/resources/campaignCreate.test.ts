import { expect } from "chai";
import { isCreate } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

describe("create of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const named = (name: string) => [...on.hood.campaigns.values()].filter((campaign) => campaign.name === name);

  it("reads the list of what is there, sends one call, and keeps what Hood gave", async () => {
    const args = {
      name: "First sale",
      draft: true,
      labels: ["spring"],
      messages: [{ channel: "email", integrationId: "7", templateId: "8", email: { subject: "Hello" } }],
      extra: { frequency_cap: 2 },
      deletionPolicy: "prevent",
    };
    const { id, outs } = await on.apply(args);
    expect(on.sent).to.deep.equal([
      "GET /campaigns?fields=id,name,status,create_time,metadata&sort=-create_time,name&page=1,500",
      "POST /campaigns",
    ]);
    const { metadata, ...body } = JSON.parse(on.hood.requests.at(-1)?.body ?? "");
    expect(metadata.value).to.match(/^[0-9a-f]{60}$/);
    expect(body).to.deep.equal({
      name: "First sale",
      status: "draft",
      labels: ["spring"],
      messages: [{ channel: "email", integration_id: "7", template_id: "8", email: { subject: "Hello" } }],
      frequency_cap: 2,
    });
    const { createTime, __provenance, ...rest } = outs;
    expect(__provenance).to.have.keys("record", "mark");
    expect(rest).to.deep.equal({ ...args, campaignId: id, status: "draft" });
    expect(createTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("takes over what an update made that ended before it could keep it", async () => {
    const args = { name: "Killed sale", scheduledTime: "2099-12-01T09:00:00Z", metadata: { team: "crm" } };
    const { id } = await on.apply(args);
    on.hood.clearRequests();
    const next = on.another();
    const { outs } = await on.apply(args, next);
    expect(named("Killed sale").map((campaign) => campaign.id)).to.deep.equal([id]);
    expect(outs).to.include({ campaignId: id, status: "scheduled" });
    expect(on.calls).to.deep.equal([`PATCH /campaigns/${id}`]);
    expect(next.engine.warnings).to.have.length(1);
    expect(next.engine.warnings[0]).to.contain(`campaign ${id} "Killed sale" (scheduled)`);
  });

  it("fails with Hood's words if it is rejected", async () => {
    on.hood.fault({ match: isCreate, times: 2, fault: { kind: "status", status: 400, message: "Not like this." } });
    const { message, partial } = await thrown(ProviderError, () => on.apply({ name: "Rejected sale" }));
    expect(message).to.contain("HTTP 400 Bad request. Not like this.").and.contain('"Rejected sale" was not created');
    expectReadable(message);
    expect(partial).to.equal(undefined);
  });

  it("doesn't know what became of it if it can't read the list, and the next update looks for it first", async () => {
    const next = on.another();
    const { inputs } = await next.check(undefined, { name: "Doubtful sale" });
    on.hood.fault({
      match: isCreate,
      fault: { kind: "drop", processed: true },
      before: (hood) => hood.fault({ match: ({ method }) => method === "GET", fault: { kind: "status", status: 401 } }),
    });
    const { message, partial } = await thrown(ProviderError, () => next.create(inputs));
    expect(partial).to.equal(undefined);
    expect(message).to.contain('It is unknown whether campaign "Doubtful sale" was created');
    expect(message).to.contain("Run `pulumi up` again in a minute or later, and within a day");
    expectReadable(message);

    const { id } = await on.apply({ name: "Doubtful sale" }, on.another());
    expect(named("Doubtful sale").map((campaign) => campaign.id)).to.deep.equal([id]);
    expect(on.calls.filter((call) => call.startsWith("POST"))).to.deep.equal(["POST /campaigns"]);
  });
});
