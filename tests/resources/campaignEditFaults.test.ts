import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import { failed, isEdit, type Kept, openInProcess } from "../support/testAccount";

/** An edit whose effect isn't known, or isn't shown yet. */
describe("an edit of a campaign under faults", () => {
  const on = openInProcess({ type: "Campaign" });
  const inputs = { name: "Spring sale", description: "x", labels: ["a"], metadata: { team: "crm", old: 1 } };
  const update = async ({ id, outs }: Pick<Kept, "id" | "outs">, news: Properties) =>
    (await on.another().update(id, outs, news)).outs;
  /** An edit of unknown effect, and the state that it leaves. */
  const begin = async (declared: Properties, edit: Properties, lag: number, processed = false): Promise<Kept> => {
    const kept = await on.apply(declared);
    await on.clock.sleep(60_000);
    on.fault({ match: isEdit, times: 2, fault: { kind: "drop", processed } });
    on.hood.freeze("pages", lag);
    const { partial } = await failed(() => update(kept, edit));
    return { id: kept.id, args: edit, inputs: edit, outs: partial?.properties ?? {} };
  };

  it("which pages lag behind stays in the state, and is taken back by the program, or later by a person", async () => {
    const kept = await on.apply(inputs);
    await on.clock.sleep(60_000);
    on.hood.freeze("pages", 600_000);
    const edit = { ...kept, outs: await update(kept, { ...inputs, description: "y" }) };
    const next = on.another();
    expect((await on.refreshed(edit, next)).outs).to.deep.equal(edit.outs);
    expect(next.engine.warnings[0]).to.contain("doesn't show the last edit of campaign");
    const back = { ...kept, outs: await update(edit, inputs) };
    expect(on.hood.campaign(kept.id).description).to.equal("x");
    const again = on.another();
    await on.refreshed(back, again);
    expect(again.engine.warnings).to.deep.equal([]);
    await on.clock.sleep(600_000);
    Object.assign(on.hood.campaign(kept.id), { description: "y" });
    expect((await on.refreshed(back)).outs).to.include({ description: "y" });
  });

  it("of unknown effect is taken back by the program while pages lag, and seen by none", async () => {
    const begun = await begin(inputs, { ...inputs, description: "y", dealId: "7" }, 360_000, true);
    expect(on.hood.campaign(begun.id)).to.include({ description: "y", deal_id: "7" });
    expect(await update(begun, inputs)).to.include({ description: "x" });
    expect(on.hood.campaign(begun.id)).to.include({ description: "x", deal_id: undefined });
  });

  it("of unknown effect is previewed as the update goes on with it, and another edit beside it fails", async () => {
    const begun = await begin({ ...inputs, draft: true }, { ...inputs, description: "y" }, 65_000, true);
    Object.assign(on.hood.campaign(begun.id), { status: "running", description: "z" });
    await on.clock.sleep(60_000);
    expect((await on.preview(begun)).changes).to.equal(true);
    expect((await failed(() => on.preview(begun, { labels: ["b"] }))).message).to.contain("takes no edits");
  });

  const settled: [what: string, news: Properties, now: Properties, warns: boolean][] = [
    ["as it was sent", { ...inputs, description: "y" }, { ...inputs, description: "y" }, true],
    ["as it was before", { ...inputs, description: "y" }, inputs, true],
    ["in another way", { ...inputs, description: "y" }, { ...inputs, description: "z" }, false],
    [
      "with more beside it",
      { ...inputs, metadata: { ...inputs.metadata, a: 2 } },
      { ...inputs, metadata: { ...inputs.metadata, a: 2, b: 3 } },
      false,
    ],
  ];
  for (const [what, news, now, isSettled] of settled) {
    it(`of unknown effect ${isSettled ? "is settled" : "fails"} once the campaign takes no edits, declared ${what}`, async () => {
      const begun = await begin(inputs, news, 60_000);
      // A refresh keeps what isn't known, and the next comparison finds it.
      const { id, outs: props } = await on.refreshed(begun);
      on.hood.setStatus(id, "canceled");
      const next = on.another();
      const checked = await next.check(news, now);
      expect((await next.diff(id, props, checked.inputs)).changes).to.equal(true);
      if (!isSettled) {
        expect((await failed(() => next.update(id, props, now))).message).to.contain("takes no edits");
        return expect(next.engine.warnings).to.deep.equal([]);
      }
      const { outs: after } = await next.update(id, props, now);
      expect(after).to.include({ description: now.description, status: "canceled" });
      expect(next.engine.warnings.join())
        .to.contain("It stays unknown whether")
        .and.contain("the edit of description, since it takes no edits any more");
      expect((await on.another().diff(id, after, now)).changes).to.equal(false);
    });
  }

  it("of unknown effect is given up if the campaign is gone and the program takes it back", async () => {
    const { id, outs } = await begin(inputs, { ...inputs, description: "y" }, 60_000);
    const next = on.another();
    const update = () => next.update(id, outs, inputs);
    for (const status of [400, 500]) {
      on.faultRead(id, { times: status === 400 ? 1 : 6, fault: { kind: "status", status } });
      expect((await failed(update)).message).to.contain(`HTTP ${status}`);
    }
    on.hood.campaigns.delete(id);
    await on.clock.sleep(61_000);
    const { outs: after } = await update();
    expect(next.engine.warnings.join()).to.contain("got the edit of description, since Hood doesn't show it any more");
    expect((await on.another().diff(id, after, inputs)).changes).to.equal(false);
  });

  it("of unknown effect that has launched a draft is told of if the program declares the draft again", async () => {
    const { id, outs } = await begin({ ...inputs, draft: true }, inputs, 65_000, true);
    await on.clock.sleep(60_000);
    const next = on.another();
    await next.update(id, outs, { ...inputs, draft: true });
    expect(next.engine.warnings.join()).to.contain("which the program declares as a draft");
  });

  /** A campaign that a minute ago was created, and edited again and again since. */
  const edited = async (first: Properties, ...edits: Properties[]) => {
    const { id, outs } = await on.apply(first);
    await on.clock.sleep(60_000);
    let state = outs;
    for (const edit of edits) state = await update({ id, outs: state }, edit);
    return { id, outs: state, args: {}, inputs: {} };
  };
  const spring = { name: "Spring sale", description: "x" };
  const [y, z] = ["y", "z"].map((description) => ({ ...spring, description }));

  it("behind an edit keeps nobody from seeing that the next one is done, whose answer was lost", async () => {
    const { id, outs } = await edited(spring, { ...y });
    await on.clock.sleep(60_000);
    on.fault({ match: isEdit, fault: { kind: "drop", processed: true } });
    expect(await update({ id, outs }, { ...z })).to.include(z);
    expect(on.calls.slice(1)).to.deep.equal(Array(2).fill(`PATCH /campaigns/${id}`));
  });

  it("behind two edits isn't taken for what came of the second one", async () => {
    await on.restart({ pageLag: 5_000 });
    const kept = await edited(spring, { ...y }, { ...z });
    await on.clock.sleep(11 * 60_000);
    Object.assign(on.hood.campaign(kept.id), y);
    expect((await on.refreshed(kept)).outs).to.include(y);
  });

  it("behind an edit is no reason to edit what somebody has launched already", async () => {
    const draft = { ...spring, draft: true };
    const { id, outs } = await edited(draft, { ...draft, description: "y" });
    on.hood.setStatus(id, "scheduled");
    expect(await update({ id, outs }, { ...y })).to.include({ status: "scheduled" });
    expect(on.calls).to.have.length(2);
  });
});
