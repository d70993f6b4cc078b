import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../provider/hood/clock";
import { Limiter } from "../provider/hood/rateLimit/limiter";
import { type RequestRecord, type Simulator, type SimulatorOptions, startSimulator } from "../simulator";
import { parseWindows } from "../simulator/windows";
import { bestTimes } from "../tests/model/limiterModel";
import { ROOT } from "../tools/package";
import { openCli } from "../tools/pulumi";

/** One number that is to be reached, and what came out. */
export interface Figure {
  readonly row: string;
  readonly reach: string;
  readonly reached: string;
  /** What the number comes from; empty if it speaks for itself. */
  readonly measured: string;
  readonly ok: boolean;
}

function figure(row: string, reach: string, reached: string, ok: boolean, measured = ""): Figure {
  return { row, reach, reached, measured, ok };
}

const LOADS = 15;

/**
 * Times the contenders in turn. Whatever else the machine does meanwhile then meets all of them, and the ratios within one round
 * can be compared; each round begins with another contender.
 */
export async function commandFigures(contest: Contest, command: CommandRow, rounds: number): Promise<Figure[]> {
  const { hood, contenders, resources } = contest;
  const seconds: Record<Program, number[]> = { ours: [], baseline: [], floor: [] };
  const sent: string[] = [];
  for (let turn = 0; turn < rounds * contenders.length; turn++) {
    const place = (turn + Math.floor(turn / contenders.length)) % contenders.length;
    const contender = contenders[place] as Contender;
    if (command.fresh) {
      await contender.newStack();
      for (const id of hood.campaigns.keys()) hood.setStatus(id, "running");
    }
    hood.clearRequests();
    const begin = performance.now();
    await contender.succeed(command.args);
    seconds[contender.program].push((performance.now() - begin) / 1_000);
    if (contender.program === "ours") sent.push(hood.requests.map(({ method }) => method).join(" "));
  }
  const row = `${command.row}, ${resources}`;
  return [
    requestsFigure(row, sent, command.gets, command.posts ? resources : 0),
    ...(["baseline", "floor"] as const).flatMap((other) => wallFigure(row, seconds, other, command[other])),
  ];
}

/** @param sent the methods of our requests, for each run. */
function requestsFigure(row: string, sent: readonly string[], gets: number, posts: number): Figure {
  const counts = sent.map((methods) => ({
    gets: methods.split("GET").length - 1,
    posts: methods.split("POST").length - 1,
    isOther: /PATCH|PUT|DELETE/.test(methods),
  }));
  const reached = [...new Set(counts.map((count) => `${count.gets} GET, ${count.posts} POST`))].join("; ");
  const isReached = counts.every((count) => count.gets <= gets && count.posts === posts && !count.isOther);
  return figure(row, gets + posts === 0 ? "0 requests" : `<= ${gets} GET, ${posts} POST`, reached, isReached);
}

/** How our wall time compares: the median of the ratios within each round. */
function wallFigure(row: string, { ours, ...all }: Record<Program, number[]>, other: Other, most?: number): Figure[] {
  const theirs = all[other];
  if (theirs.length === 0 || most === undefined) return [];
  const ratio = median(ours.map((one, round) => one / (theirs[round] ?? Number.NaN)));
  const measured = `ours ${median(ours).toFixed(1)} s, ${other} ${median(theirs).toFixed(1)} s, ${ours.length} runs each`;
  return [figure(row, `wall time <= ${most} x ${other}`, `${ratio.toFixed(2)} x`, ratio <= most, measured)];
}

/** What each resource adds to the state: its inputs and outputs. */
export async function stateFigure({ contenders }: Contest): Promise<Figure> {
  const sizeOf = async (program: Program) => {
    const resources = await contenders.find((contender) => contender.program === program)?.resources();
    const stored = resources?.map(({ inputs, outputs }) => Buffer.byteLength(JSON.stringify({ inputs, outputs })));
    return Math.max(...(stored ?? []));
  };
  const [ours, baseline] = [await sizeOf("ours"), await sizeOf("baseline")];
  const measured = baseline > 0 ? `baseline ${baseline} bytes` : "";
  return figure("state for each resource", `<= ${STATE} bytes`, `${ours} bytes`, ours > 0 && ours <= STATE, measured);
}

/** What it takes a provider process to load the package. */
export async function loadingFigure(): Promise<Figure> {
  const time = async (script: string) => {
    const begin = performance.now();
    // The package finds itself by its own name from its root.
    await promisify(execFile)(process.execPath, ["-e", script], { cwd: ROOT });
    return performance.now() - begin;
  };
  const [empty, loaded]: [number[], number[]] = [[], []];
  for (let run = 0; run < LOADS; run++) {
    empty.push(await time("0"));
    loaded.push(await time('require("pulumi-ocamba-hood/provider")'));
  }
  const more = median(loaded.map((milliseconds, run) => milliseconds - (empty[run] ?? Number.NaN)));
  const measured = `${median(loaded).toFixed(0)} ms, node -e 0 ${median(empty).toFixed(0)} ms, ${LOADS} runs each`;
  const reach = `<= ${LOADING} ms more than node -e 0`;
  return figure("loading pulumi-ocamba-hood/provider", reach, `${more.toFixed(0)} ms`, more <= LOADING, measured);
}

