import { Readable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { version } from "../../provider/hood/transport";
import { hoodPlan } from "../../report/main";
import type { Report } from "../../report/report";
import { markdown, plainText } from "../../report/writers";
import { canceled, error, type Given, live, previewOf, reportOf, reportOn, step, type Values } from "./steps";

const run = (args: readonly string[], input: string, { isTTY = false, environment = {} } = {}) =>
  hoodPlan([...args], { stdin: Object.assign(Readable.from([Buffer.from(input)]), { isTTY }), environment });

const end = step({ inputs: live });
const launch = step({ type: "Campaign", inputs: { name: "New", runImmediately: true } });
const draft = step({ type: "Campaign", inputs: { name: "New", draft: true } });
const brand = step({ type: "pulumi:providers:hood", name: "brand", inputs: { endpoint: "https://eu.example" } });
const FIX = "Fix the errors and run the preview again.";
const preview = (steps: Values[], diagnostics: Values[] = []) => JSON.stringify(previewOf(steps, diagnostics));

describe("hood-plan", () => {
  const none = "### No campaign would end";
  const failed = "### The preview failed: nothing can be applied as it stands";
  const removal = step({ op: "delete", state: canceled });
  const rows: [what: string, steps: Values[], code: number, headline: string, next: string, errors?: Values[]][] = [
    ["nothing ends or is launched", [draft], 0, none, "Nothing here ends a campaign for good."],
    ["no campaign is touched", [], 0, none, "This change touches no campaign."],
    ["a resource is removed", [removal], 0, none, "Nothing here ends a campaign for good.\n\n#### 1 resource removed"],
    ["a provider is new", [brand], 0, none, "Nothing here ends a campaign for good.\n\n- Provider `brand` is new"],
    ["a campaign would be launched", [launch], 3, `${none}, and 1 campaign would be launched`, "What a campaign"],
    [
      "a campaign would end, whatever is launched",
      [end, launch],
      2,
      "### 1 campaign would end for good",
      "Cancellation",
    ],
    ["the preview failed, whatever it saw", [end], 1, failed, "Fix the errors", [error("boom")]],
    ["the preview failed at once", [], 1, failed, `${FIX}\n\n\`\`\`\n(blank)\n\`\`\``, [error("\u202e\n")]],
  ];
  for (const [what, steps, code, headline, next, errors] of rows) {
    it(`ends with ${code}, and says so first, if ${what}`, async () => {
      const ran = await run([], preview(steps, errors));
      const begin = `<!-- hood-plan test/test -->\n${headline}\n\nProject \`test\`, stack \`test\`.\n\n${next}`;
      expect(ran.text.slice(0, begin.length)).to.equal(begin);
      expect([ran.code, ran.error]).to.deep.equal([code, ""]);
    });
  }

  it("is about an unknown stack if the preview shows none", () => {
    const [marker, ...rest] = markdown({ ...reportOn(), about: {} }).split("\n");
    expect(marker).to.equal("<!-- hood-plan unknown/unknown -->");
    expect(rest.slice(0, 3)).to.deep.equal([none, "", "This change touches no campaign."]);
  });

  it("says for which commit of the pipeline it is", async () => {
    const ran = await run(["--format", "json"], preview([end]), { environment: { GITHUB_SHA: "abc" } });
    expect(JSON.parse(ran.text).about).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
  });
});

describe("the arguments of hood-plan", () => {
  const names = ["--project", "test", "--stack", "acme/test/test", "--commit", ""];
  const taken: [args: string[], out: string | RegExp, code: number][] = [
    [[], /^<!-- hood-plan test\/test -->/, 2],
    [["--format", "text"], /^1 campaign would end for good\.\n/, 2],
    [["--format=json"], /^\{\n {2}"about"[\s\S]*\}\n$/, 2],
    [[...names, "--preview-exit-code", "255"], /exit code 255/, 1],
    [["--help"], /^Says which[\s\S]*--preview-exit-code/, 0],
    [["--version"], `${version}\n`, 0],
  ];
  for (const [args, out, code] of taken) {
    it(`are taken: ${args.join(" ") || "none"}`, async () => {
      const ran = await run(args, preview([end]), { isTTY: code === 0 });
      expect([ran.code, ran.error]).to.deep.equal([code, ""]);
      expect(ran.text).to[typeof out === "string" ? "equal" : "match"](out as string & RegExp);
    });
  }

  const wrong: [args: string[], says: RegExp, input?: string, isTTY?: boolean][] = [
    [["--format", "xml"], /^Could not use --format "xml": give one of markdown, text, json\.$/],
    [["--format", "toString"], /^Could not use --format/],
    [["--color"], /^Could not read the arguments: .*--color.* --help lists them all/],
    [["plan.json"], /^Could not read the arguments/],
    [["--stack", "prod"], /on the stack "prod"/],
    ...["", "x1", "1x", "1000"].map((code): [string[], RegExp] => [["--preview-exit-code", code], /give a number/]),
    [[], /^Could not read a preview/, "{}"],
    [[], /^hood-plan reads a preview from standard input\.\n\n.*--preview-exit-code/s, "", true],
  ];
  for (const [args, says, input = preview([end]), isTTY] of wrong) {
    it(`aren't taken: ${args.join(" ") || "none"}, with ${input.slice(0, 20) || "nothing"} on standard input`, async () => {
      const ran = await run(args, input, { isTTY });
      expect([ran.code, ran.text]).to.deep.equal([1, ""]);
      expect(ran.error).to.match(says);
    });
  }
});

const nasty = [
  "</td>|@everyone <script>alert(1)</script>",
  "`| code `` ``` ````",
  "a\nb\r\n| c | d |\n# e\n- f",
  "[x](https://example.org) ![](https://example.org/x.png) www.example.org https://example.org a@b.example",
  "#123 GH-1 user/repo#1 :tada: $`x`$ **b** _i_ ~~s~~ &lt; &#64;x \\| \\",
  "\u202etxet\u2066 \u200f\u061c \u001b[31mred\u0007",
  "::error::x ##[error]x ##vso[task.setvariable]x",
  "",
  "   ",
  "|",
  "`",
  "\\",
];
const outside = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...nasty),
  fc.string({ unit: fc.constantFrom(..."`|<>@\\\n[]()#*_~ a") }),
);

