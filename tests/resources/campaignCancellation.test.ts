import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import type { Fault, SimulatorOptions } from "../../simulator";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";
const accept = { whenNotCancelable: "accept" };
/** What needs neither a token nor an account must work without them. */
const BARE = { config: { token: "", endpoint: "http://127.0.0.1:1/v1/hood" } };

describe("the check of a new CampaignCancellation", () => {
  const on = openInProcess();
  const check = (news: object, provider = on.provider) => provider.check(undefined, { reason, ...news });

  async function failureOf(news: object, provider = on.provider) {
    const { failures } = await check(news, provider);
    expect(failures, JSON.stringify(failures)).to.have.length(1);
    const [failure] = failures;
    expectReadable(failure?.reason ?? "");
    return { property: failure?.property, reason: failure?.reason ?? "" };
  }

  const shown: [status: string, args: object][] = [
    ["scheduled", {}],
    ["running", { expectedName: "Spring sale", ...accept }],
    ["paused", { expectedName: UNKNOWN, whenNotCancelable: UNKNOWN, reason: UNKNOWN }],
    ["canceled", {}],
    ...["draft", "manual", "sent", "needs_decision"].map((status): [string, object] => [status, accept]),
    ["sent", { whenNotCancelable: UNKNOWN }],
  ];
  for (const [status, args] of shown) {
    it(`shows a campaign that is ${status}, with one read, and changes nothing, for ${JSON.stringify(args)}`, async () => {
      const campaignId = on.campaign(status, { id: "12345678901234567891" });
      const seen = { campaignName: "Spring sale", previousStatus: status };
      const inputs = { campaignId, reason, ...args, ...seen };
      expect(await check({ campaignId, ...args })).to.deep.equal({ inputs, failures: [] });
      expect(on.sent).to.deep.equal([`GET /campaigns/${campaignId}`]);
    });
  }

  it("takes few reads for many campaigns", async () => {
    const ids = Array.from({ length: 100 }, () => on.campaign("running"));
    for (const campaignId of ids) {
      const { inputs, failures } = await check({ campaignId });
      expect(failures).to.deep.equal([]);
      expect(inputs).to.include({ campaignId, previousStatus: "running" });
    }
    expect(on.sent.length).to.be.at.most(20);
  });

  it("lets an id pass that isn't known yet, without a read, and judges it when it is known", async () => {
    const { inputs, failures } = await check({ campaignId: UNKNOWN });
    expect(failures).to.deep.equal([]);
    expect(inputs).to.include({ campaignId: UNKNOWN, campaignName: UNKNOWN, previousStatus: UNKNOWN });
    expect(on.sent).to.deep.equal([]);
    expect((await failureOf({ campaignId: on.campaign("draft") })).property).to.equal("campaignId");
  });

  const notCancelable = (status: string): [string, object, string, RegExp] => [
    status,
    {},
    "campaignId",
    new RegExp(
      `^Campaign \\d+ "Spring sale" can't be canceled: its status is "${status}".*\n.* whenNotCancelable: "accept"`,
    ),
  ];
  const failing: [status: string, args: object, property: string, says: RegExp][] = [
    notCancelable("draft"),
    notCancelable("manual"),
    notCancelable("sent"),
    notCancelable("needs_decision"),
    ["archived", accept, "campaignId", /"archived", which .* doesn't know.*\n.* newer version/],
    ["archived", { whenNotCancelable: UNKNOWN, expectedName: UNKNOWN }, "campaignId", /"archived"/],
    [" running", {}, "campaignId", /its status is " running".*looks like "running", but character 1 is a space/],
    ["running", { expectedName: "Summer sale" }, "expectedName", /called "Spring sale", not "Summer sale": nothing is/],
    ["running", { reason: " " }, "reason", /^reason must not be blank: say why/],
    ["running", { reason: 5 }, "reason", /^reason must be a string, not a number: say why/],
    ["running", { reason: null }, "reason", /^reason is missing: say why/],
    ["running", { expectedName: ["a"] }, "expectedName", /^expectedName must be a string, not a list: give/],
    ["running", { expectedName: "" }, "expectedName", /^expectedName must not be blank: give/],
    ["running", { whenNotCancelable: true }, "whenNotCancelable", /^whenNotCancelable must be .*, not a boolean\.$/],
    ["running", { campaignId: ["1"] }, "campaignId", /^campaignId must be a string of digits, .*, not a list\.$/],
    [
      "running",
      { expectedname: "Spring sale" },
      "expectedname",
      /not an argument of CampaignCancellation, which takes/,
    ],
    ["running", { status: "running" }, "status", /not an argument/],
  ];
  for (const [status, args, property, says] of failing) {
    it(`fails on ${property} for one that is ${status}, with ${JSON.stringify(args)}`, async () => {
      const campaignId = on.campaign(status);
      const failure = await failureOf({ campaignId, ...args });
      expect(failure.property).to.equal(property);
      expect(failure.reason).to.match(says);
      expect(on.calls).to.deep.equal([]);
    });
  }

  for (const campaignId of ["../1", "1000248/pause", "1000248?x=1", "", " ", 1000248, undefined]) {
    it(`fails on the id ${JSON.stringify(campaignId)}, and asks nobody`, async () => {
      expect((await failureOf({ campaignId })).property).to.equal("campaignId");
      expect(on.sent).to.deep.equal([]);
    });
  }

  it("says all at once, and hands back the arguments alone, since an update takes no other inputs that aren't known", async () => {
    const wrong = { campaignId: on.campaign("sent"), reason: "", expectedName: "Summer sale" };
    const { inputs, failures } = await check({ ...wrong, extra: 1 });
    const properties = ["campaignId", "reason", "expectedName", "extra"];
    expect(failures.map(({ property }) => property)).to.have.members(properties);
    expect(inputs).to.deep.equal(wrong);
  });

  describe("if the account can't be asked,", () => {
    const settings: [what: string, config: Record<string, string>, says: string[]][] = [
      ["there is no token", { token: "" }, ["no API token", "config set --secret hood:token", "HOOD_TOKEN"]],
      [
        "the token isn't accepted",
        { token: "stale-canary-token" },
        ["HTTP 401 Unauthorized.", "hood:token", "expired"],
      ],
      [
        "nobody is there",
        { endpoint: BARE.config.endpoint },
        ["127.0.0.1:1 can't be reached (ECONNREFUSED)", "hood:endpoint"],
      ],
      ["a setting can't be used", { endpoint: "http://hood.example/v1/hood" }, ["hood:endpoint", "https://"]],
    ];
    for (const [what, config, says] of settings) {
      it(`says that ${what}, and what to do`, async () => {
        const campaignId = on.campaign("running");
        const failure = await failureOf({ campaignId }, on.another({ config }));
        expect(failure.property).to.equal("");
        for (const part of says) expect(failure.reason).to.contain(part);
      });
    }

    const faults: [what: string, fault: Fault, says: string[]][] = [
      ["a page came with 200", { kind: "html", status: 200 }, ["something that isn't JSON", "hood:endpoint", "proxy"]],
      ["a page came with 403", { kind: "html", status: 403 }, ["HTTP 403", "hood:endpoint"]],
      [
        "a redirect came",
        { kind: "redirect", location: "https://login.example/" },
        ["HTTP 302", "never followed", "hood:endpoint"],
      ],
      ["Hood failed", { kind: "status", status: 500 }, ["HTTP 500", "trace_id", "Run the same command again"]],
      [
        "the token lacks a right",
        { kind: "status", status: 403, message: "Suspended." },
        ["HTTP 403", "Suspended.", "right"],
      ],
      ["no answer came in time", { kind: "stall" }, ["no answer from 127.0.0.1", "within 3 s"]],
    ];
    for (const [what, fault, says] of faults) {
      it(`says that ${what}, and what to do`, async () => {
        const campaignId = on.campaign("running");
        on.faultRead(campaignId, { times: Infinity, fault });
        const failure = await failureOf({ campaignId });
        expect(failure.property).to.equal("");
        for (const part of [...says, `campaign ${campaignId}: `]) expect(failure.reason).to.contain(part);
        expect(new Set(on.sent)).to.deep.equal(new Set([`GET /campaigns/${campaignId}`]));
      });
    }

    for (const unknownId of [400, 404] as const) {
      it(`says on the id that Hood doesn't know it, in Hood's words, with HTTP ${unknownId}`, async () => {
        await on.restart({ unknownId });
        const { property, reason: words } = await failureOf({ campaignId: "999" });
        expect(property).to.equal("campaignId");
        expect(words).to.match(new RegExp(`campaign 999: HTTP ${unknownId} .*trace_id.*\nCheck the id in Hood`));
      });
    }
  });

  it("reads an account's other notations", async () => {
    await on.restart({ labelsAs: "string", totalAs: "string" } satisfies SimulatorOptions);
    const campaignId = on.campaign("running", { labels: ["a", "b"] });
    expect((await check({ campaignId })).inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
  });

  describe("without preflight", () => {
    const off = (config = {}) => on.another({ config: { preflight: "off", ...config } });

    it("asks nobody, needs no token, and shows only what the program says; the create misses the token", async () => {
      const args = { campaignId: "999", reason };
      const bare = off(BARE.config);
      expect(await bare.check(undefined, args)).to.deep.equal({ inputs: args, failures: [] });
      expect((await thrown(ProviderError, () => bare.create(args))).message).to.contain("no API token");
      expect(on.sent).to.deep.equal([]);
    });

    it("still judges the arguments", async () => {
      const { failures } = await off().check(undefined, { campaignId: "../1", reason: " " });
      expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId", "reason"]);
    });
  });
});

describe("the read of a CampaignCancellation", () => {
  const on = openInProcess();
  const state = {
    reason,
    expectedName: "Spring sale",
    campaignName: "Spring sale",
    previousStatus: "running",
    status: "canceled",
    outcome: "canceled",
    canceledAt: "2026-05-01T12:00:00.000Z",
  };
  const read = (campaignId: string, provider = on.provider) => provider.read(campaignId, { ...state, campaignId });

  for (const status of ["canceled", "running", "sent", "archived"]) {
    it(`shows that the campaign is ${status}, and what it is called now`, async () => {
      const id = on.campaign(status, { name: "Summer sale" });
      const props = { ...state, campaignId: id, campaignName: "Summer sale", status };
      expect(await read(id)).to.deep.equal({ id, props });
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("takes few requests for many", async () => {
    const ids = Array.from({ length: 100 }, () => on.campaign("canceled"));
    const results = await Promise.all(ids.map((id) => read(id)));
    expect(results.map(({ props }) => props.campaignId)).to.deep.equal(ids);
    expect(on.sent.length).to.be.at.most(20);
  });

  it("finds campaigns that don't have the status of the state", async () => {
    for (const id of Array.from({ length: 10 }, () => on.campaign("paused"))) {
      expect((await read(id)).props).to.include({ status: "paused" });
    }
  });

  it("keeps the state of a campaign that Hood forgot, with a warning, and that of one that isn't known to be canceled", async () => {
    const { outcome: _, canceledAt: __, ...begun } = { ...state, campaignId: "999", status: "unknown" };
    expect((await on.provider.read("999", begun)).props).to.deep.equal(begun);
    expect(await read("999")).to.deep.equal({ id: "999", props: { ...state, campaignId: "999", status: "unknown" } });
    const [warning = "", ...others] = on.provider.engine.warnings;
    expect(warning).to.match(/^Hood doesn't show campaign 999 "Spring sale" any more/);
    expect(others).to.have.length(1);
    expectReadable(warning);
  });

  it("keeps nothing of a campaign that Hood never showed", async () => {
    const never = { campaignId: "999", reason, status: "unknown" };
    const { message } = await thrown(ProviderError, () => on.provider.read("999", never));
    expect(message).to.match(/campaign 999: HTTP 400/);
  });

  const failures: [what: string, fault: Fault | undefined, config: Record<string, string>, says: RegExp][] = [
    ["a page with 404", { kind: "html", status: 404 }, {}, /isn't JSON.*\n.*hood:endpoint/],
    ["a token that isn't accepted", undefined, { token: "stale-canary-token" }, /HTTP 401.*\n.*hood:token/],
  ];
  for (const [what, fault, config, says] of failures) {
    it(`never takes ${what} for a campaign that is gone`, async () => {
      const id = on.campaign("canceled");
      if (fault) on.faultRead(id, { times: Infinity, fault });
      const { message } = await thrown(ProviderError, () => read(id, on.another({ config })));
      expect(message).to.match(says);
      expectReadable(message);
    });
  }

  it("without a state is an import: of a campaign that is there, and is canceled", async () => {
    const id = on.campaign("canceled", { update_time: "2026-05-01 12:00:00" });
    const inputs = {
      campaignId: id,
      campaignName: "Spring sale",
      previousStatus: "canceled",
      reason: "Not known: it was canceled outside Pulumi",
    };
    const canceled = { status: "canceled", outcome: "alreadyCanceled", canceledAt: "2026-05-01T12:00:00Z" };
    expect(await on.provider.read(id, {})).to.deep.equal({ id, inputs, props: { ...inputs, ...canceled } });
    for (const [other, says] of [
      ["999", /campaign 999: HTTP 400/],
      [on.campaign("running"), /can't be imported as a CampaignCancellation: its status is "running"/],
    ] as const) {
      const { message } = await thrown(ProviderError, () => on.provider.read(other, {}));
      expect(message).to.match(says);
      expectReadable(message);
    }
  });
});

describe("the removal of a CampaignCancellation", () => {
  const on = openInProcess(BARE);
  const rows: [outcome: string | undefined, says: string][] = [
    ["canceled", "the campaign stays canceled"],
    ["alreadyCanceled", "the campaign stays canceled"],
    ["notNeeded", "the campaign stays as it is"],
    [undefined, "it is unknown whether the campaign was canceled: look at it in Hood"],
  ];
  for (const [outcome, says] of rows) {
    it(`sends nothing, needs no account, and says what stays behind (${outcome ?? "no outcome"})`, async () => {
      await on.provider.delete("7", {
        campaignId: "7",
        campaignName: "Spring sale",
        reason,
        status: "canceled",
        outcome,
      });
      const removed = 'Removed campaign 7 "Spring sale" from the Pulumi state. Nothing was sent to Hood';
      expect(on.provider.engine.warnings).to.deep.equal([`${removed}: ${says}.`]);
      expect(on.sent).to.deep.equal([]);
    });
  }
});

describe("what a preview shows of a CampaignCancellation", () => {
  const on = openInProcess(BARE);
  const declared = { campaignId: "7", reason, campaignName: "Spring sale" };
  const done = { ...declared, previousStatus: "running", status: "canceled", outcome: "canceled", canceledAt: "2026" };
  const open = { status: UNKNOWN, outcome: UNKNOWN, canceledAt: UNKNOWN };
  const toCancel = { status: "canceled", outcome: "canceled", canceledAt: UNKNOWN };
  const rows: [what: string, seen: object, state: object | undefined, outputs: object][] = [
    ["a running campaign", { previousStatus: "running" }, undefined, toCancel],
    [
      "a canceled one",
      { previousStatus: "canceled" },
      undefined,
      { status: "canceled", outcome: "alreadyCanceled", canceledAt: UNKNOWN },
    ],
    ["one that was sent", { previousStatus: "sent" }, undefined, { status: "sent", outcome: "notNeeded" }],
    ["one that isn't known yet", { previousStatus: UNKNOWN }, undefined, open],
    ["one that wasn't read", {}, undefined, open],
    ["one that it canceled", { previousStatus: "running" }, done, done],
    [
      "one that a refresh found running",
      { previousStatus: "sent" },
      { ...done, outcome: "notNeeded", status: "running" },
      toCancel,
    ],
    [
      "one that may be canceled",
      { previousStatus: "running" },
      { ...declared, previousStatus: "running", status: "unknown" },
      open,
    ],
    [
      "one that may be canceled, and that a refresh found canceled",
      { previousStatus: "running" },
      { ...declared, previousStatus: "running", status: "canceled" },
      toCancel,
    ],
  ];
  for (const [what, seen, state, outputs] of rows) {
    it(what, () => {
      const inputs = { ...declared, ...seen };
      expect(on.provider.previewOutputs(inputs, state as Record<string, unknown>)).to.deep.equal({
        ...inputs,
        ...outputs,
      });
    });
  }
});
