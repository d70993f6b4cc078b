import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { ROOT } from "./contender";

/** What the figures were measured on. */
export function machine(cli: string): string[] {
  const processors = cpus();
  const version = (file: string) => (require(join(ROOT, file)) as { version: string }).version;
  return [
    `${processors.length} x ${processors[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    `${type()} ${release()}, Node ${process.version}`,
    `Pulumi CLI ${cli}, @pulumi/pulumi ${version("node_modules/@pulumi/pulumi/package.json")}`,
    `pulumi-ocamba-hood ${version("package.json")}`,
  ];
}
