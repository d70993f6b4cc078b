import { expect } from "chai";
import fc from "fast-check";
import type { Report } from "../../report/report";
import { markdown, plainText } from "../../report/writers";
import { canceled, error, type Given, live, reportOf, reportOn, step } from "./steps";

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
const foreign = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...nasty),
  fc.string({ unit: fc.constantFrom(..."`|<>@\\\n[]()#*_~ a") }),
);

/** A report in which each piece of foreign text is the given one. */
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
  it("is no more than words of our own and code, whatever campaigns are called", () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const written = markdown(full(text));
        const [marker, ...lines] = written.split("\n");
        expect(marker).to.equal("<!-- hood-plan test/test -->");
        expect(lines.join("\n")).not.to.match(/[<>@\p{Bidi_Control}]|(?!\n)\p{Cc}/u);
        const rest = outsideCode(lines.join("\n"));
        expect(rest).not.to.contain("`");
        expect(rest).to.match(/^[\w .,:;"'#|()\n-]*$/);
      }),
    );
  });

  it("keeps each table's columns, whatever campaigns are called", () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const rows = markdown({ ...full(text), refused: [] })
          .split("\n")
          .filter((line) => line.startsWith("|"));
        expect(rows.length).to.be.greaterThan(6);
        for (const row of rows) expect(row.match(/\|/g), row).to.have.length(6);
      }),
    );
  });

  it("shows a dangerous name so that it can be recognized", () => {
    const written = markdown(reportOn({ inputs: { ...live, campaignName: "</td>|@everyone `x`" } }));
    expect(written).to.contain(
      "| `＜/td＞｜＠everyone ｀x｀` | `7` | `running` | `Budget cut` | CampaignCancellation `it` |",
    );
  });

  it("aligns the columns of a table, except for cells that are very long", () => {
    const reason = "Budget cut ".repeat(5).trim();
    const steps = [
      step({ name: "a", inputs: { ...live, campaignName: "Spring sale 🌷" } }),
      step({ name: "b", inputs: { ...live, campaignId: "1000248", campaignName: "Sale", reason } }),
    ];
    const rows = markdown(reportOf(steps)).match(/^\|.*$/gm);
    expect(rows).to.deep.equal([
      "| Campaign        | Id        | Status    | Reason       | Resource                 |",
      "| --------------- | --------- | --------- | ------------ | ------------------------ |",
      "| `Spring sale 🌷` | `7`       | `running` | `Budget cut` | CampaignCancellation `a` |",
      `| \`Sale\`          | \`1000248\` | \`running\` | \`${reason}\` | CampaignCancellation \`b\` |`,
    ]);
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

  it("closes the block of an error that holds fences", () => {
    const report = reportOf([], [error("a\n````\nb")]);
    expect(markdown(report)).to.contain("`````\na\n````\nb\n`````\n");
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
      .and.to.contain(`${1000 - listed} more not listed here`);
    expect(listed).to.be.within(200, 400);
  });
});

describe("A report's plain text", () => {
  it("holds no control or direction character, and no line that a pipeline takes for a command", () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const written = plainText(full(text));
        expect(written.replaceAll("\n", "")).not.to.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(written).not.to.match(/^\s*::/m);
        expect(written).not.to.match(/##\w*\[/);
      }),
    );
  });

  it("lists all there is", () => {
    const steps = Array.from({ length: 1000 }, (_, i) => step({ name: `r${i}`, inputs: live }));
    expect(plainText(reportOf(steps)).match(/^- Campaign "Spring sale", id "7"/gm)).to.have.length(1000);
  });

  it("cuts an error after twelve lines", () => {
    const text = plainText(reportOf([], [error(Array.from({ length: 30 }, (_, line) => `line ${line}`).join("\n"))]));
    expect(text).to.contain("  > line 11\n  > …\n").and.not.contain("line 12");
  });

  it("says what is missing of a campaign that isn't new", () => {
    const inputs = { campaignId: "7", status: "running" };
    expect(plainText(reportOn({ type: "CampaignStatus", inputs }))).to.contain(
      'Campaign not known, id "7", status not known',
    );
    expect(plainText(reportOn({ type: "Campaign", op: "delete", state: { name: "x" } }))).to.contain(
      "status not known",
    );
  });

  it("reads well", () => {
    const report = reportOn(
      { name: "spring", inputs: live },
      { type: "Campaign", name: "new", inputs: { name: "New", draft: true } },
      { type: "a:b:C", name: "other", inputs: {} },
    );
    expect(plainText(report)).to.equal(`1 campaign would end for good.
Project "test", stack "test".
Cancellation is permanent: nothing brings a campaign back. Check each name and id before you approve.

- Campaign "Spring sale", id "7", status "running"
    reason: "Budget cut"
    declared as CampaignCancellation "spring"

1 other step in Hood. This ends no campaign, and starts none.
- Campaign "New", id new, status new
    New campaign: a draft, which sends nothing before it is launched.
    declared as Campaign "new"

1 other change in this stack, not listed here.

Removals that an interrupted update left over are listed only if the preview ran with --show-replacement-steps.
`);
  });
});

