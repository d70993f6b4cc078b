import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { doctorPage } from "../../tools/doctorPage";
import { ROOT } from "../../tools/root";
import { blockOf } from "../package/blocks";
import { examined } from "./run";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const is: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string" && value !== "",
  integer: Number.isInteger,
  array: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** Where a value isn't as a schema says, or has more than it says. */
function mistakes(value: unknown, schema: Schema, path = "it"): string[] {
  if (schema.const !== undefined) return value === schema.const ? [] : [path];
  if (schema.enum) return schema.enum.includes(value) ? [] : [path];
  if (!is[schema.type ?? ""]?.(value)) return [path];
  const { items, properties, required = [] } = schema;
  if (items) return (value as unknown[]).flatMap((item, index) => mistakes(item, items, `${path}[${index}]`));
  if (!properties) return [];
  const fields = value as Record<string, unknown>;
  const names = [...new Set([...required, ...Object.keys(fields)])];
  return names.flatMap((name) => mistakes(fields[name], properties[name] ?? {}, `${path}.${name}`));
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
    const schema = JSON.parse(await blockOf("docs/doctor.md", "json"));
    for (const account of [{}, { rateLimit: "75/1s,700/60s" }]) {
      const report = JSON.parse((await examined({ account, args: ["--json"] })).out);
      expect(mistakes(report, schema)).to.deep.equal([]);
      expect(mistakes({ ...report, format: 2, other: 1 }, schema)).to.deep.equal(["it.format", "it.other"]);
    }
  });
});
