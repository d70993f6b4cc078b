import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository, seen from where this file is compiled to. */
export const ROOT = join(__dirname, "../..");

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly repository: { readonly url: string };
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The package's version, and what it is. */
export const { version, description } = manifest;

/** Owner and name of the repository on GitHub, such as `acme/pulumi-ocamba-hood`. */
export const repository = manifest.repository.url.replace(/^git\+https:\/\/github\.com\/|\.git$/g, "");
