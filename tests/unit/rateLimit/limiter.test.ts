import { getEventListeners } from "node:events";
import { expect } from "chai";
import { parseRateLimit } from "../../../provider/hood/rateLimit/headers";
import { Limiter, newTurn, TooLongWait } from "../../../provider/hood/rateLimit/limiter";
import type { Answer } from "../../../provider/hood/transport";
import { VirtualTime } from "../../model/limiterModel";

const TRIP = 10;

type Reply = { status?: number; headers?: Record<string, string>; after?: number } | Error;

describe("the limiter", () => {
  let time: VirtualTime;
  let limiter: Limiter;
  /** `name@milliseconds` of each request that went out. */
  let sent: string[];
  let done: string[];

  beforeEach(() => use("10/1s,150/60s", 10));

  function use(windows: string, maxParallel: number, maxWait?: number): void {
    time = new VirtualTime();
    const clock = time.clock(() => 0.5);
    limiter = new Limiter({ windows: parseRateLimit(windows), maxParallel, clock, ...(maxWait && { maxWait }) });
    sent = [];
    done = [];
  }

  /** Sends a request that is answered by each of the replies in turn; nothing is what a good answer shows. */
  function send(name: string, replies: Reply[] = [], abort?: AbortSignal, kind = ""): Promise<unknown> {
    const left = [...replies];
    const run = limiter.run(
      () => {
        sent.push(`${name}@${Math.round(time.now)}`);
        const reply = left.shift() ?? {};
        return new Promise<Answer>((resolve, reject) => {
          time.at(time.now + ((reply instanceof Error ? undefined : reply.after) ?? TRIP), () => {
            if (reply instanceof Error) return reject(reply);
            const { status = 204, headers = {} } = reply;
            resolve({ status, text: "", header: (key) => headers[key] ?? null });
          });
        });
      },
      { abort, kind },
    );
    return run.then(
      () => done.push(name),
      (error) => error,
    );
  }

  const never = async (): Promise<Answer> => {
    throw new Error("It was sent.");
  };
  const tooMany = (retryAfter?: string): Reply => ({
    status: 429,
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
  });
  const shows = (limit: number, remaining: number, reset: string): Reply => ({
    headers: {
      "x-ratelimit-limit": `${limit}`,
      "x-ratelimit-remaining": `${remaining}`,
      "x-ratelimit-reset": reset,
    },
  });
  const names = (...wanted: number[]) => wanted.map((number) => `${number}`);
  const order = () => sent.map((each) => each.split("@")[0]);
  const at = (name: string) =>
    sent.filter((each) => each.startsWith(`${name}@`)).map((each) => +each.slice(name.length + 1));

  it("sends one first, then as many at once as are allowed, first come first served", async () => {
    use("10/1s,150/60s", 4);
    for (let number = 1; number <= 6; number++) void send(`${number}`);
    await time.until(5);
    expect(order()).to.deep.equal(names(1));
    await time.until(15);
    expect(order()).to.deep.equal(names(1, 2, 3, 4, 5));
    await time.until(1_000);
    expect(done).to.deep.equal(names(1, 2, 3, 4, 5, 6));
  });

  it("sends no more than the limit until a whole window has passed since the answers, if nothing is known", async () => {
    for (let number = 1; number <= 25; number++) void send(`${number}`);
    await time.until(1_005);
    expect(sent).to.have.length(10);
    await time.until(1_100);
    expect(sent).to.have.length(20);
  });

  it("goes on at the start of a window that an answer proves, in the middle of a second of its own", async () => {
    const start = 600;
    let used = 0;
    let second = 0;
    for (let number = 1; number <= 20; number++) {
      void limiter.run(async () => {
        const now = time.now;
        const present = Math.floor((now + 1_000 - start) / 1_000);
        if (present !== second) used = 0;
        second = present;
        used++;
        sent.push(`${number}@${Math.round(now)}`);
        return new Promise<Answer>((resolve) => {
          const remaining = 10 - used;
          const headers = (shows(10, remaining, "1") as { headers: Record<string, string> }).headers;
          time.at(now + TRIP, () => resolve({ status: 204, text: "", header: (key) => headers[key] ?? null }));
        });
      });
    }
    await time.until(5_000);
    expect(sent).to.have.length(20);
    // The second begins at 600 and at 1,600: eight fit before, ten between, two after. Who knew nothing would need 2,000.
    expect(Math.max(...sent.map((each) => Number(each.split("@")[1])))).to.be.within(1_600, 1_800);
  });

  it("leaves places of what Remaining shows for others who have used the second too", async () => {
    void send("1", [shows(10, 3, "1")]);
    for (let number = 2; number <= 9; number++) void send(`${number}`, [shows(10, 4 - number, "1")]);
    await time.until(900);
    expect(order().length).to.be.within(2, 3);
  });

  it("ignores a limit that is none of the configured windows", async () => {
    void send("1", [shows(75, 0, "1")]);
    for (let number = 2; number <= 10; number++) void send(`${number}`);
    await time.until(30);
    expect(sent).to.have.length(10);
  });

  it("tells of a window that isn't as configured, once, and keeps to it if it allows less", async () => {
    const told: number[] = [];
    const clock = time.clock(() => 0.5);
    limiter = new Limiter({
      windows: parseRateLimit("10/1s,150/60s"),
      maxParallel: 10,
      clock,
      differs: ({ limit }) => told.push(limit),
    });
    for (let number = 1; number <= 6; number++) void send(`${number}`, [shows(4, Math.max(0, 4 - number), "30")]);
    await time.until(20_000);
    expect(told).to.deep.equal([4]);
    expect(order()).to.deep.equal(names(1, 2, 3, 4));
  });

  it("doesn't wait long for a slow probe", async () => {
    for (let number = 1; number <= 11; number++) void send(`${number}`);
    void send("12", [{ after: 900 }]);
    for (let number = 13; number <= 14; number++) void send(`${number}`);
    await time.until(2_000);
    expect(done).to.include("13");
    expect(Math.min(...at("13"))).to.be.below(1_400);
  });

  it("sends others after a second if the very first is never answered", async () => {
    void send("1", [{ after: 30_000 }]);
    void send("2");
    await time.until(1_100);
    expect(done).to.deep.equal(names(2));
  });

  it("sends nothing after a 429 until the time that it asked for, then one alone, and rejected ones first, in their order", async () => {
    void send("1");
    for (let number = 2; number <= 4; number++) void send(`${number}`, [tooMany("7")]);
    for (let number = 5; number <= 12; number++) void send(`${number}`);
    await time.until(7_015);
    expect(order()).to.deep.equal(names(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    await time.until(7_025);
    expect(order().slice(10)).to.deep.equal(names(2));
    await time.until(9_000);
    expect(order().slice(10)).to.deep.equal(names(2, 3, 4, 11, 12));
  });

  it("sends one at a time after a 429 until one is accepted", async () => {
    void send("1", [tooMany("2"), tooMany("3")]);
    void send("2");
    await time.until(60_000);
    expect(order()).to.deep.equal(names(1, 1, 2, 1));
    expect(at("1")[1]).to.be.within(2_010, 2_013);
    expect(at("2")[0]).to.be.within(5_020, 5_026);
    expect(at("1")[2]).to.be.at.least((at("2")[0] ?? 0) + TRIP);
  });

  it("lets others pass one that is rejected again and again", async () => {
    void send("1", Array<Reply>(99).fill(tooMany("1")));
    for (let number = 2; number <= 9; number++) void send(`${number}`);
    await time.until(30_000);
    expect(done).to.deep.equal(names(2, 3, 4, 5, 6, 7, 8, 9));
  });

  it("waits about a second after a 429 that asks for no time, and longer each time that isn't enough", async () => {
    void send("1", [tooMany(), tooMany("0"), tooMany("soon"), ...Array<Reply>(5).fill(tooMany())]);
    await time.until(200_000);
    const times = at("1");
    const pauses = times.slice(1).map((each, index) => each - (times[index] ?? 0) - TRIP);
    expect(pauses.map((pause) => Math.round(pause / 100) / 10)).to.deep.equal([1.3, 2, 4, 8, 16, 30, 30, 30]);
  });

  it("asks a few times only in ten minutes if it is answered 429 without a time for ever, whatever the windows", async () => {
    use("10000/1s", 4);
    void send("1", Array<Reply>(9_999).fill(tooMany()));
    await time.until(600_000);
    expect(at("1")).to.have.length.within(20, 30);
  });

  it("waits until the date that a 429 asks for", async () => {
    const headers = {
      "retry-after": "Wed, 01 Apr 2026 10:00:42 GMT",
      date: "Wed, 01 Apr 2026 10:00:00 GMT",
    };
    void send("1", [{ status: 429, headers }]);
    await time.until(60_000);
    expect(at("1")[1]).to.be.within(42_010, 42_013);
  });

  it("pauses a request that is one too many at once, and sends others, with as many at once as Hood accepted", async () => {
    void send("1");
    await time.until(20);
    for (let number = 2; number <= 5; number++) void send(`${number}`, [{ after: 200 }]);
    void send("6", [tooMany("-1")]);
    void send("7", [{ after: 200 }]);
    await time.until(100);
    expect(limiter.wait()).to.deep.equal({ left: 180, reason: "parallel" });
    void send("8");
    expect(limiter.wait()).to.deep.equal({ left: 0, reason: "turn" });
    await time.until(225);
    expect(order()).to.deep.equal(names(1, 2, 3, 4, 5, 6, 7, 8));
    await time.until(500);
    expect(at("6")[1]).to.be.within(280, 283);
    expect(done).to.include.members(["6", "7"]);
  });

  it("pauses longer each time for a request that is always one too many at once, in nobody's way", async () => {
    void send("0");
    await time.until(50);
    void send("1", Array<Reply>(99).fill(tooMany("-1")));
    await time.until(120_000);
    const times = at("1");
    const pauses = times.slice(1).map((each, index) => Math.round((each - (times[index] ?? 0) - TRIP) / 10) * 10);
    expect(pauses).to.deep.equal([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const { left, reason } = limiter.wait();
    expect(reason).to.equal("parallel");
    expect(left).to.be.closeTo((times.at(-1) ?? 0) + TRIP + 30_000 - time.now, 2);
    void send("2", [tooMany("-1")]);
    await time.until(120_300);
    expect(done).to.include("2");
  });

  it("sends one at a time if all that went out together were too many at once", async () => {
    use("1000/1s", 4);
    void send("0");
    await time.until(50);
    for (const name of ["1", "2", "3"])
      void send(name, [tooMany("-1"), tooMany("-1"), { after: 200 }], undefined, "POST");
    await time.until(70);
    for (let number = 4; number <= 7; number++) void send(`${number}`, [{ after: 50 }], undefined, "GET");
    await time.until(150);
    expect(done).to.include.members(["4"]);
    await time.until(20_000);
    expect(done).to.include.members(["1", "2", "3", "4", "5", "6", "7"]);
    const posts = ["1", "2", "3"].flatMap((name) => at(name).slice(1)).sort((a, b) => a - b);
    for (const [index, each] of posts.slice(1).entries()) expect(each - (posts[index] ?? 0)).to.be.at.least(TRIP);
  });

  describe("with a bound on what the account may make a request wait", () => {
    /** What each came to: the wait that was too long, or nothing. */
    const outcomes: Record<string, unknown> = {};
    const begin = (name: string, replies: Reply[] = [], kind = "") => {
      outcomes[name] = undefined;
      void send(name, replies, undefined, kind).then((outcome) => {
        outcomes[name] = outcome instanceof TooLongWait ? outcome.waited : "done";
      });
    };

    beforeEach(() => use("10/1s,150/60s", 4, 30_000));

    it("ends all that wait, and all that come later, if an answer asks for more at once", async () => {
      begin("1", [tooMany("31")]);
      begin("2");
      await time.until(100);
      begin("3");
      await time.until(200);
      expect(outcomes).to.include({ 1: 31_000, 2: 31_000, 3: 31_000 });
      expect(order()).to.deep.equal(names(1));
      await time.until(32_000);
      begin("4");
      await time.until(33_000);
      expect(outcomes[4]).to.equal("done");
    });

    it("ends other kinds too, which it holds back as well", async () => {
      begin("1", [tooMany("3500")], "POST");
      begin("2", [], "GET");
      await time.until(100);
      begin("3", [], "GET");
      const error = await send("4", [], undefined, "GET");
      expect(error).to.include({ name: "TooLongWait", left: 3_499_910, waited: 3_499_910 });
      expect(outcomes[2]).to.equal(3_500_000);
      expect(outcomes[3]).to.be.within(3_499_900, 3_500_000);
    });

    it("counts the waiting of a kind from its first 429 on, as long as one of it waits, whoever comes later", async () => {
      const join = (name: string) => begin(name, Array<Reply>(99).fill(tooMany("7")), "POST");
      for (const name of ["1", "2", "3"]) join(name);
      for (let at = 20_000; at < 29_000; at += 5) time.at(at, () => join("4"));
      await time.until(38_000);
      for (const name of ["1", "2", "3", "4"]) expect(outcomes[name], name).to.be.within(30_001, 38_000);
    });

    it("takes nothing for waiting in which nobody waited", async () => {
      const abort = new AbortController();
      void send("1", Array<Reply>(99).fill(tooMany("7")), abort.signal);
      await time.until(20_000);
      abort.abort();
      await time.until(600_000);
      begin("2", [tooMany("20")]);
      await time.until(640_000);
      expect(outcomes[2]).to.equal("done");
    });

    it("waits for just as long as that", async () => {
      begin("1", [tooMany("30")]);
      await time.until(31_000);
      expect(outcomes[1]).to.equal("done");
    });

    it("ends one that is rejected again and again while others are let through, and none of the others", async () => {
      begin("0");
      begin("1", Array<Reply>(9).fill(tooMany("7")));
      for (let number = 2; number <= 5; number++) begin(`${number}`, [{ after: 100 }]);
      await time.until(60_000);
      expect(at("1")).to.have.length(5);
      expect(outcomes).to.include({ 1: 35_000, 2: "done", 3: "done", 4: "done", 5: "done" });
    });

    it("ends one that is one too many at once for ever, and then lets others through", async () => {
      use("100/1s", 4, 30_000);
      begin("0");
      await time.until(50);
      begin("1", Array<Reply>(9_999).fill(tooMany("-1")));
      for (let number = 2; number <= 600; number++) {
        time.at(number * 100, () => begin(`${number}`, [{ after: 150 }]));
      }
      await time.until(59_000);
      expect(outcomes[1]).to.be.within(30_001, 32_000);
      expect(order().filter((name) => name === "1")).to.have.length.below(10);
      expect(outcomes[500]).to.equal("done");
    });

    it("ends a kind of which nothing is let through, and no other", async () => {
      for (const name of ["1", "2"]) begin(name, Array<Reply>(99).fill(tooMany("7")), "POST");
      for (let number = 3; number <= 9; number++) begin(`${number}`, [], "GET");
      await time.until(60_000);
      expect(outcomes[1]).to.be.within(30_001, 38_000);
      expect(outcomes[2]).to.be.within(30_001, 38_000);
      for (let number = 3; number <= 9; number++) expect(outcomes[number]).to.equal("done");
      expect(at("1").length + at("2").length).to.be.at.most(7);
    });

    it("lets a request wait for longer than that in its own queue", async () => {
      use("1/20s", 4, 30_000);
      for (let number = 1; number <= 5; number++) begin(`${number}`, number === 1 ? [tooMany("5")] : []);
      await time.until(200_000);
      for (let number = 1; number <= 5; number++) expect(outcomes[number]).to.equal("done");
      expect(Math.max(...at("5"))).to.be.above(60_000);
    });
  });

  it("ends one whose turn comes when it is outdated, without using a place up", async () => {
    use("2/10s", 4);
    for (const name of ["1", "2"]) void send(name);
    const outdated = () => time.now > 9_000;
    const ended = Array.from({ length: 5 }, () => limiter.run(never, { outdated }).catch((error: Error) => error.name));
    for (const name of ["3", "4"]) void send(name);
    await time.until(15_000);
    expect(await Promise.all(ended)).to.deep.equal(Array(5).fill("StaleError"));
    expect(done).to.deep.equal(names(1, 2, 3, 4));
  });

  it("keeps the place of an intention that comes back", async () => {
    use("1/10s", 4);
    void send("1");
    const turn = newTurn();
    let late = true;
    const again = limiter.run(never, { turn, outdated: () => late }).catch(() => {
      late = false;
      return limiter.run(
        async () => {
          sent.push(`2@${time.now}`);
          return { status: 204, text: "", header: () => null };
        },
        { turn },
      );
    });
    for (const name of ["3", "4"]) void send(name);
    await time.until(60_000);
    await again;
    expect(order()).to.deep.equal(names(1, 3, 2, 4));
  });

  it("rejects one that is aborted while it waits, with the signal's reason, and leaves no timer behind", async () => {
    const abort = new AbortController();
    const reason = new Error("stopped");
    for (let number = 1; number <= 10; number++) void send(`${number}`);
    const waiting = send("11", [], abort.signal);
    void send("12");
    await time.until(500);
    expect(limiter.wait().left).to.be.within(500, 521);
    abort.abort(reason);
    expect(await waiting).to.equal(reason);
    await time.until(5_000);
    expect(order()).to.deep.equal(names(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12));
    expect(limiter.wait().left).to.equal(0);
    expect(time.sleeping).to.equal(0);
  });

  it("sends nothing for one that was aborted before", async () => {
    expect(await send("1", [], AbortSignal.abort("too late"))).to.equal("too late");
    void send("2");
    await time.until(50);
    expect(order()).to.deep.equal(names(2));
  });

  it("lets one on its way end although it is aborted, and forgets its signal", async () => {
    const abort = new AbortController();
    void send("1", [], abort.signal);
    await time.until(5);
    expect(getEventListeners(abort.signal, "abort")).to.have.length(0);
    abort.abort();
    await time.until(50);
    expect(done).to.deep.equal(names(1));
  });

  it("hands a failure on, and its place to the next", async () => {
    const failure = new Error("connection lost");
    use("10/1s,150/60s", 1);
    const thrown = limiter.run(() => {
      throw failure;
    });
    expect(await thrown.catch((error) => error)).to.equal(failure);
    const first = send("1", [failure]);
    void send("2");
    expect(await Promise.all([first, time.until(100)]).then(([error]) => error)).to.equal(failure);
    expect(done).to.deep.equal(names(2));
  });

  it("counts a failed request: it may have arrived", async () => {
    use("1/1s", 1);
    void send("1", [new Error("connection lost")]);
    void send("2");
    await time.until(3_000);
    expect(at("2")[0]).to.be.at.least(1_010);
  });

  it("says how long the next has to wait, and 0 while none waits for time", async () => {
    expect(limiter.wait().left).to.equal(0);
    for (let number = 1; number <= 11; number++) void send(`${number}`);
    expect(limiter.wait()).to.deep.equal({ left: 1_000, reason: "turn" });
    await time.until(400);
    expect(limiter.wait().left).to.be.within(600, 621);
  });
});
