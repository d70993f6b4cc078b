import { expect } from "chai";
import { isCreate } from "../support/campaignAccount";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess, until } from "../support/testAccount";
import { openWarned } from "../support/warnings";

const surroundings = { type: "Campaign" };

describe("creating a campaign on the on", function () {
  this.timeout(30_000);
  const on = openInProcess(surroundings, { parallelLimit: "off" });
  const warned = openWarned(on);
  const named = (name: string) => [...on.hood.campaigns.values()].filter((campaign) => campaign.name === name);

  it("takes a look for what is there, and one call, and records what Hood gave", async () => {
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

  it("makes 50 campaigns with 50 lost answers, in parallel", async () => {
    on.hood.fault({ match: isCreate, times: 50, fault: { kind: "drop", processed: true } });
    const names = Array.from({ length: 50 }, (_, index) => `Lost sale ${index}`);
    const made = await Promise.all(names.map((name) => on.apply({ name, description: "x" })));
    expect(new Set(made.map(({ id }) => id)).size).to.equal(50);
    expect([...on.hood.campaigns.values()].filter(({ name }) => name.startsWith("Lost"))).to.have.length(50);
    expect(on.calls).to.have.length(50);
    for (const [index, { id }] of made.entries()) expect(on.hood.campaign(id).name).to.equal(names[index]);
  });

  it("makes one campaign where the process is killed between the call and the record", async () => {
    const args = { name: "Killed sale", scheduledTime: "2099-12-01T09:00:00Z", metadata: { team: "crm" } };
    on.hood.fault({ match: isCreate, fault: { kind: "stall", processed: true } });
    const doomed = await on.another({ config: { timeout: "60s" } });
    const call = thrown(ProviderError, () => on.apply(args, doomed));
    await until(() => named("Killed sale").length > 0);
    await doomed.stop("SIGKILL");
    await call;

    const { id, outs } = await on.apply(args, warned.provider);
    expect(named("Killed sale").map((campaign) => campaign.id)).to.deep.equal([id]);
    expect(outs).to.include({ campaignId: id, status: "scheduled" });
    expect(on.calls).to.deep.equal(["POST /campaigns", `PATCH /campaigns/${id}`]);
    expect(warned.logs.map(({ severity }) => severity)).to.deep.equal(["WARNING"]);
    expect(warned.logs[0]?.message).to.contain(`campaign ${id} "Killed sale" (scheduled)`);
  });

  it("gives Hood's words where it is refused", async () => {
    on.hood.fault({ match: isCreate, times: 2, fault: { kind: "status", status: 400, message: "Not like this." } });
    const { message, partial } = await thrown(ProviderError, () => on.apply({ name: "Refused sale" }));
    expect(message).to.contain("HTTP 400 Bad request. Not like this.").and.contain('"Refused sale" was not created');
    expectReadable(message);
    expect(partial).to.equal(undefined);
  });

  it("doesn't know what became of it if it can't look, and the next update looks first", async () => {
    const next = await on.another();
    try {
      const { inputs } = await next.check(undefined, { name: "Doubtful sale" });
      on.hood.fault({
        match: isCreate,
        fault: { kind: "drop", processed: true },
        before: (hood) =>
          hood.fault({ match: ({ method }) => method === "GET", fault: { kind: "status", status: 401 } }),
      });
      const { message, partial } = await thrown(ProviderError, () => next.create(inputs));
      expect(partial).to.equal(undefined);
      expect(message).to.contain('It is unknown whether campaign "Doubtful sale" was created');
      expect(message).to.contain("Run `pulumi up` again in a minute or later");
      expectReadable(message);
    } finally {
      await next.stop();
    }
    const after = await on.another();
    try {
      const { id } = await on.apply({ name: "Doubtful sale" }, after);
      expect(named("Doubtful sale").map((campaign) => campaign.id)).to.deep.equal([id]);
    } finally {
      await after.stop();
    }
    expect(on.calls.filter((call) => call.startsWith("POST"))).to.deep.equal(["POST /campaigns"]);
  });

  it("prints nothing", () => expect(on.provider.output).to.match(/^\d+\n$/));
});
