import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Simulator, startSimulator } from "../simulator";
import { ensureEngine } from "./engine";
import { ROOT } from "./package";
import { type Cli, openCli, type Ran } from "./pulumi";

/*
 * The whole life of a cancellation, on the project at the root of this repository and the real engine. Each step is held to what it
 * should do.
 */

const SCRATCH = join(ROOT, ".demo");
const STACK = "demo";
/** The engine keeps a stack's config beside the project. This one is git-ignored, and gone when the demo ends. */
const STACK_CONFIG = join(ROOT, `Pulumi.${STACK}.yaml`);
const TOKEN = "demo-token-of-the-simulator";

interface Step {
  readonly title: string;
  readonly why: string;
  /** Config that is set, and shown, before the command. */
  readonly config?: readonly string[];
  readonly command: readonly string[];
  /** What must be true afterwards. */
  readonly checks: Readonly<Record<string, (ran: Ran, hood: Simulator) => boolean>>;
}

const succeeds = ({ code }: Ran) => code === 0;
const sendsNothing = (_: Ran, { requests }: Simulator) => requests.length === 0;
const onlyReads = (_: Ran, { requests }: Simulator) =>
  requests.length > 0 && requests.every(({ method }) => method === "GET");
const becomes = (id: string, status: string) => (_: Ran, hood: Simulator) => hood.campaign(id).status === status;

const steps: readonly Step[] = [
  {
    title: "Preview",
    why: "Shows which live campaign would be canceled, and changes nothing.",
    command: ["preview", "--diff"],
    checks: {
      "the preview succeeded": succeeds,
      "it shows the live name and status": ({ stdout }) => /"Spring sale"/.test(stdout) && /"running"/.test(stdout),
      "only GET requests were sent": onlyReads,
      "the campaign is still running": becomes("1000248", "running"),
    },
  },
  {
    title: "Up",
    why: "Reads the campaign again, then cancels it, once.",
    command: ["up", "--yes"],
    checks: {
      "the update succeeded": succeeds,
      "exactly one POST was sent": (_, { requests }) => requests.filter(({ method }) => method === "POST").length === 1,
      "the campaign is canceled": becomes("1000248", "canceled"),
    },
  },
  {
    title: "Up again",
    why: "Nothing is left to do: no change, no request.",
    command: ["up", "--yes"],
    checks: {
      "the update succeeded and changed nothing": ({ code, stdout }) =>
        code === 0 && !/[~+-] \d+ (created|updated|deleted)/.test(stdout),
      "no request was sent": sendsNothing,
    },
  },
  {
    title: "Another campaign, same resource",
    why: "It would undo the first cancellation: the preview fails.",
    config: ["config", "set", "campaignId", "1000250"],
    command: ["preview"],
    checks: {
      "the preview failed": (ran) => !succeeds(ran),
      "the reason names the campaign and says that cancellation is permanent": ({ stdout, stderr }) =>
        /1000248 "Spring sale"/.test(stdout + stderr) && /permanent/.test(stdout + stderr),
      "no request was sent": sendsNothing,
      "the other campaign is untouched": becomes("1000250", "scheduled"),
    },
  },
  {
    title: "Refresh",
    why: "Compares the state with the live campaign.",
    config: ["config", "rm", "campaignId"],
    command: ["refresh", "--yes"],
    checks: { "the refresh succeeded": succeeds, "only GET requests were sent": onlyReads },
  },
  {
    title: "Destroy",
    why: "Removes the resource from the state. A canceled campaign can't come back, so nothing is sent.",
    command: ["destroy", "--yes"],
    checks: {
      "the destroy succeeded": succeeds,
      "no request was sent": sendsNothing,
      "the campaign stays canceled": becomes("1000248", "canceled"),
    },
  },
];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function announce(place: number, { title, why }: Pick<Step, "title" | "why">): void {
  say(`\n━━━ ${place}. ${title}\n    ${why}\n`);
}

/** @param shown what the reader would type after these words: the name of the stack, a value, or something in place of a secret */
async function configure(pulumi: Cli, words: readonly string[], value?: string, shown = value): Promise<void> {
  const command = `pulumi ${[...words, ...(shown === undefined ? [] : [shown])].join(" ")}`;
  say(`$ ${command}`);
  const { code, stderr } = await pulumi([...words, ...(value === undefined ? [] : [value]), "--stack", STACK]);
  if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
}

/** @throws Error if something isn't as it should be. */
async function play(hood: Simulator, pulumi: Cli, step: Step, place: number): Promise<void> {
  announce(place, step);
  if (step.config) await configure(pulumi, step.config);
  hood.clearRequests();
  say(`$ pulumi ${step.command.join(" ")}`);
  const echo = (text: string) => void process.stdout.write(text);
  const ran = await pulumi([...step.command, "--suppress-progress", "--stack", STACK], { echo });
  for (const [what, holds] of Object.entries(step.checks)) {
    if (!holds(ran, hood)) throw new Error(`step ${place} did not do what it should: ${what}`);
    say(`  ✓ ${what}`);
  }
}

async function tidy(): Promise<void> {
  for (const path of [SCRATCH, STACK_CONFIG]) await rm(path, { recursive: true, force: true });
}

async function main(): Promise<void> {
  say("\nFirst the Pulumi engine, if there is none yet, and an embedded Hood account with two campaigns.");
  const bin = await ensureEngine({ progress: (line) => say(`  ${line}`) });
  await tidy();
  await mkdir(SCRATCH, { recursive: true });
  const hood = await startSimulator({
    token: TOKEN,
    campaigns: [
      { id: "1000248", name: "Spring sale", status: "running" },
      { id: "1000250", name: "Summer teaser", status: "scheduled" },
    ],
  });
  try {
    const pulumi = await openCli({ bin, cwd: ROOT, scratch: SCRATCH });
    announce(1, { title: "A stack", why: "With a real account you would do the same, without hood:endpoint." });
    await configure(pulumi, ["stack", "init"], undefined, STACK);
    await configure(pulumi, ["config", "set", "--secret", "hood:token"], TOKEN, "…");
    await configure(pulumi, ["config", "set", "hood:endpoint"], hood.url);
    await configure(pulumi, ["config", "set", "expectedName"], "Spring sale", '"Spring sale"');
    for (const [index, step] of steps.entries()) await play(hood, pulumi, step, index + 2);
  } finally {
    await hood.close();
    await tidy();
  }
  say(
    "\nThat was all of it: one campaign canceled, by one call, and nothing could undo it.\n" +
      'The demo removed its stack again. For your own account, continue with "Install" in README.md.\n',
  );
}

main().catch((error: Error) => {
  process.stderr.write(`\nThe demo stopped: ${error.message}\n`);
  process.exitCode = 1;
});
