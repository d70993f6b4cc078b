import { runInNewContext } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { carried } from "../../sdk/carried";
import { expectReadable, thrown } from "../support/messages";

const declared = { type: "Campaign", name: "spring-sale" };
const carry = (props: pulumi.Inputs) => carried(props, declared);

/** A library's moment, or number: its value is its own affair, and JSON is told. */
class Moment {
  readonly #text: string | null;

  constructor(text: string | null) {
    this.#text = text;
  }

  toJSON(): string | null {
    return this.#text;
  }
}

class Segment {
  constructor(readonly name: string) {}
}

class Secretive {
  readonly #name = "vip";

  get name(): string {
    return this.#name;
  }
}

const circle: Record<string, unknown> = { name: "vip" };
circle.next = [circle];

const lost: [what: string, value: unknown, place: string, says: string][] = [
  ["a Set", { segments: new Set(["vip"]) }, "targeting.segments", "is a Set"],
  ["a Map", [{ a: new Map() }], "targeting[0].a", "Object.fromEntries"],
  ["a RegExp", /vip/, "targeting", "regExp.source"],
  ["an Error", { a: new TypeError("no") }, "targeting.a", "error.message"],
  ["a Buffer", { a: Buffer.from("vip") }, "targeting.a", "bytes.toString"],
  ["bytes", { a: new Uint8Array(1) }, "targeting.a", "is bytes"],
  ["a buffer of bytes", { a: new ArrayBuffer(1) }, "targeting.a", "is bytes"],
  ["a function", { a: () => "vip" }, "targeting.a", "what it returns"],
  ["a class", { a: Segment }, "targeting.a", "is a function"],
  ["a symbol", { a: Symbol("vip") }, "targeting.a", "is a symbol"],
  ["a bigint", { a: 1000248n }, "targeting.a", "String(value)"],
  ["NaN", { a: Number.NaN }, "targeting.a", "is NaN"],
  ["Infinity", { a: -Infinity }, "targeting.a", "is -Infinity"],
  ["an invalid Date", { a: new Date("soon") }, "targeting.a", "is an invalid Date"],
  ["a library's invalid date", { a: new Moment(null) }, "targeting.a", "an instance of Moment"],
  ["undefined in a list", { a: ["vip", undefined] }, "targeting.a[1]", "is undefined"],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what this is about.
  ["a hole in a list", { a: ["vip", , "vip"] }, "targeting.a[1]", "is undefined"],
  ["an asset", { a: new pulumi.asset.StringAsset("vip") }, "targeting.a", "is a Pulumi asset"],
  ["an archive", { a: new pulumi.asset.AssetArchive({}) }, "targeting.a", "is a Pulumi asset"],
  ["an object that holds itself", circle, "targeting.next[0]", "holds itself"],
  ["an iterator", { a: [1].values() }, "targeting.a", "a list or an object"],
  ["URLSearchParams", { a: new URLSearchParams("a=b") }, "targeting.a", "an instance of URLSearchParams"],
  ["an object that shows nothing", { a: new Secretive() }, "targeting.a", "an instance of Secretive"],
  ["a WeakMap", { a: new WeakMap() }, "targeting.a", "an instance of WeakMap"],
  ["a key that is no name", { "a b": { "": Number.NaN } }, 'targeting["a b"][""]', "is NaN"],
];

const moment = new Date(Date.UTC(2026, 11, 1, 9));
const changed: [what: string, value: unknown, becomes: unknown][] = [
  ["a Date", moment, "2026-12-01T09:00:00.000Z"],
  ["a Date deep inside", { a: [{ b: moment, c: 1 }] }, { a: [{ b: "2026-12-01T09:00:00.000Z", c: 1 }] }],
  ["a Date of another realm", runInNewContext("new Date(0)"), "1970-01-01T00:00:00.000Z"],
  ["a list of another realm", runInNewContext("['vip']"), ["vip"]],
  ["an object with its own toJSON", { a: new Moment("2026-12-01") }, { a: "2026-12-01" }],
  ["a toJSON that gives a Date", { toJSON: () => ({ at: moment }) }, { at: "2026-12-01T09:00:00.000Z" }],
  ["a URL", { a: new URL("https://acme.com/a") }, { a: "https://acme.com/a" }],
  ["a wrapped string", { a: new String("vip") }, { a: "vip" }],
];

