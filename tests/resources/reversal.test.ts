import { expect } from "chai";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { failed, openInProcess } from "../support/testAccount";

const both = ["CampaignCancellation", "CampaignStatus"] as const;
type Type = (typeof both)[number];

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
} satisfies Record<Type, Record<string, Properties>>;
type Kind = keyof (typeof states)["CampaignStatus"];

const NO_RETURN = (status: string) =>
  new RegExp(
    `^Cancellation is permanent: campaign ${id} "Spring sale" is canceled, and can't become "${status}"\\.\\nRemove what asks for that, or the whole resource: nothing is sent, the campaign stays canceled\\. To send again, create a new campaign\\.$`,
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

/** An edit of a state, and the words by which it fails; without any, it is a change. */
const rows: [what: string, kind: Kind, edit: Properties, says?: RegExp, before?: Properties][] = [
  ["another reason than the one that was sent", "done", { reason: "Other" }, SENT_REASON],
  [
    "a no-break space",
    "done",
    { reason: "Budget\u00a0cut" },
    /differ only in blanks .* a space \(U\+0020\) in the state, a no-break space \(U\+00A0\) in the program\./,
  ],
  [
    "a reason in letters of another alphabet, none of which is shown",
    "done",
    { reason: "\u0412udget cut" },
    /The two reasons differ first at character 1\./,
  ],
  ["another reason while its call may have gone out", "begun", { reason: "Other" }, DOUBT("reason")],
  ["another reason if others were first", "others", { reason: "Other" }],
  ["another reason if it came too late", "late", { reason: "Other" }],
  ["another campaign", "done", another, CANCELED_ANOTHER],
  ["another campaign than one that others canceled", "others", another, FOR_ANOTHER],
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
  ["another campaign than one that is paused", "done", another, FOR_ANOTHER, { status: "paused" }],
];

/** What a check, which has only the inputs, says of an edit, by the status that was seen when the resource was declared. */
const ofInputs: [type: Type, previousStatus: string | undefined, edit: Properties, says?: RegExp][] = [
  ["CampaignCancellation", "running", another, CANCELED_ANOTHER],
  ["CampaignCancellation", "running", { status: "running" }, NO_RETURN("running")],
  ["CampaignCancellation", "sent", { status: "running" }, /not an argument/],
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
  ...both.flatMap((type) =>
    ["canceled", "sent", undefined].map((status): (typeof ofInputs)[number] => [type, status, another, FOR_ANOTHER]),
  ),
];

describe("a campaign that was canceled, and that a refresh finds running,", () => {
  const on = openInProcess();
  /** Nothing undoes an end: what is called otherwise is another account's. */
  const found: [kind: Kind, before: string | undefined, now: string, isAnother: boolean][] = [
    ["done", "Spring sale", "Theirs", true],
    ["others", "Spring sale", "Theirs", true],
    ["late", "Spring sale", "Theirs", false],
    ["begun", "Spring sale", "Theirs", false],
    ["done", undefined, "Theirs", false],
    ["done", "Tom & Ann's sale", "TOM &amp; Ann&#39;s SALE", false],
    ["done", "🎉", "🎉", false],
    ["done", "🎉", "🎊", true],
  ];
  for (const type of both) {
    for (const [kind, campaignName, name, isAnother] of found) {
      it(`is ${isAnother ? "another one, so the state stays" : "the same, so that is shown"}: ${campaignName} as ${name} (${type}, ${kind})`, async () => {
        on.campaign("running", { id, name });
        const provider = on.another({ type });
        const { campaignName: _, ...rest }: Properties = states[type][kind];
        const state = { ...rest, ...(campaignName && { campaignName }) };
        const { props } = await provider.read(id, state);
        const live = type === "CampaignStatus" ? "currentStatus" : "status";
        expect(props).to.deep.equal(isAnother ? state : { ...state, campaignName: name, [live]: "running" });
        expect(provider.engine.warnings).to.have.length(isAnother ? 1 : 0);
        if (isAnother) expect(provider.engine.warnings[0]).to.contain("was canceled, which nothing undoes");
      });
    }
  }
});

describe("an edit that would undo a cancellation", () => {
  // Nothing here needs a token or an account.
  const on = openInProcess({ config: { token: "", preflight: "off", endpoint: "http://127.0.0.1:1/v1/hood" } });

  for (const type of both) {
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
