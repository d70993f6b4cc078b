import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { stringify } from "yaml";
import { resources } from "../../provider/hosts/resources";
import { settingNames } from "../../provider/settings";
import { description, ROOT, repository } from "../package";

const TYPES = ["CampaignAbTest", "CampaignMessage", "CampaignInfo"];
/** The closed sets of texts. */
const ENUMS =
  "CampaignChannel CampaignField CancellationOutcome DeletionPolicy DesiredStatus Preflight StatusAction WhenNotCancelable";
/** In the type checker's eyes a property of every TypeScript resource, and in Pulumi's no output. */
const NOT_OUTPUTS = ["id", "urn"];

/** A type, or a reference to one, as the schema writes it. */
export type SchemaType =
  | { readonly type: "string" | "number" | "integer" | "boolean" }
  | { readonly type: "array"; readonly items: SchemaType }
  | { readonly type: "object"; readonly additionalProperties: SchemaType }
  | { readonly $ref: string };

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

/** The parts of the schema that are made from comments; the engine reads the others too. */
export interface PackageSchema {
  readonly config: { readonly variables: Record<string, Property> };
  readonly types: Record<string, Described | Enum>;
  readonly resources: Record<string, Resource>;
  readonly functions: Record<string, { readonly description: string; readonly inputs: Properties }>;
}

