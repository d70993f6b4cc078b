import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

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

export interface Packed {
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

if (require.main === module) {
  packPackage(join(ROOT, "dist/package")).then(
    ({ path }) => console.log(path),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
