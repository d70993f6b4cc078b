import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { systemClock } from "../hood/clock";
import { forPeople, type Message } from "../text";

/** What the engine can do for a provider while an operation runs. Never fails: what was done must still be recorded. */
export interface Engine {
  /** Shows a warning, on the row of a resource or else on the stack's. */
  warn(message: Message, urn?: string): Promise<void>;
  /** Shows a line, on the row of a resource or else on the stack's, that is replaced by the next one and isn't kept. */
  showProgress(line: Message, urn?: string): Promise<void>;
  /** The stack that is being operated; nothing if the engine doesn't say, as when a destroy doesn't run the program. */
  currentStack(): Promise<{ project?: string; stack?: string }>;
  /** True if the engine has answered before and doesn't any more: its command has ended, by a kill perhaps. */
  isGone(): Promise<boolean>;
}

/** The longest that the engine may take for a sign of life, in milliseconds. */
const SIGN_OF_LIFE = 5_000;

/** One place on the engine's display, so that each line of progress takes the place of the one before. */
const PROGRESS_STREAM = 1;

/**
 * The engine that listens at an address, `host:port`: it hands that to each provider process that it starts. What a provider
 * process prints is shown as information only, so warnings go this way.
 *
 * @param patience how long it may take for a sign of life, in milliseconds.
 */
export function engineAt(address: string, patience = SIGN_OF_LIFE): Engine {
  let client: Promise<EngineClient> | undefined;
  let answered = false;
  const attempt = async <T>(act: (client: EngineClient) => Promise<T>): Promise<T | undefined> => {
    try {
      client ??= connect(address);
      return await act(await client);
    } catch (error) {
      console.error(forPeople(`The engine can't be told or asked: ${error}`));
      return undefined;
    }
  };
  const ask = () => attempt((engine) => askForStack(engine, systemClock.date() + patience));
  return {
    warn: (message, urn) => attempt((engine) => log(engine, "WARNING", message, urn)),
    showProgress: (message, urn) => attempt((engine) => log(engine, "INFO", message, urn)),
    async currentStack() {
      const answer = await ask();
      const found = /urn:pulumi:([^:]+)::([^:]+)::/.exec(answer?.urn ?? "");
      return { project: found?.[2], stack: found?.[1] };
    },
    async isGone() {
      const isAlive = (await ask())?.isAlive === true;
      answered ||= isAlive;
      return answered && !isAlive;
    },
  };
}

/** Loaded when there is something to say, so that the provider is quick to load. */
async function connect(address: string): Promise<EngineClient> {
  const [{ credentials }, grpc] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
  ]);
  // Generated code that fills its exports at run time: only the default export holds them.
  // The engine is on this machine: gRPC would go to it through the proxy of a lower-case https_proxy.
  return new grpc.default.EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
}

/** Information is progress: the next line takes its place. */
async function log(
  engine: EngineClient,
  severity: "WARNING" | "INFO",
  message: Message,
  urn: string = "",
): Promise<void> {
  const passing = severity === "INFO";
  const { default: proto } = await import("@pulumi/pulumi/proto/engine_pb.js");
  const request = new proto.LogRequest();
  request.setSeverity(proto.LogSeverity[severity]);
  request.setMessage(forPeople(message));
  request.setUrn(urn);
  request.setStreamid(passing ? PROGRESS_STREAM : 0);
  request.setEphemeral(passing);
  await new Promise<void>((resolve, reject) => engine.log(request, (error) => (error ? reject(error) : resolve())));
}

/** The URN of the stack itself. Any answer is a sign of life, also one that the call failed. */
async function askForStack(
  engine: EngineClient,
  deadline: number,
): Promise<{ urn?: string | undefined; isAlive: boolean }> {
  const [{ default: proto }, { Metadata, status }] = await Promise.all([
    import("@pulumi/pulumi/proto/engine_pb.js"),
    import("@grpc/grpc-js"),
  ]);
  const silences: unknown[] = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED];
  return new Promise((resolve) => {
    engine.getRootResource(new proto.GetRootResourceRequest(), new Metadata(), { deadline }, (error, answer) =>
      resolve({ urn: answer?.getUrn(), isAlive: !silences.includes(error?.code) }),
    );
  });
}
