import { inspect } from "node:util";
import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { type Hosted, hosted, type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { EngineOperation, type Operation } from "../../provider/operation";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { campaignStatus } from "../../provider/resources/campaignStatus";
import { expectReadable, thrown } from "../support/messages";
import { silentEngine } from "../support/silentEngine";

const seen = { campaignId: "1000248", campaignName: "Spring sale", reason: "Budget cut", previousStatus: "running" };
const cancellations: Readonly<Record<string, Properties>> = {
  canceled: { ...seen, status: "canceled", outcome: "canceled" },
  "canceled by somebody else": {
    ...seen,
    previousStatus: "canceled",
    status: "canceled",
    outcome: "alreadyCanceled",
  },
  "beyond canceling": { ...seen, previousStatus: "sent", status: "sent", outcome: "notNeeded" },
  "maybe canceled": { ...seen, status: "unknown" },
};
const canceled = { ...seen, status: "canceled", plannedActions: ["cancel"] };
const statuses: Readonly<Record<string, Properties>> = {
  canceled: { ...canceled, currentStatus: "canceled" },
  "canceled by somebody else": {
    ...canceled,
    previousStatus: "canceled",
    plannedActions: [],
    currentStatus: "canceled",
  },
  "beyond canceling": { ...canceled, previousStatus: "sent", plannedActions: [], currentStatus: "sent" },
  "maybe canceled": canceled,
};

type Row = [what: string, edit: Properties, says: RegExp | undefined];
const rowsOfBoth: readonly Row[] = [
  ["canceled", {}, undefined],
  ["canceled", { campaignId: UNKNOWN }, undefined],
  ["canceled", { reason: UNKNOWN }, undefined],
  ["canceled", { reason: "Other" }, /^Cancellation is permanent: the reason was sent with the end of campaign 1000248/],
  [
    "canceled",
    { reason: "Budget cut " },
    /The two reasons differ only in blanks .* character 11: the end in the state/,
  ],
  ["canceled", { reason: "Budget cut\r\n" }, undefined],
  ["canceled by somebody else", { reason: "Other" }, undefined],
  ["beyond canceling", { reason: "Other" }, undefined],
  [
    "maybe canceled",
    { reason: "Other" },
    /^It is unknown whether campaign 1000248 .* so the reason can't be changed now/,
  ],
  [
    "canceled",
    { campaignId: "1" },
    /^Cancellation is permanent: this resource canceled campaign 1000248 .* campaign 1\./,
  ],
  [
    "canceled by somebody else",
    { campaignId: "1" },
    /^This resource .* campaign 1000248 .* can't be changed to campaign/,
  ],
  ["beyond canceling", { campaignId: "1" }, /^This resource .* campaign 1000248 .* can't be changed to campaign 1\./],
  ["maybe canceled", { campaignId: "1" }, /^This resource .* campaign 1000248 .* can't be changed to campaign 1\./],
];
const rowsOfStatus: readonly Row[] = [
  ["canceled", { status: UNKNOWN }, undefined],
  ["canceled", { status: "running" }, /is canceled, and can't become "running"/],
  ["canceled", { status: "scheduled" }, /is canceled, and can't become "scheduled"/],
  ["canceled by somebody else", { status: "running" }, /is canceled, and can't become "running"/],
  ["beyond canceling", { status: "running" }, undefined],
  [
    "unfinished",
    { status: "running" },
    /^It is unknown whether campaign 1000248 .* so the status can't be changed now/,
  ],
];
/** A check has only the inputs, and among them the status that was seen when the resource was declared. */
const rowsOfCheck: readonly [previousStatus: string | undefined, edit: Properties, says: RegExp | undefined][] = [
  ["running", { reason: "Other" }, undefined],
  ["running", { status: "running" }, /^Cancellation is permanent: campaign 1000248 .* can't become "running"/],
  ["canceled", { status: "running" }, /^Cancellation is permanent: campaign 1000248 .* can't become "running"/],
  ["sent", { status: "running" }, undefined],
  [undefined, { status: "running" }, undefined],
  ["running", { campaignId: "1" }, /^Cancellation is permanent: this resource canceled campaign 1000248/],
  ["canceled", { campaignId: "1" }, /^This resource .* campaign 1000248 .* can't be changed to campaign 1\./],
  ["sent", { campaignId: "1" }, /^This resource .* campaign 1000248 .* can't be changed to campaign 1\./],
  [undefined, { campaignId: "1" }, /^This resource .* campaign 1000248 .* can't be changed to campaign 1\./],
  ["running", { campaignId: "1000248\u200b" }, /^campaignId must be .* character 8 is a zero-width space/],
];

for (const [resource, states, rows, inputs, rowsOfInputs] of [
  [
    hosted(campaignCancellation),
    cancellations,
    rowsOfBoth,
    seen,
    rowsOfCheck.filter(([, edit]) => !("status" in edit)),
  ],
  [hosted(campaignStatus), statuses, [...rowsOfBoth, ...rowsOfStatus], canceled, rowsOfCheck],
] as const) {
  describe(`an edit of a ${resource.type}`, () => {
    for (const [what, edit, says] of rows) {
      it(`${says ? "fails" : "passes"} for a campaign that was ${what}, and the edit ${inspect(edit)}`, async () => {
        const state = states[what] ?? {};
        const words = await wordsOfDiff(resource, state, edit);
        if (!says) return expect(words).to.equal(undefined);
        expect(words).to.match(says).and.contain('1000248 "Spring sale"');
        expectReadable(words ?? "");
        const news = { ...state, ...edit };
        const error = await thrown(UserError, () => resource.update(operation(), state, news));
        expect(error.message, "of the update").to.equal(words);
      });
    }

    for (const [previousStatus, edit, says] of rowsOfInputs) {
      const which = previousStatus === undefined ? "that wasn't looked at" : `that was ${previousStatus}`;
      it(`${says ? "fails" : "passes"} in the check for a campaign ${which}, and the edit ${inspect(edit)}`, async () => {
        const olds = { ...inputs, previousStatus };
        const { failures } = await resource.check(operation(), olds, { ...olds, ...edit });
        expect(failures.map(({ property }) => property)).to.deep.equal(says ? Object.keys(edit) : []);
        if (!says) return;
        expect(failures[0]?.reason).to.match(says);
        expectReadable(failures[0]?.reason ?? "");
      });
    }

    it("says what to do for another campaign, and that removing the resource sends nothing", async () => {
      const words = await wordsOfDiff(resource, states.canceled ?? {}, { campaignId: "1000249" });
      expect(words)
        .to.match(new RegExp(`eclare another ${resource.type} for`))
        .and.contain('campaignId: "1000248" back here')
        .and.match(/sends nothing|nothing is sent/);
    });

    it("says for another reason how the old one is shown, and never shows it", async () => {
      const words = await wordsOfDiff(resource, states.canceled ?? {}, { reason: "Other" });
      expect(words).to.contain("Put the old reason back").and.contain("--show-secrets").and.contain("nothing is sent");
      expect(words).to.not.contain("Budget cut");
    });

    it("manages without a name in the state", async () => {
      const words = await wordsOfDiff(resource, { ...states.canceled, campaignName: undefined }, { campaignId: "1" });
      expect(words).to.contain("this resource canceled campaign 1000248 and");
    });

    it("stays short with a name and a reason of many lines, and with an id of many digits", async () => {
      const long = { ...states.canceled, campaignName: "N\n".repeat(1_000), reason: "R\n".repeat(1_000) };
      for (const edit of [{ reason: "S\n".repeat(1_000) }, { campaignId: "9".repeat(5_000) }]) {
        const words = (await wordsOfDiff(resource, long, edit)) ?? "";
        expectReadable(words);
        expect(words.length).to.be.within(1, 1_000);
      }
    });

    it("takes the line breaks of another system, or a missing last one, for the same reason", async () => {
      const state = { ...states.canceled, reason: "Budget cut\nOPS-1234\n" };
      for (const reason of ["Budget cut\r\nOPS-1234\r\n", "Budget cut\nOPS-1234"]) {
        expect(await wordsOfDiff(resource, state, { reason })).to.equal(undefined);
      }
    });
  });
}

/** Why a comparison fails; undefined if it doesn't. */
async function wordsOfDiff(resource: Hosted, state: Properties, edit: Properties): Promise<string | undefined> {
  try {
    await resource.diff(operation(), state, { ...state, ...edit });
    return undefined;
  } catch (error) {
    expect(error).to.be.an.instanceOf(UserError);
    return (error as UserError).message;
  }
}

/** One that never asks Hood. */
function operation(): Operation {
  const silent = new EngineOperation(silentEngine());
  silent.configure((key) => (key === "preflight" ? "off" : undefined));
  return silent;
}
