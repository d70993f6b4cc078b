interface Run {
  /** Pages and headings whose blocks are run or checked, all of them. */
  readonly blocks: readonly string[];
  /** Commands in running text and in tables, word for word. */
  readonly spans: readonly string[];
}

/** What is run where: each name is a test file of this folder. */
export const RUNS = {
  project: {
    blocks: [
      "README.md: Install",
      "README.md: Configure the token",
      "README.md: Cancel one campaign",
      "README.md: In CI",
      "docs/security.md: Audit log",
      "docs/pull-request-report.md: A preview as a report for a pull request",
      "docs/scaling.md: Checkpoints off",
    ],
    spans: [
      "HOOD_MAX_CANCELLATIONS=1000 pulumi up",
      "npm install pulumi-ocamba-hood@latest",
      "pulumi cancel",
      "pulumi config set hood:timeout 10s",
      "pulumi destroy",
      "pulumi refresh",
      "pulumi refresh --run-program",
      "pulumi up --skip-preview",
    ],
  },
  clone: {
    blocks: [],
    spans: [
      "npm run build && npx mocha dist/tests/resources/cancel.test.js",
      "npm run engine",
      "npm run format",
      "npm run pictures",
      "npm run plugin",
      "npm run schema",
      "npm run simulator -- --port 4010 --seed campaigns.json",
      "npx changeset",
      "npx changeset --empty",
    ],
  },
  plugin: {
    blocks: [
      "docs/plugin.md: Install the plugin",
      "docs/plugin.md: Python",
      "docs/plugin.md: YAML",
      "docs/plugin.md: Settings of the plugin",
    ],
    spans: [],
  },
  policy: {
    blocks: [
      "examples/policy/README.md: What must hold before a campaign is canceled",
      "examples/policy/README.md: Where it runs",
    ],
    spans: [],
  },
  pipelines: {
    blocks: [
      "docs/pipelines.md: From nothing to a gated pipeline",
      "docs/pipelines.md: Pulumi Deployments",
      "docs/pipelines.md: Kubernetes operator",
      "docs/pipelines.md: Emergency stop",
    ],
    spans: [],
  },
} as const satisfies Record<string, Run>;

/** Names of what the CLI can do, where the text leaves open what it is to be done with: names.test.ts asks the CLI for them. */
export const NAMES: readonly string[] = [
  "pulumi import",
  "pulumi package gen-sdk",
  "pulumi preview --save-plan",
  "pulumi stack init",
  "pulumi state delete",
  "pulumi state taint",
  "pulumi up --plan",
  "pulumi up --replace",
];

/** A command that a test of the suite can't run as it stands. */
interface Elsewhere {
  readonly command: string;
  readonly why: string;
  /** Files that show what it runs, each with the words that do. */
  readonly shown: Readonly<Record<string, string>>;
}

const script = (name: string, runs: string) => ({ "package.json": `"${name}": "${runs}"` });
const built = (name: string, main: string) => script(name, `npm run --silent build && node dist/${main}/main.js`);

export const ELSEWHERE: readonly Elsewhere[] = [
  { command: "npm ci", why: "every run of the suite begins with it", shown: { ".ci/run": "\nnpm ci\n" } },
  {
    command: "npm ci --ignore-scripts",
    why: "the tests of the pipelines run it",
    shown: { "examples/pipelines/gitlab/.gitlab-ci.yml": "- npm ci --ignore-scripts" },
  },
  {
    command: "pulumi preview --json",
    why: "the tests of the pipelines run it",
    shown: { "examples/pipelines/gitlab/.gitlab-ci.yml": 'pulumi preview --stack "$STACK" --json' },
  },
  {
    command: "git ls-remote https://github.com/pulumi/actions refs/tags/v7.0.0",
    why: "it asks GitHub",
    shown: {
      "examples/pipelines/github-actions/campaigns-apply.yml":
        "uses: pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0",
    },
  },
  ...["npm pack", "npm install", "npm install ../pulumi-ocamba-hood/*.tgz"].map((command) => ({
    command,
    why: "a test of its own installs what was packed",
    shown: { "tests/package/package.test.ts": "pack(ROOT" },
  })),
  {
    command: "pulumi new python",
    why: "the one for TypeScript is run",
    shown: { "README.md": "pulumi new typescript " },
  },
  {
    command: "pulumi package add hood",
    why: "the language hosts that are built here are too old for it",
    shown: { "schema.json": '"name": "hood"' },
  },
  { command: "npm test", why: "it is the suite", shown: { ".ci/run": "\nnpm test\n" } },
  { command: "npm run check", why: "it holds the suite", shown: script("check", "npm run --silent lint && npm test") },
  {
    command: "npm run demo",
    why: "a test of its own runs it",
    shown: {
      ...script("demo", "tsc -p tools/tsconfig.demo.json && node dist/tools/demo.js"),
      "tests/engine/demo.test.ts": '"dist/tools/demo.js"',
    },
  },
  {
    command: "npm run version",
    why: "a test of its own runs it",
    shown: { "tests/package/release.test.ts": '.command("npm run version")' },
  },
  {
    command: "npm run test:unit",
    why: "it is a part of the suite",
    shown: script("test:unit", "npm run --silent build && mocha --jobs 2 'dist/tests/{unit,resources}/**/*.test.js'"),
  },
  {
    command: "npm run test:nightly",
    why: "it takes minutes",
    shown: { "package.json": "mocha 'dist/tests/**/*.nightly.test.js'" },
  },
  { command: "npm run mutation", why: "it takes too long", shown: script("mutation", "stryker run") },
  { command: "npm run bench", why: "it takes a quarter of an hour", shown: built("bench", "bench") },
  { command: "npm run bench -- --resources 100,1000,5000", why: "it takes hours", shown: built("bench", "bench") },
  { command: "npm run bench -- --resources 50", why: "it takes minutes", shown: built("bench", "bench") },
];
