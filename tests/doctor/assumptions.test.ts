import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { assumptions } from "../../doctor/assumptions";
import * as endpoints from "../../provider/hood/endpoints";
import { transitions } from "../../provider/lifecycle";
import { ROOT } from "../../tools/package";

/** What the rows name, in whatever case: paths, parameters, headers, fields, HTTP statuses. */
const named = assumptions.map((row) => Object.values(row).join(" ")).join("\n");
const isNamed = (word: string) =>
  new RegExp(`(?<![\\w-])${word.replace(/[^\w-]/g, "\\$&")}(?![\\w-])`, "i").test(named);

function textsIn(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(join(ROOT, folder, file), "utf8"));
}

const WITHOUT_COMMENTS = { compilerOptions: { removeComments: true, target: ts.ScriptTarget.ESNext } };
const hood = textsIn("provider/hood").map((text) => ts.transpileModule(text, WITHOUT_COMMENTS).outputText);

function found(pattern: RegExp): string[] {
  return hood.flatMap((code) => [...code.matchAll(pattern)].map(([, one = ""]) => one));
}

/** Each word that a part of the code relies on, if the parts can be told by their form. What is inferred in another way can't be. */
const relied: Readonly<Record<string, () => string[]>> = {
  "every path": () =>
    ["cancel", "pause", "resume"]
      .map((action) => endpoints.actOnCampaign("{id}", action as "cancel"))
      .concat(endpoints.viewCampaign("{id}"), endpoints.editCampaign("{id}"), endpoints.createCampaign())
      .map(({ path }) => path),
  "every query parameter": () => {
    const { path } = endpoints.listCampaigns({ status: ["a"], q: "b", fields: ["c"], sort: "d" }, 1, 2);
    const { searchParams } = new URL(path, "http://127.0.0.1");
    return [...searchParams.keys(), ...(searchParams.get("status") ?? "").split("a")].filter(Boolean);
  },
  "every header of an answer": () => found(/(?:\bheader\(|\bheaders\[)"([\w-]+)"/g),
  "every field of an answer": () => found(/\b(?:body|item|fields|envelope)\.([a-z_]+)\b(?!\()/g),
  "every field that is asked for": () =>
    found(/(?:fields: |FIELDS = )\[([^\]]+)\]/g).flatMap((list) =>
      [...list.matchAll(/"(\w+)"/g)].map(([, one = ""]) => one),
    ),
  "every status of an answer": () =>
    hood.flatMap((code) =>
      code
        .split("\n")
        .flatMap((line) =>
          /status|CREATED|NO_CONTENT/.test(line)
            ? [...line.matchAll(/(?:[=[ ]|\/)\^?\[?([2-5](?:\d\d)?)(?=[-\],;) /&|]|$)/g)].map(([, one = ""]) =>
                one.padEnd(3, "0"),
              )
            : [],
        ),
    ),
  "every way from status to status": () => transitions.map(({ by }) => by),
};

describe("The table of assumptions", () => {
  for (const [what, words] of Object.entries(relied)) {
    it(`has ${what} that the provider relies on`, () => {
      const all = [...new Set(words())];
      expect(all).to.have.length.of.at.least(5);
      expect(all.filter((word) => !isNamed(word))).to.deep.equal([]);
    });
  }

  it("has every endpoint that there is", () => {
    const known = ["viewCampaign", "actOnCampaign", "createCampaign", "editCampaign", "listCampaigns"];
    expect(Object.keys(endpoints)).to.have.members(known);
  });

  it("is pointed to by the provider's comments, each row where it is relied on", () => {
    const comments = textsIn("provider").map((text) => text.replace(/\n\s*\*(?!\/)/g, " "));
    const names = comments.flatMap((text) =>
      [...text.matchAll(/doctor\/assumptions\.ts: (\w+(?:,\s+\w+)*)/g)].flatMap(([, list = ""]) => list.split(/,\s+/)),
    );
    expect(names).to.have.members(assumptions.map(({ name }) => name));
  });

  it("says of each row what it stands on, in whole sentences", () => {
    for (const { name, standsOn, holds, otherwise } of assumptions) {
      expect(standsOn, name).to.match(/documented|inferred|this package|Pulumi|HTTP/);
      for (const sentence of [holds, otherwise]) expect(sentence, name).to.match(/^\S[\s\S]*[.]$/);
    }
    expect(assumptions).to.have.length.above(40);
  });
});
