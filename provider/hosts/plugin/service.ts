import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { type AddressInfo, createServer } from "node:net";
import { endianness } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { UserError } from "../../errors";
import { version } from "../../hood/transport";
import { EngineOperation } from "../../operation";
import { lines, say } from "../../text";
import { engineAt } from "../engine";
import { resourceCalls } from "./calls";
import { type Configuration, configurationCalls, readerOf } from "./configuration";
import { unary } from "./wire";

/** The package's own folder, seen from where this file is compiled to. */
const ROOT = join(__dirname, "../../../..");

const ONE_ENGINE = lines(
  say`This provider was started by Pulumi, and serves no other engine: it doesn't attach to this one.`,
  say`To attach to one, start pulumi-resource-hood without an address, and put its port into PULUMI_DEBUG_PROVIDERS as hood:PORT.`,
);
const ONE_CONFIGURATION = say`This provider is configured already: a second configuration isn't accepted. Pulumi gives one to each process that it starts.`;
const ONE_PROVIDER = lines(
  say`A provider that runs for PULUMI_DEBUG_PROVIDERS has one account for each command: a second configuration isn't accepted, and nothing was sent with it.`,
  say`Debug a program with one provider of hood, or leave hood out of PULUMI_DEBUG_PROVIDERS.`,
);

export interface PluginService {
  readonly calls: UntypedServiceImplementation;
  /** Gives up at once what waits. What is on its way ends. */
  stop(): void;
}

/**
 * The provider as the engine calls it: a plugin, for programs in every language.
 *
 * @param starter address of the engine that started this process, `host:port`. It serves that one alone, with one configuration. A
 * process that a person started serves the engines that attach to it, one after the other.
 */
export function pluginService(starter?: string): PluginService {
  let engine = starter;
  let operation = new EngineOperation(engineAt(engine ?? ""));
  let configuration: Configuration | undefined;
  const stop = () => operation.stop();
  const current = () => {
    if (!configuration)
      throw new UserError(say`This provider isn't configured yet: Pulumi does that before any other call.`);
    return operation;
  };
  const configure = (given: Configuration) => {
    const again = starter === undefined && isDeepStrictEqual(given, configuration);
    if (configuration && !again) throw new UserError(starter === undefined ? ONE_PROVIDER : ONE_CONFIGURATION);
    configuration = given;
    operation.configure(readerOf(given.values), given.winner);
    return operation;
  };
  const calls = {
    ...configurationCalls(configure),
    ...resourceCalls(current),

    getSchema: unary(async () => new GetSchemaResponse().setSchema(await readFile(join(ROOT, "schema.json"), "utf8"))),

    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),

    // An engine may find a process that runs already (PULUMI_DEBUG_PROVIDERS), and says where it is itself; more than once.
    attach: unary((request: PluginAttach) => {
      if (starter !== undefined) throw new UserError(ONE_ENGINE);
      if (engine === request.getAddress()) return new Empty();
      engine = request.getAddress();
      operation = new EngineOperation(engineAt(engine));
      configuration = undefined;
      return new Empty();
    }),

    cancel: unary(() => {
      stop();
      return new Empty();
    }),
  };
  return { calls, stop };
}

export interface Serving {
  readonly port: number;
  /** Takes no more calls, and answers those that are on their way. */
  end(done: () => void): void;
  abort(): void;
}

/** Serves on a free port of this machine, for processes of its own user. */
export async function serve({ calls }: PluginService): Promise<Serving> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, calls);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => {
    if (!isOtherUsers(socket)) return injector.injectConnection(socket);
    console.error("A connection from another user of this machine was turned away.");
    socket.destroy();
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    end(done) {
      listener.close();
      server.tryShutdown(done);
    },
    abort() {
      listener.close();
      server.forceShutdown();
    },
  };
}

/** Linux's list of connections, with the user that each end belongs to. */
const TABLE = "/proc/net/tcp";
const LISTENING = "0A";
const ESTABLISHED = "01";
/** The list isn't made at one instant, so an end that is missing in it is looked for again. */
const MOST_READS = 3;

/** Which lines a connection has in the table. */
export type Connection = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

/**
 * True if another user's process is at the other end of a connection within this machine. Whoever knows the port could else have this
 * process act with the token that it has. Systems that don't tell give false.
 */
export function isOtherUsers(connection: Connection, user = process.getuid?.(), read = readTable): boolean {
  const { localAddress, localPort, remoteAddress, remotePort } = connection;
  if (user === undefined || localPort === undefined || remotePort === undefined) return false;
  const [here, there] = [endOf(localAddress, localPort), endOf(remoteAddress, remotePort)];
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const ends = read();
    // A table that doesn't even have our own port says nothing.
    if (!ends.some(({ local, state }) => state === LISTENING && local.split(":")[1] === here.split(":")[1]))
      return false;
    // An end that is closed already shows as nobody's or as root's.
    const theirs = ends.find(({ local, remote, state }) => local === there && remote === here && state === ESTABLISHED);
    if (theirs) return theirs.user !== user;
  }
  return true;
}

interface End {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly user: number;
}

function readTable(): End[] {
  let text: string;
  try {
    text = readFileSync(TABLE, "latin1");
  } catch {
    return [];
  }
  const lines = text.split("\n").slice(1);
  return lines.map((line) => {
    const [, local = "", remote = "", state = "", , , , user] = line.trim().split(/\s+/);
    return { local, remote, state, user: Number(user) };
  });
}

/** An address and a port in the table's notation: the bytes of a number in this machine's order, and a plain number. */
function endOf(address = "", port: number): string {
  const bytes = address
    .replace(/^::ffff:/, "")
    .split(".")
    .map((byte) => hex(Number(byte), 2));
  if (endianness() === "LE") bytes.reverse();
  return `${bytes.join("")}:${hex(port, 4)}`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, "0");
}
