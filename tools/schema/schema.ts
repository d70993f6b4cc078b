import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { resources } from "../../provider/hosts/resources";
import { settingNames } from "../../provider/settings";
import { description, ROOT, repository } from "../root";
import { describe, type SchemaType, schemaType, textsOf } from "./sources";

const TYPES = ["CampaignAbTest", "CampaignMessage", "CampaignInfo"];
/** The closed sets of texts. */
const ENUMS = [
  "CampaignChannel",
  "CampaignField",
  "CancellationOutcome",
  "DeletionPolicy",
  "DesiredStatus",
  "Preflight",
  "StatusAction",
  "WhenNotCancelable",
];
/** In the type checker's eyes a property of every TypeScript resource, and in Pulumi's no output. */
const NOT_OUTPUTS = ["id", "urn"];

export type Property = SchemaType & { readonly description: string; readonly secret?: true };
interface Properties {
  readonly properties: Record<string, Property>;
  readonly required: string[];
}
export interface Described extends Properties {
  readonly description: string;
}
export interface Resource extends Described {
  readonly inputProperties: Record<string, Property>;
  readonly requiredInputs: string[];
}

/** A closed set of texts. */
export interface Enum {
  readonly description: string;
  readonly type: "string";
  readonly enum: { readonly value: string }[];
}

interface Lookup {
  readonly description: string;
  readonly inputs: Properties & { readonly type: "object" };
  readonly outputs: object;
}

/** The parts of the schema that are made from comments; the engine reads the others too. */
export interface PackageSchema {
  readonly config: { readonly variables: Record<string, Property> };
  readonly types: Record<string, Described | Enum>;
  readonly resources: Record<string, Resource>;
  readonly functions: Record<string, Lookup>;
}

/** What Pulumi's other languages know of the provider, made from what TypeScript knows. @param version the package's */
export function packageSchema(version: string): PackageSchema & Record<string, unknown> {
  const declared = declarations([...sdkFiles(), "provider/hosts/plugin/providerArgs.ts"]);
  const config = propertiesOf(declared("ProviderArgs"));
  const missing = settingNames.filter((name) => !(name in config.properties));
  if (missing.length > 0) throw new Error(`ProviderArgs lacks ${missing.join(", ")}.`);
  const secret = (name: string, property: Property) =>
    name === "token" ? { ...property, secret: true as const } : property;
  const variables = Object.fromEntries(
    Object.entries(config.properties).map(([name, property]) => [name, secret(name, property)]),
  );
  const page = `https://github.com/${repository}`;
  return {
    name: "hood",
    displayName: "Ocamba Hood",
    version,
    description,
    keywords: ["pulumi", "ocamba", "hood", "campaign", "category/utility", "kind/native"],
    license: "Apache-2.0",
    publisher: "The authors of pulumi-ocamba-hood",
    homepage: page,
    repository: page,
    logoUrl: `https://raw.githubusercontent.com/${repository}/main/docs/logo.svg`,
    pluginDownloadURL: `github://api.github.com/${repository}`,
    namespace: "ocamba",
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { packageName: "pulumi-ocamba-hood-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_ocamba_hood", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: {
        importBasePath: `github.com/${repository}/sdk/go/hood`,
        modulePath: `github.com/${repository}/sdk/go`,
        respectSchemaVersion: true,
        generateResourceContainerTypes: true,
      },
      csharp: { rootNamespace: "Ocamba", namespaces: { hood: "Hood" }, respectSchemaVersion: true },
      java: { basePackage: "com.ocamba", buildFiles: "gradle" },
    },
    config: { variables },
    provider: { description: describe(declared("ProviderArgs")), inputProperties: variables },
    types: {
      ...entries(TYPES, (name) => ({ type: "object", ...described(declared(name)) })),
      ...entries(ENUMS, (name) => enumOf(declared(name))),
    },
    resources: entries(Object.keys(resources), (name) => resource(declared(name), declared(`${name}Args`))),
    functions: {
      "hood:index:getCampaign": lookup(declared("getCampaign"), declared("GetCampaignArgs"), {
        type: "object",
        ...described(declared("CampaignInfo")),
      }),
      "hood:index:getCampaigns": lookup(declared("getCampaigns"), declared("GetCampaignsArgs"), {
        type: "object",
        properties: { campaigns: { type: "array", items: { $ref: "#/types/hood:index:CampaignInfo" } } },
        required: ["campaigns"],
      }),
    },
  };
}

function entries<T>(names: readonly string[], entry: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [`hood:index:${name}`, entry(name)]));
}

function described(node: ts.Node): Described {
  return { description: describe(node), ...propertiesOf(node) };
}

function enumOf(node: ts.Node): Enum {
  if (!ts.isTypeAliasDeclaration(node)) throw new Error("Only these have a name and a set of texts.");
  return { description: describe(node), type: "string", enum: textsOf(node).map((value) => ({ value })) };
}

function resource(outputs: ts.Node, args: ts.Node): Resource {
  const inputs = propertiesOf(args);
  return { ...described(outputs), inputProperties: inputs.properties, requiredInputs: inputs.required };
}

function lookup(call: ts.Node, args: ts.Node, outputs: object): Lookup {
  return { description: describe(call), inputs: { type: "object", ...propertiesOf(args) }, outputs };
}

/** Everything of a class or an interface that is data, in the order in which it is written. */
function propertiesOf(node: ts.Node): Properties {
  if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) throw new Error("Only these have properties.");
  const members = [...node.members].filter(
    (member): member is ts.PropertySignature | ts.PropertyDeclaration =>
      ts.isPropertySignature(member) || ts.isPropertyDeclaration(member),
  );
  const properties: Record<string, Property> = {};
  const required: string[] = [];
  for (const member of members) {
    const name = member.name.getText();
    if (NOT_OUTPUTS.includes(name) && ts.isClassDeclaration(node)) continue;
    properties[name] = { ...schemaType(member.type, `${node.name?.text}.${name}`), description: describe(member) };
    if (!member.questionToken && !/\bundefined\b/.test(member.type?.getText() ?? "")) required.push(name);
  }
  return { properties, required };
}

function sdkFiles(): string[] {
  return readdirSync(join(ROOT, "sdk")).map((file) => `sdk/${file}`);
}

/** Finds declarations by name in some files. */
function declarations(files: readonly string[]): (name: string) => ts.Node {
  const found = new Map<string, ts.Node>();
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), "utf8");
    ts.forEachChild(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true), (node) => {
      const named =
        ts.isInterfaceDeclaration(node) ||
        ts.isClassDeclaration(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isTypeAliasDeclaration(node);
      const name = named && node.name?.text;
      // Of a function with several signatures, the first has the comment.
      if (name && !found.has(name)) found.set(name, node);
    });
  }
  return (name) => {
    const node = found.get(name);
    if (!node) throw new Error(`Nothing is called ${name} in ${files.join(", ")}.`);
    return node;
  };
}
