type Pulumi = typeof import("@pulumi/pulumi");

/** What the engine can do for a provider while an operation runs. Never fails: what was done must still be recorded. */
export interface Engine {
  /** Shows a warning on the stack. */
  warn(message: string): Promise<void>;
  /** Shows a line on the stack that is replaced by the next one, and isn't kept. */
  showProgress(line: string): Promise<void>;
  /** The stack that is being operated; nothing where the engine doesn't say, as when a destroy doesn't run the program. */
  currentStack(): Promise<{ project?: string; stack?: string }>;
}

/** One place on the engine's display, so that each line of progress takes the place of the one before. */
const PROGRESS_STREAM = 1;

/** The engine that started this provider process. */
export const parentEngine: Engine = {
  warn: (message) => attempt(({ log }) => log.warn(message)),

  showProgress: (line) => attempt(({ log }) => log.info(line, undefined, PROGRESS_STREAM, true)),

  async currentStack() {
    const urn = (await attempt(rootUrn)) ?? "";
    const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urn) ?? [];
    return { project, stack };
  },
};

async function rootUrn({ runtime }: Pulumi): Promise<string> {
  // Generated code that fills its exports at run time: only the default export holds them.
  const { default: proto } = await import("@pulumi/pulumi/proto/engine_pb.js");
  return new Promise((resolve, reject) => {
    const request = new proto.GetRootResourceRequest();
    runtime
      .getEngine()
      ?.getRootResource(request, (error, answer) => (error ? reject(error) : resolve(answer.getUrn())));
  });
}

/**
 * Pulumi's SDK, in touch with the engine, whose address is the first argument of a provider process. Loaded when there is
 * something to say, so that the provider is quick to load. What a provider process prints is shown as information only, so
 * warnings go this way.
 */
async function connected(): Promise<Pulumi> {
  const pulumi = await import("@pulumi/pulumi");
  if (!pulumi.runtime.hasEngine()) {
    pulumi.runtime.resetOptions("", "", -1, process.argv[2] ?? "", "", false, "");
  }
  return pulumi;
}

async function attempt<T>(act: (pulumi: Pulumi) => Promise<T>): Promise<T | undefined> {
  try {
    return await act(await connected());
  } catch (error) {
    console.error(`The engine can't be told or asked: ${error}`);
    return undefined;
  }
}
