import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { type ClientUnaryCall, credentials, type ServiceError } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  type GetRootResourceRequest,
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
} from "@pulumi/pulumi/proto/engine_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "../../provider/hosts/hosted";
import { providerText } from "../../sdk/dynamic";
import type { SimulatorOptions } from "../../simulator";
import { ProviderError } from "./accounts";
import { TestAccount, USUAL } from "./testAccount";

const ROOT = path.resolve(__dirname, "../../..");
const PROVIDER = "__provider";
/** How the engine marks a special value, and which of them a secret is. */
const [MARK, SECRET] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

/** One of the two ways in which Pulumi gets to the resources: how its process is started and spoken to. */
export interface Host {
  readonly name: "dynamic" | "plugin";
  /** Node.js arguments that start the process, before the engine's address. */
  readonly command: string;
  /** The `hood` settings as the engine hands them over. */
  config(settings: Record<string, string>): Properties;
  /** A secret as the host is told of it. */
  secret(value: unknown): unknown;
  /** Properties as the engine keeps them. */
  stored(provider: string, properties: Properties, urn: string): Properties;
  /** Properties as a test gives them. @throws Error if the engine couldn't find back to their provider. */
  own(provider: string, properties: Properties): Properties;
}

/** What Pulumi starts for dynamic resources. The way back to the provider is among the properties of each of them. */
const dynamic: Host = {
  name: "dynamic",
  command: path.join(ROOT, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js"),
  config: (settings) => Object.fromEntries(Object.entries(settings).map(([key, value]) => [`hood:${key}`, value])),
  // The engine tells nothing of secrets.
  secret: (value) => value,
  stored: (provider, properties, urn) => ({ ...properties, __urn: urn, [PROVIDER]: providerText(provider) }),
  own(provider, { [PROVIDER]: text, __urn: _, ...properties }) {
    if (text !== providerText(provider)) throw new Error(`The answer doesn't lead back to its provider: ${text}`);
    return properties;
  },
};

/** `pulumi-resource-hood`, which programs in every language use. */
const plugin: Host = {
  name: "plugin",
  command: path.join(ROOT, "dist/provider/hosts/plugin/main.js"),
  config: (settings) => settings,
  secret: (value) => ({ [MARK]: SECRET, value }),
  stored: (_, properties) => properties,
  own: (_, properties) => properties,
};

export const hosts = { dynamic, plugin };

/** Nobody listens there: a provider that needs no engine must not mind. */
const NO_ENGINE = "127.0.0.1:1";

/** Processes that a run of the tests must not leave behind, however it ends. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** What a stack and its surroundings give to the provider process. */
export interface Surroundings {
  /** The `hood` config namespace, without the prefix. */
  readonly config?: Record<string, string>;
  readonly environment?: Record<string, string>;
  /** `host:port` of the engine; empty if a person starts the process. */
  readonly engine?: string;
  /** @default true */
  readonly configured?: boolean;
  /** The resource type that is spoken to, by the name of its provider. */
  readonly provider?: string;
  /** @default the dynamic provider */
  readonly host?: Host;
}

/** A provider process, spoken to as the engine does: one process is one operation. */
export class ProviderProcess {
  private readonly client: ResourceProviderClient;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly printed: string[],
    readonly port: string,
    private readonly host: Host,
    private readonly provider: string,
  ) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  static async start({
    config = {},
    environment = {},
    engine = NO_ENGINE,
    provider = "campaignCancellation",
    host = hosts.dynamic,
    configured = true,
  }: Surroundings = {}): Promise<ProviderProcess> {
    const folder = await projectFolder();
    const env = { ...withoutSettings(process.env), PULUMI_NODEJS_PROJECT: "wire", ...environment };
    const args = engine === "" ? [host.command] : [host.command, engine];
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    const output: string[] = [];
    child.stdout.on("data", (data) => output.push(String(data)));
    child.stderr.on("data", (data) => output.push(String(data)));
    const [port] = await once(createInterface(child.stdout), "line");
    const started = new ProviderProcess(child, folder, output, port, host, provider);
    if (configured) await started.configure(config);
    return started;
  }

  /** Everything that the process printed. */
  get output(): string {
    return this.printed.join("");
  }

  /** @param urn the provider resource's. */
  async configure(config: Record<string, string>, urn = ""): Promise<void> {
    const args = struct(this.host.config(config));
    const request = new proto.ConfigureRequest().setArgs(args).setAcceptsecrets(true).setUrn(urn);
    await this.#ask((done) => this.client.configure(request, done));
  }

  /** What an engine says that finds the process running. */
  async attach(address: string): Promise<void> {
    await this.#ask((done) => this.client.attach(new PluginAttach().setAddress(address), done));
  }

  /** A resource that isn't in the state yet has no old inputs. */
  async check(olds: Properties | undefined, news: Properties) {
    const request = new proto.CheckRequest()
      .setUrn(this.#urn(news))
      .setOlds(olds ? this.#stored(olds) : Struct.fromJavaScript({}))
      .setNews(this.#stored(news));
    const response = await this.#ask<proto.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList().map((failure) => failure.toObject());
    return { inputs: this.#own(response.getInputs()), failures };
  }

  async diff(id: string, olds: Properties, news: Properties) {
    const request = new proto.DiffRequest()
      .setId(id)
      .setUrn(this.#urn(olds))
      .setOlds(this.#stored(olds))
      .setNews(this.#stored(news));
    const response = await this.#ask<proto.DiffResponse>((done) => this.client.diff(request, done));
    const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: response.getReplacesList() };
  }

  /** @param preview only the plugin is asked what outputs an update will come to. @param timeout `customTimeouts`, in seconds */
  async create(inputs: Properties, preview = false, timeout = 0) {
    const request = new proto.CreateRequest()
      .setUrn(this.#urn(inputs))
      .setProperties(this.#stored(inputs))
      .setPreview(preview)
      .setTimeout(timeout);
    const response = await this.#ask<proto.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), outs: this.#own(response.getProperties()) };
  }

  async read(id: string, props: Properties) {
    const request = new proto.ReadRequest().setId(id).setUrn(this.#urn(props)).setProperties(this.#stored(props));
    const response = await this.#ask<proto.ReadResponse>((done) => this.client.read(request, done));
    const inputs = response.getInputs();
    return {
      id: response.getId(),
      props: this.#own(response.getProperties()),
      ...(inputs && { inputs: this.#own(inputs) }),
    };
  }

  /** @param preview as for {@link create}. @param timeout as well */
  async update(id: string, olds: Properties, news: Properties, preview = false, timeout = 0) {
    const request = new proto.UpdateRequest()
      .setId(id)
      .setUrn(this.#urn(olds))
      .setOlds(this.#stored(olds))
      .setNews(this.#stored(news))
      .setPreview(preview)
      .setTimeout(timeout);
    const response = await this.#ask<proto.UpdateResponse>((done) => this.client.update(request, done));
    return { outs: this.#own(response.getProperties()) };
  }

  async delete(id: string, props: Properties, timeout = 0) {
    const request = new proto.DeleteRequest()
      .setId(id)
      .setUrn(this.#urn(props))
      .setProperties(this.#stored(props))
      .setTimeout(timeout);
    await this.#ask((done) => this.client.delete(request, done));
  }

  /** What the engine says when the user stops the operation. */
  async cancel() {
    await this.#ask((done) => this.client.cancel(new Empty(), done));
  }

  /** Ends the process as a crash would, unless a gentler signal is given. */
  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, "exit");
      this.child.kill(signal);
      await exit;
    }
    running.delete(this.child);
    this.client.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A resource has the name of its campaign. */
  #urn({ name = "spring-sale" }: Properties): string {
    const type = this.provider.replace(/^./, (letter) => letter.toUpperCase());
    return `urn:pulumi:test::wire::hood:index:${type}::${name}`;
  }

  #stored(properties: Properties): Struct {
    return struct(this.host.stored(this.provider, properties, this.#urn(properties)));
  }

  #own(answer: Struct | undefined): Properties {
    return this.host.own(this.provider, answer?.toJavaScript() ?? {});
  }

  #ask<T>(send: (done: (error: ServiceError | null, response: T) => void) => ClientUnaryCall): Promise<T> {
    return new Promise((resolve, reject) => {
      send((error, response) => (error ? reject(this.#errorOf(error)) : resolve(response)));
    });
  }

  /** With what the engine records of a resource that was begun and not finished. */
  #errorOf({ details, metadata }: ServiceError): ProviderError {
    const [bytes] = metadata.get("grpc-status-details-bin");
    const [detail] = bytes instanceof Buffer ? Status.deserializeBinary(bytes).getDetailsList() : [];
    const { ErrorResourceInitFailed } = proto;
    const failed = detail?.unpack(ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    if (!failed) return new ProviderError(details);
    const partial = { id: failed.getId(), reasons: failed.getReasonsList() };
    return new ProviderError(details, { ...partial, properties: this.#own(failed.getProperties()) });
  }
}

function struct(properties: Properties): Struct {
  const known = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Struct.fromJavaScript(Object.fromEntries(known) as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** A project as users have it: the package and Pulumi are found in its node_modules. */
async function projectFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "hood-wire-"));
  const modules = path.join(folder, "node_modules");
  await mkdir(modules);
  await symlink(ROOT, path.join(modules, "pulumi-ocamba-hood"));
  await symlink(path.join(ROOT, "node_modules/@pulumi"), path.join(modules, "@pulumi"));
  return folder;
}

// What the developer has set for a real account must not reach a test.
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(HOOD|PULUMI)_/i.test(name)));
}

/** An account and an engine, and provider processes for both: each is one operation. */
export class Processes extends TestAccount {
  engine!: EngineServer;
  readonly #started: ProviderProcess[] = [];

  constructor(
    private readonly surroundings: Surroundings,
    options: SimulatorOptions,
  ) {
    super(options);
  }

  override async start(): Promise<void> {
    await super.start();
    this.engine = await startEngineServer({ project: "shop", stack: "prod" });
  }

  async process({ config, ...others }: Surroundings = {}): Promise<ProviderProcess> {
    const started = await ProviderProcess.start({
      engine: this.engine.address,
      ...this.surroundings,
      ...others,
      config: { ...USUAL, endpoint: this.hood.url, ...config },
    });
    this.#started.push(started);
    return started;
  }

  override async stop(): Promise<void> {
    for (const process of this.#started.splice(0)) await process.stop();
    this.engine.close();
    await super.stop();
  }

  /** As an update does it: check, and then create with what check gave. */
  async apply(args: Properties, process: ProviderProcess): ReturnType<ProviderProcess["create"]> {
    const { inputs, failures } = await process.check(undefined, args);
    expect(failures).to.deep.equal([]);
    return process.create(inputs);
  }
}

/** Within a `describe`: an account and an engine, new for each test. What its processes are, each test says. */
export function openProcesses(surroundings: Surroundings = {}, options: SimulatorOptions = {}): Processes {
  const processes = new Processes(surroundings, options);
  beforeEach(() => processes.start());
  afterEach(() => processes.stop());
  return processes;
}

export interface LogMessage {
  readonly severity: "DEBUG" | "INFO" | "WARNING" | "ERROR" | undefined;
  readonly message: string;
  readonly urn: string;
  /** The next line takes its place, and it isn't kept. */
  readonly passing: boolean;
}

/** The part of the engine that a provider talks to: it takes messages for the user, and knows the stack. */
export interface EngineServer {
  /** `host:port`, as a provider process gets it. */
  readonly address: string;
  readonly logs: readonly LogMessage[];
  /** Takes whatever is asked, and answers nothing any more. */
  silence(): void;
  close(): void;
}

/** @param stack project and stack; left out, the engine knows none, as in a destroy that doesn't run the program. */
export async function startEngineServer(stack?: { project: string; stack: string }): Promise<EngineServer> {
  const logs: LogMessage[] = [];
  let isSilent = false;
  const server = new grpc.Server();
  server.addService(EngineService, {
    log(call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) {
      const severities = Object.keys(LogSeverity) as (keyof typeof LogSeverity)[];
      const severity = severities.find((name) => LogSeverity[name] === call.request.getSeverity());
      const { urn, message, streamid, ephemeral } = call.request.toObject();
      logs.push({ severity, message, urn, passing: streamid !== 0 && ephemeral });
      done(null, new Empty());
    },
    getRootResource(
      _call: grpc.ServerUnaryCall<GetRootResourceRequest, GetRootResourceResponse>,
      done: grpc.sendUnaryData<GetRootResourceResponse>,
    ) {
      const name = stack && `urn:pulumi:${stack.stack}::${stack.project}::pulumi:pulumi:Stack::root`;
      if (!isSilent) done(null, new GetRootResourceResponse().setUrn(name ?? ""));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `127.0.0.1:${port}`,
    logs,
    silence: () => {
      isSilent = true;
    },
    close: () => server.forceShutdown(),
  };
}

/** A process, and when it began: an id alone may be another's by the time it is killed. */
export interface Descendant {
  readonly id: number;
  readonly began: string;
  /** With its arguments. */
  readonly command: string;
}

/** The processes that one has started, and theirs, whichever group or session they are in: the oldest first, each before its own. */
export function descendantsOf(root: number): Descendant[] {
  const all = table();
  const below = (parent: number): Descendant[] =>
    all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.id)]);
  return below(root);
}

/** Ends those that are still there. */
export function kill(processes: readonly Descendant[]): void {
  const alive = new Map(table().map(({ id, began }) => [id, began]));
  for (const { id, began } of processes) if (alive.get(id) === began) process.kill(id, "SIGKILL");
}

function table(): (Descendant & { readonly parent: number })[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,lstart=,args="], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([id, parent, ...rest]) => {
      // A moment of five words, such as "Sat Nov 28 00:43:32 2026".
      const [began, command] = [rest.slice(0, 5).join(" "), rest.slice(5).join(" ")];
      return { id: Number(id), parent: Number(parent), began, command };
    });
}
