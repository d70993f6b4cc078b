import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { ROOT } from "../../tools/root";

/** A file of the package, by its path from the root, with what it imports in any chain, types too. */
interface Source {
  readonly file: string;
  readonly imports: readonly string[];
  readonly casts: number;
}

const sources = new Map(
  ["doctor", "provider", "report", "sdk", "simulator"].flatMap(filesIn).map((file) => [file, read(file)]),
);

function filesIn(folder: string): string[] {
  const all = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return all.filter((name) => name.endsWith(".ts")).map((name) => path.posix.join(folder, name));
}

function read(file: string): Source {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  let casts = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      imports.push(node.argument.literal.text);
    }
    if (ts.isAsExpression(node) && isUnknown(node.expression)) casts++;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { file, imports: [...new Set(imports)].flatMap((name) => resolve(file, name)), casts };
}

function isUnknown(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isUnknown(node.expression);
  return ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.UnknownKeyword;
}

function resolve(from: string, name: string): string[] {
  if (!name.startsWith(".")) return [];
  const base = path.posix.join(path.posix.dirname(from), name.replace(/\.js$/, ""));
  return [`${base}.ts`, `${base}/index.ts`].filter((file) => ts.sys.fileExists(path.join(ROOT, file)));
}

/** The first circle among the files that a file leads to. @param chain the files that lead to it */
function circleFrom(file: string, chain: readonly string[], done: Set<string>): readonly string[] | undefined {
  if (chain.includes(file)) return [...chain.slice(chain.indexOf(file)), file];
  if (done.has(file)) return undefined;
  for (const next of sources.get(file)?.imports ?? []) {
    const circle = circleFrom(next, [...chain, file], done);
    if (circle) return circle;
  }
  done.add(file);
  return undefined;
}

describe("the sources of the package", () => {
  it("are found, with their imports", () => {
    expect(sources.get("provider/index.ts")?.imports).to.include("provider/hosts/dynamicProvider.ts");
    expect(sources.get("sdk/run.ts")?.imports).to.include("provider/misspelt.ts");
    expect(sources.get("provider/hosts/hosted.ts")?.imports).to.include("provider/operation.ts");
  });

  it("import one another without a circle, types included", () => {
    const done = new Set<string>();
    const circles = [...sources.keys()].flatMap((file) => circleFrom(file, [], done)?.join(" → ") ?? []);
    expect(circles).to.deep.equal([]);
  });

  it("of the provider know nothing of the classes, the report or the simulator", () => {
    const wrong = [...sources.values()].flatMap(({ file, imports }) =>
      file.startsWith("provider/") ? imports.filter((other) => !other.startsWith("provider/")) : [],
    );
    expect(wrong).to.deep.equal([]);
  });

  it("never make one type of another by way of `unknown`", () => {
    expect([...sources.values()].filter(({ casts }) => casts > 0).map(({ file }) => file)).to.deep.equal([]);
  });
});
