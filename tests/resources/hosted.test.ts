import type { dynamic } from "@pulumi/pulumi";
import { expect } from "chai";
import { UnfinishedError, UserError } from "../../provider/errors";
import { dynamicProvider } from "../../provider/hosts/dynamicProvider";
import { engineAt } from "../../provider/hosts/engine";
import { type Hosted, hosted, type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { EngineOperation, type Operation } from "../../provider/operation";
import { notBlank, optional } from "../../provider/resources/arguments";
import { type Left, type Planned, type Resource, unknown } from "../../provider/resources/resource";
import { say } from "../../provider/text";
import type { Fault } from "../../simulator";
import { thrown } from "../support/accounts";
import { startEngineServer } from "../support/providerProcess";
import { failed, openInProcess, type ResourceType, silentEngine } from "../support/testAccount";

interface Args {
  readonly id: string;
  readonly note?: string | undefined;
  readonly parts?: unknown;
}
interface Seen {
  readonly seenName?: string;
}
interface State extends Args, Seen {
  readonly status: string;
  readonly endedAt?: string | undefined;
  readonly parts?: unknown;
}

const operation = new EngineOperation(silentEngine());
const sameLetters = (one = "", other = "") => one.toLowerCase() === other.toLowerCase();

/** A resource that keeps what reaches it, and answers with values that can't be stored as they are. */
class Recorder implements Resource<Args, Seen, State> {
  readonly type = "Note";
  readonly live = "status";
  readonly seen = ["seenName"] as const;
  readonly reached: unknown[] = [];
  readonly operations: Operation[] = [];
  checks: () => Planned<Seen> = () => ({ seenName: "Spring sale" });

  readonly arguments: Resource<Args, Seen, State>["arguments"] = {
    id: {
      read: notBlank("say which"),
      onChange: ({ id }, _, value) => ({ never: () => say`${id}: id can't become ${String(value)}.` }),
    },
    note: { read: optional(notBlank("say what")), onChange: "state", same: sameLetters },
    parts: { read: (value) => ({ value }), onChange: "call" },
  };

  isDue = () => false;
  otherProperty = (_: Args, name: string) => (name === "undo" ? say`Never.` : undefined);
  previewOutputs = (inputs: Planned<Args & Seen>): Planned<State> => ({
    ...inputs,
    status: unknown,
    endedAt: undefined,
  });

  #note(on: Operation, ...values: unknown[]): void {
    this.operations.push(on);
    this.reached.push(...values);
  }

  async check(on: Operation, args: Planned<Args>, old: (Args & Seen) | undefined) {
    this.#note(on, args, old);
    return { seen: this.checks(), failures: [] };
  }
  async preflight(on: Operation, state: State, args: Planned<Args>): Promise<Left<Args>> {
    this.#note(on, state, args);
    return {};
  }
  async create(on: Operation, inputs: Args & Seen) {
    this.#note(on, inputs);
    const state = { ...inputs, status: "done", endedAt: undefined, parts: { a: undefined, b: null } };
    return { id: inputs.id, state };
  }
  async read(on: Operation, id: string, state: State | undefined) {
    this.#note(on, state);
    const found = { ...state, id, status: "found", endedAt: undefined };
    return { state: found, ...(!state && { inputs: { id, note: undefined } }) };
  }
  async update(on: Operation, state: State, inputs: Args & Seen) {
    this.#note(on, state, inputs);
    return { ...state, ...inputs, endedAt: undefined };
  }
  async delete(on: Operation, state: State) {
    this.#note(on, state);
  }
}