const shared = { name: "vip" };
const same: [what: string, value: unknown][] = [
  ["JSON", { a: [1, "b", true, null, { c: [] }], d: undefined }],
  ["an instance of a class with fields", { a: new Segment("vip") }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
  ["an object of another realm", runInNewContext("({ a: {} })")],
  ["one object in two places", { a: shared, b: [shared, shared] }],
  ["what isn't known yet", { a: pulumi.unknown }],
];

describe("Arguments of the classes", () => {
  /** The three ways in which a value can come; the deferred ones are judged once it is known. */
  const ways = {
    "": (value: unknown) => value,
    ", from an Output": (value: unknown) => pulumi.output(1).apply(() => value),
    ", from a promise": async (value: unknown) => value,
  };
  const resolved = async (value: unknown) => (pulumi.Output.isInstance(value) ? settled(value) : value);

  for (const [way, given] of Object.entries(ways)) {
    for (const [what, value, place, says] of lost) {
      it(`fail with ${what}${way}`, async () => {
        const error = await thrown(pulumi.RunError, () =>
          resolved(carry({ name: "x", targeting: given(value) }).targeting),
        );
        expect(error.message)
          .to.match(/^Campaign "spring-sale" /)
          .and.contain(` ${place} is `)
          .and.contain(says);
        expectReadable(error.message);
        expect(error.stack).to.equal(error.message);
      });
    }
    for (const [what, value, becomes] of changed) {
      it(`pass ${what} on as JSON has it${way}`, async () => {
        expect(await resolved(carry({ targeting: given(value) }).targeting)).to.deep.equal(becomes);
      });
    }
  }

  for (const [what, value] of same) {
    it(`pass ${what} on as it is`, () => {
      const props = { name: "x", targeting: value, description: undefined };
      expect(carry(props)).to.equal(props);
    });
  }

  it("pass a list of another realm on as one of this realm, which alone Pulumi takes for a list", () => {
    expect(carry({ labels: runInNewContext("['vip']") }).labels).to.be.an.instanceOf(Array);
  });

  it("fail with a resource, and say what to give", async () => {
    const error = await thrown(pulumi.RunError, () => carry({ campaignId: new pulumi.DependencyResource("urn") }));
    expect(error.message).to.contain("campaignId is a resource").and.contain("such as its id");
  });

  it("fail with undefined in a list from an Output too", async () => {
    const { labels } = carry({ labels: ["a", pulumi.output(undefined)] });
    const error = await thrown(pulumi.RunError, () => settled(pulumi.output(labels)));
    expect(error.message).to.contain("labels[1] is undefined");
  });

  it("stay secret, and keep what they depend on", async () => {
    const resource = new pulumi.DependencyResource("urn");
    const secret = pulumi.secret(1).apply(() => ({ at: moment }));
    const { targeting, name } = carry({ targeting: { a: secret }, name: resource.urn });
    expect(await pulumi.isSecret(targeting.a)).to.equal(true);
    expect(await settled(targeting.a)).to.deep.equal({ at: "2026-12-01T09:00:00.000Z" });
    expect([...name.resources()]).to.deep.equal([resource]);
  });

  it("aren't changed by it", () => {
    const targeting = { a: [moment] };
    carry({ targeting });
    expect(targeting.a).to.deep.equal([moment]);
  });
});

/** What an output comes to. */
function settled(output: pulumi.Output<unknown>): Promise<unknown> {
  return (output as pulumi.Output<unknown> & { promise(): Promise<unknown> }).promise();
}
