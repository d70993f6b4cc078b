import ts from "typescript";

// What the types and the comments of the sources say, in the words of a schema.

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
  if (types.every((type) => ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal))) return { type: "string" };
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
  if (referred === "CampaignField") return { type: "string" };
  return { $ref: `#/types/hood:index:${referred}` };
}

/** What a documentation comment says, in Markdown, with its tags in words: the schema has no place of their own for them. */
export function describe(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tags = (comment?.tags ?? []).flatMap((tag) => inWords(tag) ?? []);
  const text = textOf(comment?.comment);
  return [text, unsaidValues(node, text), ...tags].filter((part) => part !== "").join("\n\n");
}

/** What a property of a few texts may be, unless its comment explains each of them. */
function unsaidValues(node: ts.Node, text: string): string {
  if (!ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node)) return "";
  const values = node.type ? literalsIn(node.type).map((value) => `\`"${value}"\``) : [];
  return values.every((value) => text.includes(value)) ? "" : `One of ${values.join(", ")}.`;
}

function literalsIn(node: ts.Node): string[] {
  return ts.isStringLiteral(node) ? [node.text] : node.getChildren().flatMap(literalsIn);
}

function inWords(tag: ts.JSDocTag): string | undefined {
  const text = textOf(tag.comment);
  if (tag.tagName.text === "default") return `Default: ${text}`;
  if (tag.tagName.text === "example")
    return text.startsWith("```") ? `In TypeScript:\n\n${text}` : `Example: \`${text}\``;
  return undefined;
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
