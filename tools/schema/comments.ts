import ts from "typescript";

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
