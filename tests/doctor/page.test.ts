import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { doctorPage } from "../../tools/doctorPage";
import { ROOT } from "../../tools/root";
import { blockOf } from "../package/blocks";
import { examined } from "./run";

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly items?: Schema }>>;
}

describe("The template of a bug report", () => {
  it("asks for the command's report", async () => {
    const { body } = parse(await readFile(join(ROOT, ".github/ISSUE_TEMPLATE/bug.yml"), "utf8"));
    const asked = body.find(({ id }: { id?: string }) => id === "doctor");
    expect(asked.attributes.description).to.contain("`npx -p pulumi-ocamba-hood hood-doctor --report`");
    expect(asked.validations.required).to.equal(true);
  });
});

describe("docs/doctor.md", () => {
  it("shows what the command prints today; if not, run `npm run samples`", async () => {
    expect(await readFile(join(ROOT, "docs/doctor.md"), "utf8")).to.equal(await doctorPage());
  });

  it("has the form of --json", async () => {
    const { properties, required }: Schema = JSON.parse(await blockOf("docs/doctor.md", "json"));
    const report = JSON.parse((await examined({ args: ["--json"] })).out);
    expect(Object.keys(report)).to.deep.equal(Object.keys(properties)).and.deep.equal(required);
    for (const line of report.assumptions) {
      expect(Object.keys(line)).to.deep.equal(properties.assumptions?.items?.required);
      expect(Object.values(line)).to.satisfy((all: unknown[]) => all.every((one) => typeof one === "string" && one));
    }
  });
});
