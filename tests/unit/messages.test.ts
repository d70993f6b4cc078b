import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { actOnCampaign, viewCampaign } from "../../provider/hood/endpoints";
import { describeAnswer, type FailureKind, HoodError } from "../../provider/hood/errors";
import { describeCampaign, describeForgotten, explain, labelOf } from "../../provider/messages";
import { say } from "../../provider/text";
import { expectReadable } from "../support/messages";

describe("messages", () => {
  /** What to do next. An account that may not be what the provider assumes is one for hood-doctor. */
  const doctor = "`npx -p pulumi-ocamba-hood hood-doctor`";
  const kinds: Record<FailureKind, readonly string[]> = {
    unauthorized: ["pulumi config set --secret hood:token"],
    rejected: ["Hood's words"],
    unreachable: ["Check the network and HOOD_ENDPOINT", doctor],
    refusedByProxy: ["NO_PROXY"],
    noResponse: ["Run the same command again"],
    unexpectedResponse: ["Check HOOD_ENDPOINT", doctor],
    notYet: ["Run the same command again in a minute"],
    tooLarge: ["Ask for less"],
    tooSlow: ["when the account answers faster"],
    tooLong: ["HOOD_MAX_WAIT", doctor],
    noRoom: ["HOOD_RATE_LIMIT", doctor],
    aborted: ["Run the same command again"],
    unknownCampaign: ["Check the id in Hood"],
  };
  for (const [kind, next] of Object.entries(kinds) as [FailureKind, string[]][]) {
    it(`explain a failure of kind ${kind}: what was tried, what came back, what to do`, () => {
      const cancel = actOnCampaign("1000248", "cancel");
      const message = explain(new HoodError(kind, cancel, say`HTTP 400 (trace_id t-1)`, 400));
      for (const words of ["Can't cancel campaign 1000248: HTTP 400 (trace_id t-1)", ...next])
        expect(message).to.contain(words);
      expectReadable(message);
    });
  }

  it("end Hood's words with one full stop", () => {
    for (const detail of ["HTTP 400 Bad request.", "HTTP 400 Bad request"]) {
      const message = explain(new HoodError("rejected", viewCampaign("1"), say`${detail}`, 400));
      expect(message).to.contain("HTTP 400 Bad request.\n").and.not.contain("..");
    }
  });

  it("pass on what is in words for the user already", () => {
    expect(explain(new UserError(say`As it is.`))).to.equal("As it is.");
  });

  it("are shown once: Pulumi prints the error and its stack beside them", () => {
    const error = new UserError(say`As it is.`);
    expect([String(error), error.stack]).to.deep.equal([
      "A resource of pulumi-ocamba-hood failed",
      "its error says why",
    ]);
  });

  it("never hide a defect", () => {
    const defect = new TypeError("x is not a function");
    expect(() => explain(defect)).to.throw(defect);
  });

  it("say how a campaign stands", () => {
    expect(describeCampaign({ id: "1000248", name: "Spring sale", status: "sent" })).to.equal(
      'campaign 1000248 "Spring sale" (sent)',
    );
    const odd = { id: "1000248", name: "Spring sale", status: " running" };
    expect(describeCampaign(odd)).to.equal('campaign 1000248 "Spring sale" (" running")');
  });

  it("about a campaign that Hood doesn't show any more say that it stays, and what to check", () => {
    const error = new HoodError("unknownCampaign", viewCampaign("1000248"), say`HTTP 400`, 400);
    const message = describeForgotten(labelOf("1000248", "Spring sale"), error);
    for (const part of ['campaign 1000248 "Spring sale"', "HTTP 400.", "HOOD_ENDPOINT and HOOD_TOKEN"])
      expect(message).to.contain(part);
    expectReadable(message);
  });

  it("name a campaign by its id alone if the state has no name", () => {
    expect(labelOf("1000248", undefined)).to.equal("campaign 1000248");
    expect(labelOf("1000248", "Spring sale")).to.equal('campaign 1000248 "Spring sale"');
  });
});

describe("Hood's words for an error", () => {
  const envelope = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };

  const answers: [what: string, status: number, body: unknown, words: string][] = [
    ["title, message and trace id", 400, envelope, "HTTP 400 Bad request. The request is not valid. (trace_id 6f1c)"],
    [
      "said once if they are the same",
      401,
      { title: "No.", message: "No.", trace_id: "{}" },
      "HTTP 401 No. (trace_id {})",
    ],
    ["a title alone", 500, { title: "Internal server error." }, "HTTP 500 Internal server error."],
    ["a message alone", 400, { message: "No." }, "HTTP 400 No."],
    ...[undefined, null, "x", [], {}, { title: 7, message: {}, trace_id: 1 }].map((body): (typeof answers)[number] => [
      `none in ${JSON.stringify(body)}`,
      400,
      body,
      "HTTP 400",
    ]),
  ];
  for (const [what, status, body, words] of answers) {
    it(`are ${what}`, () => expect(describeAnswer(status, body)).to.equal(words));
  }

  it("are one line, however long they are", () => {
    const wild = "line\n".repeat(1_000);
    const words = describeAnswer(400, { title: wild, message: `${wild}!`, trace_id: wild });
    expect(words).not.to.contain("\n");
    expect(words.length).to.be.below(500);
  });

  it("are all in the error", () => {
    const error = new HoodError("rejected", viewCampaign("1"), describeAnswer(400, envelope), 400);
    expect(error.message).to.contain("campaign 1: HTTP 400 Bad request.").and.contain("6f1c");
  });
});
