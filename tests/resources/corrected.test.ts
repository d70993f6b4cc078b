import { expect } from "chai";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import type { Properties } from "../support/providerProcess";
import { openInProcess } from "../support/testAccount";

const accept = { whenNotCancelable: "accept" };

for (const [provider, more] of [
  ["campaignCancellation", {}],
  ["campaignStatus", { status: "canceled" }],
] as const) {
  describe(`the reason of a ${provider}`, function () {
    this.timeout(20_000);
    const on = openInProcess({ provider });
    const { reason, other } = { reason: "Budget cut\nOPS-1234\n", other: "Budget cut, OPS-5678" };

    /** A declaration for a campaign in a status, as an update leaves it. */
    async function declared(status: string, given: string = reason) {
      const args: Properties = { campaignId: on.campaign(status), reason: given, ...accept, ...more };
      const { inputs } = await on.provider.check(undefined, args);
      const { id, outs } = await on.provider.create(inputs);
      on.hood.clearRequests();
      return { id, args, inputs, outs };
    }

    /** What a preview and an update make of an edit. */
    async function edited({ id, args, inputs, outs }: Awaited<ReturnType<typeof declared>>, edit: Properties) {
      const checked = await on.provider.check(inputs, { ...args, ...edit });
      expect(checked.failures).to.deep.equal([]);
      const { changes } = await on.provider.diff(id, outs, checked.inputs);
      return { changes, inputs: checked.inputs, outs: (await on.provider.update(id, outs, checked.inputs)).outs };
    }

    for (const status of ["draft", "sent", "canceled"]) {
      it(`can be corrected if it was never sent, since the campaign was ${status}; nothing is sent then either`, async () => {
        const before = await declared(status);
        const { changes, outs } = await edited(before, { reason: other });
        expect(changes).to.equal(true);
        expect(outs).to.deep.equal({ ...before.outs, reason: other });
        expect(on.sent).to.deep.equal([]);
      });
    }

    it("can't be changed once the campaign was canceled with it, and the words say how two differ that look the same", async () => {
      const { id, args, outs } = await declared("running", "Budget cut");
      for (const [edit, says] of [
        [other, /^Cancelling is final: the reason stays on record with the end of campaign \d+ "Spring sale"/],
        [
          "Budget\u00a0cut",
          /The two reasons differ only in blanks .* a space \(U\+0020\) in the state, a no-break space/,
        ],
      ] as const) {
        const news = { ...args, reason: edit };
        for (const act of [() => on.provider.diff(id, outs, news), () => on.provider.update(id, outs, news)]) {
          const { message } = await thrown(ProviderError, act);
          expect(message).to.match(says).and.contain("--show-secrets");
          expectReadable(message);
        }
      }
      expect(on.sent).to.deep.equal([]);
    });

    it("can't be changed while the end isn't certain, and nobody claims an end", async () => {
      const { id, args, outs } = await declared("running");
      const {
        outcome: _,
        currentStatus: __,
        ...begun
      } = { ...outs, ...("outcome" in outs && { status: "unknown" }) } as Properties;
      for (const edit of [{ reason: other }, { campaignId: "1" }]) {
        const { message } = await thrown(ProviderError, () => on.provider.diff(id, begun, { ...args, ...edit }));
        expect(message)
          .to.contain(`campaign ${id}`)
          .and.not.match(/final|the end of/);
        expectReadable(message);
      }
      expect(on.sent).to.deep.equal([]);
    });

    for (const same of ["Budget cut\r\nOPS-1234\r\n", "Budget cut\nOPS-1234"]) {
      it(`is the same as ${JSON.stringify(same)}: no change, and the record stays`, async () => {
        const before = await declared("running");
        const { changes, inputs, outs } = await edited(before, { reason: same });
        expect(changes).to.equal(false);
        expect({ inputs, outs }).to.deep.equal({ inputs: before.inputs, outs: before.outs });
        const { id, args } = before;
        expect((await on.provider.diff(id, before.outs, { ...args, reason: same })).changes).to.equal(false);
        const guarded = { ...args, reason: same, expectedName: "Spring sale" };
        expect((await on.provider.update(id, before.outs, guarded)).outs).to.include({ reason });
        expect(on.sent).to.deep.equal([]);
      });
    }

    it("is sent as it is written", async () => {
      const campaignId = on.campaign("running");
      await on.apply({ campaignId, reason: "a\r\nb\r\n", ...more });
      expect(JSON.parse(on.hood.requests.at(-1)?.body ?? "")).to.deep.equal({ reason: "a\r\nb\r\n" });
    });

    it("is the corrected one in the call, if a refresh found that there is something to cancel after all", async () => {
      const before = await declared("draft");
      on.hood.setStatus(before.id, "running");
      const { props, inputs } = await on.provider.read(before.id, before.outs);
      const found = { ...before, inputs: inputs ?? before.inputs, outs: props };
      await edited(found as typeof before, { reason: other });
      expect(on.calls).to.deep.equal([`POST /campaigns/${before.id}/cancel`]);
      expect(JSON.parse(on.hood.requests.at(-1)?.body ?? "")).to.deep.equal({ reason: other });
    });
  });
}

describe("a CampaignStatus that ended nothing", function () {
  this.timeout(20_000);
  const on = openInProcess({ type: "CampaignStatus" });

  it("may be told to reach another status, and the campaign says what is possible", async () => {
    const args = { campaignId: on.campaign("draft"), status: "canceled", reason: "Budget cut", ...accept };
    const { inputs } = await on.provider.check(undefined, args);
    const { id, outs } = await on.provider.create(inputs);
    const news = { ...args, status: "paused" };
    const { failures } = await on.provider.check(inputs, news);
    expect(failures.map(({ reason }) => reason).join()).to.match(/can't become "paused": its status is "draft"/);
    expect((await on.provider.diff(id, outs, news)).changes).to.equal(true);
    expect(on.calls).to.deep.equal([]);
  });

  it("isn't taken for one only because its end was found by a later update", async () => {
    const off = await on.another({ config: { preflight: "off" } });
    try {
      const args = { campaignId: on.campaign("canceled"), status: "canceled", reason: "Budget cut" };
      const { outs } = await off.update(args.campaignId, args, args);
      expect(outs).to.include({ previousStatus: "unknown", currentStatus: "canceled" });
      const { message } = await thrown(ProviderError, () =>
        off.diff(args.campaignId, outs, { ...args, reason: "Other" }),
      );
      expect(message).to.match(/^Cancelling is final: /);
    } finally {
      await off.stop();
    }
  });
});