/** A report in which each piece of text from outside is the given one. */
function full(text: string): Report {
  const name = text === "" ? "x" : text;
  const op = name;
  const inputs = { campaignId: text, campaignName: text, previousStatus: text, reason: text };
  const desired = { ...inputs, status: text, plannedActions: [text], scheduledTime: text };
  const given: Given[] = [
    { name, inputs },
    { name, op, inputs },
    { type: "CampaignStatus", name, inputs: desired },
    { type: "CampaignStatus", name, inputs: { ...desired, plannedActions: [] } },
    { type: "CampaignStatus", name, op: "delete", state: { ...desired, currentStatus: text } },
    { type: "Campaign", name, inputs: { name: text, scheduledTime: text } },
    { type: "Campaign", name, op: "delete", state: { name: text, status: text, deletionPolicy: text } },
  ];
  const urns = [undefined, `urn:pulumi:a::b::${text}::${text}`, `urn:pulumi:a::b::hood:index:Campaign::${text}`];
  return reportOf(
    given.map(step),
    urns.map((urn) => error(text, urn)),
    { said: { commit: text } },
    { [`hood:${text}`]: text, "hood:endpoint": text },
  );
}

/** What Markdown makes of the text outside of code: spans, and fenced blocks. */
function outsideCode(text: string): string {
  return text.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, "").replace(/`[^`\n]*`/g, "");
}

describe("A report's Markdown", () => {
  it("is no more than words of our own, code, and tables of five columns, whatever campaigns are called", () => {
    fc.assert(
      fc.property(outside, (text) => {
        const written = markdown(full(text));
        const [marker, ...lines] = written.split("\n");
        expect(marker).to.equal("<!-- hood-plan test/test -->");
        expect(lines.join("\n")).not.to.match(/[<>@\p{Bidi_Control}]|(?!\n)\p{Cc}/u);
        const rest = outsideCode(lines.join("\n"));
        expect(rest).not.to.contain("`");
        expect(rest).to.match(/^[\w .,:;"'#|()\n-]*$/);
        const rows = lines.filter((line) => line.startsWith("|"));
        expect(rows.length).to.be.greaterThan(6);
        for (const row of rows) expect(row.match(/\|/g), row).to.have.length(6);
      }),
    );
  });

  it("says (blank) for a blank name, and cuts a long one", () => {
    const named = (campaignName: string) => markdown(reportOn({ inputs: { ...live, campaignName } }));
    expect(named(" \n ")).to.contain("| (blank)  | `7` |");
    expect(named("x".repeat(500))).to.contain(`| \`${"x".repeat(120)}…\` |`);
  });

  it("shows characters that nobody sees by their codes, if there is nothing else", () => {
    for (const [name, shown] of [
      ["\u200b\u200b", "U+200B U+200B"],
      ["\u3164", "U+3164"],
      ["\u{E0041} \u2800", "U+E0041 U+0020 U+2800"],
    ] as const) {
      const report = reportOn({ inputs: { ...live, campaignName: name } });
      expect(markdown(report)).to.contain(`| \`${shown}\` | \`7\` |`);
      expect(plainText(report)).to.contain(`- Campaign "${shown}", id "7"`);
    }
  });

  it("stays below what a comment takes, and lists the ends before all others", () => {
    const long = "x".repeat(150);
    const many = (n: number, given: Given) =>
      Array.from({ length: n }, (_, i) => step({ ...given, name: `r${i}-${long}` }));
    const steps = [
      ...many(60, { inputs: { ...live, campaignName: long, reason: long } }),
      ...many(400, { type: "Campaign", inputs: { name: long } }),
      ...many(400, { op: "delete", state: canceled }),
    ];
    const diagnostics = Array.from({ length: 400 }, (_, i) => error(`${i}\n${`${long}\n`.repeat(50)}`));
    expect(markdown(reportOf(steps, diagnostics))).to.match(/^\d+ more errors not listed here\.$/m);
    for (const report of [reportOf(steps, diagnostics), reportOf(steps)]) {
      const written = markdown(report);
      expect(written.length).to.be.within(50_000, 60_000);
      expect(written.match(/^\| .*CampaignCancellation.*`Budget|^\| `x.*CampaignCancellation/gm)).to.have.length(60);
      expect(written).to.match(/\d+ more not listed here: `hood-plan --format text` lists all of them\./);
    }
  });

  it("says how many ends are not listed", () => {
    const long = "x".repeat(150);
    const steps = Array.from({ length: 1000 }, (_, i) => step({ name: `r${i}`, inputs: { ...live, reason: long } }));
    const written = markdown(reportOf(steps));
    const listed = written.match(/^\| `Spring sale`/gm)?.length ?? 0;
    expect(written)
      .to.contain("### 1000 campaigns would end for good")
      .and.to.contain(`${1000 - listed} more not listed here`)
      // Blanks never take the room of a row.
      .and.not.match(/ {4,}\|/);
    expect(listed).to.be.within(200, 400);
  });
});

