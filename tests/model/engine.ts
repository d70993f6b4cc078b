import type { Properties } from "../../provider/hosts/hosted";

/** A provider as the engine sees it; an error may carry what is to be recorded nonetheless. */
export interface Provider {
  check(olds: Properties | undefined, news: Properties): Promise<Checked>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly { readonly reason: string }[];
}

export interface Stored {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** The engine updates it even where there is no diff. */
  readonly unfinished?: boolean;
}

export type State = Map<string, Stored>;

export interface Result {
  /** Resources that were made or changed; in a preview, those that would be. */
  readonly changes: readonly string[];
  readonly failures: readonly string[];
}

/** The process that did the work is gone: what it was about to say never comes. */
export class Died extends Error {
  override name = "Died";
}

/** Creates and updates that the engine lets run at the same time, if the operation doesn't say. */
const PARALLEL = 4;

/** One operation, as far as the engine goes. */
export interface Running {
  readonly operation: { readonly kind: "preview" | "up" | "refresh" | "destroy"; readonly parallel?: number };
  /** The arguments of each resource. */
  readonly program: ReadonlyMap<string, Properties>;
  /** Calls a provider, as long as it and its engine live. @throws Died */
  call<T>(act: () => Promise<T>): Promise<T>;
}

/** The provider of a resource. */
export type ProviderOf = (name: string) => Provider;

/**
 * What the engine does in one operation: checks and diffs come one after the other, creates and updates run side by
 * side, removals come last and only where nothing failed. A failed check ends it; a failed create leaves the others be.
 */
export async function operate(run: Running, state: State, providerOf: ProviderOf): Promise<Result> {
  const { changes, failures } = { changes: [] as string[], failures: [] as string[] };
  const attempt = async (name: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      failures.push(error instanceof Died ? "died" : `${name}: ${(error as Error).message}`);
    }
  };
  const steps: Promise<void>[] = [];
  const { kind, parallel = PARALLEL } = run.operation;
  const [preview, lane] = [kind === "preview", lanes(parallel)];

  if (kind === "preview" || kind === "up") {
    for (const name of run.program.keys()) {
      await attempt(name, async () => {
        const step = await plan(run, state, providerOf(name), name);
        if (!step) return;
        changes.push(name);
        if (!preview) steps.push(attempt(name, () => lane(step)));
      });
      if (failures.length > 0) break;
    }
  }
  if (kind === "refresh")
    for (const name of state.keys()) steps.push(attempt(name, () => refresh(run, state, providerOf(name), name)));
  await Promise.all(steps);
  const leaving =
    kind === "refresh" ? [] : [...state.keys()].filter((name) => kind === "destroy" || !run.program.has(name));
  if (preview) changes.push(...leaving);
  else if (failures.length === 0)
    for (const name of leaving) await attempt(name, () => remove(run, state, providerOf(name), name));
  return { changes, failures };
}

/** Checks and diffs one resource; gives the step to take, or nothing where it stays as it is. */
async function plan(
  run: Running,
  state: State,
  provider: Provider,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  const old = state.get(name);
  const news = run.program.get(name) ?? {};
  const { inputs, failures } = await run.call(() => provider.check(old?.inputs, news));
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  const save = (stored: Stored) => void state.set(name, stored);
  if (!old) {
    return async () => {
      const { id, outs: outputs } = await orUnfinished(save, inputs, () => run.call(() => provider.create(inputs)));
      save({ id, inputs, outputs });
    };
  }
  const { changes } = await run.call(() => provider.diff(old.id, old.outputs, inputs));
  if (changes || old.unfinished) {
    return async () => {
      const update = () => run.call(() => provider.update(old.id, old.outputs, inputs));
      const { outs: outputs } = await orUnfinished(save, inputs, update);
      save({ id: old.id, inputs, outputs });
    };
  }
  if (run.operation.kind === "up") save({ ...old, inputs });
  return undefined;
}

async function refresh(run: Running, state: State, provider: Provider, name: string): Promise<void> {
  const old = state.get(name);
  if (!old) return;
  const { id, props: outputs, inputs = old.inputs } = await run.call(() => provider.read(old.id, old.outputs));
  state.set(name, { ...old, id, inputs, outputs });
  // It compares what was found, without a check before: only what a program declares is checked.
  await run.call(() => provider.diff(id, outputs, inputs));
}

async function remove(run: Running, state: State, provider: Provider, name: string): Promise<void> {
  const old = state.get(name);
  if (!old) return;
  await run.call(() => provider.delete(old.id, old.outputs));
  state.delete(name);
}

/** Records what an error carries, as the engine does with a partial failure. */
async function orUnfinished<T>(save: (stored: Stored) => void, inputs: Properties, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { partial } = error as { partial?: { id: string; properties: Properties } };
    if (partial) {
      const { properties: outputs } = partial;
      save({ id: partial.id, inputs, outputs, unfinished: true });
    }
    throw error;
  }
}

/** Lets so many at a time act; the others wait in the order in which they came. */
function lanes(most: number): (act: () => Promise<void>) => Promise<void> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
