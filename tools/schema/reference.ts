import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isCanceled, isEditable, meaningOf, type Transition, transitions } from "../../provider/lifecycle";
import { ROOT, version } from "../package";
import { withEveryLanguage } from "./examples";
import type { SchemaType } from "./schema";
import { type Described, type Enum, type PackageSchema, type Property, packageSchema, type Resource } from "./schema";

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
        table("output", without(properties, inputProperties)),
      ),
    ),
    ...Object.entries(functions).map(([token, { description, inputs }]) =>
      sections(`## ${nameOf(token)}`, readable(description), table("argument", inputs.properties, inputs.required)),
    ),
    ...Object.entries(types).map(([token, type]) =>
      sections(`## ${nameOf(token)}`, readable(type.description), "enum" in type ? values(type) : fields(type)),
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

function without(properties: Resource["properties"], others: Resource["properties"]): Resource["properties"] {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in others)));
}

function table(what: string, properties: Record<string, Property>, required: readonly string[] = []): string {
  const rows = Object.entries(properties).map(([name, property]) => {
    const text = readable(property.description)
      .replaceAll(/\n{2,}/g, "<br>")
      .replaceAll("\n", " ");
    return `| \`${name}\` | ${typeOf(property)}${required.includes(name) ? ", required" : ""} | ${text.replaceAll("|", "\\|")} |`;
  });
  return rows.length === 0 ? "" : [`| ${what} | type | |`, "|---|---|---|", ...rows].join("\n");
}

function fields({ properties, required }: Described): string {
  return table("field", properties, required);
}

function values(set: Enum): string {
  return `One of ${set.enum.map(({ value }) => `\`"${value}"\``).join(", ")}.`;
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

/** Writes `schema.json`, which the plugin hands to the engine, and the same for people, `docs/reference.md`. */
async function main(): Promise<void> {
  const schema = packageSchema(version);
  await writeFile(join(ROOT, "schema.json"), `${JSON.stringify(withEveryLanguage(schema), null, 2)}\n`);
  await writeFile(join(ROOT, "docs/reference.md"), referencePage(schema));
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
