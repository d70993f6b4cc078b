import type { Simulator } from "../../simulator";
import type { Cli, Ran } from "../pulumi";
import type { Narrator } from "./narrator";

export interface Stage {
  readonly narrator: Narrator;
  readonly hood: Simulator;
  readonly pulumi: Cli;
  readonly token: string;
  readonly stack: string;
}

/** The whole story, on the project at the root of this repository. @throws Error at the first step that isn't as it should be. */
export async function story(stage: Stage): Promise<void> {
  await setUp(stage);
  await previewShowsTheLiveCampaign(stage);
  await upCancelsItOnce(stage);
  await upAgainDoesNothing(stage);
  await retargetIsRefused(stage);
  await refreshOnlyLooks(stage);
  await destroySendsNothing(stage);
  stage.narrator.say(
    'That was all of it: one campaign canceled, by one call, and nothing could undo it.\nThe demo removed its stack again. For your own account, continue with "Install" in README.md.\n',
  );
}

async function setUp({ narrator, hood, pulumi, token, stack }: Stage): Promise<void> {
  narrator.step("A stack", "With a real account you would do the same, without hood:endpoint.");
  const commands: [shown: string, args: string[]][] = [
    [`pulumi stack init ${stack}`, ["stack", "init"]],
    ["pulumi config set --secret hood:token …", ["config", "set", "--secret", "hood:token", token]],
    [`pulumi config set hood:endpoint ${hood.url}`, ["config", "set", "hood:endpoint", hood.url]],
    ['pulumi config set expectedName "Spring sale"', ["config", "set", "expectedName", "Spring sale"]],
  ];
  for (const [shown, args] of commands) {
    narrator.command(shown);
    const { code, stderr } = await pulumi([...args, "--stack", stack]);
    if (code !== 0) throw new Error(`${shown} failed: ${stderr}`);
  }
}

async function previewShowsTheLiveCampaign(stage: Stage): Promise<void> {
  stage.narrator.step("Preview", "Shows which live campaign would be canceled, and changes nothing.");
  const { code, stdout } = await run(stage, "preview", ["--diff"]);
  const { check, requests } = checks(stage);
  check("the preview succeeded", code === 0);
  check("it shows the live name and status", /"Spring sale"/.test(stdout) && /"running"/.test(stdout));
  check("only GET requests were sent", requests.length > 0 && requests.every(({ method }) => method === "GET"));
  check("the campaign is still running", stage.hood.campaign("1000248").status === "running");
}

async function upCancelsItOnce(stage: Stage): Promise<void> {
  stage.narrator.step("Up", "Reads the campaign again, then cancels it, once.");
  const { code } = await run(stage, "up", ["--yes"]);
  const { check, requests } = checks(stage);
  check("the update succeeded", code === 0);
  check("exactly one POST was sent", requests.filter(({ method }) => method === "POST").length === 1);
  check("the campaign is canceled", stage.hood.campaign("1000248").status === "canceled");
}

async function upAgainDoesNothing(stage: Stage): Promise<void> {
  stage.narrator.step("Up again", "Nothing is left to do: no change, no request.");
  const { code, stdout } = await run(stage, "up", ["--yes"]);
  const { check, requests } = checks(stage);
  check("the update succeeded and changed nothing", code === 0 && !/[~+-] \d+ (created|updated|deleted)/.test(stdout));
  check("no request was sent", requests.length === 0);
}

async function retargetIsRefused(stage: Stage): Promise<void> {
  const { narrator, pulumi, stack } = stage;
  narrator.step("Another campaign, same resource", "It would undo the first cancellation: the preview fails.");
  narrator.command("pulumi config set campaignId 1000250");
  await pulumi(["config", "set", "campaignId", "1000250", "--stack", stack]);
  const { code, stdout, stderr } = await run(stage, "preview");
  const { check, requests } = checks(stage);
  check("the preview failed", code !== 0);
  check(
    "the reason names the campaign and says that cancellation is permanent",
    /1000248 "Spring sale"/.test(stdout + stderr) && /permanent/.test(stdout + stderr),
  );
  check("no request was sent", requests.length === 0);
  check("the other campaign is untouched", stage.hood.campaign("1000250").status === "scheduled");
  narrator.command("pulumi config rm campaignId");
  await pulumi(["config", "rm", "campaignId", "--stack", stack]);
}

async function refreshOnlyLooks(stage: Stage): Promise<void> {
  stage.narrator.step("Refresh", "Compares the state with the live campaign.");
  const { code } = await run(stage, "refresh", ["--yes"]);
  const { check, requests } = checks(stage);
  check("the refresh succeeded", code === 0);
  check("only GET requests were sent", requests.length > 0 && requests.every(({ method }) => method === "GET"));
}

async function destroySendsNothing(stage: Stage): Promise<void> {
  stage.narrator.step(
    "Destroy",
    "Removes the resource from the state. A canceled campaign can't come back, so nothing is sent.",
  );
  const { code } = await run(stage, "destroy", ["--yes"]);
  const { check, requests } = checks(stage);
  check("the destroy succeeded", code === 0);
  check("no request was sent", requests.length === 0);
  check("the campaign stays canceled", stage.hood.campaign("1000248").status === "canceled");
}

async function run({ narrator, hood, pulumi, stack }: Stage, command: string, flags: string[] = []): Promise<Ran> {
  hood.clearRequests();
  narrator.command(["pulumi", command, ...flags].join(" "));
  return pulumi([command, ...flags, "--suppress-progress", "--stack", stack], { echo: narrator.output });
}

function checks({ narrator, hood }: Stage) {
  return { check: narrator.check.bind(narrator), requests: [...hood.requests] };
}
