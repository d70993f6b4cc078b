import ts from "typescript";
import { stringify } from "yaml";

// What the types and the comments of the sources say, in the words of a schema.

/** The texts of a closed set. @throws Error if it isn't one. */
export function textsOf({ type }: ts.TypeAliasDeclaration): string[] {
  const types = ts.isUnionTypeNode(type) ? type.types : [type];
  return types.map((one) => {
    if (ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal)) return one.literal.text;
    throw new Error(`${one.getText()} is no text.`);
  });
}

/** A type, or a reference to one, as the schema writes it. */
export type SchemaType =
  | { readonly type: "string" | "number" | "integer" | "boolean" }
  | { readonly type: "array"; readonly items: SchemaType }
  | { readonly type: "object"; readonly additionalProperties: SchemaType }
  | { readonly $ref: string };

/** What nobody documents, and is passed on as it is. */
const anything: SchemaType = { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
/** Types that only say how a value comes to be there. */
const wrappers = ["Input", "Output", "Unwrap"];

/** @param name where it is, for the error. @throws Error for a type that has no counterpart. */
export function schemaType(node: ts.TypeNode | undefined, name: string): SchemaType {
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
  return comment
    .map((part) =>
      part.kind === ts.SyntaxKind.JSDocText
        ? part.text
        : `\`${part
            .getText()
            .replace(/^\{@link ([\w.]+)\}$/, "$1")
            .split(".")
            .at(-1)}\``,
    )
    .join("");
}
