import { expect } from "chai";
import { isSameReason, strayCharacter, unseenDifference, unseenMistake } from "../../provider/difference";
import { describeCampaign, describeForgotten, explain, labelOf, UserError } from "../../provider/errors";
import type { Wait } from "../../provider/hood/client";
import { type Clock, systemClock } from "../../provider/hood/clock";
import { actOnCampaign, viewCampaign } from "../../provider/hood/endpoints";
import { describeAnswer, type FailureKind, HoodError } from "../../provider/hood/errors";
import { hosted } from "../../provider/hosts/hosted";
import { EngineOperation, Progress } from "../../provider/operation";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { forPeople, say } from "../../provider/text";
import { expectReadable, thrown } from "../support/accounts";
import { openInProcess, silentEngine, USUAL, until } from "../support/testAccount";

const AT_ONCE = "the account answers that too many requests are on their way at once";
const TOO_LONG = "The account asks to wait until 12:00:02 UTC (2 s), longer than hood:maxWait allows";

describe("messages", () => {
  /** What to do next. An account that may not be what the provider assumes is one for hood-doctor. */
  const doctor = "`npx -p pulumi-ocamba-hood hood-doctor`";
  const kinds: Record<FailureKind, readonly string[]> = {
    unauthorized: ["pulumi config set --secret hood:token"],
    rejected: ["Hood's words"],
    unreachable: ["Check the network, HOOD_ENDPOINT", doctor],
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

  it("end Hood's words with one full stop, and pass on what is in words for the user already", () => {
    for (const detail of ["HTTP 400 Bad request.", "HTTP 400 Bad request"]) {
      const message = explain(new HoodError("rejected", viewCampaign("1"), say`${detail}`, 400));
      expect(message).to.contain("HTTP 400 Bad request.\n").and.not.contain("..");
    }
    expect(explain(new UserError(say`As it is.`))).to.equal("As it is.");
  });

  it("are shown once: Pulumi prints the error and its stack beside them", () => {
    const { stack, ...error } = new UserError(say`As it is.`);
    expect(String(new UserError(say`As it is.`))).to.equal("A resource of pulumi-ocamba-hood failed");
    expect({ stack, ...error }).to.include({ stack: "its error says why" });
  });

  it("never hide a defect", () => {
    const defect = new TypeError("x is not a function");
    expect(() => explain(defect)).to.throw(defect);
  });

  it("say how a campaign stands, by its id alone if the state has no name", () => {
    const sale = { id: "1000248", name: "Spring sale" };
    expect(describeCampaign({ ...sale, status: "sent" })).to.equal('campaign 1000248 "Spring sale" (sent)');
    expect(describeCampaign({ ...sale, status: " running" })).to.equal('campaign 1000248 "Spring sale" (" running")');
    expect(labelOf("1000248", undefined)).to.equal("campaign 1000248");
    const error = new HoodError("unknownCampaign", viewCampaign("1000248"), say`HTTP 400`, 400);
    const message = describeForgotten(labelOf("1000248", "Spring sale"), error);
    for (const part of ['campaign 1000248 "Spring sale"', "HTTP 400.", "HOOD_ENDPOINT and HOOD_TOKEN"])
      expect(message).to.contain(part);
    expectReadable(message);
  });
});

describe("Hood's words for an error", () => {
  const envelope = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };

  const twice = { title: "No.", message: "No.", trace_id: "{}" };
  const none = [undefined, [], { title: 7, message: {}, trace_id: 1 }];
  const answers: [what: string, status: number, body: unknown, words: string][] = [
    ["title, message and trace id", 400, envelope, "HTTP 400 Bad request. The request is not valid. (trace_id 6f1c)"],
    ["said once if they are the same", 401, twice, "HTTP 401 No. (trace_id {})"],
    ["a title alone", 500, { title: "Internal server error." }, "HTTP 500 Internal server error."],
    ["a message alone", 400, { message: "No." }, "HTTP 400 No."],
    ...none.map((body): (typeof answers)[number] => [`none in ${JSON.stringify(body)}`, 400, body, "HTTP 400"]),
  ];
  for (const [what, status, body, words] of answers) {
    it(`are ${what}`, () => expect(describeAnswer(status, body)).to.equal(words));
  }
});

