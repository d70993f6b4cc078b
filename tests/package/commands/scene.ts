import { type Simulator, type SimulatorOptions, startSimulator } from "../../../simulator";
import type { RUNS } from "./runs";
import type { Shell } from "./shell";
import { type Taken, takeFor } from "./taken";

/** Where the commands of some pages run. */
export interface Scene {
  readonly hood: Simulator;
  readonly shell: Shell;
  readonly taken: Taken;
}

export interface SceneOptions {
  readonly account: SimulatorOptions;
  openShell(hood: Simulator): Promise<Shell>;
  /** Brings what is there before the first command; the scene is open by then. */
  prepare?(): Promise<unknown>;
}

/** Opens an account and a shell before the tests around it, and closes them afterwards. Before the first test, it is empty. */
export function openScene(place: keyof typeof RUNS, { account, openShell, prepare }: SceneOptions): Scene {
  const scene = {} as { -readonly [part in keyof Scene]: Scene[part] };
  before(async () => {
    scene.hood = await startSimulator(account);
    scene.taken = await takeFor(place);
    scene.shell = await openShell(scene.hood);
    await prepare?.();
  });
  after(async () => {
    await scene.shell?.remove();
    await scene.hood?.close();
  });
  return scene;
}
