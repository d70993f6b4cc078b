import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensureSchemas } from "../../tools/engine/schemas";

/** Tells what is wrong with a file's text: nothing, where the schema takes it. */
export type Check = (text: string) => Promise<string>;

export interface Checks {
  /** By a schema that check-jsonschema brings along, such as `vendor.dependabot`. */
  published(schema: string, ...args: string[]): Check;
  /** By the type of the request that Pulumi Cloud takes deployment settings with. */
  readonly deploymentSettings: Check;
}

export async function openChecks(): Promise<Checks> {
  const { python, reader } = await ensureSchemas();
  return {
    published: (schema, ...args) => {
      // Isolated, so that no folder's or user's modules take the place of its own.
      const module = ["-I", "-m", "check_jsonschema", "--default-filetype", "yaml", "--builtin-schema", schema];
      return async (text) => (await pipe(text, python, [...module, ...args, "-"])).refusal;
    },
    deploymentSettings: async (text) => {
      const { out, refusal } = await pipe(text, reader);
      return refusal || differences(leaves(JSON.parse(text)), leaves(JSON.parse(out)));
    },
  };
}

interface Piped {
  readonly out: string;
  /** What the command said, if it failed. */
  readonly refusal: string;
}

async function pipe(text: string, command: string, args: string[] = []): Promise<Piped> {
  const running = promisify(execFile)(command, args, { timeout: 60_000 });
  running.child.stdin?.end(text);
  return running.then(
    ({ stdout }) => ({ out: stdout, refusal: "" }),
    (error: Error & { stdout: string; stderr: string }) => ({
      out: error.stdout,
      refusal: error.stdout + error.stderr || error.message,
    }),
  );
}

function differences(sent: string[], taken: string[]): string {
  return [
    ...sent.filter((leaf) => !taken.includes(leaf)).map((leaf) => `unknown: ${leaf}`),
    ...taken.filter((leaf) => !sent.includes(leaf)).map((leaf) => `missing: ${leaf}`),
  ].join("\n");
}

/** Each value with the way to it, such as `gitHub.deployCommits = true`. */
function leaves(value: unknown, way: string[] = []): string[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    return [`${way.join(".")} = ${JSON.stringify(value)}`];
  }
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...way, key]));
}
