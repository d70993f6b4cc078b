import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { camelCase, type campaignFields, readableFields } from "../../provider/hood/fields";
import * as sdk from "../../sdk";
import type { SimulatorOptions } from "../../simulator";
import { expectReadable, thrown } from "../support/accounts";
import { TestAccount, TOKEN } from "../support/testAccount";

const spring = {
  id: "12345678901234567890",
  name: "Spring sale",
  description: "For the EU & UK",
  status: "running",
  labels: ["spring", "eu"],
  scheduled_time: "2026-05-01 09:00:00",
  create_time: "2026-04-01 12:00:00",
  ab_test: { test_split: 30 },
  from_the_future: { some_thing: 1 },
};
const sent = { id: "1000001", name: "A", status: "sent", create_time: "2026-04-02 12:00:00" };
const draft = { id: "1000002", name: "B", status: "draft", create_time: "2026-04-03 12:00:00", labels: ["eu"] };

type InPrograms<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<InPrograms<Rest>>}`
  : Name;
type Readable = InPrograms<Exclude<(typeof campaignFields)[number], "run_immediately">>;
/** The type has every field that can be read, and no other. */
const everyField: [sdk.CampaignField[], Readable[]] extends [Readable[], sdk.CampaignField[]]
  ? sdk.CampaignField[]
  : never = readableFields.map((field) => camelCase(field) as Readable);

describe("lookups", () => {
  const account = new TestAccount({ campaigns: [spring, sent, draft] });
  async function open(options: SimulatorOptions = {}): Promise<void> {
    await account.stop();
    await account.start(options);
    Object.assign(process.env, { HOOD_ENDPOINT: account.hood.url, HOOD_TOKEN: TOKEN });
  }
  beforeEach(() => open());
  afterEach(() => {
    for (const name of ["HOOD_ENDPOINT", "HOOD_TOKEN"]) delete process.env[name];
  });
  after(() => account.stop());

  const ids = async (args?: sdk.GetCampaignsArgs) => (await sdk.getCampaigns(args)).map(({ id }) => id);
  const queries = () => account.hood.requests.map(({ path }) => decodeURIComponent(path.split("?")[1] ?? ""));

  async function failure(act: () => unknown): Promise<string> {
    const { message } = await thrown(pulumi.RunError, act);
    expectReadable(message);
    expect(message).not.to.contain(TOKEN);
    return message;
  }

  describe("getCampaign", () => {
    it("shows the whole campaign, in the names of programs", async () => {
      expect(await sdk.getCampaign({ id: spring.id })).to.deep.include({
        id: spring.id,
        name: "Spring sale",
        description: spring.description,
        status: "running",
        labels: ["spring", "eu"],
        scheduledTime: "2026-05-01T09:00:00Z",
        createTime: "2026-04-01T12:00:00Z",
        abTest: { testSplit: 30 },
        from_the_future: { some_thing: 1 },
      });
    });

    it("leaves out what has no value", async () => {
      expect(await sdk.getCampaign({ id: sent.id })).not.to.have.any.keys("scheduledTime", "description");
    });

    it("says that Hood doesn't know an id", async () => {
      const message = await failure(() => sdk.getCampaign({ id: "9" }));
      expect(message).to.match(/^Can't read campaign 9: HTTP 400 .*\nCheck the id in Hood, and that HOOD_TOKEN/);
    });
  });

  describe("getCampaigns", () => {
    const newest = [draft.id, sent.id, spring.id];
    const byName = [sent.id, draft.id, spring.id];
    const found: [args: sdk.GetCampaignsArgs | undefined, ids: string[], sort?: string][] = [
      [undefined, newest],
      [{}, newest],
      [{ status: "sent" }, [sent.id]],
      [{ status: ["running", "draft"] }, [draft.id, spring.id]],
      [{ status: "archived" }, []],
      [{ search: "eu & u" }, [spring.id]],
      [{ search: "SPRING" }, [spring.id]],
      [{ sort: "name" }, byName, "name,create_time"],
      [{ sort: "-createTime, name" }, newest, "-create_time,name"],
      [{ sort: "create_time" }, [spring.id, sent.id, draft.id], "create_time,name"],
    ];
    for (const [args, expected, sort] of found) {
      it(`finds ${expected.length} with ${JSON.stringify(args)}, in their order`, async () => {
        expect(await ids(args)).to.deep.equal(expected);
        if (sort) expect(/sort=([^&]*)/.exec(queries()[0] ?? "")?.[1]).to.equal(sort);
      });
    }

    it("shows only the fields asked for, and the id", async () => {
      const found = await sdk.getCampaigns({ status: "draft", fields: ["labels", "createTime"] });
      expect(found).to.deep.equal([{ id: draft.id, labels: ["eu"], createTime: "2026-04-03T12:00:00Z" }]);
    });

    it("asks for every field that it lets through", async () => {
      const [campaign] = await sdk.getCampaigns({ status: "running", fields: everyField });
      expect(campaign).to.include({ id: spring.id, name: spring.name });
    });

    it("takes the first so many with one request", async () => {
      expect(await ids({ limit: 2 })).to.deep.equal([draft.id, sent.id]);
      expect(queries()).to.deep.equal(["sort=-create_time,name&page=1,2"]);
    });

    it("reads labels as a list, however Hood writes them", async () => {
      await open({ labelsAs: "string" });
      const found = await sdk.getCampaigns({ fields: ["labels"], sort: "createTime" });
      expect(found.map(({ labels }) => labels)).to.deep.equal([["spring", "eu"], [], ["eu"]]);
    });

    it("says so if the list never stands still", async () => {
      account.hood.add(...Array.from({ length: 150 }, () => ({ status: "running" })));
      let next = 1000248;
      account.fault({
        match: ({ path }) => path.includes("page=2,"),
        times: Number.POSITIVE_INFINITY,
        before: (person) => person.setStatus(String(next++), "sent"),
      });
      const message = await failure(() => sdk.getCampaigns({ status: "running" }));
      expect(message).to.contain("changed each time while it was read").and.contain("by status");
    });
  });

  it("say that a field is too large to be read, if it was asked for", async () => {
    const id = account.campaign("running", { targeting: { ids: Array.from({ length: 100_001 }, (_, n) => n) } });
    const told: string[] = [];
    const { warn } = console;
    console.warn = (message) => told.push(message);
    try {
      const found = [await sdk.getCampaign({ id }), ...(await sdk.getCampaigns())].filter((one) => one.id === id);
      expect(found).to.have.length(2);
      for (const one of found) expect(one).to.include({ name: "Spring sale" }).and.not.have.property("targeting");
      await sdk.getCampaigns({ fields: ["name"] });
    } finally {
      console.warn = warn;
    }
    expect(told).to.have.length(2);
    for (const message of told) {
      expect(message).to.contain(`What campaign ${id} "Spring sale" has in targeting is too large to be read.`);
      expect(message).to.contain("It is left out of what the program gets");
    }
  });

  const calls = { getCampaign: sdk.getCampaign, getCampaigns: sdk.getCampaigns };
  const wrong: [name: keyof typeof calls, all: unknown[], ...says: string[]][] = [
    ["getCampaign", [undefined, {}, { id: null }], "id is missing"],
    ["getCampaign", [{ id: 1000248 }], "id must be a string: put the id in quotes"],
    ["getCampaign", [{ id: "" }, { id: "10/../1" }], "id must be a string of digits"],
    ["getCampaigns", [{ status: [] }], "status must be a status such as", "leave it out"],
    ["getCampaigns", [{ status: "" }, { status: ["running,sent"] }, { status: 7 }], "status must be"],
    ["getCampaigns", [{ search: " " }, { search: 7 }], "search must be a text that isn't blank"],
    ["getCampaigns", [{ sort: "" }], "sort must be a text such as", "nextRunTime"],
    ["getCampaigns", [{ sort: "id" }], 'sort has "id", which Hood can\'t sort by: write name, status, nextRunTime'],
    ["getCampaigns", [{ sort: "name,--status" }], 'sort has "-status"'],
    ["getCampaigns", [{ sort: "name," }], 'sort has ""'],
    ["getCampaigns", [{ fields: [] }], "fields must be a list of at least one"],
    ["getCampaigns", [{ fields: "name" }], "fields must be a list"],
    ["getCampaigns", [{ fields: ["name", "lables"] }], 'fields has "lables", which isn\'t a field', "labels"],
    ["getCampaigns", [{ fields: ["runImmediately"] }], 'fields has "runImmediately"'],
    ["getCampaigns", [{ fields: [7] }], 'fields has "7"'],
    ["getCampaigns", [{ limit: 0 }], "limit must be a whole number from 1 on", "leave it out"],
    ["getCampaigns", [{ limit: -1 }, { limit: 1.5 }, { limit: "20" }, { limit: Infinity }], "limit must be"],
    ["getCampaigns", [{ state: "running" }], "state is not an argument of getCampaigns, which takes status"],
    ["getCampaigns", [{ limit: 0, sort: "id" }], "limit must be", 'sort has "id"'],
  ];
  for (const [name, all, ...says] of wrong) {
    it(`${name} fails for ${all.map((args) => JSON.stringify(args)).join(" and ")}, without a request`, async () => {
      const call: (args: never) => unknown = calls[name];
      for (const args of all) {
        const message = await failure(() => call(args as never));
        for (const part of [`Can't call ${name}: `, ...says]) expect(message).to.contain(part);
      }
      expect(account.sent).to.deep.equal([]);
    });
  }

  describe("as outputs", () => {
    const known = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve as never));

    it("take outputs, and give what the others do", async () => {
      const one = await known(sdk.getCampaignOutput({ id: pulumi.output(Promise.resolve(sent.id)) }));
      expect(one).to.deep.equal(await sdk.getCampaign({ id: sent.id }));
      const status = pulumi.output(["sent", "draft"]);
      const many = await known(sdk.getCampaignsOutput({ status, limit: pulumi.output(1), fields: ["name"] }));
      expect(many).to.deep.equal([{ id: draft.id, name: "B" }]);
      expect(await known(sdk.getCampaignsOutput())).to.have.length(3);
    });
  });

  it("cost nothing to a program that makes none", async () => {
    const sdkPath = JSON.stringify(require.resolve("../../sdk"));
    const script = `require(${sdkPath}); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
    const files = JSON.parse(stdout) as string[];
    expect(files.some((file) => file.endsWith("/sdk/lookups.js"))).to.equal(true);
    expect(files.filter((file) => /dist\/provider\/(hood|lookups)/.test(file))).to.deep.equal([]);
  });

  it("run if import() isn't allowed, as under Jest", async () => {
    const script = `
      const Module = require("node:module"), vm = require("node:vm"), path = require("node:path");
      Module.prototype._compile = function (code, filename) {
        const wrapped = new vm.Script(Module.wrap(code), { filename }).runInThisContext();
        wrapped.call(this.exports, this.exports, Module.createRequire(filename), this, filename, path.dirname(filename));
      };
      const hood = require(${JSON.stringify(require.resolve("../../sdk"))});
      hood.getCampaigns().then((found) => console.log(found.length));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
    expect(stdout).to.equal("3\n");
  });

  const missing: [what: string, act: () => unknown, says: RegExp][] = [
    [
      "there is no token",
      () => Object.assign(process.env, { HOOD_TOKEN: "" }),
      /^There is no API token for Hood\.\nPut/,
    ],
    [
      "the token isn't taken",
      () => account.hood.expireTokens(),
      /^Can't list campaigns: HTTP 401 .*\nThe token may have exp/,
    ],
    [
      "a setting can't be used",
      () => Object.assign(process.env, { HOOD_ENDPOINT: "a.b" }),
      /HOOD_ENDPOINT must be a URL/,
    ],
  ];
  for (const [what, act, says] of missing) {
    it(`say that ${what}, and where they look`, async () => {
      act();
      const message = await failure(() => sdk.getCampaigns());
      expect(message).to.match(says);
      expect(message).to.match(/\nA lookup reads the environment .* doesn't have the workspace's envVars\.$/);
    });
  }
});
