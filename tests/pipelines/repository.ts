import { type Declared, declarations, inYaml, type Program, sourceFile } from "../engine/program";
import { type Host, ROOT } from "../engine/stack";
import { type Files, type Merged, openWorld, type Run, readExample, type Service, type World } from "./runner";

const cancellation = (args: object): Declared => ({ type: "CampaignCancellation", args: { reason: "OPS-1", ...args } });
export const PAUSE: Program = {
  terms: { type: "CampaignStatus", args: { campaignId: "2", reason: "OPS-1", status: "paused" } },
};
export const END: Program = { sale: cancellation({ campaignId: "1" }) };
export const OTHER_END: Program = { other: cancellation({ campaignId: "3" }) };
export const WRONG: Program = { sale: cancellation({ campaignId: "1", expectedName: "Autumn sale" }) };
/** Of one whose preview fails as a whole. */
export const NOBODYS: Program = { sale: cancellation({ campaignId: "99" }) };

/** Runs from its nth run on: the first is the plan's, the second the approved preview's, the third the update's. */
export const fromRun = (n: number, source: string) =>
  `require("fs").appendFileSync(process.env.HOME + "/runs", "x");
if (require("fs").readFileSync(process.env.HOME + "/runs").length >= ${n}) { ${source} }\n`;

/** The repository's program, in the language of a host. */
export const programFor = (host: Host, resources: Program): Files =>
  host === "plugin" ? inYaml(resources, { name: "campaigns" }) : program(declarations(resources));
export const program = (source: string): Files => ({ "index.js": sourceFile(source)["index.js"] });

export const policy = (rule: string) => `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("ends", { policies: [{ name: "ticket", description: "An end names a ticket.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => { if (${rule}) report("no ticket"); } }] });\n`;

export const PACK: Files = {
  "policy/pack": `#!/bin/sh
cd "$(dirname "$0")" && exec node node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js "$1" .\n`,
};

export const REPOSITORY: Files = {
  "Pulumi.yaml": "name: campaigns\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  "package.json": `{ "name": "program", "main": "index.js" }\n`,
  "policy/PulumiPolicy.yaml": "runtime: nodejs\n",
  "policy/package.json": `{ "name": "policy", "version": "1.0.0", "main": "index.js" }\n`,
  "policy/policy-config.json": "{}\n",
  "policy/index.js": policy(`type.endsWith("CampaignCancellation") && !/OPS-/.test(props.reason)`),
  ...program(""),
};

interface Package {
  readonly manifest: { readonly bin?: object; readonly scripts?: object; readonly exports?: object };
  readonly files: Files;
}

/** A package beside the program's folder, and the lockfile that installs it. */
export function installed(name: string, { manifest, files }: Package): Files {
  const folder = `vendor/${name}`;
  const dependencies = { [name]: "*" };
  const { scripts, ...locked } = { name, version: "1.0.0", ...manifest };
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "program", dependencies },
      [`node_modules/${name}`]: { resolved: folder, link: true },
      [folder]: { ...locked, hasInstallScript: scripts !== undefined },
    },
  };
  return {
    "package.json": JSON.stringify({ name: "program", main: "index.js", dependencies }),
    "package-lock.json": JSON.stringify(lock),
    [`${folder}/package.json`]: JSON.stringify({ ...locked, scripts }),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
  };
}

/** A version of this package whose report says something else. */
export const hoodWith = (report: string): Files =>
  installed("pulumi-ocamba-hood", {
    manifest: { exports: { ".": "./index.js", "./provider": "./provider.js" } },
    files: {
      "index.js": `module.exports = require("${ROOT}/dist/sdk");\n`,
      "provider.js": `module.exports = require("${ROOT}/dist/provider");\n`,
      "dist/report/main.js": report,
    },
  });

/** A folder that npm takes for part of the pull request's packages, with the pull request's version of this package in it. */
export function workspace(folder: string): Files {
  const root = { name: "root", main: "index.js", workspaces: [folder] };
  const packages = {
    "": root,
    "node_modules/program": { resolved: folder, link: true },
    [folder]: { name: "program", dependencies: { "pulumi-ocamba-hood": "*" } },
    [`${folder}/node_modules/pulumi-ocamba-hood`]: { version: "1.0.0", resolved: "file:vendor/pulumi-ocamba-hood" },
  };
  return {
    "package.json": JSON.stringify(root),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  };
}

export const LIAR = `const report = "<!-- hood-plan campaigns/prod -->\\nNo campaign would end";
console.log(process.argv.includes("json") ? '{ "fingerprint": "1" }' : report);\n`;
const NO_STEPS = JSON.stringify({ steps: [], diagnostics: [] });
/** Makes the installation fail, and brings what a report could be made from instead. */
export const FORGED = {
  "package-lock.json": "none",
  "preview.json": NO_STEPS,
  "from-preview/preview.json": NO_STEPS,
  "trusted/node_modules/pulumi-ocamba-hood/dist/report/main.js": LIAR,
};
export const NOSY = `let pid = process.ppid, found = "";
while (pid > 1) {
  try { found += require("fs").readFileSync("/proc/" + pid + "/environ", "utf8"); } catch {}
  try { pid = Number(/PPid:\\s+(\\d+)/.exec(require("fs").readFileSync("/proc/" + pid + "/status", "utf8"))[1]); } catch { pid = 0; }
}
require("fs").writeFileSync(process.env.HOME + "/found", found);\n`;

/** A pipeline's files in a repository of their own, run as their service would run them. */
export interface Pipeline {
  readonly name: string;
  /** Of examples/pipelines, by their path in the repository. */
  readonly files: Readonly<Record<string, string>>;
  readonly serviceOf: (world: World) => Service;
}

export interface Opened {
  readonly world: World;
  readonly service: Service;
  propose(changed: Files): Promise<Run & { readonly commit: string; readonly comment: string }>;
  merge(changed: Files): Promise<Merged>;
}

export async function openPipeline({ files, serviceOf }: Pipeline): Promise<Opened> {
  const copied = Object.entries(files).map(async ([path, file]) => [path, await readExample(file)] as const);
  const campaigns = Array.from({ length: 11 }, (_, index) => ({
    id: `${index + 1}`,
    name: ["Spring sale", "Terms"][index] ?? `Offer ${index + 1}`,
    status: "running",
  }));
  const world = await openWorld({ campaigns }, { ...REPOSITORY, ...Object.fromEntries(await Promise.all(copied)) });
  const service = serviceOf(world);
  return {
    world,
    service,
    async propose(changed) {
      const commit = await world.commit(changed, "change");
      return { ...(await service.propose(commit)), commit, comment: world.comments().at(-1) ?? "" };
    },
    merge: async (changed) => service.merge(await world.commit(changed)),
  };
}
