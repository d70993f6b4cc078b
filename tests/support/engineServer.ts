import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  type GetRootResourceRequest,
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
} from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

export interface LogMessage {
  readonly severity: "DEBUG" | "INFO" | "WARNING" | "ERROR" | undefined;
  readonly message: string;
}

/** The part of the engine that a provider talks to: it takes messages for the user, and knows the stack. */
export interface EngineServer {
  /** `host:port`, as a provider process gets it. */
  readonly address: string;
  readonly logs: readonly LogMessage[];
  close(): void;
}

/** @param stack project and stack; left out, the engine knows none, as in a destroy that doesn't run the program. */
export async function startEngineServer(stack?: { project: string; stack: string }): Promise<EngineServer> {
  const logs: LogMessage[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log(call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) {
      const severities = Object.keys(LogSeverity) as (keyof typeof LogSeverity)[];
      const severity = severities.find((name) => LogSeverity[name] === call.request.getSeverity());
      logs.push({ severity, message: call.request.getMessage() });
      done(null, new Empty());
    },
    getRootResource(
      _call: grpc.ServerUnaryCall<GetRootResourceRequest, GetRootResourceResponse>,
      done: grpc.sendUnaryData<GetRootResourceResponse>,
    ) {
      const name = stack && `urn:pulumi:${stack.stack}::${stack.project}::pulumi:pulumi:Stack::root`;
      done(null, new GetRootResourceResponse().setUrn(name ?? ""));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { address: `127.0.0.1:${port}`, logs, close: () => server.forceShutdown() };
}