describe("A report's plain text", () => {
  it("holds no control or direction character, and no line that a pipeline takes for a command", () => {
    fc.assert(
      fc.property(outside, (text) => {
        const written = plainText(full(text));
        expect(written.replaceAll("\n", "")).not.to.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(written).not.to.match(/^\s*::/m);
        expect(written).not.to.match(/##\w*\[/);
      }),
    );
  });

  it("lists all there is", () => {
    const steps = Array.from({ length: 1000 }, (_, i) => step({ name: `r${i}`, inputs: live }));
    const written = plainText(reportOf(steps));
    expect(written.match(/^- Campaign "Spring sale", id "7"/gm)).to.have.length(1000);
    expect(written).not.to.contain("\n\n\n");
  });

  it("cuts an error after twelve lines", () => {
    const text = plainText(reportOf([], [error(Array.from({ length: 30 }, (_, line) => `line ${line}`).join("\n"))]));
    expect(text).to.contain("  > line 11\n  > …\n").and.not.contain("line 12");
  });
});

const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignStatus::pause";
const sample = reportOf(
  [
    { type: "pulumi:providers:hood", name: "brand", inputs: { endpoint: "https://eu.example" } },
    { name: "spring", inputs: { ...live, campaignName: "</td>|@everyone `x` 🌷" } },
    {
      op: "replace",
      name: "b",
      state: canceled,
      inputs: { ...live, campaignId: "1000248", campaignName: "Autumn sale" },
    },
    { type: "Campaign", name: "now", inputs: { name: "New", runImmediately: true } },
    { type: "CampaignStatus", name: "later", inputs: { campaignId: "9", status: "paused" } },
    { type: "a:b:C", name: "other", inputs: {} },
  ].map(step),
  [
    error("boom"),
    error("pulumi-nodejs:dynamic/hood:CampaignStatus resource 'pause' has a problem: a\n````\n<b>|`", urn),
  ],
  { said: { commit: "abc" } },
  { "hood:endpoint": "https://evil.example" },
);

describe("A whole report", () => {
  it("reads well in Markdown", () => {
    expect(markdown(sample)).to.equal(`<!-- hood-plan test/test -->
### The preview failed: nothing can be applied as it stands

Project \`test\`, stack \`test\`, commit \`abc\`.

Fix the errors and run the preview again. What it saw before it stopped is listed below, and may not be all.

\`\`\`
boom
\`\`\`

CampaignStatus \`pause\`:

\`\`\`\`\`
a
\`\`\`\`
＜b＞｜\`
\`\`\`\`\`

- Not the default: \`hood:endpoint\` \`https://evil.example\`
- Provider \`brand\` is new: \`endpoint\` \`https://eu.example\`

#### 2 campaigns would end for good

Cancellation is permanent: nothing brings a campaign back. Check each name and id before you approve.

| Campaign                | Id        | Status    | Reason       | Resource                      |
| ----------------------- | --------- | --------- | ------------ | ----------------------------- |
| \`Autumn sale\`           | \`1000248\` | \`running\` | Replaces the cancellation of \`Spring sale\` \`7\`, and would end \`Autumn sale\` \`1000248\`. \`Budget cut\` | CampaignCancellation \`b\`      |
| \`＜/td＞｜＠everyone ｀x｀ 🌷\` | \`7\`       | \`running\` | \`Budget cut\` | CampaignCancellation \`spring\` |

#### 1 campaign would be launched

What a campaign delivers can't be taken back. Check each name and time before you approve.

| Campaign | Id  | Status | What happens                  | Resource       |
| -------- | --- | ------ | ----------------------------- | -------------- |
| \`New\`    | new | new    | New campaign: starts at once. | Campaign \`now\` |

#### 1 other step in Hood

This ends no campaign, and starts none.

| Campaign  | Id  | Status    | What happens                           | Resource               |
| --------- | --- | --------- | -------------------------------------- | ---------------------- |
| not known | \`9\` | not known | To paused; the steps aren't known yet. | CampaignStatus \`later\` |

1 other change in this stack, not listed here.

Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.
`);
  });

  it("reads well as plain text", () => {
    expect(plainText(sample)).to.equal(`The preview failed: nothing can be applied as it stands.
Project "test", stack "test", commit "abc".
Fix the errors and run the preview again. What it saw before it stopped is listed below, and may not be all.

  > boom

CampaignStatus "pause":
  > a
  > \`\`\`\`
  > <b>|\`

- Not the default: "hood:endpoint" "https://evil.example"
- Provider "brand" is new: "endpoint" "https://eu.example"

2 campaigns would end for good. Cancellation is permanent: nothing brings a campaign back. Check each name and id before you approve.
- Campaign "Autumn sale", id "1000248", status "running"
    Replaces the cancellation of "Spring sale" "7", and would end "Autumn sale" "1000248".
    reason: "Budget cut"
    declared as CampaignCancellation "b"
- Campaign "</td>|@everyone \`x\` 🌷", id "7", status "running"
    reason: "Budget cut"
    declared as CampaignCancellation "spring"

1 campaign would be launched. What a campaign delivers can't be taken back. Check each name and time before you approve.
- Campaign "New", id new, status new
    New campaign: starts at once.
    declared as Campaign "now"

1 other step in Hood. This ends no campaign, and starts none.
- Campaign not known, id "9", status not known
    To paused; the steps aren't known yet.
    declared as CampaignStatus "later"

1 other change in this stack, not listed here.

Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.
`);
  });

  it("isn't hidden by hundreds of keys that nobody reads, which stand after those that somebody reads", () => {
    const junk = Object.fromEntries(Array.from({ length: 400 }, (_, key) => [`hood:a${key}`, "x".repeat(200)]));
    const read = { "hood:maxCancellations": "100000", "hood:preflight": "off", "hood:endpoint": "https://a.example" };
    const written = markdown(reportOf([step({ inputs: live })], [], {}, { ...junk, ...read }));
    expect(written).to.contain("`Spring sale`").and.contain("383 more settings");
    const [first, second, third] = written.match(/^- .*$/gm) ?? [];
    expect([first, second, third].join()).to.match(/hood:endpoint.*hood:maxCancellations.*hood:preflight/);
  });

  it("lists ends and launches before hundreds of providers", () => {
    const inputs = { endpoint: "https://a.example", rateLimit: "x".repeat(120) };
    const many = Array.from({ length: 500 }, (_, i) => step({ type: "pulumi:providers:hood", name: `p${i}`, inputs }));
    const written = markdown(reportOf([...many, end, launch]));
    expect(written).to.contain("`Spring sale`").and.contain("`New`");
    expect(written).to.match(/- Provider `p0` is new: [\s\S]*\n\n\d+ more providers not listed here\./);
  });
});
