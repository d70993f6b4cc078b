import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isCanceled, isEditable, meaningOf, type Transition, transitions } from "../../provider/lifecycle";
import { run } from "../engine/build";
import { ROOT, version } from "../package";
import {
  type Described,
  type Enum,
  inPcl,
  type PackageSchema,
  type Property,
  packageSchema,
  type SchemaType,
} from "./schema";

/** The page that lists every argument and output, for people: the schema in Markdown. */
export function referencePage({ resources, functions, types, config }: PackageSchema): string {
  return `${[
    "# Reference",
    "`npm run schema` writes this page from the documentation comments of the sources, and from the table of statuses. [Resources](resources.md) says when to use which, and what happens in each case.",
    "The names are those of TypeScript and YAML. An SDK that Pulumi generates for another language may write them in its own way, such as `campaign_id` in Python. Each argument of a resource is also an output of it.",
    ...Object.entries(resources).map(([token, { description, inputProperties, requiredInputs, properties }]) =>
      sections(
        `## ${nameOf(token)}`,
        readable(description),
        table("argument", inputProperties, requiredInputs),
        table("output", properties, [], inputProperties),
      ),
    ),
    ...Object.entries(functions).map(([token, { description, inputs }]) =>
      sections(`## ${nameOf(token)}`, readable(description), table("argument", inputs.properties, inputs.required)),
    ),
    ...Object.entries(types).map(([token, type]) =>
      sections(`## ${nameOf(token)}`, readable(type.description), contentsOf(type)),
    ),
    sections(
      "## Settings",
      "Each is a config key of the stack, such as `hood:timeout`, and an input of a [provider that a program declares](plugin.md#settings-of-the-plugin). [README](../README.md#settings) says how they are set.",
      table("setting", config.variables),
    ),
    sections("## The life of a campaign", lifeOfACampaign()),
  ].join("\n\n")}\n`;
}

function sections(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function nameOf(token: string): string {
  return token.replace("hood:index:", "");
}

type Properties = Readonly<Record<string, Property>>;

/** @param others what isn't shown again */
function table(what: string, all: Properties, required: readonly string[] = [], others: Properties = {}): string {
  const properties = Object.entries(all).filter(([name]) => !(name in others));
  const rows = properties.map(([name, property]) => {
    const text = readable(property.description)
      .replaceAll(/\n{2,}/g, "<br>")
      .replaceAll("\n", " ");
    return `| \`${name}\` | ${typeOf(property)}${required.includes(name) ? ", required" : ""} | ${text.replaceAll("|", "\\|")} |`;
  });
  return rows.length === 0 ? "" : [`| ${what} | type | |`, "|---|---|---|", ...rows].join("\n");
}

function contentsOf(type: Described | Enum): string {
  if (!("enum" in type)) return table("field", type.properties, type.required);
  return `One of ${type.enum.map(({ value }) => `\`"${value}"\``).join(", ")}.`;
}

function typeOf(type: SchemaType): string {
  if ("$ref" in type) {
    const name = nameOf(type.$ref.replace("#/types/", ""));
    return name === "pulumi.json#/Any" ? "anything" : `[${name}](#${name.toLowerCase()})`;
  }
  return type.type === "array" ? `list of ${typeOf(type.items)}` : type.type;
}

/** Addresses in the comments are links here. */
function readable(description: string): string {
  return description.replaceAll(/\bdocs\.ocamba\.com\/[\w./-]*\w/g, "<https://$&>");
}

/** The transition table as a diagram that code hosts draw, and as a table of what a campaign takes in each status. */
function lifeOfACampaign(): string {
  const statuses = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];
  const diagram = [
    "stateDiagram-v2",
    ...["draft", "manual", "scheduled", "running"].map((status) => `  [*] --> ${status}: create`),
    ...transitions.map((transition) => `  ${transition.from} --> ${transition.to}: ${label(transition)}`),
    ...statuses.filter(isCanceled).map((status) => `  ${status} --> [*]: for good`),
  ];
  const rows = statuses.map((status) => {
    const calls = [...new Set(transitions.filter(({ from, by }) => from === status && isCall(by)).map(({ by }) => by))];
    const edits = isEditable(status) ? "yes" : "no";
    return `| \`${status}\` | ${meaningOf(status)} | ${calls.join(", ") || "–"} | ${edits} |`;
  });
  return [
    "```mermaid",
    ...diagram,
    "```",
    "",
    "| status | it is | calls | edits |",
    "|---|---|---|---|",
    ...rows,
    "",
    "What stands in brackets happens without a call from the provider. If a status isn't here, nothing is sent to the campaign.",
    "",
    "A `CampaignStatus` for `running` or `scheduled` accepts every status that time leads to from there. Nothing leads out of `canceled`.",
  ].join("\n");
}

