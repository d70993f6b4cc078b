import { expect } from "chai";
import { Queue, StaleError, type Waiting } from "../../../provider/hood/rateLimit/queue";
import { chance } from "../../model/limiterTime";

describe("the queue", () => {
  let queue: Queue;
  let ended: [number, unknown][];

  beforeEach(() => {
    queue = new Queue();
    ended = [];
  });

  function add(place: number, kind = "GET"): Waiting {
    const waiting: Waiting = {
      place,
      kind,
      outdated: undefined,
      go: () => {},
      end: (reason) => ended.push([place, reason]),
    };
    queue.add(waiting);
    return waiting;
  }

  /** Takes all that may go, in order. */
  function takeAll(may: (kind: string) => boolean = () => true): number[] {
    const places: number[] = [];
    for (let first = queue.first(may); first; first = queue.first(may)) {
      queue.remove(first);
      places.push(first.place);
    }
    return places;
  }

  it("lets go by place, however they came", () => {
    const random = chance(7);
    const places = Array.from({ length: 200 }, (_, place) => place);
    for (const place of places.toSorted(() => random() - 0.5)) add(place, place % 3 === 0 ? "POST" : "GET");
    expect(queue.length).to.equal(200);
    expect(takeAll()).to.deep.equal(places);
    expect(queue.length).to.equal(0);
  });

  it("keeps the order when thousands have left and some come back", () => {
    for (let place = 0; place < 3_000; place++) add(place);
    const back = [10, 700, 1_500];
    for (let place = 0; place < 1_600; place++) queue.remove(queue.first(() => true) as Waiting);
    for (const place of back.toReversed()) add(place);
    expect(queue.length).to.equal(1_403);
    expect(takeAll()).to.deep.equal([...back, ...Array.from({ length: 1_400 }, (_, index) => 1_600 + index)]);
  });

  it("passes over kinds that may not go", () => {
    for (const [place, kind] of [
      [1, "POST"],
      [2, "GET"],
      [3, "POST"],
      [4, "PATCH"],
    ] as const)
      add(place, kind);
    expect(takeAll((kind) => kind !== "POST")).to.deep.equal([2, 4]);
    expect(queue.first(() => false)).to.equal(undefined);
    expect(takeAll()).to.deep.equal([1, 3]);
    expect(queue.kinds).to.deep.equal(["POST", "GET", "PATCH"]);
  });

  it("leaves out those that gave up, at the front and in the middle", () => {
    const all = [1, 2, 3, 4, 5].map((place) => add(place));
    for (const index of [0, 2]) queue.remove(all[index] as Waiting);
    expect(queue.length).to.equal(3);
    expect(takeAll()).to.deep.equal([2, 4, 5]);
  });

  it("ends all of one kind, but for those that gave up", () => {
    add(1, "POST");
    queue.remove(add(2, "POST"));
    add(3, "POST");
    add(4, "GET");
    queue.endAll("POST", "too long");
    queue.endAll("PATCH", "nobody");
    expect(ended).to.deep.equal([
      [1, "too long"],
      [3, "too long"],
    ]);
    expect(queue.length).to.equal(1);
    expect(takeAll()).to.deep.equal([4]);
    add(5, "POST");
    expect(takeAll()).to.deep.equal([5]);
  });

  it("names what came too late", () => expect(new StaleError().name).to.equal("StaleError"));
});
