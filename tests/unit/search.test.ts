import { expect } from "chai";
import fc from "fast-check";
import { type Account, openAccount } from "../../provider/hood/account";
import { type SimulatedCampaign, type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { instantClock } from "../support/instantClock";

const token = "search-canary-1";
const query = { status: ["running"], sort: "create_time,name" };

/** The ids from one to another. */
const ids = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
const running = (first: number, last: number) => ids(first, last).map((id) => ({ id, name: id, status: "running" }));

describe("a search for campaigns", () => {
  let hood: Simulator;
  let account: Account;

  async function open(campaigns: Partial<SimulatedCampaign>[], options: SimulatorOptions = {}): Promise<void> {
    hood = await startSimulator({ token, rateLimit: "off", campaigns, ...options });
    const rateLimit = [{ limit: 1_000_000, length: 1_000 }];
    account = openAccount(
      { endpoint: hood.url, token, timeout: 5_000, maxParallel: 10, maxWait: 600_000, rateLimit },
      instantClock(),
    );
  }
  afterEach(() => hood.close());

  const found = async (more: object = {}, most?: number) =>
    (await account.search({ ...query, ...more }, most))?.map(({ id }) => id);
  /** Somebody's change at the moment when a page is asked for. */
  const atPage = (page: number, before: (person: Simulator) => void, times = 1) =>
    hood.fault({ match: ({ path }) => path.includes(`page=${page},`), before, times });

  it("takes one request where one page holds all", async () => {
    await open([...running(1000, 1099), { id: "2000", status: "sent" }]);
    expect(await found()).to.deep.equal(ids(1000, 1099));
    expect(hood.requests).to.have.length(1);
  });

  it("finds none where there are none", async () => {
    await open([{ status: "sent" }]);
    expect(await found()).to.deep.equal([]);
  });

  it("reads a list of several pages twice, in the largest size that is granted", async () => {
    await open(running(1000, 1249));
    expect(await found()).to.deep.equal(ids(1000, 1249));
    expect(hood.requests).to.have.length(6);
  });

  for (const options of [
    { maxPageSize: 40 },
    { overMaxPageSize: "refuse" },
    { maxPageSize: 10, overMaxPageSize: "refuse" },
    { totalAs: "string" },
  ] as const) {
    it(`finds all with ${JSON.stringify(options)}`, async () => {
      await open(running(1000, 1124), options);
      expect(await found()).to.deep.equal(ids(1000, 1124));
    });
  }

  it("misses none when one of the first page leaves before the second is read", async () => {
    await open(running(1000, 1249));
    atPage(2, (person) => person.setStatus("1000", "sent"));
    expect(await found())
      .to.include.members(ids(1001, 1249))
      .and.to.have.length(249);
  });

  it("misses none when one leaves and another joins, so that the total stays", async () => {
    await open([...running(1000, 1199), { id: "1200", name: "1200", status: "draft" }], { maxPageSize: 100 });
    atPage(2, (person) => {
      person.setStatus("1000", "sent");
      person.setStatus("1200", "running");
    });
    expect(await found()).to.deep.equal(ids(1001, 1200));
  });

  it("doubles none when one joins in front", async () => {
    await open([...running(1001, 1250), { id: "1000", name: "1000", status: "draft" }]);
    atPage(2, (person) => person.setStatus("1000", "running"));
    expect(await found()).to.deep.equal(ids(1000, 1250));
  });

  it("goes on where the list has become shorter, and Hood refuses the page", async () => {
    await open(running(1000, 1104), { pastTheEnd: "refuse" });
    atPage(2, (person) => {
      for (const id of ids(1000, 1009)) person.setStatus(id, "sent");
    });
    expect(await found()).to.deep.equal(ids(1010, 1104));
  });

  it("gives up after five readings of a list that never stands still", async () => {
    await open(running(1000, 1249));
    let next = 1000;
    atPage(2, (person) => person.setStatus(String(next++), "sent"), Number.POSITIVE_INFINITY);
    expect(await found()).to.equal(undefined);
    expect(hood.requests).to.have.length(15);
  });

  it("goes by the order that it is asked for, and takes the first of it", async () => {
    await open(running(1000, 1249));
    const sort = "-name";
    expect(await found({ sort })).to.deep.equal(ids(1000, 1249).reverse());
    hood.clearRequests();
    expect(await found({ sort }, 3)).to.deep.equal(["1249", "1248", "1247"]);
    expect(hood.requests).to.have.length(1);
    expect(await found({ sort }, 120)).to.deep.equal(ids(1130, 1249).reverse());
    expect(await found({ sort }, 1_000)).to.have.length(250);
  });

  it("looks in name and description, in whatever case", async () => {
    await open([
      { id: "1", name: "SPRING sale" },
      { id: "2", name: "Other", description: "for spring & summer" },
      { id: "3", name: "Other" },
    ]);
    expect(await found({ q: "spring" })).to.deep.equal(["2", "1"]);
    expect(await found({ q: "spring & s" })).to.deep.equal(["2"]);
    expect(await found({ q: "q=" })).to.deep.equal([]);
  });

  it("has each that was there throughout, once, whatever else comes and goes", async () => {
    // Three pages for each reading: the first two readings are disturbed.
    const change = fc.record({ at: fc.nat(5), leaves: fc.nat(29), joins: fc.option(fc.nat(29)) });
    await fc.assert(
      fc
        .asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
          // Every other one is a draft, which may join at its place.
          const campaigns = running(1000, 1059).map((campaign, n) =>
            n % 2 ? { ...campaign, status: "draft" } : campaign,
          );
          await open(campaigns, { maxPageSize: 10 });
          const first = campaigns.filter(({ status }) => status === "running").map(({ id }) => id);
          let request = 0;
          hood.fault({
            times: Number.POSITIVE_INFINITY,
            before: (person) => {
              for (const { leaves, joins } of changes.filter(({ at }) => at === request)) {
                person.setStatus(String(1000 + 2 * leaves), "sent");
                if (joins !== null) person.setStatus(String(1001 + 2 * joins), "running");
              }
              request++;
            },
          });
          const seen = await found();
          const throughout = first.filter((id) => hood.campaign(id).status === "running");
          expect(seen).to.include.members(throughout);
          expect(new Set(seen)).to.have.property("size", seen?.length);
        })
        .afterEach(() => hood.close()),
      { numRuns: 60, seed: 1 },
    );
  }).timeout(20_000);
});
