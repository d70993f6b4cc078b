import { type Simulator, type SimulatorOptions, startSimulator } from "../../../simulator";

/** 2026-03-02 10:00:00 GMT, the start of a minute. */
export const START = Date.UTC(2026, 2, 2, 10, 0, 0);

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** An account on loopback with a clock that only the test moves, and a client for it. */
export interface TestAccount {
  readonly hood: Simulator;
  readonly clock: { now: number };
  /** `path` is below `/v1/hood`; a string body goes out as it is. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Reply>;
}

let opened: Simulator[] = [];

/** Opens an account without a rate limit, unless the options name one. */
export async function open(options: SimulatorOptions = {}): Promise<TestAccount> {
  const clock = { now: START };
  const hood = await startSimulator({ rateLimit: "off", now: () => clock.now, ...options });
  opened.push(hood);
  return {
    hood,
    clock,
    call: (method, path, body, token = "simulator-token") => request(hood.url + path, method, body, token),
  };
}

export async function closeAll(): Promise<void> {
  await Promise.all(opened.map((hood) => hood.close()));
  opened = [];
}

export async function request(url: string, method: string, body: unknown, token: string): Promise<Reply> {
  const answer = await fetch(url, {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${token}` },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: answer.headers, text, json };
}

/** The ids of a list answer, in its order. */
export function ids(reply: Reply): string[] {
  return reply.json.items.map((item: { id: string }) => item.id);
}
