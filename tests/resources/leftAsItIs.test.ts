import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { expectReadable } from "../support/accounts";
import { failed, type InProcessProvider, openInProcess, type ResourceType } from "../support/testAccount";

const accept = { whenNotCancelable: "accept" };
const guard = { expectedName: "Spring sale" };
const GOES_ON = "and the rest goes on";

describe("what a program declares, that nobody edited, and that can't be met", () => {
  const on = openInProcess({ type: "CampaignStatus" });
  const cancellations = () => on.another({ type: "CampaignCancellation" });

  /** A preview finds nothing to do, says why, and sends nothing. */
  async function left(
    provider: InProcessProvider,
    inputs: Properties,
    args: Properties,
    state: Properties,
    says: string,
  ) {
    const checked = await provider.check(inputs, args);
    expect(checked.failures).to.deep.equal([]);
    expect((await provider.diff(String(args.campaignId), state, checked.inputs)).changes).to.equal(false);
    const { warnings } = provider.engine;
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain(says);
    expectReadable(warnings[0] ?? "");
    expect(on.calls).to.deep.equal([]);
    return checked.inputs;
  }

  const soon = "2026-06-01T12:00:30Z";
  const CALLED = 'is called "X", not';
  type Since = Properties | undefined;
  /** What a refresh found, and what has become of the campaign since; without anything, Hood doesn't show it any more. */
  const refreshed: [what: string, args: Properties, found: string, since: Since, says: string][] = [
    ["was delivered", { status: "paused" }, "running", { status: "sent" }, 'can\'t become "paused"'],
    ["was renamed", { status: "paused", ...guard }, "running", { name: "X" }, CALLED],
    ["has missed its time", { status: "scheduled", scheduledTime: soon }, "paused", {}, "has passed"],
    ["was resumed and renamed", { status: "canceled", reason: "x", ...guard }, "running", { name: "X" }, CALLED],
    ["is gone", { status: "paused" }, "running", undefined, "any more: nothing is sent for it"],
  ];
  for (const [what, more, found, since, says] of refreshed) {
    it(`blocks nothing: a status, of a campaign that ${what} since a refresh`, async () => {
      const campaignId = on.campaign("scheduled", { scheduled_time: "2026-06-01 12:00:30" });
      const args = { campaignId, ...more };
      const { outs } = await on.apply(args);
      on.hood.setStatus(campaignId, found);
      const next = on.another();
      const { props, inputs = {} } = await next.read(campaignId, outs);
      if (since) Object.assign(on.hood.campaign(campaignId), since);
      else on.hood.campaigns.delete(campaignId);
      on.hood.clearRequests();
      await on.clock.sleep(60_000);
      const checked = await left(next, inputs, args, props, since ? `nothing is sent for it, ${GOES_ON}` : says);
      expect(next.engine.warnings[0]).to.contain(says);
      const updated = (await next.update(campaignId, props, { ...checked, ...accept })).outs;
      const currentStatus = since ? on.hood.campaign(campaignId).status : "unknown";
      expect(updated).to.include({ ...accept, currentStatus });
      expect(on.calls).to.deep.equal([]);
      if (since) return;
      // Another refresh makes it known.
      const read = await on.another().read(campaignId, props);
      const last = on.another();
      expect((await last.check(read.inputs, args)).failures).to.deep.equal([]);
      expect((await last.diff(campaignId, read.props, read.inputs ?? {})).changes).to.equal(false);
      expect(last.engine.warnings).to.deep.equal([]);
    });
  }

  for (const [type, says] of [
    ["CampaignStatus", 'brings it back to "paused"'],
    ["CampaignCancellation", "cancels it for good"],
  ] as const) {
    it(`fails no preview, and no other resource's update, if the campaign of a ${type} can't be read`, async () => {
      const provider = on.another({ type });
      const campaignId = on.campaign(type === "CampaignStatus" ? "paused" : "running");
      const args = { campaignId, reason: "Budget cut", ...(type === "CampaignStatus" && { status: "paused" }) };
      const { outs } = await on.apply(args, provider);
      on.hood.setStatus(campaignId, "running");
      const { props, inputs = args } = await on.another({ type }).read(campaignId, outs);
      const unreadable = { times: Number.POSITIVE_INFINITY, fault: { kind: "status", status: 500 } } as const;
      on.fault({ match: ({ method }) => method === "GET", ...unreadable });
      on.hood.clearRequests();
      const next = on.another({ type });
      const checked = await next.check(inputs, args);
      expect(checked.failures).to.deep.equal([]);
      // As the refresh found it.
      if (type === "CampaignStatus") expect(checked.inputs.plannedActions).to.deep.equal(["pause"]);
      expect((await next.diff(campaignId, props, checked.inputs)).changes).to.equal(true);
      const [unread = "", action, ...others] = next.engine.warnings;
      expect(others).to.deep.equal([]);
      expect(unread).to.match(
        /^Can't read campaign .*HTTP 500.*\nNobody edited this in the program, so the rest goes on/,
      );
      expectReadable(unread);
      expect(action).to.contain(says);
      const { message } = await failed(() => next.update(campaignId, props, checked.inputs));
      expect(message).to.contain("Can't read campaign").and.contain("HTTP 500");
      expect(on.calls).to.deep.equal([]);
    });
  }

  for (const type of ["CampaignStatus", "CampaignCancellation"] as const) {
    it(`is done once the program is corrected, though the same operation's refresh would leave it: a ${type}`, async () => {
      const provider = on.another({ type });
      const campaignId = on.campaign("scheduled");
      const args = { campaignId, status: "canceled", reason: "Budget cut", ...guard };
      const { status: _, ...others } = args;
      const declared = (more: Properties) => ({ ...(type === "CampaignStatus" ? args : others), ...more });
      const { outs } = await on.apply(declared({}), on.another({ type }));
      Object.assign(on.hood.campaign(campaignId), { status: "running", name: "X" });
      const { props, inputs = declared({}) } = await provider.read(campaignId, outs);
      expect((await provider.diff(campaignId, props, inputs)).changes).to.equal(false);
      const checked = await provider.check(inputs, declared({ expectedName: "X" }));
      expect((await provider.diff(campaignId, props, checked.inputs)).changes).to.equal(true);
      on.hood.clearRequests();
      await provider.update(campaignId, props, checked.inputs);
      expect(on.calls).to.deep.equal([`POST /campaigns/${campaignId}/cancel`]);
    });
  }

  const edits: [what: string, live: string, edit: Properties, says: string, updates: boolean][] = [
    ["a wrong name", "running", { expectedName: "Y" }, 'is called "Spring sale", not "Y": nothing is sent.', false],
    ["what accepts the status that it has by now", "sent", accept, "(sent): `pulumi up` records that", true],
    [
      "what accepts that it needs a decision",
      "needs_decision",
      accept,
      "(needs_decision): `pulumi up` records that",
      true,
    ],
  ];
  for (const type of ["CampaignStatus", "CampaignCancellation"] as const) {
    for (const [what, live, edit, says, updates] of edits) {
      it(`is previewed as the update will do it, once ${what} is declared: a ${type}`, async () => {
        const campaignId = on.campaign("scheduled");
        const args = {
          campaignId,
          reason: "Budget cut",
          ...guard,
          ...(type === "CampaignStatus" && { status: "canceled" }),
        };
        const { outs } = await on.apply(args, on.another({ type }));
        on.hood.setStatus(campaignId, "running");
        const { props, inputs = args } = await on.another({ type }).read(campaignId, outs);
        on.hood.setStatus(campaignId, live);
        on.hood.clearRequests();
        const next = on.another({ type });
        const checked = await next.check(inputs, { ...args, ...edit });
        expect(checked.failures).to.deep.equal([]);
        const preview = next.diff(campaignId, props, checked.inputs);
        const told = updates ? preview.then(() => next.engine.warnings.join()) : failed(() => preview);
        const message = String(await told);
        expect(message).to.contain(says).and.not.contain("cancels it for good");
        expectReadable(message);
        const update = () => next.update(campaignId, props, checked.inputs);
        if (updates) expect(Object.values((await update()).outs)).to.include(live);
        else expect((await failed(update)).message).to.contain(says);
        expect(on.calls).to.deep.equal([]);
      });
    }
  }

  it("is done without a preflight if the name is corrected to one that no refresh has seen", async () => {
    const campaignId = on.campaign("running", { name: "X" });
    const inputs = { campaignId, ...args, ...seen };
    const state = { ...inputs, status: "running", outcome: "canceled" };
    const provider = on.another({ type: "CampaignCancellation", config: { preflight: "off" } });
    const checked = await provider.check(inputs, { campaignId, ...args, expectedName: "X" });
    expect((await provider.diff(campaignId, state, checked.inputs)).changes).to.equal(true);
    await provider.update(campaignId, state, checked.inputs);
    expect(on.calls).to.deep.equal([`POST /campaigns/${campaignId}/cancel`]);
  });

  it("blocks nothing without a preflight: what was begun, of a campaign that Hood has forgotten", async () => {
    const campaignId = "77";
    const config = { preflight: "off" };
    const states: [type: "CampaignStatus" | "CampaignCancellation", state: Properties][] = [
      ["CampaignStatus", { campaignId, ...begun }],
      ["CampaignCancellation", { campaignId, ...args, ...seen, status: "unknown" }],
    ];
    for (const [type, state] of states) {
      const provider = on.another({ type, config });
      const { status: _, ...rest } = state;
      const inputs = type === "CampaignStatus" ? state : rest;
      expect((await provider.update(campaignId, state, inputs)).outs).to.deep.equal(state);
      expect(provider.engine.warnings.at(-1)).to.contain("any more: nothing is sent for it").and.contain(GOES_ON);
      expect(on.calls).to.deep.equal([]);
    }
  });

  const begun = { status: "paused", campaignName: "Spring sale", previousStatus: "running" };
  it("is known after an update: a status whose call may have been lost", async () => {
    const campaignId = on.campaign("sent");
    const state = { campaignId, ...begun };
    const { inputs, failures } = await on.provider.check(state, state);
    expect(failures).to.deep.equal([]);
    expect((await on.provider.diff(campaignId, state, inputs)).changes).to.equal(false);
    // Pulumi updates what it knows to be unfinished in any case.
    expect((await on.provider.update(campaignId, state, inputs)).outs).to.include({ currentStatus: "sent" });
    expect(on.provider.engine.warnings.at(-1)).to.contain('can\'t become "paused"').and.contain(GOES_ON);
    expect(on.calls).to.deep.equal([]);
  });

  const args = { reason: "Budget cut", ...guard };
  const seen = { campaignName: "Spring sale", previousStatus: "draft" };
  const due: [what: string, live: string, more: Properties, own: object, state: Properties, says: string][] = [
    ["was launched and renamed", "running", { name: "X" }, accept, { status: "running", outcome: "notNeeded" }, CALLED],
    ["was delivered while a call for it was lost", "sent", {}, {}, { status: "unknown" }, "can't be canceled"],
  ];
  for (const [what, live, more, own, state, says] of due) {
    it(`blocks nothing: a cancellation that is due, of a campaign that ${what}`, async () => {
      const campaignId = on.campaign(live, more);
      const inputs = { campaignId, ...args, ...own, ...seen };
      const outs = { ...inputs, ...state };
      const provider = cancellations();
      const checked = await left(provider, inputs, { campaignId, ...args, ...own }, outs, says);
      expect(provider.engine.warnings[0]).to.contain(GOES_ON);
      expect((await provider.update(campaignId, outs, checked)).outs).to.deep.equal({
        ...outs,
        campaignName: on.hood.campaign(campaignId).name,
        status: live,
      });
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("blocks nothing if the campaign was delivered after the preview", async () => {
    const campaignId = on.campaign("sent");
    const status = { campaignId, ...begun };
    const { outs } = await on.provider.update(campaignId, { ...status, currentStatus: "running" }, status);
    expect(outs).to.include({ status: "paused", currentStatus: "sent" });
    expect(on.provider.engine.warnings.at(-1)).to.contain('can\'t become "paused"').and.contain(GOES_ON);

    const provider = cancellations();
    const inputs = { campaignId, ...args, ...seen };
    const state = { ...inputs, status: "running", outcome: "canceled" };
    on.hood.setStatus(campaignId, "running");
    expect((await provider.diff(campaignId, state, inputs)).changes).to.equal(true);
    on.hood.setStatus(campaignId, "sent");
    expect((await provider.update(campaignId, state, inputs)).outs).to.deep.equal({ ...state, status: "sent" });
    expect(provider.engine.warnings.at(-1)).to.contain("can't be canceled").and.contain(GOES_ON);
    expect(on.calls).to.deep.equal([]);
  });

  for (const [type, state] of [
    ["CampaignCancellation", { status: "running", outcome: "canceled" }],
    ["CampaignStatus", { ...begun, status: "canceled", currentStatus: "running" }],
  ] as const) {
    it(`is no diff without a preflight, and doesn't count, once an update has seen it: a ${type} of what was renamed`, async () => {
      const campaignId = on.campaign("running", { name: "X" });
      const off = () => on.another({ type, config: { preflight: "off", maxCancellations: "0" } });
      const before = { campaignId, ...args, ...seen, ...state };
      const inputs = type === "CampaignStatus" ? before : { campaignId, ...args, ...seen };
      const { outs } = await off().update(campaignId, before, inputs);
      const next = off();
      const declared = { campaignId, ...args, ...(type === "CampaignStatus" && { status: "canceled" }) };
      const checked = await next.check(inputs, declared);
      expect(checked.failures).to.deep.equal([]);
      expect((await next.diff(campaignId, outs, checked.inputs)).changes).to.equal(false);
      expect(next.engine.warnings).to.have.length(1);
      expect(next.engine.warnings[0]).to.contain(GOES_ON);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("is done once nothing speaks against it any more", async () => {
    const campaignId = on.campaign("sent");
    const provider = cancellations();
    const outs = { campaignId, ...args, ...seen, status: "unknown" };
    const { inputs } = await provider.check({ campaignId, ...args, ...seen }, { campaignId, ...args, ...accept });
    expect((await provider.diff(campaignId, outs, inputs)).changes).to.equal(true);
    expect((await provider.update(campaignId, outs, inputs)).outs).to.include({ outcome: "notNeeded" });
  });
});

const id = "1000248";
const seen = { campaignId: id, reason: "Budget cut", campaignName: "Spring sale", previousStatus: "running" };
const desired = { ...seen, status: "canceled", plannedActions: ["cancel"] };

/** States of what ends a campaign: it has done so, its call may have gone out, others did it before, it came too late. */
const states = {
  CampaignCancellation: {
    done: { ...seen, status: "canceled", outcome: "canceled", canceledAt: "2026-05-01T12:00:00.000Z" },
    begun: { ...seen, status: "unknown" },
    others: { ...seen, previousStatus: "canceled", status: "canceled", outcome: "alreadyCanceled" },
    late: { ...seen, previousStatus: "sent", status: "sent", outcome: "notNeeded" },
  },
  CampaignStatus: {
    done: { ...desired, currentStatus: "canceled" },
    begun: desired,
    others: { ...desired, previousStatus: "canceled", plannedActions: [], currentStatus: "canceled" },
    late: { ...desired, previousStatus: "sent", plannedActions: [], currentStatus: "sent" },
  },
} satisfies Partial<Record<ResourceType, Record<string, Properties>>>;
type Kind = keyof (typeof states)["CampaignStatus"];

const NO_RETURN = (status: string) =>
  new RegExp(
    `^Cancellation is permanent: campaign ${id} "Spring sale" is canceled, and can't become "${status}"\\.\\n`,
  );
const SENT_REASON = new RegExp(
  `^Cancellation is permanent: the reason was sent with the end of campaign ${id} "Spring sale", .*\\nPut the old reason back .*--show-secrets.*nothing is sent`,
);
const CANCELED_ANOTHER =
  /^Cancellation is permanent: this resource canceled campaign 1000248 "Spring sale" and can't be changed to campaign 1000249\.\n.*eclare another Campaign\w+ for (it|campaign 1000249),? and put campaignId: "1000248" back here[\s\S]*(sends nothing|nothing is sent)/;
const FOR_ANOTHER =
  /^This resource (is for|manages the status of) campaign 1000248 "Spring sale" and can't be changed to campaign 1000249\./;
const DOUBT = (what: string) =>
  new RegExp(`^It is unknown whether campaign ${id} "Spring sale" was canceled, so the ${what} can't be changed now`);
const another = { campaignId: "1000249" };
const long = { campaignName: "N\n".repeat(1_000), reason: "R\n".repeat(1_000) };

/** An edit of a state, and the words by which it fails; without any, it is a change. */
const rows: [what: string, kind: Kind, edit: Properties, says?: RegExp, before?: Properties][] = [
  ["another reason than the one that was sent", "done", { reason: "Other" }, SENT_REASON],
  ["a no-break space", "done", { reason: "Budget\u00a0cut" }, /differ only in blanks .* a no-break space/],
  [
    "a reason in letters of another alphabet, none of which is shown",
    "done",
    { reason: "\u0412udget cut" },
    /The two reasons differ first at character 1\./,
  ],
  ["a reason with another end", "done", { reason: "Budget cut " }, / character 11: the end in the state/],
  ["a long reason for a long one", "done", { reason: "S\n".repeat(1_000) }, /^Cancellation is permanent/, long],
  ["another reason while its call may have gone out", "begun", { reason: "Other" }, DOUBT("reason")],
  ["another reason if others were first", "others", { reason: "Other" }],
  ["another reason if it came too late", "late", { reason: "Other" }],
  ["another campaign", "done", another, CANCELED_ANOTHER],
  ["a campaign with a long id", "done", { campaignId: "9".repeat(5_000) }, /^Cancellation is permanent/],
  [
    "another campaign than one without a name",
    "done",
    another,
    /this resource canceled campaign 1000248 and can't/,
    { campaignName: undefined },
  ],
  ["another campaign than one that others canceled", "others", another, FOR_ANOTHER],
  ["another campaign than one that was sent", "late", another, FOR_ANOTHER],
  ["another campaign than one that may be canceled", "begun", another, FOR_ANOTHER],
];
const ofStatus: typeof rows = [
  ["another status", "done", { status: "running" }, NO_RETURN("running")],
  ["another status than others brought about", "others", { status: "scheduled" }, NO_RETURN("scheduled")],
  ["another status while the call may have gone out", "begun", { status: "running" }, DOUBT("status")],
  ["another status, since nothing was canceled", "late", { status: "running" }],
  ["nothing", "done", {}],
  ["a status that isn't known yet", "done", { status: UNKNOWN }],
  ["a reason that isn't known yet", "done", { reason: UNKNOWN }],
  ["another one than paused", "done", { status: "running" }, undefined, { status: "paused", currentStatus: "paused" }],
  ["another reason for a pause", "done", { reason: "Other" }, undefined, { status: "paused", currentStatus: "paused" }],
  ["another campaign than one that is paused", "done", another, FOR_ANOTHER, { status: "paused" }],
];

/** What a check, which has only the inputs, says of an edit, by the status that was seen when the resource was declared. */
const ofInputs: [type: keyof typeof states, previousStatus: string | undefined, edit: Properties, says?: RegExp][] = [
  ["CampaignCancellation", "running", another, CANCELED_ANOTHER],
  ["CampaignCancellation", "running", { status: "running" }, NO_RETURN("running")],
  ["CampaignCancellation", "canceled", { status: "active" }, NO_RETURN("active")],
  ["CampaignCancellation", "sent", { status: "running" }, /not an argument/],
  ["CampaignCancellation", undefined, { status: "running" }, /not an argument/],
  ["CampaignCancellation", "running", { status: "canceled" }, /not an argument/],
  ...[UNKNOWN, [UNKNOWN], { toString: "x" }, 7].map((status): (typeof ofInputs)[number] => [
    "CampaignCancellation",
    "running",
    { status },
    /not an argument/,
  ]),
  ["CampaignStatus", "running", another, CANCELED_ANOTHER],
  ["CampaignStatus", "canceled", { status: "running" }, NO_RETURN("running")],
  ["CampaignStatus", "running", { status: "running" }],
  ["CampaignStatus", "running", { reason: "Other" }],
  ["CampaignStatus", "sent", { status: "running" }],
  ["CampaignStatus", undefined, { status: "running" }],
  ["CampaignStatus", "running", { campaignId: `${id}\u200b` }, /^campaignId must be .* character 8 is a zero-width/],
  ...(["CampaignCancellation", "CampaignStatus"] as const).flatMap((type) =>
    ["canceled", "sent", undefined].map((status): (typeof ofInputs)[number] => [type, status, another, FOR_ANOTHER]),
  ),
];

describe("an edit that would undo a cancellation", () => {
  // Nothing here needs a token or an account.
  const on = openInProcess({ config: { token: "", preflight: "off", endpoint: "http://127.0.0.1:1/v1/hood" } });

  for (const type of ["CampaignCancellation", "CampaignStatus"] as const) {
    for (const [what, kind, edit, says, before] of type === "CampaignStatus" ? [...rows, ...ofStatus] : rows) {
      it(`${says ? "fails, in the preview and in the update, in few words" : "isn't one"}: ${what} (${type})`, async () => {
        const provider = on.another({ type });
        const state: Properties = { ...states[type][kind], ...before };
        const news = { ...state, ...edit };
        if (!says) {
          const { changes } = await provider.diff(id, state, news);
          return expect(changes).to.equal(Object.keys(edit).length > 0);
        }
        const { message } = await failed(() => provider.diff(id, state, news));
        expect(message).to.match(says);
        if ("reason" in edit) expect(message).not.to.contain("Budget cut");
        expect(message.length).to.be.below(1_000);
        expect((await failed(() => provider.update(id, state, news))).message).to.equal(message);
        expect(provider.engine.warnings).to.deep.equal([]);
      });
    }
  }

  for (const [type, previousStatus, edit, says] of ofInputs) {
    it(`${says ? "fails" : "passes"} in the check of a ${type} that found ${previousStatus ?? "nothing"}: ${JSON.stringify(edit)}`, async () => {
      const { status: _, plannedActions: __, ...inputs } = { ...desired, previousStatus };
      const olds = type === "CampaignStatus" ? { ...inputs, status: "canceled" } : inputs;
      const failures = await on.failures({ ...olds, ...edit }, olds, on.another({ type }));
      expect(failures.map(({ property }) => property)).to.deep.equal(says ? Object.keys(edit) : []);
      if (says) expect(failures[0]?.reason).to.match(says);
    });
  }
});

describe("an attempt to bring a canceled campaign back", () => {
  const on = openInProcess();
  const declarations: [type: ResourceType, args: (id: string) => Properties][] = [
    ["CampaignCancellation", (campaignId) => ({ campaignId, reason: "Budget cut" })],
    ["CampaignStatus", (campaignId) => ({ campaignId, status: "canceled", reason: "Budget cut" })],
    ["Campaign", () => ({ name: "Spring sale", scheduledTime: "2099-12-01T09:00:00Z" })],
  ];
  for (const [type, argumentsOf] of declarations) {
    it(`fails for a ${type} in the preview, in the words of all`, async () => {
      const first = on.another({ type });
      const args = argumentsOf(on.campaign("running", { create_time: "2026-04-01 12:00:00" }));
      const { inputs } = await first.check(undefined, args);
      const { id, outs } = await first.create(inputs);
      on.hood.setStatus(id, "canceled");
      on.hood.clearRequests();

      const next = on.another({ type });
      const news = { ...args, status: "running" };
      const [failure] = (await next.check(inputs, news)).failures;
      // If only the state knows which campaign it is, the comparison fails.
      const reason = failure?.reason ?? (await failed(() => next.diff(id, outs, news))).message;
      expectReadable(reason);
      expect(reason).to.equal(
        [
          `Cancellation is permanent: campaign ${id} "Spring sale" is canceled, and can't become "running".`,
          "Remove what asks for that, or the whole resource: nothing is sent, the campaign stays canceled. To send again, create a new campaign.",
        ].join("\n"),
      );
      expect(on.calls).to.deep.equal([]);
    });
  }
});
