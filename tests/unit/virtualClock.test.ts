import { once } from "node:events";
import http from "node:http";
import { expect } from "chai";
import { type RawServer, startRawServer } from "../support/accounts";
import { VirtualClock } from "../support/virtualClock";

const HOUR = 3_600_000;

describe("the virtual clock", () => {
  let clock: VirtualClock;
  let server: RawServer;

  before(async () => {
    // Longer than the event loop would have to be quiet.
    server = await startRawServer((response) => setTimeout(() => response.writeHead(204).end(), 50));
  });
  beforeEach(() => {
    clock = new VirtualClock(0, 0);
  });
  afterEach(() => clock.dispose());
  after(() => server.close());

  const answered = async () => {
    const [response] = await once(http.get(server.url, { agent: false }), "response");
    response.resume();
    return once(response, "close");
  };

  it("wakes those together whose time is the same, whatever the first of them does then", async () => {
    const order: string[] = [];
    const first = clock.sleep(250).then(async () => {
      order.push("first");
      await answered();
      order.push("answered");
    });
    await Promise.all([first, clock.sleep(250).then(() => order.push("second"))]);
    expect(order).to.deep.equal(["first", "second", "answered"]);
  });

  it("stands still while a request is on its way", async () => {
    const sleeper = clock.sleep(HOUR);
    await answered();
    expect(clock.now()).to.equal(0);
    await sleeper;
    expect(clock.now()).to.equal(HOUR);
  });

  it("gives real timeouts back", () => {
    const virtual = AbortSignal.timeout;
    clock.dispose();
    expect(AbortSignal.timeout).to.not.equal(virtual);
  });
});
