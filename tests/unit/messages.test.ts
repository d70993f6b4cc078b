import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { actOnCampaign, viewCampaign } from "../../provider/hood/endpoints";
import { describeAnswer, type FailureKind, HoodError } from "../../provider/hood/errors";
import * as messages from "../../provider/messages";
import * as cancellation from "../../provider/resources/cancellation/messages";
import { expectReadable } from "../support/messages";

const campaign = { id: "1000248", name: "Spring sale", status: "sent" };
const nasty = { id: "1000248", name: `a\n\u202e${"x\n".repeat(500)}`, status: "odd\nstatus" };

describe("messages", () => {
  const kinds: { kind: FailureKind; next: string }[] = [
    { kind: "unauthorized", next: "pulumi config set --secret hood:token" },
    { kind: "refused", next: "Hood's words" },
    { kind: "unreachable", next: "Check the network and HOOD_ENDPOINT" },
    { kind: "lost", next: "Run the same command again" },
    { kind: "unexpectedResponse", next: "Check HOOD_ENDPOINT" },
    { kind: "aborted", next: "Run the same command again" },
    { kind: "unknownCampaign", next: "Check the id in Hood" },
  ];
  for (const { kind, next } of kinds) {
    it(`explain a failure of kind ${kind}: what was tried, what came back, what to do`, () => {
      const message = messages.explain(
        new HoodError(kind, actOnCampaign("1000248", "cancel"), "HTTP 400 (trace_id t-1)", 400),
      );
      expect(message).to.contain("Can't cancel campaign 1000248: HTTP 400 (trace_id t-1)").and.contain(next);
      expectReadable(message);
    });
  }

  it("end Hood's words with one full stop", () => {
    for (const detail of ["HTTP 400 Bad request.", "HTTP 400"]) {
      const message = messages.explain(new HoodError("refused", viewCampaign("1"), detail, 400));
      expect(message)
        .to.contain(`${detail.replace(/\.$/, "")}.\n`)
        .and.not.contain("..");
    }
  });

  it("pass on what is in words for the user already", () => {
    expect(messages.explain(new UserError("As it is."))).to.equal("As it is.");
  });

  it("never hide a defect", () => {
    const defect = new TypeError("x is not a function");
    expect(() => messages.explain(defect)).to.throw(defect);
  });

  it("say how a campaign stands", () => {
    expect(messages.describeCampaign(campaign)).to.equal('campaign 1000248 "Spring sale" (sent)');
  });

  const about: { what: string; text: string; holds: string[] }[] = [
    {
      what: "a campaign that can't be cancelled",
      text: cancellation.describeNotCancelable(campaign),
      holds: ["1000248", '"Spring sale"', '"sent"', "Remove this resource", 'whenNotCancelable: "accept"'],
    },
    {
      what: "an unknown status",
      text: messages.describeUnknownStatus({ ...campaign, status: "archived" }),
      holds: ["1000248", '"Spring sale"', '"archived"', "newer version"],
    },
    {
      what: "a status with a blank",
      text: messages.describeUnknownStatus({ ...campaign, status: " running" }),
      holds: ['its status is " running"', 'looks like "running", but character 1 is a space (U+0020)'],
    },
    {
      what: "a name that looks the same",
      text: messages.describeWrongName({ ...campaign, name: "Spring sale " }, "Spring sale"),
      holds: ['is called "Spring sale ", not "Spring sale"', "a space (U+0020) in Hood, the end in expectedName"],
    },
    {
      what: "a wrong name",
      text: messages.describeWrongName(campaign, "Summer sale"),
      holds: ["1000248", '"Spring sale"', '"Summer sale"', "nothing is sent", "Correct campaignId"],
    },
    {
      what: "too many cancellations",
      text: messages.describeTooMany(50),
      holds: ["50", "HOOD_MAX_CANCELLATIONS=1000 pulumi up", "HOOD_MAX_CANCELLATIONS", "final"],
    },
    {
      what: "an uncertain end",
      text: cancellation.describeUncertain('campaign 1000248 "Spring sale"', "Can't look: HTTP 500"),
      holds: ['campaign 1000248 "Spring sale"', "Can't look: HTTP 500", "Run `pulumi up` again"],
    },
  ];
  for (const { what, text, holds } of about) {
    it(`about ${what} name it and the next step`, () => {
      for (const part of holds) expect(text).to.contain(part);
      expectReadable(text);
    });
  }

  it("stay readable whatever a campaign is called", () => {
    expectReadable(cancellation.describeNotCancelable(nasty));
    expectReadable(messages.describeUnknownStatus(nasty));
    expectReadable(messages.describeWrongName(nasty, nasty.name));
    expectReadable(messages.labelOf(nasty.id, nasty.name));
    expect(messages.describeWrongName(nasty, nasty.name)).not.to.contain("\u202e");
    expect(messages.describeWrongName(nasty, nasty.name).length).to.be.below(600);
  });

  it("about a removal say what stays behind", () => {
    const left = (outcome: unknown) => cancellation.describeRemoval('campaign 1000248 "Spring sale"', outcome);
    for (const outcome of ["canceled", "alreadyCanceled"]) expect(left(outcome)).to.contain("stays cancelled");
    expect(left("notNeeded")).to.contain("stays as it is").and.not.contain("cancelled");
    expect(left(undefined)).to.contain("never certain").and.contain("look at it in Hood");
    for (const outcome of ["canceled", "notNeeded", undefined]) {
      expect(left(outcome)).to.contain("nothing was sent").and.contain("1000248");
      expectReadable(left(outcome));
    }
  });

  it("name a campaign by id alone where no name is on record", () => {
    expect(messages.labelOf("1000248", undefined)).to.equal("campaign 1000248");
    expect(messages.labelOf("1000248", "Spring sale")).to.equal('campaign 1000248 "Spring sale"');
  });
});

describe("Hood's words for an error", () => {
  const envelope = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };

  it("are title, message and trace id", () => {
    const words = "HTTP 400 Bad request. The request is not valid. (trace_id 6f1c)";
    expect(describeAnswer(400, envelope)).to.equal(words);
  });

  it("are said once where title and message are the same", () => {
    const same = { title: "Unauthorized.", message: "Unauthorized.", trace_id: "{}" };
    expect(describeAnswer(401, same)).to.equal("HTTP 401 Unauthorized. (trace_id {})");
  });

  it("do without what is missing", () => {
    expect(describeAnswer(500, { title: "Internal server error." })).to.equal("HTTP 500 Internal server error.");
    expect(describeAnswer(400, { message: "No." })).to.equal("HTTP 400 No.");
    for (const body of [undefined, null, "x", [], {}, { title: 7, message: {}, trace_id: 1 }]) {
      expect(describeAnswer(400, body)).to.equal("HTTP 400");
    }
  });

  it("are one line, however long and wild", () => {
    const wild = "line\n".repeat(1_000);
    const words = describeAnswer(400, { title: wild, message: `${wild}!`, trace_id: wild });
    expect(words).not.to.contain("\n");
    expect(words.length).to.be.below(500);
  });

  it("are all in the error", () => {
    const error = new HoodError("refused", viewCampaign("1"), describeAnswer(400, envelope), 400);
    expect(error.message).to.contain("Can't look at campaign 1: HTTP 400 Bad request.").and.contain("6f1c");
  });
});