// What any resource shows, the tests of each resource do: how it compares, and what it gets and gives.
describe("a resource as hosts call it", () => {
  let resource: Recorder;
  let host: Hosted;
  const state = { id: "1", note: "a", seenName: "Spring sale", status: "done" };

  beforeEach(() => {
    resource = new Recorder();
    host = hosted(resource);
  });

  const failuresOf = async (olds: Properties, news: Properties) => {
    const { failures } = await host.check(operation, olds, news);
    return failures.map(({ property, reason }) => [property, reason]);
  };

  it("isn't asked about a change that can't be undone, but about what isn't known or had no value before", async () => {
    const reversal = ["id", "1: id can't become 2."];
    expect(await failuresOf({ id: "1" }, { id: "2", note: " ", other: 1 })).to.deep.equal([reversal]);
    expect(resource.reached).to.deep.equal([]);
    expect(await failuresOf({ id: "1" }, { id: UNKNOWN })).to.deep.equal([]);
    expect(resource.reached).to.deep.equal([{ id: unknown }, { id: "1" }]);
    expect(await failuresOf({ note: "a" }, { id: "2", note: "a" })).to.deep.equal([]);
  });

  it("gets a symbol for what isn't known or can't be used, and its own unknowns become the engine's placeholder", async () => {
    resource.checks = () => ({ seenName: unknown });
    const news = { id: UNKNOWN, parts: [{ a: UNKNOWN }] };
    const { inputs, failures } = await host.check(operation, {}, news);
    expect({ inputs, failures }).to.deep.equal({ inputs: { ...news, seenName: UNKNOWN }, failures: [] });
    expect(await failuresOf({}, { id: " ", note: 7 })).to.have.length(2);
    expect(resource.reached).to.deep.equal([
      { id: unknown, parts: unknown },
      undefined,
      { id: unknown, note: unknown },
      undefined,
    ]);
  });

  it("keeps the old spelling of the same value, and nothing of what isn't set", async () => {
    const olds = { id: "1", note: "Abc", seenName: "Spring sale" };
    expect((await host.check(operation, olds, { ...olds, note: "aBC", parts: null })).inputs).to.deep.equal(olds);
  });

  it("says more of what isn't an argument, if it is there already", async () => {
    const news = { id: "1", undo: 1 };
    expect(await failuresOf({ id: "1" }, news)).to.deep.equal([["undo", "Never."]]);
    expect((await failuresOf({}, news))[0]?.[1]).to.contain("not an argument of Note, which takes id, note, parts");
  });

  it("makes a failure of what it throws, but not of a defect", async () => {
    const failWith = (error: Error) => {
      resource.checks = () => {
        throw error;
      };
    };
    failWith(new UserError(say`No token.`));
    expect(await failuresOf({}, { id: "1" })).to.deep.equal([["", "No token."]]);
    const defect = new TypeError("x is not a function");
    failWith(defect);
    expect(await thrown(TypeError, () => failuresOf({}, { id: "1" }))).to.equal(defect);
  });

  it("changes by a value that isn't known yet, unless that may never change", async () => {
    const changes = async (news: Properties) => (await host.diff(operation, state, { note: "a", ...news })).changes;
    expect([await changes({ id: "1", note: UNKNOWN }), await changes({ id: UNKNOWN })]).to.deep.equal([true, false]);
  });

  it("creates from its inputs alone, and gives nothing that the engine can't store", async () => {
    const inputs = { id: "1", note: null, seenName: "Spring sale", other: 1 };
    const outs = { id: "1", seenName: "Spring sale", status: "done", parts: { b: null } };
    expect(await host.create(operation, inputs)).to.deep.equal({ id: "1", outs });
    expect(resource.reached).to.deep.equal([{ id: "1", seenName: "Spring sale" }]);
  });

  it("never acts on a value that isn't known, or can't be used", async () => {
    const wrong: [news: Properties, says: RegExp][] = [
      [{ id: "1", parts: [UNKNOWN] }, /^A value of this Note isn't known yet\.$/],
      [{ id: "1", note: UNKNOWN }, /^A value of this Note isn't known yet\.$/],
      [{ id: " " }, /^id must not be blank: say which/],
    ];
    for (const [news, says] of wrong) {
      for (const act of [() => host.create(operation, news), () => host.update(operation, state, news)])
        expect((await thrown(UserError, act)).message).to.match(says);
    }
    expect(resource.reached).to.deep.equal([]);
  });

  it("previews outputs with placeholders for what isn't known, and inputs as they were declared", () => {
    const inputs = { id: "1", parts: [1, UNKNOWN], seenName: UNKNOWN };
    expect(host.previewOutputs(inputs)).to.deep.equal({ ...inputs, status: UNKNOWN });
  });
});

describe("a dynamic provider", () => {
  const __provider = "the way back";
  /** What a class says of itself, since the engine doesn't tell. */
  const identity = { __urn: "urn:pulumi:dev::shop::hood:index:Campaign::sale", __organization: "acme" };
  const stored = { __provider, ...identity, id: "1" };
  let resource: Recorder;
  let provider: Required<dynamic.ResourceProvider>;

  beforeEach(() => {
    resource = new Recorder();
    provider = dynamicProvider(hosted(resource), operation) as typeof provider;
  });

  it("tells the resource which one it is, keeps that in what is stored, and keeps the way back to itself away from it", async () => {
    const results = [
      (await provider.check(stored, stored)).inputs,
      (await provider.create(stored)).outs,
      (await provider.read("1", stored)).props,
      (await provider.update("1", stored, stored)).outs,
    ];
    await provider.diff("1", stored, stored);
    await provider.delete("1", stored);
    expect(resource.operations).to.have.length(6);
    for (const on of resource.operations) expect(on).to.include({ urn: identity.__urn, organization: "acme" });
    expect(resource.reached).to.have.length(9);
    for (const properties of resource.reached) expect(properties).to.deep.equal({ id: "1" });
    for (const result of results) {
      expect(result)
        .to.include({ id: "1", ...identity })
        .and.not.have.property("__provider");
      // The engine's host can't store what is undefined.
      expect(Object.values(result ?? {})).to.not.include(undefined);
    }
  });

  it("serves a state of 0.1.0, which doesn't say which one it is", async () => {
    expect((await provider.read("1", { __provider, id: "1" })).props).to.have.keys("id", "status");
    expect(resource.operations[0]?.urn).to.equal(undefined);
    expect(await provider.read("1"), "an import").to.have.property("inputs");
  });

  it("reads settings from the namespace hood", async () => {
    const asked: string[] = [];
    const get = (key: string) => {
      asked.push(key);
      return key === "hood:maxCancellations" ? "7" : undefined;
    };
    await provider.configure({ config: { get, require: get } as never });
    expect(operation.settings().maxCancellations).to.equal(7);
    for (const key of asked) expect(key).to.match(/^hood:\w+$/);
  });

  it("makes a partial failure of what was begun, which can be updated and destroyed", async () => {
    const act = () => Promise.reject(new UnfinishedError(say`It is unknown.`, "1", { id: "1", outcome: undefined }));
    Object.assign(resource, { create: act, update: act });
    for (const run of [() => provider.create(stored), () => provider.update("1", stored, stored)]) {
      const error = await thrown(UnfinishedError, run);
      const properties = { __provider, ...identity, id: "1" };
      expect({ ...error }).to.deep.include({ id: "1", reasons: ["It is unknown."], properties });
    }
  });

  it("passes every other error on as it is, without an id that would be taken for a state", async () => {
    const rejection = new UserError(say`No.`);
    Object.assign(resource, { create: () => Promise.reject(rejection) });
    const error = await thrown(UserError, () => provider.create(stored));
    expect(error).to.equal(rejection);
    expect(error).not.to.have.property("id");
  });
});

describe("the engine that a provider process belongs to", () => {
  it("is gone once it has answered and doesn't any more", async () => {
    const server = await startEngineServer();
    const engine = engineAt(server.address);
    expect(await engine.isGone()).to.equal(false);
    server.close();
    expect(await engine.isGone()).to.equal(true);
  });

  it("isn't taken for gone if it never answered, as when a provider is driven by hand", async () => {
    for (const engine of ["127.0.0.1:1", ""].map(engineAt))
      expect([await engine.isGone(), await engine.isGone()]).to.deep.equal([false, false]);
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
  [" ", "such as 1000248"],
  ["spring-sale", "such as 1000248"],
  ["../users/1", "such as 1000248"],
  ["1000248 ", "Do you mean 1000248?"],
  ["1000248\n", "Do you mean 1000248?"],
  ["hood:1000248", "Do you mean 1000248?"],
  ["1000248/cancel", "Do you mean 1000248?"],
  ["1000248,1000249", "such as 1000248"],
  ["https://app.example/campaigns/1000248?tab=1", "Do you mean 1000248?"],
  ["1,000,248", "such as 1000248"],
  ["x".repeat(10_000), "such as 1000248"],
  ["\u001b[31m1000248", "is no id of a campaign"],
];

for (const [type, state] of Object.entries(states) as [ResourceType, Properties][]) {
  describe(`a read of a ${type}`, () => {
    const on = openInProcess({ type });
    const live = ({ status, currentStatus = status }: Properties) => currentStatus;

    it("keeps what was known of a campaign that isn't shown if the list has another without a status in it", async () => {
      on.campaign("running");
      const change = (page: object) => ({ ...page, items: [{ id: "5", status: null }], total: 1 });
      const match = ({ path }: { path: string }) => path.includes("metadata");
      on.fault({ match, times: Number.POSITIVE_INFINITY, fault: { kind: "changed", change } });
      const provider = on.another();
      expect(live((await provider.read("7", state)).props)).to.equal(live(state));
      expect(provider.engine.warnings.join()).to.match(
        /^Hood has no page for campaign 7.*its list of campaigns can't be read/,
      );
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

    it("says what Hood says if the token may read no list", async () => {
      on.fault({ match: ({ path }) => path.endsWith("page=1,1"), fault: { kind: "status", status: 403 } });
      const { message } = await failed(() => on.provider.read("7", state));
      expect(message).to.contain("HTTP 403").and.contain("lack the right");
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

describe("a campaign with a field that is too large to be read", () => {
  const on = openInProcess({ type: "Campaign" });
  const targeting = { ids: Array.from({ length: 100_001 }, (_, n) => n) };
  const draft = { name: "Spring sale", draft: true };

  it("is canceled all the same", async () => {
    const id = on.campaign("running", { targeting });
    await on.apply({ campaignId: id, reason: "x" }, on.another({ type: "CampaignCancellation" }));
    expect(on.canceled).to.deep.equal([id]);
  });

  it("keeps what the state has of that field in a refresh, which says so", async () => {
    const { outs } = await on.apply({ ...draft, targeting: { countries: ["DE"] } });
    Object.assign(on.hood.campaign(String(outs.campaignId)), { targeting, name: "By hand" });
    const provider = on.another();
    const { props } = await provider.read(String(outs.campaignId), outs);
    expect(props).to.deep.include({ name: "By hand", targeting: { countries: ["DE"] } });
    expect(provider.engine.warnings.join()).to.match(/^What campaign .* has in targeting is too large to be read\./);
  });

  it("isn't launched, since nobody can tell what that would send", async () => {
    const { outs } = await on.apply(draft);
    Object.assign(on.hood.campaign(String(outs.campaignId)), { targeting });
    const { message } = await failed(() =>
      on.another().update(String(outs.campaignId), outs, { ...draft, draft: false }),
    );
    expect(message).to.contain("targeting");
    expect(on.hood.campaign(String(outs.campaignId)).status).to.equal("draft");
  });

  it("is launched if it is a list that the program declares, which is sent whole", async () => {
    const messages = [{ channel: "push", name: "a", targeting }];
    const { outs } = await on.apply({ ...draft, messages });
    await on.another().update(String(outs.campaignId), outs, { ...draft, messages, draft: false });
    expect(on.hood.campaign(String(outs.campaignId)).status).to.equal("manual");
  });

  it("doesn't keep others from being created", async () => {
    on.campaign("running", { name: "Autumn sale", metadata: targeting, targeting });
    await on.apply(draft);
    expect(on.hood.campaigns.size).to.equal(2);
  });
});