/** A preview of each, then all updates at once: the requests of the previews count in the same minute. */
export async function updateFigures(
  bin: string,
  { row, updates, each, otherClient, share, rejected }: UpdateRow,
): Promise<Figure[]> {
  const programs = Array.from({ length: updates }, () => "ours" as const);
  const account = { rateLimit: WINDOWS, otherClient };
  // Hood bounds the requests in flight for all of an account's clients together.
  const settings = { HOOD_MAX_PARALLEL: String(Math.floor(10 / updates)) };
  return withContest({ bin, programs, resources: each, account, settings }, async ({ hood, contenders }) => {
    for (const contender of contenders) await contender.newStack();
    for (const contender of contenders) await contender.succeed(["preview"]);
    const before = [...hood.requests];
    const ran = await Promise.all(contenders.map((contender) => contender.run(["up", "--yes", "--skip-preview"])));
    const sent = hood.requests.slice(before.length);
    const stored = (await Promise.all(contenders.map((contender) => contender.resources()))).flat().length;
    const named = `${row}, ${updates === 1 ? "" : `${updates} x `}${each} in ${WINDOWS}`;
    const done = sent.filter(isCancellation).length;
    const gets = sent.filter(({ method }) => method === "GET").length;
    const reached = `${done} canceled, ${stored} in the state, exit codes ${ran.map(({ code }) => code).join(" ")}`;
    const isDone = done === updates * each && stored === done && ran.every(({ code }) => code === 0);
    const most = updates * READS;
    return [
      figure(named, `all done, <= ${most} GET`, reached, isDone && gets <= most, `${gets} GET`),
      ...(share === undefined ? [] : [shareFigure(named, sent, before, share)]),
      rejectedFigure(named, sent, rejected),
    ];
  });
}

/** The best has to take the same reads, after the same requests in the same minute. */
function shareFigure(
  row: string,
  sent: readonly RequestRecord[],
  before: readonly RequestRecord[],
  least: number,
): Figure {
  const start = sent[0]?.at ?? Number.NaN;
  const last = sent.findLast(isCancellation)?.at ?? Number.NaN;
  const arrivals = sent.filter(({ counted, at }) => counted && at <= last).map(() => start);
  const earlier = before.filter(({ counted }) => counted).map(({ at }) => at);
  const best = bestTimes(parseWindows(WINDOWS, "windows"), arrivals, earlier).at(-1) ?? Number.NaN;
  const [reached, possible] = [last - start, best - start];
  const share = possible / reached;
  const measured = `${(reached / 1_000).toFixed(2)} s, best ${(possible / 1_000).toFixed(2)} s`;
  return figure(row, `>= ${least} of the best possible`, share.toFixed(3), share >= least, measured);
}

function rejectedFigure(row: string, sent: readonly RequestRecord[], most: number): Figure {
  const rejected = sent.filter(({ status }) => status === 429).length;
  const reach = most === 0 ? "0 answers of 429" : `429s <= ${100 * most} % of requests`;
  const reached = `${((100 * rejected) / sent.length).toFixed(1)} %`;
  return figure(row, reach, reached, rejected <= most * sent.length, `${rejected} of ${sent.length}`);
}

