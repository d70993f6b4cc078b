/** A resource as a program declares it; its arguments are written as in Pulumi YAML: `${name.output}`, `{ "fn::secret": … }`. */
export interface Declared {
  readonly type: "Campaign" | "CampaignCancellation" | "CampaignStatus";
  readonly args: object;
  readonly options?: { readonly dependsOn?: readonly string[]; readonly retainOnDelete?: boolean };
}
export type Program = Readonly<Record<string, Declared>>;
type Files = Readonly<Record<string, string>>;

/** Without TypeScript, the program starts half a second earlier. */
const PROJECT = "name: test\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
const PREAMBLE = `const pulumi = require("@pulumi/pulumi");\nconst hood = require("pulumi-ocamba-hood");\nconst all = {};\n`;
/** A project in JavaScript that declares nothing yet. */
export const JAVASCRIPT = { ...sourceFile(""), "package.json": JSON.stringify({ name: "program", main: "index.js" }) };

export function sourceFile(source: string): Files {
  return { "Pulumi.yaml": PROJECT, "index.js": PREAMBLE + source };
}

export function inJavaScript(resources: Program, outputs: object = {}): Files {
  return sourceFile(`${declarations(resources)}module.exports = ${code(outputs)};\n`);
}

/** The lines of a program in JavaScript that declare these resources. */
export function declarations(resources: Program): string {
  const declared = Object.entries(resources).map(([name, { type, args, options = {} }]) => {
    const { dependsOn = [], ...more } = options;
    const given = { ...more, dependsOn: dependsOn.map((other) => `\${${other}}`) };
    return `all[${JSON.stringify(name)}] = new hood.${type}(${JSON.stringify(name)}, ${code(args)}, ${code(given)});\n`;
  });
  return declared.join("");
}

/** What is JSON is YAML too. */
export function inYaml(resources: Program, more: object = {}): Files {
  const declared = Object.entries(resources).map(([name, { type, args, options = {} }]) => {
    const { dependsOn = [], ...others } = options;
    const given = { ...others, dependsOn: dependsOn.map((other) => `\${${other}}`) };
    return [name, { type: `hood:${type}`, properties: args, options: given }];
  });
  const project = { name: "test", runtime: "yaml", resources: Object.fromEntries(declared), ...more };
  return { "Pulumi.yaml": JSON.stringify(project) };
}

function code(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(code).join(", ")}]`;
  if (typeof value === "string") {
    const [, name, property = ""] = /^\$\{([\w-]+)((?:\.\w+)*)\}$/.exec(value) ?? [];
    return name === undefined ? JSON.stringify(value) : `all[${JSON.stringify(name)}]${property}`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("fn::secret" in value) return `pulumi.secret(${code(value["fn::secret"])})`;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{ ${entries.map(([key, part]) => `${JSON.stringify(key)}: ${code(part)}`).join(", ")} }`;
}
