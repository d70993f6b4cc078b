import { inspect } from "node:util";
import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const future = "2099-12-01T09:00:00Z";

describe("a CampaignStatus whose declaration is edited", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  /** A declaration as an update leaves it. */
  async function declared(args: Properties) {
    const { inputs, failures } = await on.provider.check(undefined, args);
    expect(failures).to.deep.equal([]);
    const { id, outs } = await on.provider.create(inputs);
    on.hood.clearRequests();
    return { id, args, inputs, outs };
  }

  /** What a preview and an update make of an edit. */
  async function edited({ id, args, inputs, outs }: Awaited<ReturnType<typeof declared>>, edit: Properties) {
    const checked = await on.provider.check(inputs, { ...args, ...edit });
    expect(checked.failures).to.deep.equal([]);
    const { changes } = await on.provider.diff(id, outs, checked.inputs);
    return { changes, inputs: checked.inputs, outs: (await on.provider.update(id, outs, checked.inputs)).outs };
  }

  it("is moved to another time, and left alone if it has that time already", async () => {
    const campaignId = on.campaign("scheduled", { scheduled_time: "2099-11-01 09:00:00" });
    const before = await declared({ campaignId, status: "scheduled", scheduledTime: "2099-11-01T09:00:00Z" });
    expect(before.outs.plannedActions).to.deep.equal([]);
    const { inputs } = await edited(before, { scheduledTime: future });
    expect(inputs.plannedActions).to.deep.equal(["pause", "resume"]);
    expect(on.hood.campaign(campaignId)).to.include({ status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
  });

  it("sends nothing for the same time in another notation", async () => {
    const before = await declared({ campaignId: on.campaign("paused"), status: "scheduled", scheduledTime: future });
    const { outs } = await edited(before, { scheduledTime: "2099-12-01 09:00:00" });
    expect(outs).to.deep.equal({ ...before.outs, scheduledTime: "2099-12-01 09:00:00" });
    expect(on.sent).to.deep.equal([]);
  });

  it("changes only the state if only the guards or the reason change", async () => {
    const before = await declared({ campaignId: on.campaign("running"), status: "paused", reason: "Stock" });
    const edit = { reason: "Weather", expectedName: "Other" };
    const { changes, outs } = await edited(before, edit);
    expect({ changes, outs }).to.deep.equal({ changes: true, outs: { ...before.outs, ...edit } });
    expect(on.sent).to.deep.equal([]);
  });

  it("lets a reason pass that was sent with the text of an Output in it, but sends no such text again", async () => {
    const reason = "Follows Calling [toString] on an [Output<T>] is not supported.";
    const args = { campaignId: on.campaign("paused"), status: "paused", reason };
    expect((await on.provider.check(args, args)).failures).to.deep.equal([]);
    const { failures } = await on.provider.check(args, { ...args, status: "running" });
    expect(failures.map((failure) => failure.reason).join()).to.match(/^reason holds .* pulumi\.interpolate/);
  });

  it("fails if a time that goes with the old status stays with another one", async () => {
    const { args, inputs } = await declared({
      campaignId: on.campaign("paused"),
      status: "scheduled",
      scheduledTime: future,
    });
    const { failures } = await on.provider.check(inputs, { ...args, status: "paused" });
    expect(failures.map(({ property }) => property)).to.deep.equal(["scheduledTime"]);
    expect(failures[0]?.reason).to.contain('"scheduled" only');
  });

  for (const [becomes, isDrift] of [
    ["running", true],
    ["sent", false],
    ["canceled", false],
    ["paused", false],
    ["archived", false],
  ] as const) {
    it(`paused, and found ${becomes} by a refresh, ${isDrift ? "is judged again by the next preview" : "is as declared"}`, async () => {
      const before = await declared({ campaignId: on.campaign("scheduled"), status: "paused" });
      on.hood.setStatus(before.id, becomes);
      const { props, inputs = {} } = await on.provider.read(before.id, before.outs);
      expect(props).to.deep.equal({ ...before.outs, currentStatus: becomes });
      expect(inputs).to.deep.equal({ ...before.inputs, ...(isDrift && { currentStatus: becomes }) });
      const checked = await on.provider.check(inputs, before.args);
      const { changes } = await on.provider.diff(before.id, props, checked.inputs);
      expect(changes).to.equal(isDrift);
      if (becomes !== "running") {
        // Nobody edited the program, so what can't be brought back blocks nothing.
        const outOfReach = ["sent", "canceled"].includes(becomes);
        const words = new RegExp(`^The status "paused" of campaign .* is out of reach: it is ${becomes} by now`);
        expect(checked.failures).to.deep.equal([]);
        expect(on.provider.engine.warnings).to.have.length(outOfReach ? 1 : 0);
        if (outOfReach) expect(on.provider.engine.warnings[0]).to.match(words);
        return;
      }
      expect(checked.inputs).to.deep.include({ previousStatus: "running", plannedActions: ["pause"] });
      expect(on.provider.engine.warnings).to.deep.equal([
        `A refresh found campaign ${before.id} "Spring sale" running: \`pulumi up\` brings it back to "paused".`,
      ]);
      expect((await on.provider.update(before.id, props, checked.inputs)).outs).to.include({ currentStatus: "paused" });
      expect(on.calls).to.deep.equal([`POST /campaigns/${before.id}/pause`]);
    });
  }

  it("that was left half-way, and is then to be canceled, says of a rejected cancellation only that", async () => {
    const campaignId = on.campaign("running");
    const begun = { campaignId, status: "paused", campaignName: "Spring sale", previousStatus: "running" };
    const news = { campaignId, status: "canceled", reason: "Budget cut" };
    const { inputs, failures } = await on.provider.check(begun, news);
    expect(failures).to.deep.equal([]);
    on.faultCancel(campaignId, { fault: { kind: "status", status: 403 } });
    const { message, partial } = await thrown(ProviderError, () => on.provider.update(campaignId, begun, inputs));
    expect(message).to.contain("HTTP 403").and.not.contain("unknown whether");
    expect(partial).to.equal(undefined);
  });

  it("promises nothing of what a refresh found, if the program asks for something else by now", async () => {
    const before = await declared({ campaignId: on.campaign("running"), status: "paused" });
    on.hood.setStatus(before.id, "running");
    const { props, inputs = {} } = await on.provider.read(before.id, before.outs);
    const checked = await on.provider.check(inputs, { ...before.args, status: "scheduled", scheduledTime: future });
    expect((await on.provider.diff(before.id, props, checked.inputs)).changes).to.equal(true);
    expect(on.provider.engine.warnings).to.deep.equal([]);
  });

  it("fails a refresh that the account doesn't answer, and an import of a campaign that isn't there", async () => {
    const { id, outs } = await declared({ campaignId: on.campaign("running"), status: "paused" });
    const missing = await thrown(ProviderError, () => on.provider.read("7", {}));
    expect(missing.message).to.contain("Can't read campaign 7").and.contain("Check the id in Hood");
    on.fault({ match: ({ method }) => method === "GET", times: 1, fault: { kind: "status", status: 401 } });
    const { message } = await thrown(ProviderError, () => on.another().read(id, outs));
    expect(message).to.contain("401").and.contain("HOOD_TOKEN");
  });

  for (const status of ["paused", "canceled"]) {
    it(`stays unfinished (${status}) if the next update can't read what became of its call`, async () => {
      const campaignId = on.campaign("running");
      const begun = { campaignId, status, reason: "Stock", campaignName: "Spring sale", previousStatus: "running" };
      on.fault({ match: ({ method }) => method === "GET", times: 9, fault: { kind: "status", status: 401 } });
      const { partial } = await thrown(ProviderError, () => on.provider.update(campaignId, begun, begun));
      expect(partial?.properties).to.deep.equal(begun);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("keeps its state when Hood forgets the campaign", async () => {
    const { id, outs } = await declared({ campaignId: on.campaign("running"), status: "paused" });
    on.hood.campaigns.delete(id);
    const { props } = await on.provider.read(id, outs);
    expect(props).to.deep.equal({ ...outs, currentStatus: "unknown" });
    expect((await on.provider.diff(id, props, outs)).changes).to.equal(false);
  });

  describe("and that is canceled", () => {
    const [reason, other] = ["Budget cut\nOPS-1234\n", "Budget cut, OPS-5678"];
    const canceled = (status: string) =>
      declared({ campaignId: on.campaign(status), status: "canceled", reason, whenNotCancelable: "accept" });

    for (const status of ["draft", "sent", "canceled"]) {
      it(`takes another reason if none was sent, since the campaign was ${status}; nothing is sent then either`, async () => {
        const before = await canceled(status);
        const { changes, outs } = await edited(before, { reason: other });
        expect({ changes, outs }).to.deep.equal({ changes: true, outs: { ...before.outs, reason: other } });
        expect(on.sent).to.deep.equal([]);
      });
    }

    it("sends the corrected reason if a refresh found that there is something to cancel after all", async () => {
      const before = await canceled("draft");
      on.hood.setStatus(before.id, "running");
      const { props, inputs = {} } = await on.provider.read(before.id, before.outs);
      await edited({ ...before, inputs, outs: props }, { reason: other });
      expect(on.calls).to.deep.equal([`POST /campaigns/${before.id}/cancel`]);
      expect(JSON.parse(on.hood.requests.at(-1)?.body ?? "")).to.deep.equal({ reason: other });
    });

    for (const same of ["Budget cut\r\nOPS-1234\r\n", "Budget cut\nOPS-1234"]) {
      it(`takes ${JSON.stringify(same)} for the reason that was sent, and keeps that one`, async () => {
        const before = await canceled("running");
        const { changes, inputs, outs } = await edited(before, { reason: same });
        expect({ changes, inputs, outs }).to.deep.equal({ changes: false, inputs: before.inputs, outs: before.outs });
        const guarded = { ...before.args, reason: same, expectedName: "Spring sale" };
        expect((await on.provider.update(before.id, before.outs, guarded)).outs).to.include({ reason });
        expect(on.sent).to.deep.equal([]);
      });
    }

    it("may be brought to another status if nothing was canceled, as far as the campaign's status allows it", async () => {
      const { id, args, inputs, outs } = await canceled("draft");
      const news = { ...args, status: "paused" };
      const { failures } = await on.provider.check(inputs, news);
      expect(failures.map((failure) => failure.reason).join()).to.match(/can't become "paused": its status is "draft"/);
      expect((await on.provider.diff(id, outs, news)).changes).to.equal(true);
      expect(on.calls).to.deep.equal([]);
    });

    it("counts as canceled by this resource if only a later update found it so", async () => {
      const off = on.another({ config: { preflight: "off" } });
      const args = { campaignId: on.campaign("canceled"), status: "canceled", reason: "Budget cut" };
      const { outs } = await off.update(args.campaignId, args, args);
      expect(outs).to.deep.include({ previousStatus: "unknown", currentStatus: "canceled", plannedActions: [] });
      const { message } = await thrown(ProviderError, () =>
        off.diff(args.campaignId, outs, { ...args, reason: "Other" }),
      );
      expect(message).to.match(/^Cancellation is permanent: /);
    });
  });
});

const seen = { campaignId: "1000248", campaignName: "Spring sale", previousStatus: "running" };
const paused = { ...seen, status: "paused", plannedActions: ["pause"], currentStatus: "paused" };
/** The state of a cancellation whose call went out, and whose effect isn't known. */
const begun = { ...seen, status: "canceled", reason: "Budget cut", plannedActions: ["cancel"] };
const canceled = { ...begun, currentStatus: "canceled" };
const byOthers = { ...canceled, previousStatus: "canceled", plannedActions: [] };
const tooLate = { ...byOthers, previousStatus: "sent", currentStatus: "sent" };

describe("an edit of a CampaignStatus that would undo something", () => {
  // Nothing here needs a token or an account.
  const on = openInProcess({ type: "CampaignStatus", config: { token: "", preflight: "off" } });

  const long = { ...canceled, campaignName: "N\n".repeat(1_000), reason: "R\n".repeat(1_000) };
  const ofState: [what: string, state: Properties, edit: Properties, says: RegExp | undefined][] = [
    ["another status than paused", paused, { status: "running" }, undefined],
    ["another reason than for a pause", { ...paused, reason: "Stock" }, { reason: "Other" }, undefined],
    ["nothing else", canceled, {}, undefined],
    ["a status that isn't known yet", canceled, { status: UNKNOWN }, undefined],
    ["a reason that isn't known yet", canceled, { reason: UNKNOWN }, undefined],
    ["another reason that was never sent", byOthers, { reason: "Other" }, undefined],
    ["another reason that was never needed", tooLate, { reason: "Other" }, undefined],
    ["another status, since nothing was canceled", tooLate, { status: "running" }, undefined],
    [
      "another status than canceled",
      canceled,
      { status: "running" },
      /^Cancellation is permanent: campaign 1000248 "Spring sale" is canceled, and can't become "running"\.\n.*nothing is sent/,
    ],
    [
      "another status than canceled by others",
      byOthers,
      { status: "scheduled" },
      /^Cancellation is permanent: campaign 1000248 .* can't become "scheduled"/,
    ],
    [
      "another status while the call may have gone out",
      begun,
      { status: "running" },
      /^It is unknown whether campaign 1000248 "Spring sale" was canceled, so the status can't be changed now/,
    ],
    [
      "another reason than the one that was sent",
      canceled,
      { reason: "Other" },
      /^Cancellation is permanent: the reason was sent with the end of campaign 1000248 .*\nPut the old reason back .*--show-secrets/,
    ],
    [
      "a reason that looks the same",
      canceled,
      { reason: "Budget cut " },
      /The two reasons differ only in blanks .* character 11: the end in the state/,
    ],
    ["a long reason for a long one", long, { reason: "S\n".repeat(1_000) }, /^Cancellation is permanent/],
    [
      "another reason while the call may have gone out",
      begun,
      { reason: "Other" },
      /^It is unknown whether campaign 1000248 "Spring sale" was canceled, so the reason can't be changed now/,
    ],
    [
      "another campaign than the canceled one",
      canceled,
      { campaignId: "1000249" },
      /^Cancellation is permanent: this resource canceled campaign 1000248 "Spring sale" and can't be changed to campaign 1000249\.\nDeclare another CampaignStatus for campaign 1000249, and put campaignId: "1000248" back here .*nothing is sent/,
    ],
    ["a campaign with a long id", canceled, { campaignId: "9".repeat(5_000) }, /^Cancellation is permanent/],
    [
      "another campaign than one without a name",
      { ...canceled, campaignName: undefined },
      { campaignId: "1" },
      /this resource canceled campaign 1000248 and can't/,
    ],
    ...Object.entries({
      "was canceled by others": byOthers,
      "was sent": tooLate,
      "may be canceled": begun,
      "is paused": paused,
    }).map(([what, state]): [string, Properties, Properties, RegExp] => [
      `another campaign than one that ${what}`,
      state,
      { campaignId: "1" },
      /^This resource manages the status of campaign 1000248 "Spring sale" and can't be changed to campaign 1\./,
    ]),
  ];
  for (const [what, state, edit, says] of ofState) {
    it(`${says ? "fails" : "passes"} in the comparison and in the update: ${what}`, async () => {
      const news = { ...state, ...edit };
      const compare = () => on.provider.diff("1000248", state, news);
      if (!says) {
        const changes = Object.keys(edit).length > 0;
        return expect(await compare()).to.deep.include({ changes });
      }
      const { message } = await thrown(ProviderError, compare);
      expect(message).to.match(says);
      if ("reason" in edit) expect(message).not.to.contain("Budget cut");
      expectReadable(message);
      expect(message.length).to.be.below(1_000);
      const again = await thrown(ProviderError, () => on.provider.update("1000248", state, news));
      expect(again.message).to.equal(message);
    });
  }

  const noReturn = /^Cancellation is permanent: campaign 1000248 "Spring sale" is canceled, and can't become "running"/;
  const stands = /^This resource manages the status of campaign 1000248 "Spring sale" and can't be changed/;
  /** A check has only the inputs, and among them the status that was seen when the resource was declared. */
  const ofInputs: [previousStatus: string | undefined, edit: Properties, says: RegExp | undefined][] = [
    ["running", { reason: "Other" }, undefined],
    ["running", { status: "running" }, undefined],
    ["canceled", { status: "running" }, noReturn],
    ["sent", { status: "running" }, undefined],
    [undefined, { status: "running" }, undefined],
    ["running", { campaignId: "1" }, /^Cancellation is permanent: this resource canceled campaign 1000248/],
    ["canceled", { campaignId: "1" }, stands],
    ["sent", { campaignId: "1" }, stands],
    [undefined, { campaignId: "1" }, stands],
    ["running", { campaignId: "1000248\u200b" }, /^campaignId must be .* character 8 is a zero-width space/],
  ];
  for (const [previousStatus, edit, says] of ofInputs) {
    const found = previousStatus === undefined ? "wasn't read" : `was ${previousStatus}`;
    it(`${says ? "fails" : "passes"} in the check if the campaign ${found}: ${inspect(edit)}`, async () => {
      const olds = { ...begun, previousStatus };
      const { failures } = await on.provider.check(olds, { ...olds, ...edit });
      expect(failures.map(({ property }) => property)).to.deep.equal(says ? Object.keys(edit) : []);
      if (!says) return;
      expect(failures[0]?.reason).to.match(says);
      expectReadable(failures[0]?.reason ?? "");
    });
  }
});
