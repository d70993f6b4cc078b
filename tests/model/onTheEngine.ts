import { setTimeout as pause } from "node:timers/promises";
import type { Step as PlannedStep, Stack } from "../engine/stack";
import { type Descendant, descendantsOf, kill } from "../support/processTree";
import type { Operation } from "./history";
import type { State, Stored } from "./provider";
import type { Run } from "./run";
import type { Tier } from "./tier";

const commands: Record<Operation["kind"], readonly string[]> = {
  preview: ["preview", "--json"],
  up: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** The real engine, on one stack. What a killed CLI leaves behind may go on until the history is over. */
export class OnTheEngine implements Tier {
  readonly #clis = new Map<Run, number>();
  readonly #orphans: Descendant[] = [];

  constructor(readonly stack: Stack) {}

  now = () => Date.now();
  wait = (milliseconds: number) => pause(milliseconds);
  silence = () => {};

  perform: Tier["perform"] = async (run, state, endpoint) => {
    const { kind } = run.operation;
    await this.stack.program(sourceOf(run));
    const env = { HOOD_ENDPOINT: endpoint, HOOD_TOKEN: run.token, HOOD_TIMEOUT: "2s" };
    const onStart = (id: number) => void this.#clis.set(run, id);
    const { code, stdout, stderr } = await this.stack.run(commands[kind], { env, onStart });
    run.said.push(stdout, stderr);
    if (run.over) run.said.push((await this.stack.run(["cancel", "--yes"])).stderr);
    await this.#remember(run, state);
    if (code !== 0) return { changes: [], failures: [run.over ? "died" : stdout + stderr] };
    return { changes: kind === "preview" ? changesIn(stdout) : [], failures: [] };
  };

  bury = (run: Run) => {
    const cli = this.#clis.get(run);
    if (cli === undefined) return;
    // The provider and the language host: they live on when the CLI is killed.
    const others = descendantsOf(cli);
    process.kill(cli, "SIGKILL");
    if (run.providerIsDead) kill(others);
    else this.#orphans.push(...others);
  };

  async close(): Promise<void> {
    kill(this.#orphans);
    await this.stack.remove();
  }

  async #remember(run: Run, state: State): Promise<void> {
    const text = await this.stack.stateText();
    run.said.push(text);
    const { resources = [] } = JSON.parse(text).checkpoint.latest ?? {};
    state.clear();
    for (const resource of resources as (Stored & { type: string; urn: string })[]) {
      if (resource.type.includes("hood:")) state.set(resource.urn.split("::").at(-1) ?? "", resource);
    }
  }
}

function sourceOf({ program }: Run): string {
  return [...program]
    .map(([name, { unknownAtPreview: _, ...wanted }]) => [name, wanted].map((value) => JSON.stringify(value)))
    .map(([name, wanted]) => `new hood.CampaignCancellation(${name}, ${wanted});\n`)
    .join("");
}

function changesIn(json: string): string[] {
  const { steps } = JSON.parse(json) as { steps: PlannedStep[] };
  return steps.filter(({ op, urn }) => op !== "same" && urn.includes("hood:")).map(({ op, urn }) => `${op} ${urn}`);
}
