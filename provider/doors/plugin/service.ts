import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Server as GrpcServer, type Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { engineAt } from "../engine";
import { Operation } from "../operation";
import { configurationCalls } from "./configuration";
import { functionCalls } from "./functions";
import { resourceCalls } from "./resources";
import { unary } from "./rpc";

/** The package's own folder, seen from where this file is compiled to. */
const ROOT = join(__dirname, "../../../..");

export interface PluginService {
  readonly calls: UntypedServiceImplementation;
  /** Gives up at once what waits. What is on its way ends. */
  stop(): void;
}

/** The provider as the engine calls it: a plugin, for programs in every language. @param engine its address, `host:port`. */
export function pluginService(engine: string): PluginService {
  let operation = new Operation(engineAt(engine));
  const current = () => operation;
  const stop = () => operation.stop();
  const calls = {
    ...configurationCalls((configure) => configure(operation)),
    ...resourceCalls(current),
    ...functionCalls(current),

    getSchema: unary(async () => {
      const response = new GetSchemaResponse();
      response.setSchema(await readFile(join(ROOT, "schema.json"), "utf8"));
      return response;
    }),

    getPluginInfo: unary(async () => {
      const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),

    // The engine may also find a provider that runs already, and says afterwards where it is itself.
    attach: unary((request: PluginAttach) => {
      operation = new Operation(engineAt(request.getAddress()));
      return new Empty();
    }),

    cancel: unary(() => {
      stop();
      return new Empty();
    }),
  };
  return { calls, stop };
}

/** Serves on a free port of this machine. @returns the server and its port. */
export async function serve({ calls }: PluginService): Promise<{ server: Server; port: number }> {
  const server = new GrpcServer({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, calls);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { server, port };
}