describe("A report's headline", () => {
  const headOf = (report: Report) => markdown(report).split("\n").slice(1, 6);

  it("counts the ends", () =>
    expect(headOf(reportOn({ inputs: live }))[0]).to.equal("### 1 campaign would end for good"));

  it("counts the launches", () => {
    const inputs = { name: "New", runImmediately: true };
    expect(headOf(reportOn({ type: "Campaign", inputs }))[0]).to.equal(
      "### No campaign would end, and 1 campaign would be launched",
    );
    const both = markdown(reportOn({ inputs: live }, { type: "Campaign", name: "new", inputs }));
    expect(both).to.match(/### 1 campaign would end for good\n[\s\S]*\n#### 1 campaign would be launched\n/);
  });

  it("is followed by the explanation if nothing is known of what the report is about", () => {
    const report = { ...reportOn(), about: {} };
    expect(headOf(report).slice(0, 3)).to.deep.equal([
      "### No campaign would end",
      "",
      "This change touches no campaign.",
    ]);
  });

  it("says that nothing ends", () => {
    const about = ["", "Project `test`, stack `test`.", ""];
    expect(headOf(reportOn())).to.deep.equal([
      "### No campaign would end",
      ...about,
      "This change touches no campaign.",
    ]);
    const removal = reportOn({ op: "delete", state: canceled });
    expect(headOf(removal)).to.deep.equal([
      "### No campaign would end",
      ...about,
      "Nothing here ends a campaign for good.",
    ]);
  });

  it("names the replacement of an end in its own words", () => {
    const inputs = { ...live, campaignId: "8", campaignName: "Autumn sale" };
    const report = reportOn({ op: "replace", state: canceled, inputs });
    const words = (name: string, id: string, other: string, otherId: string) =>
      `Replaces the cancellation of ${name} ${id}, and would end ${other} ${otherId}.`;
    expect(markdown(report)).to.contain(words("`Spring sale`", "`7`", "`Autumn sale`", "`8`"));
    expect(plainText(report)).to.contain(words('"Spring sale"', '"7"', '"Autumn sale"', '"8"'));
  });

  it("isn't hidden by hundreds of keys that nobody reads", () => {
    const config = Object.fromEntries(Array.from({ length: 400 }, (_, key) => [`hood:key${key}`, "x".repeat(200)]));
    const report = reportOf([step({ inputs: live })], [], {}, config);
    expect(markdown(report)).to.contain("`Spring sale`").and.contain("380 more settings");
  });

  it("lists settings that somebody reads before any other key", () => {
    const junk = Object.fromEntries(Array.from({ length: 25 }, (_, key) => [`hood:a${key}`, "x"]));
    const read = { "hood:maxCancellations": "100000", "hood:preflight": "off", "hood:endpoint": "https://a.example" };
    const lines = markdown(reportOf([], [], {}, { ...junk, ...read })).split("\n");
    const first = lines.filter((line) => line.startsWith("- ")).slice(0, 3);
    expect(first.join()).to.match(/hood:endpoint.*hood:maxCancellations.*hood:preflight/);
  });

  it("lists ends and launches before hundreds of providers", () => {
    const inputs = { endpoint: "https://a.example", rateLimit: "x".repeat(120) };
    const many = Array.from({ length: 500 }, (_, i) => step({ type: "pulumi:providers:hood", name: `p${i}`, inputs }));
    const launch = step({ type: "Campaign", inputs: { name: "Now", runImmediately: true } });
    const written = markdown(reportOf([...many, step({ inputs: live }), launch]));
    expect(written).to.contain("`Spring sale`").and.contain("`Now`");
    expect(written).to.match(/- Provider `p0` is new: [\s\S]*\d+ more providers not listed here\./);
  });

  it("is followed by the settings that aren't the default, and by changed providers", () => {
    const config = { "hood:endpoint": "https://evil.example" };
    const brand = step({ type: "pulumi:providers:hood", name: "brand", inputs: { endpoint: "https://eu.example" } });
    const written = markdown(reportOf([brand], [], {}, config));
    expect(written).to.contain("- Not the default: `hood:endpoint` `https://evil.example`\n");
    expect(written).to.contain("- Provider `brand` is new: `endpoint` `https://eu.example`\n");
  });

  it("says first that the preview failed, and still what would end", () => {
    const written = markdown(reportOf([step({ inputs: live })], [error("boom")]));
    expect(written).to.match(/\n### The preview failed: [\s\S]*\nboom\n[\s\S]*#### 1 campaign would end for good/);
  });
});