function isCancellation({ effect }: RequestRecord): boolean {
  return effect?.to === "canceled";
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

const AT_ONCE = 20_000;
const MOST_SECONDS = 2;

/** What the limiter costs by itself if very many requests wait at once. */
export async function limiterFigure(): Promise<Figure> {
  const limiter = new Limiter({ windows: [{ limit: 100_000, length: 1_000 }], maxParallel: 10, clock: systemClock });
  const answer = { status: 204, text: "", header: () => null };
  const begin = process.cpuUsage();
  await Promise.all(Array.from({ length: AT_ONCE }, () => limiter.run(async () => answer)));
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1_000_000;
  const row = `${AT_ONCE.toLocaleString("en")} requests handed over at once`;
  return figure(row, `<= ${MOST_SECONDS} s of CPU`, `${seconds.toFixed(2)} s`, seconds <= MOST_SECONDS);
}

/** Hood's windows for the campaign endpoints, which the provider expects by default. */
export const WINDOWS = "10/1s,150/60s";
/** The most reads of one command, however many resources it has. */
const READS = 20;

/** One command on many cancellations: ours, the baseline and the bare engine in turn. */
export interface CommandRow {
  readonly row: string;
  readonly args: readonly string[];
  /** Every run begins with an empty stack and running campaigns. Without it, it continues on the stack of the row before. */
  readonly fresh?: true;
  readonly rounds: number;
  /** The most GET requests of ours. */
  readonly gets: number;
  /** One POST for each cancellation; without it, none. */
  readonly posts?: true;
  /** Wall time, as a multiple of the baseline's and of the bare engine's. */
  readonly baseline?: number;
  readonly floor?: number;
}

/** Some updates of ours at the same time on one account, in its real windows. */
interface UpdateRow {
  readonly row: string;
  readonly updates: number;
  /** Cancellations in each update. */
  readonly each: number;
  /** Requests of another client of the account, evenly spread. */
  readonly otherClient?: string;
  /** The least share of the best possible time. */
  readonly share?: number;
  /** The most answers of 429, as a share of all requests. */
  readonly rejected: number;
}

const UP = ["up", "--yes", "--skip-preview"];

export const commandRows: readonly CommandRow[] = [
  { row: "preview, all new", args: ["preview"], fresh: true, rounds: 5, gets: READS, baseline: 0.75, floor: 1.15 },
  { row: "up, all new", args: UP, fresh: true, rounds: 3, gets: READS, posts: true, baseline: 0.7, floor: 1.15 },
  { row: "up without changes", args: [...UP, "--expect-no-changes"], rounds: 5, gets: 0, baseline: 1, floor: 1.1 },
  { row: "refresh", args: ["refresh", "--yes", "--skip-preview"], rounds: 1, gets: READS },
];

/** In bytes: the inputs and outputs of a resource, in the state that the rows above leave. */
const STATE = 1_200;
/** In milliseconds: what it takes to load the provider, beyond an empty program. */
const LOADING = 80;

export const updateRows: readonly UpdateRow[] = [
  { row: "one update", updates: 1, each: 280, share: 0.97, rejected: 0 },
  { row: "one update beside another client", updates: 1, each: 280, otherClient: "50/60s", rejected: 0.02 },
  { row: "two updates at once", updates: 2, each: 140, share: 0.9, rejected: 0.015 },
  { row: "four updates at once", updates: 4, each: 100, share: 0.92, rejected: 0.025 },
];

const TOKEN = "benchmark-token-of-the-simulator";
const FIRST_ID = 1000248;

/** By its name in `programs.js`. */
export type Program = "ours" | Other;
type Other = "baseline" | "floor";

interface StoredResource {
  readonly type: string;
  readonly inputs?: object;
  readonly outputs?: object;
}

interface ContestOptions {
  readonly bin: string;
  /** Each of them cancels campaigns of its own if it is ours, and the same ones otherwise. */
  readonly programs: readonly Program[];
  /** Cancellations in each program. */
  readonly resources: number;
  readonly account: SimulatorOptions;
  readonly settings: NodeJS.ProcessEnv;
}

/** Programs on one simulated account. */
export interface Contest {
  readonly resources: number;
  readonly hood: Simulator;
  readonly contenders: readonly Contender[];
}

/** Sets everything up, lets `use` work with it, and leaves nothing behind. */
export async function withContest<T>(options: ContestOptions, use: (contest: Contest) => Promise<T>): Promise<T> {
  const { bin, programs, resources, account, settings } = options;
  const home = await mkdtemp(join(tmpdir(), "hood-bench-"));
  const own = programs.every((program) => program === "ours");
  const campaigns = Array.from({ length: own ? programs.length * resources : resources }, (_, number) => ({
    id: String(FIRST_ID + number),
    name: `Campaign number ${number}`,
    status: "running",
  }));
  const hood = await startSimulator({ token: TOKEN, campaigns, ...account });
  try {
    const open = (program: Program, place: number) =>
      openContender(program, bin, join(home, String(place)), {
        HOOD_ENDPOINT: hood.url,
        HOOD_TOKEN: TOKEN,
        HOOD_MAX_CANCELLATIONS: String(resources),
        BENCH_PROGRAM: program,
        BENCH_FIRST: String(FIRST_ID + (own ? place * resources : 0)),
        BENCH_RESOURCES: String(resources),
        ...settings,
      });
    return await use({ resources, hood, contenders: await Promise.all(programs.map(open)) });
  } finally {
    await hood.close();
    await rm(home, { recursive: true, force: true });
  }
}

type Contender = Awaited<ReturnType<typeof openContender>>;

/** One program with a project and a state of its own, on the real engine. */
async function openContender(program: Program, bin: string, home: string, env: NodeJS.ProcessEnv) {
  const folder = join(home, "program");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await copyFile(join(ROOT, "bench/programs.js"), join(folder, "index.js"));
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${program}\nruntime: nodejs\n`);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: program, main: "index.js" }));
  await symlink(ROOT, join(folder, "node_modules/pulumi-ocamba-hood"));
  await symlink(join(ROOT, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
  const cli = await openCli({ bin, cwd: folder, scratch: home });
  const run = (args: readonly string[]) => cli(args, { env });
  /** @throws Error with the CLI's output: a failed command has no time. */
  const succeed = async (args: readonly string[]) => {
    const ran = await run(args);
    if (ran.code === 0) return ran;
    throw new Error(`pulumi ${args.join(" ")} of ${program} failed with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
  };
  let stacks = 0;
  return {
    program,
    run,
    succeed,
    /** An empty stack, on which everything that follows runs. */
    newStack: () => succeed(["stack", "init", `run-${++stacks}`]),
    /** The dynamic resources in the state. */
    async resources(): Promise<StoredResource[]> {
      const { stdout } = await succeed(["stack", "export"]);
      const resources: StoredResource[] = JSON.parse(stdout).deployment.resources ?? [];
      return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
    },
  };
}
