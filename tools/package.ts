import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

/** The repository, seen from where this file is compiled to. */
export const ROOT = join(__dirname, "../..");

const manifest: Record<"version" | "description", string> & { readonly repository: { readonly url: string } } =
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The package's version, and what it is. */
export const { version, description } = manifest;

/** Owner and name of the repository on GitHub, such as `acme/pulumi-ocamba-hood`. */
export const repository = manifest.repository.url.replace(/^git\+https:\/\/github\.com\/|\.git$/g, "");

/** What package.json says to those who work on this repository, and to nobody who installs the package. */
const OURS = ["scripts", "overrides", "allowScripts", "devDependencies"];

interface Packed {
  readonly filename: string;
  /** In bytes. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` makes of a package's folder. */
async function npmPack(folder: string, args: readonly string[]): Promise<Packed> {
  const all = ["pack", "--ignore-scripts", "--json", "--loglevel=error", ...args];
  const { stdout } = await promisify(execFile)("npm", all, { cwd: folder });
  // npm 12 says it by the package's name, those before in a list.
  return Object.values<Packed>(JSON.parse(stdout))[0] as Packed;
}

/** Packs the npm package as it is published. @param folder where the tarball is put. @returns its path, and what is in it. */
export async function packPackage(folder: string): Promise<Packed & { readonly path: string }> {
  const staging = await mkdtemp(join(tmpdir(), "hood-package-"));
  try {
    const { files } = await npmPack(ROOT, ["--dry-run"]);
    for (const { path } of files) await cp(join(ROOT, path), join(staging, path));
    const manifest = Object.entries(JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")));
    const published = Object.fromEntries(manifest.filter(([field]) => !OURS.includes(field)));
    await writeFile(join(staging, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
    await mkdir(folder, { recursive: true });
    const packed = await npmPack(staging, ["--pack-destination", folder]);
    return { ...packed, path: join(folder, packed.filename) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Where the plugin looks for its own version and schema is seen from here, so the archive has the package's folders. */
const MAIN = "dist/provider/hosts/plugin/main.js";
const NAME = "pulumi-resource-hood";

/** Pulumi asks for the archive of its own platform. Node.js runs on all of them, so the archives don't differ. */
const PLATFORMS = ["darwin", "linux", "windows"].flatMap((system) => [`${system}-amd64`, `${system}-arm64`]);

/** As Pulumi names this machine. */
function ownPlatform(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}-${process.arch === "x64" ? "amd64" : process.arch}`;
}

/** The name that Pulumi looks for. */
function archiveName(platform: string): string {
  return `${NAME}-v${version}-${platform}.tar.gz`;
}

/**
 * Packs the plugin with everything that it needs except for Node.js: an archive for each platform, and their checksums. The same
 * sources give the same bytes, so anybody can check what a release holds.
 *
 * @param folder where they are put. @returns the path of the archive for this machine.
 */
export async function packPlugin(folder: string): Promise<string> {
  const archive = gzipSync(tar(await files()), { level: 9 });
  // Which system compressed it.
  archive[9] = 255;
  const checksum = createHash("sha256").update(archive).digest("hex");
  const names = PLATFORMS.map(archiveName);
  await mkdir(folder, { recursive: true });
  for (const name of names) await writeFile(join(folder, name), archive);
  await writeFile(join(folder, "SHA256SUMS"), names.map((name) => `${checksum}  ${name}\n`).join(""));
  return join(folder, archiveName(ownPlatform()));
}

interface File {
  readonly name: string;
  readonly content: Buffer;
  readonly mode: number;
}

async function files(): Promise<File[]> {
  // Most of those who load this file pack nothing.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, MAIN)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const read = (name: string) => readFile(join(ROOT, name));
  const contents = {
    LICENSE: await read("LICENSE"),
    [MAIN]: Buffer.from(outputFiles[0]?.contents ?? []),
    "package.json": Buffer.from(JSON.stringify({ name: NAME, version, type: "commonjs" })),
    [NAME]: Buffer.from(`#!/bin/sh\nexec node "$(dirname "$0")/${MAIN}" "$@"\n`),
    [`${NAME}.cmd`]: Buffer.from(`@node "%~dp0\\${MAIN.replaceAll("/", "\\")}" %*\r\n`),
    "schema.json": await read("schema.json"),
  };
  const mode = (name: string) => (name.startsWith(NAME) ? 0o755 : 0o644);
  return Object.entries(contents).map(([name, content]) => ({ name, content, mode: mode(name) }));
}

/** When the files of an archive were changed, in seconds since 1970: a fixed time, the one of npm's own packages. */
const CHANGED = 499_162_500;
const BLOCK = 512;

/** An archive of files, root's: without folders, so that extracting it changes none that is there. */
function tar(entries: readonly File[]): Buffer {
  const blocks = entries.flatMap((file) => [
    header(file),
    file.content,
    Buffer.alloc(-file.content.length & (BLOCK - 1)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
function header({ name, content, mode }: File): Buffer {
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  const block = Buffer.alloc(BLOCK);
  const fields: [at: number, text: string][] = [
    [0, name],
    [100, octal(mode, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(content.length, 11)],
    [136, octal(CHANGED, 11)],
    // The checksum counts as blanks in itself.
    [148, " ".repeat(8)],
    [156, "0"],
    [257, "ustar\0" + "00"],
  ];
  for (const [at, text] of fields) block.write(text, at, "latin1");
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${octal(checksum, 6)}\0`, 148, "latin1");
  return block;
}

/** Packs the npm package, or with `--plugin` the plugin, and says where it is, or how it is installed. */
async function main(): Promise<void> {
  if (!process.argv.includes("--plugin")) return console.log((await packPackage(join(ROOT, "dist/package"))).path);
  const archive = await packPlugin(join(ROOT, "dist/plugin"));
  console.log(`pulumi plugin install resource hood ${version} --file ${archive}`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
