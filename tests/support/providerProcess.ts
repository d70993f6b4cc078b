import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type ClientUnaryCall, credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { providerText } from "../../sdk/dynamic";
import { WireError } from "./wireError";

export type Properties = Record<string, unknown>;

const ROOT = path.resolve(__dirname, "../../..");
const HOST = path.join(ROOT, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js");
const PROVIDER = "__provider";
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
  /** `host:port` of the engine. */
  readonly engine?: string;
  /** The resource type that is spoken to, by the name of its provider. */
  readonly provider?: string;
}

/**
 * The process that Pulumi starts for dynamic resources, spoken to as the engine does: one process is one operation. The
 * way back to the provider is put into everything sent, and must be in everything that comes back to be stored.
 */
export class ProviderProcess {
  readonly #child: ChildProcess;
  readonly #client: ResourceProviderClient;
  readonly #folder: string;
  readonly #output: string[];

  private constructor(
    child: ChildProcess,
    folder: string,
    output: string[],
    port: string,
    private readonly wayBack: string,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.#output = output;
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  static async start({
    config = {},
    environment = {},
    engine = NO_ENGINE,
    provider: name = "campaignCancellation",
  }: Surroundings = {}): Promise<ProviderProcess> {
    const folder = await projectFolder();
    const env = { ...withoutSettings(process.env), PULUMI_NODEJS_PROJECT: "wire", ...environment };
    const child = spawn(process.execPath, [HOST, engine], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    const output: string[] = [];
    child.stdout.on("data", (data) => output.push(String(data)));
    child.stderr.on("data", (data) => output.push(String(data)));
    const [port] = await once(createInterface(child.stdout), "line");
    const provider = new ProviderProcess(child, folder, output, port, providerText(name));
    await provider.#configure(config);
    return provider;
  }

  /** Everything that the process printed. */
  get output(): string {
    return this.#output.join("");
  }

  /** A resource that isn't in the state yet has no old inputs. */
  async check(olds: Properties | undefined, news: Properties) {
    const request = new proto.CheckRequest()
      .setOlds(olds ? this.#stored(olds) : Struct.fromJavaScript({}))
      .setNews(this.#stored(news));
    const response = await ask<proto.CheckResponse>((done) => this.#client.check(request, done));
    const failures = response.getFailuresList().map((failure) => failure.toObject());
    return { inputs: this.#storable(response.getInputs()), failures };
  }

  async diff(id: string, olds: Properties, news: Properties) {
    const request = new proto.DiffRequest().setId(id).setOlds(this.#stored(olds)).setNews(this.#stored(news));
    const response = await ask<proto.DiffResponse>((done) => this.#client.diff(request, done));
    const changes = response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: response.getReplacesList() };
  }

  async create(inputs: Properties) {
    const request = new proto.CreateRequest().setProperties(this.#stored(inputs));
    const response = await ask<proto.CreateResponse>((done) => this.#client.create(request, done));
    return { id: response.getId(), outs: this.#storable(response.getProperties()) };
  }

  async read(id: string, props: Properties) {
    const request = new proto.ReadRequest().setId(id).setProperties(this.#stored(props));
    const response = await ask<proto.ReadResponse>((done) => this.#client.read(request, done));
    const inputs = response.getInputs();
    return {
      id: response.getId(),
      props: this.#storable(response.getProperties()),
      ...(inputs && { inputs: this.#storable(inputs) }),
    };
  }

  async update(id: string, olds: Properties, news: Properties) {
    const request = new proto.UpdateRequest().setId(id).setOlds(this.#stored(olds)).setNews(this.#stored(news));
    const response = await ask<proto.UpdateResponse>((done) => this.#client.update(request, done));
    return { outs: this.#storable(response.getProperties()) };
  }

  async delete(id: string, props: Properties) {
    const request = new proto.DeleteRequest().setId(id).setProperties(this.#stored(props));
    await ask((done) => this.#client.delete(request, done));
  }

  /** Ends the process as a crash would, unless a gentler signal is given. */
  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = once(this.#child, "exit");
      this.#child.kill(signal);
      await exit;
    }
    running.delete(this.#child);
    this.#client.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #stored(properties: Properties): Struct {
    const known = Object.entries(properties).filter(([, value]) => value !== undefined);
    return Struct.fromJavaScript({ ...Object.fromEntries(known), [PROVIDER]: this.wayBack } as Parameters<
      typeof Struct.fromJavaScript
    >[0]);
  }

  #storable(answer: Struct | undefined): Properties {
    const { [PROVIDER]: text, ...properties }: Properties = answer?.toJavaScript() ?? {};
    if (text !== this.wayBack) throw new Error(`The answer doesn't lead back to its provider: ${text}`);
    return properties;
  }

  async #configure(config: Record<string, string>): Promise<void> {
    const entries = Object.entries(config).map(([key, value]) => [`hood:${key}`, value]);
    const request = new proto.ConfigureRequest().setArgs(Struct.fromJavaScript(Object.fromEntries(entries)));
    await ask((done) => this.#client.configure(request, done));
  }
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

function ask<T>(send: (done: (error: ServiceError | null, response: T) => void) => ClientUnaryCall): Promise<T> {
  return new Promise((resolve, reject) => {
    send((error, response) => (error ? reject(new WireError(error)) : resolve(response)));
  });
}
