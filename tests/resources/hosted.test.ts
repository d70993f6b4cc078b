import { expect } from "chai";
import { UnfinishedError, UserError } from "../../provider/errors";
import { dynamicProvider } from "../../provider/hosts/dynamicProvider";
import { engineAt } from "../../provider/hosts/engine";
import { type Hosted, hosted, type Properties, UNKNOWN, withCompared } from "../../provider/hosts/hosted";
import { EngineOperation, type Operation } from "../../provider/operation";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { quoted, say } from "../../provider/text";
import type { Fault } from "../../simulator";
import { thrown } from "../support/accounts";
import { type EngineServer, startEngineServer } from "../support/providerProcess";
import { failed, openInProcess, type ResourceType, silentEngine, USUAL } from "../support/testAccount";

describe("a resource as hosts call it", () => {
  const on = openInProcess();
  const args = { campaignId: "7", reason: "Budget cut" };
  const state = { ...args, status: "canceled", outcome: "canceled" };

  it("never acts on a value that isn't known, or can't be used", async () => {
    const wrong: [news: Properties, says: RegExp][] = [
      [{ ...args, expectedName: UNKNOWN }, /^A value of this CampaignCancellation isn't known yet\.$/],
      [{ ...args, reason: " " }, /^reason must not be blank/],
    ];
    for (const [news, says] of wrong)
      for (const act of [() => on.provider.create(news), () => on.provider.update("7", state, news)])
        expect((await failed(act)).message).to.match(says);
    expect(on.sent).to.deep.equal([]);
  });

  it("takes a value for no change that had none before, and leaves nothing as it is if nothing is due", async () => {
    expect(await on.failures(args, { reason: args.reason })).to.deep.equal([]);
    const resource = hosted(campaignCancellation);
    expect(await resource.diff(operation, state, args)).to.deep.equal({ changes: false, left: [] });
    expect(await resource.update(operation, state, args)).to.deep.equal({ outs: state });
  });

  it("names an argument that there isn't, also of a resource that is in the state", async () => {
    for (const type of ["Campaign", "CampaignStatus"] as const) {
      const declared = { ...(type === "Campaign" ? { name: "Sale" } : { campaignId: "7", status: "paused" }) };
      const [failure] = await on.failures({ ...declared, colour: "red" }, declared, on.another({ type }));
      expect(failure?.reason).to.match(/^colour is not an argument/);
    }
  });

  it("makes a failure of what it throws, but not of a defect, and keeps nothing of what isn't set", async () => {
    const failing = (error: Error): typeof campaignCancellation => ({
      ...campaignCancellation,
      check: () => Promise.reject(error),
    });
    const fails = (error: Error) =>
      hosted(failing(error)).check(operation, {}, { ...args, expectedName: null, other: undefined });
    const failures = [{ property: "", reason: "No token." }];
    expect(await fails(new UserError(say`No token.`))).to.deep.equal({ inputs: args, failures });
    const defect = new TypeError("x is not a function");
    expect(await thrown(TypeError, () => fails(defect))).to.equal(defect);
    const odd = hosted({ ...campaignCancellation, read: () => Promise.reject("a\u001b[2Jb") });
    expect(await odd.read(operation, "1", {}).catch((error) => error)).to.equal("a [2Jb");
  });
});

const operation = new EngineOperation(silentEngine());
/** What a class says of itself, since the engine doesn't tell. */
const identity = { __urn: "urn:pulumi:dev::shop::hood:index:Campaign::sale", __organization: "acme" };

describe("a dynamic provider", () => {
  const __provider = "the way back";
  const stored = { __provider, ...identity, id: "1" };
  let reached: Properties[] = [];
  const operations: Operation[] = [];
  /** Keeps what reaches it, and gives it back, with what can't be stored as it is. */
  const note = (on: Operation, ...values: Properties[]) => {
    operations.push(on);
    reached.push(...values);
    return { ...values[0], endedAt: undefined };
  };
  const recorder: Hosted = {
    ...hosted(campaignCancellation),
    check: async (on, olds, news) => ({ inputs: note(on, olds, news), failures: [] }),
    diff: async (on, olds, news) => ({ changes: note(on, olds, news) !== undefined, left: [] }),
    create: async (on, inputs) => ({ id: "1", outs: note(on, inputs) }),
    read: async (on, id, props) => ({ id, props: note(on, props), inputs: props }),
    update: async (on, olds, news) => ({ outs: note(on, olds, news) }),
    delete: async (on, props) => void note(on, props),
  };
  const provider = dynamicProvider(recorder, operation) as Required<ReturnType<typeof dynamicProvider>>;

  it("tells the resource which one it is, keeps that in what is stored, and keeps the way back to itself away from it", async () => {
    const results = [
      (await provider.check(stored, stored)).inputs,
      (await provider.create(stored)).outs,
      (await provider.read("1", stored)).props,
      ((await provider.read("1", stored)) as { inputs?: object }).inputs,
      (await provider.update("1", stored, stored)).outs,
    ];
    expect(await provider.diff("1", stored, stored)).to.deep.equal({ changes: true });
    await provider.delete("1", stored);
    for (const on of operations) expect(on).to.include({ urn: identity.__urn, organization: "acme" });
    expect(reached).to.deep.equal(Array(10).fill({ id: "1" }));
    // The engine's host can't store what is undefined.
    for (const result of results) expect(result).to.deep.equal({ id: "1", ...identity });
  });

  it("serves a state of 0.1.0, which doesn't say which one it is", async () => {
    expect((await provider.read("1", { __provider, id: "1" })).props).to.deep.equal({ id: "1" });
    expect(operations.at(-1)?.urn).to.equal(undefined);
    reached = [];
    await provider.read("1");
    expect(reached).to.deep.equal([{}]);
  });

  it("makes a partial failure of what was begun, which can be updated and destroyed", async () => {
    const act = () => Promise.reject(new UnfinishedError(say`It is unknown.`, "1", { id: "1", outcome: undefined }));
    const failing = dynamicProvider({ ...recorder, create: act, update: act }, operation) as typeof provider;
    for (const run of [() => failing.create(stored), () => failing.update("1", stored, stored)]) {
      const error = await thrown(UnfinishedError, run);
      const properties = { __provider, ...identity, id: "1" };
      expect({ ...error }).to.deep.include({ id: "1", reasons: ["It is unknown."], properties });
    }
    const rejection = new UserError(say`No.`);
    const rejecting = dynamicProvider({ ...recorder, create: () => Promise.reject(rejection) }, operation);
    const error = await thrown(UserError, () => rejecting.create(stored));
    // An id would be taken for that of a state.
    expect(error).to.equal(rejection).and.not.have.property("id");
  });

  it("reads settings from the namespace hood", async () => {
    const get = (key: string) => (key === "hood:maxCancellations" ? "7" : undefined);
    await dynamicProvider(recorder, operation).configure?.({ config: { get, require: String } });
    expect(operation.settings().maxCancellations).to.equal(7);
  });
});

describe("a resource whose expectedName is a secret", () => {
  const on = openInProcess();
  const NAME = 'Quiet "launch" of the X-99';
  const reason = "Budget cut";

  /** An operation that keeps what it says, and its resource as classes call it. */
  function open(resource: Hosted = hosted(campaignCancellation), config: Record<string, string> = {}) {
    const engine = silentEngine();
    const operation = new EngineOperation(engine, on.clock);
    const settings: Record<string, string> = { ...USUAL, endpoint: on.hood.url, ...config };
    operation.configure((key) => settings[key]);
    const provider = dynamicProvider(resource, operation) as Required<ReturnType<typeof dynamicProvider>>;
    /** What a new check says. A class gives a secret twice: that makes the engine keep the name that is shown secret. */
    const check = async (campaignId: string, expectedName: unknown, campaignName = expectedName) => {
      const { inputs, failures = [] } = await provider.check({}, { campaignId, reason, expectedName, campaignName });
      return { inputs, failures };
    };
    return { engine, provider, check };
  }

  const names: [what: string, live: string, expected: string, says: string][] = [
    ["both names", NAME, `${NAME}s`, "is called [secret], not [secret]: nothing is sent."],
    ["a name that the other begins with", "Sale", "Sale X-99", "is called [secret], not [secret]: nothing is sent."],
    ["a name that begins with the other", "Sale X-99", "Sale", "is called [secret], not [secret]: nothing is sent."],
    ["no more than the name", " ", "X-99", 'is called " ", not [secret]: nothing is sent.'],
  ];
  for (const [what, name, expected, says] of names) {
    it(`hides ${what} if they differ`, async () => {
      const campaignId = on.campaign("running", { name });
      const { failures } = await open().check(campaignId, expected);
      expect(failures[0]?.reason).to.contain(`Campaign ${campaignId} ${says}`).and.not.contain("X-99");
      // With the property, the engine would show its value.
      expect(failures[0]?.property).to.equal("");
    });
  }

  it("shows names if it is none, and takes no live name as if it were a guard", async () => {
    const campaignId = on.campaign("running", { name: NAME });
    const { provider, check } = open();
    const { failures = [] } = await provider.check({}, { campaignId, reason, expectedName: "Other" });
    expect(failures[0]).to.deep.include({ property: "expectedName" }).and.nested.property("reason").contain("X-99");
    const given = await check(campaignId, undefined, "Other");
    expect(given.failures.map((failure) => failure.reason).join()).to.contain("campaignName is not an argument");
    expect((await provider.check({}, { campaignId, reason })).failures).to.deep.equal([]);
  });

  it("says that a value isn't known, or what is wrong with a setting, as any other does", async () => {
    const { failures } = await open(undefined, { token: "" }).check(on.campaign("running"), NAME);
    expect(failures[0]?.reason).to.match(/^There is no API token/);
    const { inputs } = await open().check(UNKNOWN, NAME);
    expect(inputs).to.deep.include({ campaignId: UNKNOWN, expectedName: NAME });
  });

  it("is canceled, refreshed and removed, and no name is in what it says, not even one that it was given since", async () => {
    const campaignId = on.campaign("running", { name: NAME });
    const { provider, check, engine } = open();
    const { inputs } = await check(campaignId, NAME);
    expect(inputs).to.deep.include({ campaignId, expectedName: NAME, campaignName: NAME });
    // The plugin is told which values are secrets, and this makes it keep the live name secret too.
    expect([...withCompared(new Set(["expectedName"]))]).to.deep.equal(["expectedName", "campaignName"]);
    on.fault({ match: ({ method }) => method === "POST", fault: { kind: "status", status: 403 } });
    expect((await thrown(UserError, () => provider.create(inputs))).message).to.contain(
      `campaign ${campaignId} [secret]`,
    );
    const { id, outs } = await provider.create(inputs);
    expect(on.canceled).to.deep.equal([campaignId]);
    on.hood.setStatus(campaignId, "running");
    on.hood.campaign(campaignId).name = "Loud X-99";
    const refresh = open();
    await refresh.provider.read(id, outs);
    await provider.delete(id, outs);
    expect(engine.warnings).to.have.length(1);
    expect([...engine.warnings, ...refresh.engine.warnings].join())
      .to.contain("[secret]")
      .and.not.contain("X-99");
  });

  const words = say`Not ${quoted(NAME)}, ${NAME} or ${"Loud"}.`;
  /** Says it all, and fails. */
  const failing = async (on: Operation) => {
    await on.warn(words);
    await on.progress(words);
    throw new UserError(words);
  };
  const methods = ["diff", "create", "read", "update", "delete"] as const;
  for (const method of methods) {
    it(`says no name if its ${method} warns, shows progress or fails`, async () => {
      const { engine, provider } = open({ ...hosted(campaignCancellation), [method]: failing });
      const props = { campaignId: "7", campaignName: NAME, __secretName: true };
      const acts = {
        diff: () => provider.diff("7", props, props),
        create: () => provider.create(props),
        read: () => provider.read("7", props),
        update: () => provider.update("7", props, props),
        delete: () => provider.delete("7", props),
      };
      const { message } = await thrown(UserError, acts[method]);
      const hidden = "Not [secret], [secret] or Loud.";
      expect([message, ...engine.warnings, ...engine.progress]).to.deep.equal([hidden, hidden, hidden]);
    });
  }
});

describe("the engine that a provider process belongs to", () => {
  const urn = identity.__urn;
  let server: EngineServer | undefined;
  afterEach(() => server?.close());
  const started = async (stack?: { project: string; stack: string }) => {
    server = await startEngineServer(stack);
    return server;
  };

  it("shows warnings for good, and progress until the next line comes, on the row of a resource or on the stack's", async () => {
    const { address, logs } = await started();
    const engine = engineAt(address);
    await engine.warn(say`a`, urn);
    await engine.warn(say`b`);
    await engine.showProgress(say`c`, urn);
    await engine.showProgress(say`d`);
    expect(logs).to.deep.equal([
      { severity: "WARNING", message: "a", urn, passing: false },
      { severity: "WARNING", message: "b", urn: "", passing: false },
      { severity: "INFO", message: "c", urn, passing: true },
      { severity: "INFO", message: "d", urn: "", passing: true },
    ]);
  });

  it("knows the stack, or none, as when a destroy doesn't run the program", async () => {
    for (const stack of [{ project: "shop", stack: "prod" }, undefined]) {
      const { address, close } = await started(stack);
      const none = { project: undefined, stack: undefined };
      expect(await engineAt(address).currentStack()).to.deep.equal(stack ?? none);
      close();
    }
  });

  it("is reached through no proxy", async () => {
    const { address } = await started({ project: "shop", stack: "prod" });
    process.env.https_proxy = "http://127.0.0.1:1";
    try {
      expect(await engineAt(address).currentStack()).to.deep.equal({ project: "shop", stack: "prod" });
    } finally {
      delete process.env.https_proxy;
    }
  });

  for (const [how, end] of [
    ["ends", "close"],
    ["hangs", "silence"],
  ] as const) {
    it(`is gone if it ${how} after it has answered`, async () => {
      const { address, [end]: stop } = await started();
      const engine = engineAt(address, 500);
      expect(await engine.isGone()).to.equal(false);
      stop();
      expect(await engine.isGone()).to.equal(true);
    });
  }

  it("isn't taken for gone if it never answered, as when a provider is driven by hand, which is told what it would show", async () => {
    const { error } = console;
    const printed: string[] = [];
    console.error = (line) => void printed.push(line);
    try {
      for (const engine of ["127.0.0.1:1", ""].map((address) => engineAt(address))) {
        expect([await engine.isGone(), await engine.isGone()]).to.deep.equal([false, false]);
        expect(await engine.currentStack()).to.deep.equal({ project: undefined, stack: undefined });
        expect(await engine.warn(say`a`)).to.equal(undefined);
        expect(printed.pop()).to.match(/^The engine can't be told or asked: Error: ./);
      }
    } finally {
      console.error = error;
    }
  });
});

const states: Record<ResourceType, Properties> = {
  Campaign: { name: "Spring sale", campaignId: "7", status: "running" },
  CampaignCancellation: { campaignId: "7", reason: "x", status: "canceled", outcome: "canceled" },
  CampaignStatus: { campaignId: "7", status: "paused", currentStatus: "paused" },
};
const answers: [what: string, fault: Fault, says: string][] = [
  ["404", { kind: "status", status: 404 }, "HTTP 404"],
  ["400", { kind: "status", status: 400 }, "HTTP 400"],
  ["an object", { kind: "body", body: "{}" }, "HTTP 200 without a list of campaigns"],
];

const wrongIds: [id: string, says: string][] = [
  ["", "such as 1000248"],
  ["spring-sale", "such as 1000248"],
  ["../users/1", "such as 1000248"],
  ["1000248 ", "Do you mean 1000248?"],
  ["1000248/cancel", "Do you mean 1000248?"],
  ["https://app.example/campaigns/1000248?tab=1", "Do you mean 1000248?"],
  ["1,000,248", "such as 1000248"],
  ["x".repeat(10_000), "such as 1000248"],
  ["\u001b[31m1000248", "is no id of a campaign"],
];

for (const [type, state] of Object.entries(states) as [ResourceType, Properties][]) {
  describe(`a read of a ${type}`, () => {
    const on = openInProcess({ type });
    const live = ({ status, currentStatus = status }: Properties) => currentStatus;

    const faultList = (fault: Fault) => {
      on.campaign("running");
      on.fault({ match: ({ path }) => path.includes("metadata"), times: 6, fault });
    };

    it("keeps what was known of a campaign that isn't shown if the list has another without a status in it", async () => {
      faultList({ kind: "changed", change: (page) => ({ ...page, items: [{ id: "5", status: null }], total: 1 }) });
      const provider = on.another();
      expect(live((await provider.read("7", state)).props)).to.equal(live(state));
      expect(provider.engine.warnings.join()).to.match(
        /^Hood has no page for campaign 7.*its list of campaigns can't be read.*\n.*\nRefresh again later/,
      );
    });

    it("fails if the list that would tell can't be read now", async () => {
      faultList({ kind: "status", status: 500 });
      expect((await failed(() => on.provider.read("7", state))).message).to.match(/^Can't list campaigns: HTTP 500/);
    });

    for (const [what, fault, says] of answers) {
      it(`fails at an address that answers everything with ${what}, and names the setting`, async () => {
        on.fault({ times: Number.POSITIVE_INFINITY, fault });
        const { message } = await failed(() => on.provider.read("7", state));
        expect(message)
          .to.match(/^Can't list campaigns: /)
          .and.contain(says);
        expect(message).to.contain("Check HOOD_ENDPOINT");
        expect(on.provider.engine.warnings).to.deep.equal([]);
      });
    }

    it("asks for one list, however many campaigns Hood has forgotten", async () => {
      const read = (id: string) => on.provider.read(id, { ...state, campaignId: id });
      for (const { props } of await Promise.all(["7", "8"].map(read))) expect(live(props)).to.equal("unknown");
      expect(live((await read("9")).props)).to.equal("unknown");
      expect(on.sent.filter((request) => request.endsWith("page=1,1"))).to.have.length(1);
    });

    it("fails while no list can be read, and changes its mind afterwards", async () => {
      on.fault({ times: 6, match: ({ path }) => path.endsWith("page=1,1"), fault: { kind: "status", status: 500 } });
      const { message } = await failed(() => on.provider.read("7", state));
      expect(message).to.contain("HTTP 500");
      expect(live((await on.provider.read("7", state)).props)).to.equal("unknown");
    });

    it("as an import fails if Hood doesn't know the id", async () => {
      const { message } = await failed(() => on.provider.read("999", {}));
      expect(message).to.match(/^Can't read campaign 999: HTTP 400.*\nCheck the id in Hood/);
    });

    for (const [id, says] of wrongIds) {
      it(`as an import fails in words if the id is ${JSON.stringify(id).slice(0, 60)}, and nobody is asked`, async () => {
        const { message } = await failed(() => on.provider.read(id, {}));
        expect(message).to.contain("is no id of a campaign in Hood").and.contain(says);
        expect(on.sent).to.deep.equal([]);
      });
    }
  });
}
