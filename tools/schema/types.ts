import ts from "typescript";

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