describe("the live line", () => {
  /** What was shown, on which rows. */
  let shown: [line: string, row?: string | undefined][];
  let progress: Progress;

  beforeEach(() => {
    shown = [];
    progress = new Progress({ total: () => 3, show: (line, row) => void shown.push([line, row]) });
  });

  const wait = ({ left = 30_000, ...more }: Partial<Wait>): Wait => ({
    purpose: "list campaigns",
    reason: "turn",
    waited: 1_000,
    left,
    until: Date.parse("2026-05-01T12:00:00Z") + left,
    ...more,
  });

  /** A cancellation that goes on until it is ended. */
  function begin(row?: string) {
    let end = (_error?: Error) => {};
    const act = () =>
      new Promise<string>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve("done"));
      });
    return { result: progress.count(act, row), end: (error?: Error) => end(error) };
  }

  it("returns what the cancellation returns, or throws what it throws", async () => {
    const [first, second] = [begin(), begin()];
    first.end();
    second.end(new Error("no"));
    expect(await first.result).to.equal("done");
    expect(await second.result.catch((error: Error) => error.message)).to.equal("no");
  });

  const waits: [what: string, given: Partial<Wait>, line?: string][] = [
    ["for the rate limit", {}, "Waiting for the account's rate limit until 12:00:30 UTC (30 s)"],
    ["for fewer requests at once", { reason: "parallel" }, `Waiting until 12:00:30 UTC (30 s): ${AT_ONCE}`],
    [
      "as it is asked to",
      { reason: "asked" },
      "Waiting as the account asks until 12:00:30 UTC (30 s), to list campaigns",
    ],
    ["for answers", { reason: "answer", waited: 12_000 }, "Waiting for an answer for 12 s, to list campaigns"],
    ["no longer, since it is asked for too much", { reason: "tooLong", waited: 0, left: 2_000 }, TOO_LONG],
    ["for no more than a few seconds", { left: 1_500 }],
    ["for three seconds", { left: 2_000 }, "Waiting for the account's rate limit until 12:00:02 UTC (2 s)"],
  ];
  for (const [what, given, line] of waits) {
    it(`shows ${line ? "a" : "no"} line for a request that waits ${what}`, () => {
      progress.tell(wait(given));
      expect(shown).to.deep.equal(line ? [[line, undefined]] : []);
    });
  }

  it("says how many cancellations are done, and how many wait, also for a short time", async () => {
    const [first, second] = [begin(), begin()];
    first.end();
    await first.result;
    progress.tell(wait({ left: 1_000 }));
    const line = "1 done, 2 waiting for the account's rate limit until 12:00:01 UTC (1 s)";
    expect(shown).to.deep.equal([[line, undefined]]);
    second.end();
    await second.result;
    progress.tell(wait({ left: 1_000 }));
    expect(shown).to.have.length(1);
  });

  it("stands on the row of the cancellation that began first, if rows are known", async () => {
    const [other, first, second] = [begin(), begin("first"), begin("second")];
    other.end();
    await other.result;
    progress.tell(wait({}));
    first.end();
    await first.result;
    progress.tell(wait({ reason: "answer" }));
    second.end();
    await second.result;
    expect(shown.map(([, row]) => row)).to.deep.equal(["first", "second"]);
    expect(shown[1]?.[0]).to.match(/^Waiting for an answer/);
  });
});

