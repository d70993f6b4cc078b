import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ROOT } from "../../../tools/root";
import { startRawServer } from "../../support/rawServer";
import { run } from "../packed";

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/** A package registry on loopback that has this package as it is packed; for all else it leads to the usual one. */
export async function startRegistry(tarball: string): Promise<Registry> {
  const { stdout: usual } = await run("npm", ["config", "get", "registry"], { cwd: ROOT });
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const { name, version } = manifest;
  const packed = await readFile(tarball);
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  const file = `/${name}/-/${basename(tarball)}`;
  const registry = await startRawServer((response, { path }) => {
    // What is served on a port that is gone tomorrow has no place in anybody's cache.
    response.setHeader("cache-control", "no-store");
    if (path === file) response.end(packed);
    else if (path === `/${name}`) {
      const dist = { tarball: registry.url + file, integrity };
      const known = { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
      response.setHeader("content-type", "application/json").end(JSON.stringify(known));
    } else response.writeHead(302, { location: new URL(path.slice(1), usual.trim()).href }).end();
  });
  return registry;
}