function label({ by, to }: Transition): string {
  if (by === "resume") return to === "scheduled" ? "resume at a time" : "resume";
  if (by === "launch") return "launch, by an edit";
  if (by === "send") return "(somebody sends it)";
  return isCall(by) ? by : `(${by === "time" ? "time" : "somebody chooses the winner"})`;
}

function isCall(by: Transition["by"]): boolean {
  return by === "pause" || by === "resume" || by === "cancel";
}

/** The newest versions of Pulumi's generators for .NET and Java that fit together and are Go modules that our tests can get. */
const MODULES = ["github.com/pulumi/pulumi/pkg/v3@v3.225.1", "github.com/pulumi/pulumi-java/pkg@v1.21.2"];
const KEPT = join(ROOT, "tools/schema/examples.json");
const EXAMPLE = /In TypeScript:\n\n(```ts\n[\s\S]*?```)\n\nIn YAML:\n\n(```yaml\n[\s\S]*?```)/;

/** Each program in Pulumi's own language, and what it is in others. */
type Translations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The schema with its examples in every language, in the form of which each SDK keeps its own language's. */
export function withEveryLanguage<T extends PackageSchema>(schema: T): T {
  const kept: Translations = JSON.parse(readFileSync(KEPT, "utf8"));
  const chooser = (_: string, example: string, yaml: string) => {
    const translations = kept[inPcl(example)];
    if (!translations) throw new Error(`Run \`npm run schema:examples\`: one was changed that says\n${example}`);
    const blocks = Object.entries(translations).map(([language, text]) => `\`\`\`${language}\n${text.trim()}\n\`\`\``);
    const parts = ["{{% examples %}}\n## Example Usage\n{{% example %}}", ...blocks, yaml];
    return `${parts.join("\n\n")}\n\n{{% /example %}}\n{{% /examples %}}`;
  };
  return JSON.parse(JSON.stringify(schema), (name, value) =>
    name === "description" && typeof value === "string" ? value.replace(EXAMPLE, chooser) : value,
  );
}

/** Makes `examples.json`, and SDKs in `dotnet` and `java`, in a folder. */
export async function generate(folder: string): Promise<void> {
  const { resources, functions } = packageSchema(version);
  const descriptions = Object.values({ ...resources, ...functions }).map(({ description }) => description);
  const programs = descriptions.flatMap((text) => EXAMPLE.exec(text)?.[1] ?? []).map(inPcl);
  await writeFile(join(folder, "programs.json"), JSON.stringify(programs));
  await copyFile(join(ROOT, "tools/schema/generate.go"), join(folder, "main.go"));
  const env = { ...process.env, GOWORK: "off", CGO_ENABLED: "0" };
  const go = (...args: string[]) => run("go", args, { env, progress: () => {}, signal: undefined }, { cwd: folder });
  await go("mod", "init", "generate");
  await go("get", ...MODULES);
  await go("mod", "tidy");
  await go("run", ".", join(ROOT, "schema.json"), "programs.json", folder);
}

/** Translates the examples of the documentation comments. */
async function translate(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hood-examples-"));
  try {
    await generate(folder);
    await copyFile(join(folder, "examples.json"), KEPT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes `schema.json`, which the plugin hands to the engine, and the same for people, `docs/reference.md`. */
async function write(): Promise<void> {
  const schema = packageSchema(version);
  await writeFile(join(ROOT, "schema.json"), `${JSON.stringify(withEveryLanguage(schema), null, 2)}\n`);
  await writeFile(join(ROOT, "docs/reference.md"), referencePage(schema));
}

if (require.main === module) {
  const work = process.argv.includes("--examples") ? translate() : write();
  work.catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