/** What Pulumi's other languages know of the provider, made from what TypeScript knows. @param version the package's */
export function packageSchema(version: string): PackageSchema & Record<string, unknown> {
  const sdk = readdirSync(join(ROOT, "sdk")).map((file) => `sdk/${file}`);
  const declared = declarations([...sdk, "provider/hosts/plugin/configuration.ts"]);
  const config = propertiesOf(declared("ProviderArgs"));
  const missing = settingNames.filter((name) => !(name in config.properties));
  if (missing.length > 0) throw new Error(`ProviderArgs lacks ${missing.join(", ")}.`);
  const { token } = config.properties;
  const variables = { ...config.properties, ...(token && { token: { ...token, secret: true as const } }) };
  const lookup = (name: string, outputs: object) => ({
    description: describe(declared(name)),
    inputs: { type: "object", ...propertiesOf(declared(`${name.replace("g", "G")}Args`)) },
    outputs: { type: "object", ...outputs },
  });
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
      ...entries(ENUMS.split(" "), (name) => enumOf(declared(name))),
    },
    resources: entries(Object.keys(resources), (name) => {
      const { properties: inputProperties, required: requiredInputs } = propertiesOf(declared(`${name}Args`));
      return { ...described(declared(name)), inputProperties, requiredInputs };
    }),
    functions: {
      "hood:index:getCampaign": lookup("getCampaign", described(declared("CampaignInfo"))),
      "hood:index:getCampaigns": lookup("getCampaigns", {
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

/** @throws Error if it isn't a closed set of texts. */
function enumOf(node: ts.Node): Enum {
  const { type } = node as ts.TypeAliasDeclaration;
  const values = (ts.isUnionTypeNode(type) ? type.types : [type]).map((one) => {
    if (ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal)) return { value: one.literal.text };
    throw new Error(`${one.getText()} is no text.`);
  });
  return { description: describe(node), type: "string", enum: values };
}

/** Everything of a class or an interface that is data, in the order in which it is written. */
function propertiesOf(node: ts.Node): Properties {
  if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) throw new Error("Only these have properties.");
  const properties: Record<string, Property> = {};
  const required: string[] = [];
  for (const member of node.members) {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) continue;
    const name = member.name.getText();
    if (NOT_OUTPUTS.includes(name) && ts.isClassDeclaration(node)) continue;
    properties[name] = { ...schemaType(member.type, `${node.name?.text}.${name}`), description: describe(member) };
    if (!member.questionToken && !/\bundefined\b/.test(member.type?.getText() ?? "")) required.push(name);
  }
  return { properties, required };
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

// What the types and the comments of the sources say, in the words of a schema.

/** What nobody documents, and is passed on as it is. */
const anything: SchemaType = { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
/** Types that only say how a value comes to be there. */
const wrappers = ["Input", "Output", "Unwrap"];

/** @param name where it is, for the error. @throws Error for a type that has no counterpart. */
function schemaType(node: ts.TypeNode | undefined, name: string): SchemaType {
  if (!node) throw new Error(`${name} has no type.`);
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { type: "string" };
    case ts.SyntaxKind.NumberKeyword:
      return { type: /\.(limit|runCounter|maxCancellations|maxParallel)$/.test(name) ? "integer" : "number" };
    case ts.SyntaxKind.BooleanKeyword:
      return { type: "boolean" };
  }
  if (ts.isParenthesizedTypeNode(node)) return schemaType(node.type, name);
  if (ts.isArrayTypeNode(node)) return { type: "array", items: schemaType(node.elementType, name) };
  if (ts.isUnionTypeNode(node)) return unionType(node, name);
  if (ts.isTypeReferenceNode(node)) return referenceType(node, name);
  throw new Error(`${name} is of a type that the schema can't say: ${node.getText()}`);
}

function unionType(node: ts.UnionTypeNode, name: string): SchemaType {
  const types = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
  // One, or a list of them: a list holds one as well.
  const list = types.find(ts.isArrayTypeNode);
  if (types.length === 1 || list) return schemaType(list ?? types[0], name);
  throw new Error(`${name} is of a type that the schema can't say: ${node.getText()}`);
}

function referenceType(node: ts.TypeReferenceNode, name: string): SchemaType {
  const referred = ts.isQualifiedName(node.typeName) ? node.typeName.right.text : node.typeName.text;
  const [argument] = node.typeArguments ?? [];
  if (wrappers.includes(referred) && argument) return schemaType(argument, name);
  if (referred === "PassedThrough" || referred === "Record") return anything;
  return { $ref: `#/types/hood:index:${referred}` };
}

/** What a documentation comment says, in Markdown, with its tags in words: the schema has no place of their own for them. */
export function describe(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tags = (comment?.tags ?? []).flatMap((tag) => inWords(tag) ?? []);
  const text = textOf(comment?.comment);
  return [text, ...tags].filter((part) => part !== "").join("\n\n");
}

function inWords(tag: ts.JSDocTag): string | undefined {
  const text = textOf(tag.comment);
  if (tag.tagName.text === "default") return `Default: ${text}`;
  if (tag.tagName.text !== "example") return undefined;
  return text.startsWith("```") ? `In TypeScript:\n\n${text}\n\nIn YAML:\n\n${inYaml(text)}` : `Example: \`${text}\``;
}

/** The first thing that an example in TypeScript declares or asks for: names and values are those of every language. */
function firstOf(example: string): { name: string; resource: string | undefined; args: unknown } {
  const nodes = (node: ts.Node): ts.Node[] => [node, ...node.getChildren().flatMap(nodes)];
  const parsed = ts.createSourceFile("example.ts", example.replaceAll(/^```.*$/gm, ""), ts.ScriptTarget.ES2023, true);
  for (const node of nodes(parsed)) {
    if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) continue;
    const [, name] = /^hood\.(\w+)$/.exec(node.expression.getText()) ?? [];
    const values = (node.arguments ?? []).map(plainValue);
    if (name) return { name, resource: ts.isNewExpression(node) ? String(values.shift()) : undefined, args: values[0] };
  }
  throw new Error(`Nothing of ours is in the example ${example}`);
}

export function inYaml(example: string): string {
  const { name, resource, args } = firstOf(example);
  const program = resource
    ? { resources: { [resource]: { type: `hood:${name}`, properties: args } } }
    : { variables: { found: { "fn::invoke": { function: `hood:${name}`, arguments: args } } } };
  return `\`\`\`yaml\n${stringify(program, { version: "1.1" })}\`\`\``;
}

/** In the language that Pulumi translates to all others. */
export function inPcl(example: string): string {
  const { name, resource, args } = firstOf(example);
  return resource
    ? `resource "${resource}" "hood:index:${name}" ${pclOf(args)}\n`
    : `found = invoke("hood:index:${name}", ${pclOf(args)})\n`;
}

/** Keys without quotes: the generator for Python loses the others. */
function pclOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pclOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{\n${Object.entries(value)
    .map(([key, one]) => `${key} = ${pclOf(one)}\n`)
    .join("")}}`;
}

/** @throws Error for anything but a plain value. */
function plainValue(node: ts.Node): unknown {
  if (ts.isStringLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(plainValue);
  if (!ts.isObjectLiteralExpression(node)) throw new Error(`YAML has nothing for ${node.getText()}.`);
  const entries = node.properties.map((property) => {
    if (!ts.isPropertyAssignment(property)) throw new Error(`YAML has nothing for ${property.getText()}.`);
    return [property.name.getText(), plainValue(property.initializer)] as const;
  });
  return Object.fromEntries(entries);
}

/** A link is the name that it leads to. */
function textOf(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  if (comment === undefined || typeof comment === "string") return comment ?? "";
  const nameIn = (link: string) => link.replace(/^\{@link ([\w.]+)\}$/, "$1").replace(/^.*\./s, "");
  return comment
    .map((part) => (part.kind === ts.SyntaxKind.JSDocText ? part.text : `\`${nameIn(part.getText())}\``))
    .join("");
}
