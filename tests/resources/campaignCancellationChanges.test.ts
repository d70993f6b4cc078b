import { inspect } from "node:util";
import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const id = "1000248";
const args = { campaignId: id, reason: "Budget cut" };
const inputs = { ...args, campaignName: "Spring sale", previousStatus: "running" };
/** The state of a campaign that the resource canceled. */
const done = { ...inputs, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00.000Z" };
/** The state of a create whose call went out, and whose effect isn't known. */
const begun = { ...inputs, status: "unknown" };
const guards = { expectedName: "Summer sale", whenNotCancelable: "accept" };
/** As Node.js writes a value that has no text. */
const garbled = "Follows Calling [toString] on an [Output<T>] is not supported.";

describe("a CampaignCancellation whose declaration is edited", () => {
  // Nothing here needs a token or an account, unless a test says so.
  const on = openInProcess({ config: { token: "", endpoint: "http://127.0.0.1:1/v1/hood", rateLimit: "1/9s" } });
  const check = (news: object, olds: object = inputs) => on.provider.check({ ...olds }, { ...news });
  const diff = (news: object, olds: object = done) => on.provider.diff(id, { ...olds }, { ...news });
  const update = (news: object, olds: object = done) => on.provider.update(id, { ...olds }, { ...news });

  describe("the check", () => {
    const kept: [what: string, olds: object, news: object, inputs: object][] = [
      ["what was seen when it was new", inputs, args, inputs],
      ["that nothing was seen", args, args, args],
      ["what the state has, if the program hands it back", inputs, inputs, inputs],
      ["other guards", inputs, { ...args, ...guards }, { ...inputs, ...guards }],
      ["that guards are gone", { ...inputs, ...guards }, args, inputs],
      [
        "another reason, which the comparison judges",
        inputs,
        { ...args, reason: "Other" },
        { ...inputs, reason: "Other" },
      ],
      [
        "a reason as it was sent, whatever is in it",
        { ...inputs, reason: garbled },
        { ...args, reason: garbled },
        { ...inputs, reason: garbled },
      ],
      [
        "values that aren't known yet",
        inputs,
        { campaignId: UNKNOWN, reason: UNKNOWN, expectedName: UNKNOWN },
        {
          campaignId: UNKNOWN,
          reason: UNKNOWN,
          expectedName: UNKNOWN,
          campaignName: "Spring sale",
          previousStatus: "running",
        },
      ],
    ];
    for (const [what, olds, news, is] of kept) {
      it(`keeps ${what}`, async () => expect(await check(news, olds)).to.deep.equal({ inputs: is, failures: [] }));
    }

    const wrong: [edit: object, property: string, says: RegExp, olds?: object][] = [
      [{ expectedName: "" }, "expectedName", /exact name/],
      [{ whenNotCancelable: "ignore" }, "whenNotCancelable", /"fail" or "accept"/],
      [{ extra: 1 }, "extra", /not an argument/],
      [{ campaignName: "Other" }, "campaignName", /not an argument/],
      [{ status: "running" }, "status", /^Cancellation is permanent: campaign 1000248 "Spring sale" .* "running"/],
      [{ status: "active" }, "status", /can't become "active"/, { ...inputs, previousStatus: "canceled" }],
      [{ status: "running" }, "status", /not an argument/, { ...inputs, previousStatus: "sent" }],
      [{ status: "running" }, "status", /not an argument/, args],
      [{ status: "canceled" }, "status", /not an argument/],
      [{ status: UNKNOWN }, "status", /not an argument/],
      [{ campaignId: undefined }, "campaignId", /is missing/],
      [{ campaignId: 1000248 }, "campaignId", /quotes/],
      [{ campaignId: `${id}\u200b` }, "campaignId", /character 8 is a zero-width space/],
      [{ reason: undefined }, "reason", /^reason is missing: say why/],
      [{ reason: "" }, "reason", /must not be blank/],
      [{ reason: garbled }, "", /^reason holds .* pulumi\.interpolate/],
    ];
    for (const [edit, property, says, olds = inputs] of wrong) {
      it(`says what is wrong with ${inspect(edit)} after ${inspect(olds)}`, async () => {
        const { failures } = await check({ ...args, ...edit }, olds);
        expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
        expect(failures[0]?.reason).to.match(says).and.not.contain("undefined");
        expectReadable(failures[0]?.reason ?? "");
      });
    }
  });

  describe("the comparison", () => {
    const accept = { whenNotCancelable: "accept" };
    const name = { expectedName: "Spring sale" };
    const rows: [what: string, changes: boolean, before: object, after: object][] = [
      ["nothing", false, {}, {}],
      ...["canceled", "sent", "unknown", "archived"].map((status): [string, boolean, object, object] => [
        `what the live campaign has become (${status})`,
        false,
        { status, campaignName: "Renamed" },
        {},
      ]),
      ["values that may never change and aren't known yet", false, {}, { campaignId: UNKNOWN, reason: UNKNOWN }],
      ["a default that is written out", false, {}, { whenNotCancelable: "fail" }],
      ["a default that was written out", false, { whenNotCancelable: "fail" }, {}],
      ["the line breaks of another system", false, { reason: "a\nb\n" }, { reason: "a\r\nb\r\n" }],
      ["a last line break that is gone", false, { reason: "a\nb\n" }, { reason: "a\nb" }],
      ["a new guard", true, {}, name],
      ["another guard", true, name, { expectedName: "Summer sale" }],
      ["a guard that is gone", true, name, {}],
      ["a guard that isn't known yet", true, name, { expectedName: UNKNOWN }],
      ["what is accepted", true, {}, accept],
      ["what isn't accepted any more", true, accept, {}],
      ["a reason that was never sent", true, { outcome: "alreadyCanceled" }, { reason: "Other" }],
      ["a reason that was never needed", true, { outcome: "notNeeded", status: "sent" }, { reason: "Other" }],
    ];
    for (const [what, changes, before, after] of rows) {
      it(`finds ${changes ? "a change" : "none"} in ${what}, asks nobody, and never replaces`, async () => {
        expect(await diff({ ...inputs, ...after }, { ...done, ...before })).to.deep.equal({ changes, replaces: [] });
        expect(on.provider.engine.warnings).to.deep.equal([]);
      });
    }

    const due: [what: string, state: object, says: RegExp][] = [
      [
        "it is unknown whether the campaign was canceled",
        begun,
        /^It is unknown whether campaign 1000248 "Spring sale"/,
      ],
      ...["scheduled", "running", "paused"].map((status): [string, object, RegExp] => [
        `a refresh found it ${status}`,
        { ...done, status },
        new RegExp(`^A refresh found campaign 1000248 "Spring sale" ${status}: \`pulumi up\` cancels it for good`),
      ]),
    ];
    for (const [what, state, says] of due) {
      it(`finds something to do if ${what}, and warns of it`, async () => {
        expect(await diff(inputs, state)).to.deep.equal({ changes: true, replaces: [] });
        const [warning, ...others] = on.provider.engine.warnings;
        expect(warning).to.match(says);
        expect(others).to.deep.equal([]);
        expectReadable(warning ?? "");
      });
    }
  });

  describe("an update of guards, or of a reason that was never sent,", () => {
    const other = { reason: "Budget cut, OPS-1234" };
    const seen = { ...done, campaignName: "Renamed", status: "unknown" };
    const rows: [what: string, state: object, news: object, outs: object][] = [
      ["puts them into the state", done, { ...inputs, ...guards }, { ...done, ...guards }],
      ["takes out what the program took out", { ...done, ...guards }, inputs, done],
      ["keeps what a refresh saw", seen, { ...inputs, ...guards }, { ...seen, ...guards }],
      [
        "keeps the reason as it was sent",
        { ...done, reason: "a\nb\n" },
        { ...inputs, ...guards, reason: "a\r\nb" },
        { ...done, ...guards, reason: "a\nb\n" },
      ],
      ...["alreadyCanceled", "notNeeded"].map((outcome): [string, object, object, object] => [
        `corrects the reason (${outcome})`,
        { ...done, outcome },
        { ...inputs, ...other },
        { ...done, outcome, ...other },
      ]),
    ];
    for (const [what, state, news, outs] of rows) {
      it(`${what}, and asks nobody`, async () => expect((await update(news, state)).outs).to.deep.equal(outs));
    }
  });

  describe("an attempt to undo the cancellation fails with what is known", () => {
    const long = { campaignName: "N\n".repeat(1_000), reason: "R\n".repeat(1_000) };
    const rows: [what: string, state: object, edit: object, says: RegExp][] = [
      [
        "another reason than the one that was sent",
        done,
        { reason: "Other" },
        /^Cancellation is permanent: the reason was sent with the end of campaign 1000248 "Spring sale", .*\nPut the old reason back .*--show-secrets.*nothing is sent/,
      ],
      [
        "a reason that looks the same",
        done,
        { reason: "Budget\u00a0cut" },
        /The two reasons differ only in blanks .* a space \(U\+0020\) in the state, a no-break space/,
      ],
      [
        "a reason in letters of another alphabet, none of which is shown, since it may be a secret",
        done,
        { reason: "\u0412udget cut" },
        /The two reasons differ first at character 1: a Latin letter in the state, a Cyrillic letter in the program\./,
      ],
      [
        "a reason with another end",
        done,
        { reason: "Budget cut " },
        /The two reasons differ .* character 11: the end in the state/,
      ],
      [
        "another reason while its call may have gone out",
        begun,
        { reason: "Other" },
        /^It is unknown whether campaign 1000248 .* so the reason can't be changed now/,
      ],
      [
        "a long reason for a long one",
        { ...done, ...long },
        { reason: "S\n".repeat(1_000) },
        /^Cancellation is permanent/,
      ],
      [
        "another campaign",
        done,
        { campaignId: "1000249" },
        /^Cancellation is permanent: this resource canceled campaign 1000248 "Spring sale" and can't be changed to campaign 1000249\.\nTo cancel campaign 1000249 too, declare another CampaignCancellation for it and put campaignId: "1000248" back here\.\nRemoving this resource sends nothing/,
      ],
      ["a campaign with a long id", done, { campaignId: "9".repeat(5_000) }, /^Cancellation is permanent/],
      [
        "another campaign than one without a name",
        { ...done, campaignName: undefined },
        { campaignId: "1" },
        /this resource canceled campaign 1000248 and can't/,
      ],
      [
        "another campaign than one that was canceled before",
        { ...done, outcome: "alreadyCanceled" },
        { campaignId: "1" },
        /^This resource is for campaign 1000248 "Spring sale" and can't/,
      ],
      [
        "another campaign than one that needed nothing",
        { ...done, outcome: "notNeeded" },
        { campaignId: "1" },
        /^This resource is for campaign/,
      ],
      ["another campaign than one that may be canceled", begun, { campaignId: "1" }, /^This resource is for campaign/],
    ];
    for (const [what, state, edit, says] of rows) {
      it(`(${what}), in the preview and in the update, in few words`, async () => {
        const news = { ...state, ...edit } as Record<string, unknown>;
        const messages = [];
        for (const act of [diff, update]) messages.push((await thrown(ProviderError, () => act(news, state))).message);
        const [message = "", again] = messages;
        expect(message).to.match(says).and.equal(again);
        if ("reason" in edit) expect(message).not.to.contain("Budget cut");
        expectReadable(message);
        expect(message.length).to.be.below(1_000);
        expect(on.provider.engine.warnings).to.deep.equal([]);
      });
    }

    const seen: [previousStatus: string | undefined, says: RegExp][] = [
      ["running", /^Cancellation is permanent: this resource canceled campaign 1000248 "Spring sale"/],
      ...["draft", "sent", "canceled", undefined].map((status): [string | undefined, RegExp] => [
        status,
        /^This resource is for campaign 1000248 "Spring sale"/,
      ]),
    ];
    for (const [previousStatus, says] of seen) {
      it(`(another campaign, of inputs that found the first one ${previousStatus ?? "nowhere"}), in the check already`, async () => {
        const { failures } = await check({ ...args, campaignId: "1000249" }, { ...inputs, previousStatus });
        expect(failures.map(({ property }) => property)).to.deep.equal(["campaignId"]);
        expect(failures[0]?.reason).to.match(says);
        expectReadable(failures[0]?.reason ?? "");
      });
    }
  });
});

describe("the reason of a campaign that wasn't cancelable", () => {
  const on = openInProcess();

  /** The resource, once a refresh has found that there is something to cancel after all. */
  const foundRunning = async () => {
    const declared = { campaignId: on.campaign("draft"), reason: "Budget cut", whenNotCancelable: "accept" };
    const { inputs: before } = await on.provider.check(undefined, declared);
    const { id: created, outs } = await on.provider.create(before);
    on.hood.setStatus(created, "running");
    const { props } = await on.provider.read(created, outs);
    return { declared, before, created, props };
  };

  it("is said to have been sent by nobody here, if somebody else canceled the campaign meanwhile", async () => {
    const { before, created, props } = await foundRunning();
    on.hood.setStatus(created, "canceled");
    const next = on.another({});
    expect((await next.update(created, props, before)).outs).to.include({ outcome: "alreadyCanceled" });
    expect(on.calls).to.deep.equal([]);
  });

  it("is the corrected one in the call, if a refresh found that there is something to cancel after all", async () => {
    const { declared, before, created, props } = await foundRunning();
    const checked = await on.provider.check(before, { ...declared, reason: "Budget cut, OPS-1234" });
    expect((await on.provider.diff(created, props, checked.inputs)).changes).to.equal(true);
    await on.provider.update(created, props, checked.inputs);
    expect(on.calls).to.deep.equal([`POST /campaigns/${created}/cancel`]);
    expect(JSON.parse(on.hood.requests.at(-1)?.body ?? "")).to.deep.equal({ reason: "Budget cut, OPS-1234" });
  });
});