describe("an operation", () => {
  const on = openInProcess();
  const urn = "urn:pulumi:dev::shop::hood:index:CampaignCancellation::sale";
  const rows = [urn, `${urn}-2`];
  const STACK = "the stack's row";
  const resource = hosted(campaignCancellation);

  function open(config: Record<string, string> = {}, clock: Clock = on.clock) {
    /** What is shown, behind the URN of its row. */
    const said: string[] = [];
    const say = async (line: string, row = STACK) => void said.push(`${row}: ${line}`);
    const operation = new EngineOperation({ ...silentEngine(), warn: say, showProgress: say }, clock);
    const settings: Record<string, string> = { ...USUAL, endpoint: on.hood.url, ...config };
    operation.configure((key) => settings[key]);
    return { operation, said };
  }
  const args = () => ({ campaignId: on.campaign("running"), reason: "Budget cut" });

  for (const [where, isTold] of [
    ["the row of the first that waits", true],
    ["the stack's row if the host isn't told of resources", false],
  ] as const) {
    it(`shows how many cancellations are done while others wait, on ${where}`, async () => {
      const { operation, said } = open({ rateLimit: "3/10s" });
      const each = rows.map((row) => ({ on: isTold ? operation.on(row) : operation, news: args() }));
      for (const { on, news } of each) await resource.check(on, {}, news);
      await Promise.all(each.map(({ on, news }) => resource.create(on, news)));
      const [row, line] = [
        isTold ? rows[1] : STACK,
        "1 done, 1 waiting for the account's rate limit until 12:00:10 UTC",
      ];
      expect(said[0]?.slice(0, `${row}: ${line}`.length)).to.equal(`${row}: ${line}`);
      expect(on.canceled).to.have.length(2);
    });
  }

  it("warns on the stack's row of what is about the account, and on a resource's of what is about that", async () => {
    await on.restart({ rateLimit: "5/1s" });
    const { operation, said } = open();
    await operation.account().get(on.campaign("running"));
    await operation.on(urn).warn(say`a`);
    expect(said[0]).to.match(/^the stack's row: This account allows 5 requests in 1 s, and hood:rateLimit says 1000/);
    expect(said[1]).to.equal(`${urn}: a`);
  });

  /** What ends a wait for a minute's turn, which comes with the second request. */
  const ends: [what: string, timeout: number | undefined, says: string, stop?: true][] = [
    ["is stopped by the user", undefined, "the operation was stopped before its turn came", true],
    [
      "takes longer than customTimeouts of a resource allow",
      50,
      "within the resource's own timeout of 0.05 s (customTimeouts)",
    ],
  ];
  for (const [what, timeout, says, stop] of ends) {
    it(`sends nothing more if it ${what}`, async () => {
      const { operation } = open({ rateLimit: "1/60s" }, systemClock);
      const created = thrown(Error, () => resource.create(operation.on(urn, undefined, timeout), args()));
      await until(() => on.sent.length > 0);
      if (stop) operation.stop();
      expect((await created).message).to.contain(says);
      expect(on.calls).to.deep.equal([]);
    });
  }

  const long: [what: string, timeout: number][] = [
    ["waits for longer than a timer can if it is asked to", 36_000_000_000],
    ["takes an answer that comes later than the timeout: what is sent is recorded", 50],
  ];
  for (const [what, timeout] of long) {
    it(what, async () => {
      await on.restart({ latency: 100 });
      const { operation } = open({}, systemClock);
      const news = args();
      await resource.check(operation, {}, news);
      const { id } = await resource.create(operation.on(urn, undefined, timeout), news);
      expect(id).to.equal(news.campaignId);
      expect(on.canceled).to.deep.equal([news.campaignId]);
    });
  }
});

const difference = (one: string, other: string, secret = false) =>
  unseenDifference(
    { text: one, where: "in Hood" },
    { text: other, where: "in expectedName" },
    secret ? { secret } : {},
  );

const blanks = " They differ only in blanks or characters that don't show, first at";
const long = "x".repeat(130);
const huge = "x".repeat(7_000);

describe("The difference between two texts that look the same", () => {
  const explained: [what: string, one: string, other: string, words: string][] = [
    ["a trailing blank", "Sale ", "Sale", `${blanks} character 5: a space (U+0020) in Hood, the end in expectedName.`],
    ["a no-break space", "A\u00a0b", "A b", `${blanks} character 2: a no-break space (U+00A0) in Hood, a space`],
    ["a line break", "A\r\nb", "A\nb", `${blanks} character 2: a carriage return (U+000D) in Hood, a line feed`],
    ["a zero-width space", "A\u200bb", "Ab", `${blanks} character 2: a zero-width space (U+200B) in Hood`],
    ["a direction mark", "A\u200e", "A", `${blanks} character 2: a character that doesn't show (U+200E) in Hood`],
    ["NFC and NFD", "Café", "Cafe\u0301", " They differ in the Unicode form of the same letters, first at character 4"],
    ["a letter of another alphabet", "Sаle", "Sale", ' They differ first at character 2: "а" (U+0430) in'],
    ["a digit for a letter", "Sale 0", "Sale O", ' They differ first at character 6: "0" (U+0030) in Hood, "O"'],
    ["what is cut off", `${long}a`, `${long}b`, ' They differ first at character 131: "a" (U+0061) in Hood'],
    ["the end where it is cut", "x".repeat(120), "x".repeat(121), " They differ first at character 121: the end in"],
    ["a character of two units", "😀\u00a0", "😀", `${blanks} character 2: a no-break space`],
    ["the second unit of a character", "a😀", "a😁", ' They differ first at character 2: "😀" (U+1F600) in Hood, "😁"'],
    [
      "a mark of its own",
      "Sale\u0301",
      "Sale",
      " They differ first at character 5: a character that doesn't show (U+0301)",
    ],
    [
      "a character between blanks that look the same",
      "A\t\n b",
      "A b",
      `${blanks} character 2: a tab (U+0009) in Hood`,
    ],
    ["far behind in long texts", `${huge} `, huge, " They differ first at character 7001: a space (U+0020) in Hood"],
  ];
  for (const [what, one, other, words] of explained) {
    it(`is said if it is ${what}`, () => {
      expect(difference(one, other).slice(0, words.length)).to.equal(words);
      for (const text of [difference(one, other), difference(other, one)]) {
        expect(text).to.match(/\.$/);
        expect(text).to.equal(forPeople(text));
      }
    });
  }

  const seen: [one: string, other: string][] = [
    ["Spring sale", "Spring sale"],
    ["Spring sale", "Summer sale"],
    ["Spring sale", "Springsale"],
    ["Spring\u00a0sale A", "Spring sale B"],
    ["Sale 0", "Sale A"],
    ["Sale ~", "Sale -"],
    ["Spring sale", "Spring sal"],
  ];
  for (const [one, other] of seen) {
    it(`isn't said if a reader sees it: ${one}, ${other}`, () => {
      expect([difference(one, other), difference(other, one)]).to.deep.equal(["", ""]);
    });
  }

  it("tells nothing of a secret but where it differs, and by what kind of character", () => {
    expect(difference("A–b", "A-b", true)).to.equal(" They differ first at character 2.");
    expect(difference(`${long}a`, `${long}b`, true)).to.equal(" They differ first at character 131.");
    expect(difference("Sale ", "Sale", true)).to.contain("a space (U+0020) in Hood");
    const words = " They differ first at character 2: a space (U+0020) in Hood, another character in expectedName.";
    expect(difference("A b", "A–b", true)).to.equal(words);
  });

  it("is told for a value that looks like one of those that there are", () => {
    expect(unseenMistake(" running", ["paused", "running"])).to.equal(
      ': it looks like "running", but character 1 is a space (U+0020)',
    );
    expect(unseenMistake("pаused", ["paused"])).to.equal(': it looks like "paused", but character 2 is "а" (U+0430)');
    for (const value of ["sent", "runs", 7, `running${" ".repeat(200)}`])
      expect(unseenMistake(value, ["paused", "running"])).to.equal("");
  });

  it("is told for the first character that may not be there", () => {
    expect(strayCharacter("😀 1", /[^😀]/u)).to.equal("character 2 is a space (U+0020)");
    expect(strayCharacter("12x", /\D/)).to.equal('character 3 is "x" (U+0078)');
    expect(strayCharacter("12", /\D/)).to.equal(undefined);
  });
});

describe("A reason", () => {
  it("is the same with the line breaks of another system, or without its last one", () => {
    for (const other of ["a\r\nb\r\n", "a\nb", "a\rb", "a\nb\n\n"])
      expect(isSameReason("a\nb\n", other)).to.equal(true);
    expect(isSameReason(undefined, undefined)).to.equal(true);
  });

  it("is another one with other blanks", () => {
    for (const other of ["a b", "a\n\nb", "a\nb ", "\na\nb", undefined, 7]) {
      expect(isSameReason("a\nb", other)).to.equal(false);
      expect(isSameReason(other, "a\nb")).to.equal(false);
    }
  });
});
