import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import type { Fault } from "../../simulator";
import { expectReadable } from "../support/accounts";
import { failed, openInProcess } from "../support/testAccount";

const reason = "Budget cut";
const accept = { whenNotCancelable: "accept" };
/** What needs neither a token nor an account must work without them. */
const BARE = { config: { token: "", endpoint: "http://127.0.0.1:1/v1/hood" } };
const id = "1000248";
const args = { campaignId: id, reason };
const inputs = { ...args, campaignName: "Spring sale", previousStatus: "running" };
/** The state of a campaign that the resource canceled. */
const done = { ...inputs, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00.000Z" };
/** The state of a create whose call went out, and whose effect isn't known. */
const begun = { ...inputs, status: "unknown" };
const guards = { expectedName: "Summer sale", ...accept };
/** As Node.js writes a value that has no text. */
const garbled = "Follows Calling [toString] on an [Output<T>] is not supported.";

describe("the check of a new CampaignCancellation", () => {
  const on = openInProcess();
  const check = (news: object, provider = on.provider) => provider.check(undefined, { reason, ...news });

  const shown: [status: string, args: object][] = [
    ["scheduled", {}],
    ["running", { expectedName: "Spring sale", ...accept }],
    ["paused", { expectedName: UNKNOWN, whenNotCancelable: UNKNOWN, reason: UNKNOWN }],
    ["canceled", {}],
    ...["draft", "manual", "sent", "needs_decision"].map((status): [string, object] => [status, accept]),
    ["sent", { whenNotCancelable: UNKNOWN }],
  ];
  for (const [status, more] of shown) {
    it(`shows a campaign that is ${status}, with one read, and changes nothing, for ${JSON.stringify(more)}`, async () => {
      const campaignId = on.campaign(status, { id: "12345678901234567891" });
      const seen = { campaignName: "Spring sale", previousStatus: status };
      expect(await check({ campaignId, ...more })).to.deep.equal({
        inputs: { campaignId, reason, ...more, ...seen },
        failures: [],
      });
      expect(on.sent).to.deep.equal([`GET /campaigns/${campaignId}`]);
    });
  }

  it("lets an id pass that isn't known yet, without a read", async () => {
    const unseen = { campaignId: UNKNOWN, reason, campaignName: UNKNOWN, previousStatus: UNKNOWN };
    expect(await check({ campaignId: UNKNOWN })).to.deep.equal({ inputs: unseen, failures: [] });
    expect(on.sent).to.deep.equal([]);
  });

  const CALLED = /^Campaign \d+ is called "Spring sale", not "[^"]+": nothing is/;
  const failing: [status: string, args: object, property: string, says: RegExp][] = [
    ...["draft", "manual", "sent", "needs_decision"].map((status): (typeof failing)[number] => {
      const says = `^Campaign \\d+ "Spring sale" can't be canceled: its status is "${status}".*\n.* whenNotCancelable: "acc`;
      return [status, { whenNotCancelable: "fail" }, "campaignId", new RegExp(says)];
    }),
    ["archived", accept, "campaignId", /"archived", which .* doesn't know.*\n.* newer version/],
    [" running", {}, "campaignId", /its status is " running".*looks like "running", but character 1 is a space/],
    ["canceled", { expectedName: "Summer sale" }, "expectedName", CALLED],
    ["running", { expectedName: "spring sale" }, "expectedName", CALLED],
    ["running", { expectedName: "Spring sale " }, "expectedName", /the end in Hood, a space \(U\+0020\) in exp/],
  ];
  for (const [status, more, property, says] of failing) {
    it(`fails on ${property} for one that is ${status}, with ${JSON.stringify(more)}`, async () => {
      const failures = await on.failures({ campaignId: on.campaign(status), reason, ...more });
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      expect(failures[0]?.reason).to.match(says);
      expect(on.sent)
        .to.have.length(1)
        .and.deep.equal(on.sent.filter((request) => request.startsWith("GET ")));
    });
  }

  it("says all at once, and hands back the arguments alone, since an update takes no other inputs that aren't known", async () => {
    const wrong = { campaignId: on.campaign("sent"), reason: "", expectedName: "Summer sale" };
    const checked = await check({ ...wrong, extra: 1 });
    const properties = ["campaignId", "reason", "expectedName", "extra"];
    expect(checked.failures.map(({ property }) => property)).to.have.members(properties);
    expect(checked.inputs).to.deep.equal(wrong);
  });

  const answered = (status: number): Fault => ({ kind: "status", status });
  const [{ endpoint }, auditLog] = [BARE.config, "/missing/audit.jsonl"];
  /** Why an account can't be asked: by the settings, or by what comes back. */
  const unasked: [what: string, config: Record<string, string>, fault: Fault | undefined, says: string[]][] = [
    ["there is no token", { token: "" }, undefined, ["no API token", "config set --secret hood:token", "HOOD_TOKEN"]],
    ["the token isn't accepted", { token: "stale" }, undefined, ["HTTP 401 Unauthorized.", "hood:token", "expired"]],
    ["nobody is there", { endpoint }, undefined, ["127.0.0.1:1 can't be reached (ECONNREFUSED)", "hood:endpoint"]],
    ["a setting can't be used", { endpoint: "http://hood.example/v1" }, undefined, ["hood:endpoint", "https://"]],
    ["the audit log can't be written", { auditLog }, undefined, [auditLog, "ENOENT", "hood:auditLog"]],
    ["Hood doesn't know it", {}, answered(400), ["trace_id", "Check the id in Hood"]],
    ["Hood doesn't know it, by 404", {}, answered(404), ["trace_id", "Check the id in Hood"]],
  ];
  for (const [what, config, fault, says] of unasked) {
    it(`says that ${what}, and what to do`, async () => {
      const campaignId = on.campaign("running");
      if (fault) on.faultRead(campaignId, { times: Infinity, fault });
      const failures = await on.failures({ campaignId, reason }, undefined, on.another({ config }));
      const known = !what.includes("doesn't know");
      expect(failures.map(({ property }) => property)).to.deep.equal([known ? "" : "campaignId"]);
      for (const part of fault ? [...says, `campaign ${campaignId}: `] : says)
        expect(failures[0]?.reason).to.contain(part);
      expect(on.sent.filter((request) => request !== `GET /campaigns/${campaignId}`)).to.deep.equal([]);
    });
  }

  it("without preflight asks nobody, needs no token, and still judges the arguments; the create misses the token", async () => {
    const bare = on.another({ config: { preflight: "off", ...BARE.config } });
    expect(await bare.check(undefined, args)).to.deep.equal({ inputs: args, failures: [] });
    const { failures } = await bare.check(undefined, { campaignId: "../1", reason: " " });
    expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId", "reason"]);
    expect((await failed(() => bare.create(args))).message).to.contain("no API token");
    expect(on.sent).to.deep.equal([]);
  });

  for (const [type, status] of [["CampaignCancellation"], ["CampaignStatus", { status: "canceled" }]] as const) {
    it(`leaves to the create what can be canceled only since, which counts then: a ${type}`, async () => {
      const campaignId = on.campaign("draft");
      const provider = on.another({ type, config: { maxCancellations: "0" } });
      const { inputs } = await check({ campaignId, ...accept, ...status }, provider);
      await on.clock.sleep(60_000);
      on.hood.setStatus(campaignId, "running");
      const { message } = await failed(() => provider.create(inputs));
      expect(message).to.contain(
        `hood:maxCancellations (or HOOD_MAX_CANCELLATIONS) allows: campaign ${campaignId} "Sp`,
      );
      // With a cap of none, nothing can be canceled alone either.
      expect(message).not.to.contain("--target");
      expect(on.calls).to.deep.equal([]);
    });
  }
});

describe("a CampaignCancellation whose declaration is edited", () => {
  const on = openInProcess({ config: { ...BARE.config, rateLimit: "1/9s" } });
  const seen = { campaignName: "Spring sale", previousStatus: "running" };
  const unknowns = { campaignId: UNKNOWN, reason: UNKNOWN, expectedName: UNKNOWN };

  const [lf, crlf, old] = [{ reason: "a\nb\n" }, { reason: "a\r\nb" }, { reason: garbled }];
  const kept: [what: string, olds: object, news: object, inputs: object][] = [
    ["what was seen when it was new", inputs, args, inputs],
    ["the reason as it was sent", { ...inputs, ...lf }, { ...args, ...crlf }, { ...inputs, ...lf }],
    ["a text that can't be sent any more", { ...inputs, ...old }, { ...args, ...old }, { ...inputs, ...old }],
    ["that guards are gone", { ...inputs, ...guards }, args, inputs],
    ["another reason, which the comparison judges", inputs, { ...args, reason: "A" }, { ...inputs, reason: "A" }],
    ["values that aren't known yet", inputs, unknowns, { ...unknowns, ...seen }],
  ];
  for (const [what, olds, news, is] of kept) {
    it(`keeps ${what}`, async () => {
      expect(await on.provider.check({ ...olds }, { ...news })).to.deep.equal({ inputs: is, failures: [] });
    });
  }

  const wrong: [edit: object, property: string, says: RegExp][] = [
    [{ extra: 1 }, "extra", /not an argument/],
    [{ campaignName: "Other" }, "campaignName", /not an argument/],
    [{ reason: garbled }, "", /^reason holds .* pulumi\.interpolate/],
  ];
  for (const [edit, property, says] of wrong) {
    it(`fails in the check with ${JSON.stringify(edit)}`, async () => {
      const failures = await on.failures({ ...args, ...edit }, inputs);
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
      expect(failures[0]?.reason).to.match(says).and.not.contain("undefined");
    });
  }

  const name = { expectedName: "Spring sale" };
  const compared: [what: string, changes: boolean, before: object, after: object][] = [
    ["nothing", false, {}, {}],
    ["what the live campaign has become", false, { status: "archived", campaignName: "Renamed" }, {}],
    ["values that may never change and aren't known yet", false, {}, { campaignId: UNKNOWN, reason: UNKNOWN }],
    ["a default that was written out", false, { whenNotCancelable: "fail" }, {}],
    ["a new guard", true, {}, name],
    ["what is accepted", true, {}, accept],
  ];
  for (const [what, changes, before, after] of compared) {
    it(`finds ${changes ? "a change" : "none"} in ${what}, asks nobody, and never replaces`, async () => {
      const found = await on.provider.diff(id, { ...done, ...before }, { ...inputs, ...after });
      expect(found).to.deep.equal({ changes, replaces: [] });
      expect(on.provider.engine.warnings).to.deep.equal([]);
    });
  }

  const due: [what: string, state: object, says: RegExp][] = [
    ["it is unknown whether it was canceled", begun, /^It is unknown whether campaign 1000248 "Spring sale"/],
    ...["scheduled", "running", "paused"].map((status): [string, object, RegExp] => [
      `a refresh found it ${status}`,
      { ...done, status },
      new RegExp(`^A refresh found campaign 1000248 "Spring sale" ${status}: \`pulumi up\` cancels it for good`),
    ]),
  ];
  for (const [what, state, says] of due) {
    it(`finds something to do if ${what}, and warns of it`, async () => {
      expect(await on.provider.diff(id, { ...state }, inputs)).to.deep.equal({ changes: true, replaces: [] });
      const [unread = "", warning, ...others] = on.provider.engine.warnings;
      expect(unread).to.contain(
        "There is no API token for Hood.\nNobody edited this in the program, so the rest goes on",
      );
      expect(warning).to.match(says);
      expect(others).to.deep.equal([]);
      expectReadable(warning ?? "");
    });
  }

  const other = { reason: "Budget cut, OPS-1234" };
  const refreshed = { ...done, campaignName: "Renamed", status: "unknown" };
  const updated: [what: string, state: object, news: object, outs: object][] = [
    ["puts guards into the state", done, { ...inputs, ...guards }, { ...done, ...guards }],
    ["takes out what the program took out", { ...done, ...guards }, inputs, done],
    ["keeps what a refresh saw", refreshed, { ...inputs, ...guards }, { ...refreshed, ...guards }],
    ["takes out a default that was written out", { ...done, whenNotCancelable: "fail" }, inputs, done],
    [
      "keeps the reason as it was sent",
      { ...done, ...lf },
      { ...inputs, ...guards, ...crlf },
      { ...done, ...guards, ...lf },
    ],
    ...["alreadyCanceled", "notNeeded"].map((outcome): (typeof updated)[number] => {
      const what = `corrects a reason that was never sent (${outcome})`;
      return [what, { ...done, outcome }, { ...inputs, ...other }, { ...done, outcome, ...other }];
    }),
  ];
  for (const [what, state, news, outs] of updated) {
    it(`${what} in an update, and asks nobody`, async () => {
      expect((await on.provider.update(id, { ...state }, { ...news })).outs).to.deep.equal(outs);
    });
  }
});

describe("the reason of a campaign that wasn't cancelable, once a refresh has found it running,", () => {
  const on = openInProcess();
  const foundRunning = async (provider = on.provider, more: object = {}) => {
    const kept = await on.declared({ campaignId: on.campaign("draft"), reason, ...accept, ...more }, provider);
    on.hood.setStatus(kept.id, "running");
    return on.refreshed(kept, provider);
  };

  it("is said to have been sent by nobody here, if somebody else canceled the campaign meanwhile", async () => {
    const { id, inputs, outs } = await foundRunning();
    on.hood.setStatus(id, "canceled");
    expect((await on.another().update(id, outs, inputs)).outs).to.include({ outcome: "alreadyCanceled" });
    expect(on.calls).to.deep.equal([]);
  });

  for (const [type, status] of [["CampaignCancellation"], ["CampaignStatus", { status: "canceled" }]] as const) {
    it(`is the corrected one in the call of a ${type}`, async () => {
      const provider = on.another({ type });
      const kept = await foundRunning(provider, status);
      const corrected = { reason: "Budget cut, OPS-1234" };
      const { changes, inputs } = await on.preview(kept, corrected, provider);
      expect(changes).to.equal(true);
      await provider.update(kept.id, kept.outs, inputs);
      expect(on.calls).to.deep.equal([`POST /campaigns/${kept.id}/cancel`]);
      expect(on.bodies).to.deep.equal([corrected]);
    });
  }
});

describe("the read of a CampaignCancellation", () => {
  const on = openInProcess();
  const stateOf = (campaignId: string) => ({ ...done, campaignId, expectedName: "Spring sale" });
  const read = (campaignId: string, provider = on.provider) => provider.read(campaignId, stateOf(campaignId));

  const forgotten = { status: "unknown", canceledAt: "2026-06-01T11:59:00.000Z" };
  const seen: [status: string, when: string, before?: object][] = [
    ["canceled", ""],
    ["running", " again"],
    ["sent", ""],
    ["archived", ""],
    ["canceled", ", though that left no trace in its update_time, once Hood shows it again", forgotten],
  ];
  for (const [status, when, before] of seen) {
    it(`shows that the campaign is ${status}${when}, and what it is called now`, async () => {
      // What goes on under another name isn't what was canceled.
      const campaignName = status === "running" ? "SPRING SALE" : "Summer sale";
      const campaignId = on.campaign(status, { name: campaignName, update_time: "2026-04-01 12:00:00" });
      const state = { ...stateOf(campaignId), ...before };
      const props = { ...state, campaignName, status };
      expect(await on.provider.read(campaignId, state)).to.deep.equal({ id: campaignId, props });
      expect(on.calls).to.deep.equal([]);
      expect(on.provider.engine.warnings).to.deep.equal([]);
    });
  }

  const paused = { status: "paused" };
  /** Many are looked for in the list of the status that they should have. */
  const many: [type: "CampaignCancellation" | "CampaignStatus", state: object, list: string][] = [
    ["CampaignCancellation", done, "canceled"],
    ["CampaignCancellation", { ...done, status: "unknown" }, "canceled"],
    ["CampaignCancellation", { ...done, status: "sent", outcome: "notNeeded" }, "sent"],
    ["CampaignStatus", { ...paused, currentStatus: "paused" }, "paused"],
    ["CampaignStatus", { ...paused, currentStatus: "sent" }, "sent"],
    ["CampaignStatus", { ...paused, currentStatus: "unknown" }, "paused"],
    ["CampaignStatus", paused, "paused"],
  ];
  for (const [type, state, list] of many) {
    it(`takes few requests for many ${JSON.stringify(state).slice(0, 60)} of a ${type}, also if some have another status`, async () => {
      const provider = on.another({ type });
      const ids = Array.from({ length: 100 }, (_, index) => on.campaign(index < 10 ? "manual" : list));
      const results = await Promise.all(ids.map((id) => provider.read(id, { ...inputs, ...state, campaignId: id })));
      expect(results.map(({ props }) => props.campaignId)).to.deep.equal(ids);
      const live = type === "CampaignStatus" ? "currentStatus" : "status";
      expect([results[0], results[99]].map((result) => result?.props[live])).to.deep.equal(["manual", list]);
      expect(on.sent.length).to.be.at.most(20);
      expect(on.sent.find((request) => request.includes("page="))).to.contain(`status=in:${list}&`);
    });
  }

  it("keeps the state of a campaign that Hood forgot, with a warning, and that of one that isn't known to be canceled", async () => {
    const unfinished = { ...begun, campaignId: "999" };
    expect((await on.provider.read("999", unfinished)).props).to.deep.equal(unfinished);
    expect(await read("999")).to.deep.equal({ id: "999", props: { ...stateOf("999"), status: "unknown" } });
    const { warnings } = on.provider.engine;
    expect(warnings).to.have.length(2);
    for (const warning of warnings) expect(warning).to.match(/^Hood doesn't show campaign 999 "Spring sale" any more/);
    expectReadable(warnings[0] ?? "");
  });

  it("keeps nothing of a campaign that Hood never showed", async () => {
    const never = { campaignId: "999", reason, status: "unknown" };
    expect((await failed(() => on.provider.read("999", never))).message).to.match(/campaign 999: HTTP 400/);
  });

  it("without a state is an import of a campaign that is canceled", async () => {
    const campaignId = on.campaign("canceled", { update_time: "2026-05-01 12:00:00" });
    const given = "Not known: it was canceled outside Pulumi";
    const imported = { campaignId, reason: given, campaignName: "Spring sale", previousStatus: "canceled" };
    const outcome = { status: "canceled", outcome: "alreadyCanceled", canceledAt: "2026-05-01T12:00:00Z" };
    const props = { ...imported, ...outcome };
    expect(await on.provider.read(campaignId, {})).to.deep.equal({ id: campaignId, inputs: imported, props });
    const { message } = await failed(() => on.provider.read(on.campaign("running"), {}));
    expect(message).to.contain(`can't be imported as a CampaignCancellation: its status is "running"`);
  });
});

describe("a removal", () => {
  const on = openInProcess(BARE);
  const STAYS = "the campaign stays canceled";
  const rows: [type: "CampaignCancellation" | "CampaignStatus", state: Properties, says: string][] = [
    ["CampaignCancellation", done, STAYS],
    ["CampaignCancellation", { ...done, outcome: "alreadyCanceled" }, STAYS],
    ["CampaignCancellation", { ...done, outcome: "notNeeded" }, "the campaign stays as it is"],
    ["CampaignCancellation", begun, "it is unknown whether the campaign was canceled: look at it in Hood"],
    ["CampaignStatus", { ...begun, status: "paused", currentStatus: "paused" }, "the campaign stays as it is"],
  ];
  for (const [type, state, says] of rows) {
    it(`of a ${type} sends nothing, needs no account, and says what stays behind (${state.outcome ?? state.status})`, async () => {
      const provider = on.another({ type });
      await provider.delete(id, state);
      const what = type === "CampaignStatus" ? "the status of campaign" : "campaign";
      const removed = `Removed ${what} ${id} "Spring sale" from the Pulumi state. Nothing was sent to Hood`;
      expect(provider.engine.warnings).to.deep.equal([`${removed}: ${says}.`]);
      expect(on.sent).to.deep.equal([]);
    });
  }
});

describe("what a preview shows of a CampaignCancellation", () => {
  const on = openInProcess(BARE);
  const open = { status: UNKNOWN, outcome: UNKNOWN, canceledAt: UNKNOWN };
  const toCancel = { status: "canceled", outcome: "canceled", canceledAt: UNKNOWN };
  const rows: [what: string, previousStatus: string | undefined, state: Properties | undefined, outputs: object][] = [
    ["a running campaign", "running", undefined, toCancel],
    ["a canceled one", "canceled", undefined, { ...toCancel, outcome: "alreadyCanceled" }],
    ["one that was sent", "sent", undefined, { status: "sent", outcome: "notNeeded" }],
    ["one that isn't known yet", UNKNOWN, undefined, open],
    ["one that wasn't read", undefined, undefined, open],
    ["one that it canceled", "running", done, done],
    ["one whose guards were taken out", "running", { ...done, ...guards }, done],
    ["one that a refresh found running", "sent", { ...done, outcome: "notNeeded", status: "running" }, toCancel],
    ["one that may be canceled", "running", begun, open],
    ["one that may be canceled, and that a refresh found so", "running", { ...begun, status: "canceled" }, toCancel],
  ];
  for (const [what, previousStatus, state, outputs] of rows) {
    it(what, () => {
      const { previousStatus: _, ...rest } = inputs;
      const seen: Properties = { ...rest, ...(previousStatus && { previousStatus }) };
      expect(on.provider.previewOutputs(seen, state)).to.deep.equal({ ...seen, ...outputs });
    });
  }
});
