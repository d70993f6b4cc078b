import { once } from "node:events";
import http from "node:http";
import { expect } from "chai";
import { type RawServer, silence, startRawServer, text } from "../support/rawServer";
import { VirtualClock } from "../support/virtualClock";

const HOUR = 3_600_000;

describe("the virtual clock", () => {
  let clock: VirtualClock;
  let server: RawServer;

  before(async () => {
    server = await startRawServer(text(204));
  });
  beforeEach(() => {
    clock = new VirtualClock(0, 0);
  });
  afterEach(() => clock.dispose());
  after(() => server.close());

  it("wakes sleepers in the order of their time, at their time", async () => {
    const woken: [string, number][] = [];
    const sleeper = async (name: string, milliseconds: number) => {
      await clock.sleep(milliseconds);
      woken.push([name, clock.now()]);
    };
    await Promise.all([sleeper("late", HOUR), sleeper("early", 250)]);
    expect(woken).to.deep.equal([
      ["early", 250],
      ["late", HOUR],
    ]);
  });

  it("wakes those together whose time is the same, whatever the first of them does then", async () => {
    const order: string[] = [];
    const first = clock.sleep(250).then(async () => {
      order.push("first");
      await once(
        http.get(server.url, { agent: false }).on("response", (response) => response.resume()),
        "close",
      );
      order.push("answered");
    });
    const second = clock.sleep(250).then(() => order.push("second"));
    await Promise.all([first, second]);
    expect(order).to.deep.equal(["first", "second", "answered"]);
  });

  it("stands still while a request is on its way", async () => {
    const sleeper = clock.sleep(HOUR);
    for (let times = 1; times <= 20; times++) {
      const [response] = await once(http.get(server.url, { agent: false }), "response");
      response.resume();
      expect(clock.now()).to.equal(0);
      await once(response, "close");
    }
    await sleeper;
    expect(clock.now()).to.equal(HOUR);
  });

  it("ends a request that nobody answers when its time is over", async () => {
    server.answer(silence);
    const signal = AbortSignal.timeout(HOUR);
    const request = http.get(`${server.url}/silent`, { agent: false, signal });
    const failure = once(request, "error");
    while (server.requests.at(-1)?.path !== "/silent") await new Promise((resolve) => setImmediate(resolve));
    clock.silence(1);
    const [error] = await failure;
    expect(error).to.have.property("name", "AbortError");
    expect(clock.now()).to.equal(HOUR);
    server.answer(text(204));
  });

  it("lets a sleeper go early whose sleep is cut", async () => {
    const cut = new AbortController();
    const sleeper = clock.sleep(HOUR, cut.signal);
    cut.abort();
    await sleeper;
    expect(clock.now()).to.equal(0);
  });

  it("gives real timeouts back", () => {
    const virtual = AbortSignal.timeout;
    clock.dispose();
    expect(AbortSignal.timeout).to.not.equal(virtual);
  });
});
