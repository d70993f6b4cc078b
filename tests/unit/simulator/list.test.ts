import { expect } from "chai";
import type { SimulatedCampaign, SimulatorOptions } from "../../../simulator";
import { closeAll, ids, open } from "./account";

const campaigns: Partial<SimulatedCampaign>[] = [
  { id: "1", name: "Delta", status: "running", create_time: "2026-01-01 00:00:00", run_counter: 3 },
  { id: "2", name: "alpha", status: "scheduled", create_time: "2026-01-03 00:00:00", run_counter: 1 },
  { id: "3", name: "Bravo: sale", status: "draft", create_time: "2026-01-02 00:00:00", run_counter: 0 },
  { id: "4", name: "Charlie", status: "running", create_time: "2026-01-04 00:00:00", description: "Spring SALE" },
];
async function listed(query: string, options: SimulatorOptions = {}): Promise<string> {
  const { call } = await open({ campaigns, ...options });
  const reply = await call("GET", `/campaigns?${query}`);
  return reply.status === 200 ? ids(reply).join(" ") : String(reply.status);
}

describe("simulator: lists", () => {
  afterEach(closeAll);

  it("by default the 10 newest, newest first, with the true total", async () => {
    const { hood, call, clock } = await open();
    for (let index = 1; index <= 12; index += 1) {
      hood.add({ id: String(index) });
      // Pairs share a second, as campaigns made by a script do.
      if (index % 2 === 0) clock.now += 1000;
    }
    const reply = await call("GET", "/campaigns");
    expect(ids(reply)).to.deep.equal(["12", "11", "10", "9", "8", "7", "6", "5", "4", "3"]);
    expect(reply.json.total).to.equal(12);
  });

  it("of the same second the one with the higher id is the newer, however they are sorted", async () => {
    const { call } = await open({ campaigns: ["10", "9", "18446744073709551615", "11"].map((id) => ({ id })) });
    const newest = ["18446744073709551615", "11", "10", "9"];
    expect(ids(await call("GET", "/campaigns"))).to.deep.equal(newest);
    expect(ids(await call("GET", "/campaigns?sort=-create_time"))).to.deep.equal(newest);
    expect(ids(await call("GET", "/campaigns?sort=create_time"))).to.deep.equal(newest.toReversed());
    expect(ids(await call("GET", "/campaigns?sort=status"))).to.deep.equal(newest.toReversed());
  });

  const found: [query: string, ids: string][] = [
    ["sort=create_time", "1 3 2 4"],
    ["sort=-create_time", "4 2 3 1"],
    ["sort=name", "3 4 1 2"],
    ["sort=status,-create_time", "3 4 1 2"],
    ["sort=create_time&page=2,3", "4"],
    ["sort=create_time&page=1,2", "1 3"],
    ["page=2", ""],
    ["page=9,100", ""],
    ["sort=create_time&q=A", "1 3 2 4"],
    ["q=sale", "3"],
    ["sort=create_time&q=sale&q_fields=name,description", "3 4"],
    ["status=running&sort=create_time", "1 4"],
    ["status=eq:scheduled", "2"],
    ["status=in:scheduled,draft&sort=create_time", "3 2"],
  ];
  for (const [query, expected] of found) {
    it(`${query} finds ${expected || "nothing"}`, async () => expect(await listed(query)).to.equal(expected));
  }

  for (const query of [
    "sort=id",
    "sort=colour",
    "page=0",
    "page=1,0",
    "page=one",
    "page=",
    "fields=id,colour",
    "view=full",
    "q=x&q_fields=status",
    "id=1",
    "colour=red",
    "status=neq:running",
    "create_time=2026-01-02 00:00:00",
  ]) {
    it(`${query} is rejected, or ignored by switch`, async () => {
      expect(await listed(query)).to.equal("400");
      // An unknown search field takes the search with it; everything else leaves the default list.
      expect(await listed(query, { badQuery: "ignore" })).to.equal("4 2 3 1");
    });
  }

  it("fields picks exactly those", async () => {
    const { call } = await open({ campaigns });
    const { json } = await call("GET", "/campaigns?fields=id,status&page=1,1");
    expect(json).to.deep.equal({ total: 4, items: [{ id: "4", status: "running" }] });
  });

  it("the page size has a cap: clamped by default, rejected by switch", async () => {
    expect(await listed("page=1,100&sort=create_time", { maxPageSize: 2 })).to.equal("1 3");
    expect(await listed("page=2,100&sort=create_time", { maxPageSize: 2 })).to.equal("2 4");
    expect(await listed("page=1,3", { maxPageSize: 2, overMaxPageSize: "refuse" })).to.equal("400");
  });

  it("a page past the end can be rejected; the first one never is", async () => {
    expect(await listed("page=2,4", { pastTheEnd: "refuse" })).to.equal("400");
    expect(await listed("page=1,4&status=sent", { pastTheEnd: "refuse" })).to.equal("");
  });

  it("a list can be filtered by what the account allows", async () => {
    expect(await listed("name=eq:Bravo: sale", { filterable: ["name"] })).to.equal("3");
    expect(await listed("status=running", { filterable: [] })).to.equal("400");
  });
});
