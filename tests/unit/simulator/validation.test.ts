import { expect } from "chai";
import type { SimulatorOptions } from "../../../simulator";
import { closeAll, open } from "./account";

const envelope = ["code", "title", "message", "trace_id"];

describe("simulator: validation and errors", () => {
  afterEach(closeAll);

  const bodies: [what: string, body: unknown, options: SimulatorOptions, status: number][] = [
    ["text that is not JSON", "{reason:", {}, 400],
    ["an array", [], {}, 400],
    ["null", "null", {}, 400],
    ["a reason that is a number", { reason: 5 }, {}, 400],
    ["a reason that is null", { reason: null }, { missingReason: "accept" }, 400],
    ["no body", undefined, {}, 400],
    ["no body, where that is accepted", undefined, { missingReason: "accept" }, 204],
    ["no reason", {}, {}, 400],
    ["no reason, where that is accepted", {}, { missingReason: "accept" }, 204],
    ["a blank reason", { reason: " " }, {}, 400],
    ["an empty reason, where that is accepted", { reason: "" }, { emptyReason: "accept" }, 204],
    ["a reason of 4 characters and 8 bytes over a limit of 7", { reason: "ЖЖЖЖ" }, { maxReasonBytes: 7 }, 400],
    ["a reason of 4 characters and 8 bytes within a limit of 8", { reason: "ЖЖЖЖ" }, { maxReasonBytes: 8 }, 204],
    ["a long reason, where nothing limits it", { reason: "x".repeat(100_000) }, {}, 204],
  ];
  for (const [what, body, options, status] of bodies) {
    it(`cancel with ${what} answers ${status}`, async () => {
      const { hood, call } = await open({ ...options, campaigns: [{ id: "7" }] });
      expect((await call("POST", "/campaigns/7/cancel", body)).status).to.equal(status);
      expect(hood.campaign("7").status).to.equal(status === 204 ? "canceled" : "running");
    });
  }

  it("an unknown id answers the same 400 as a wrong status", async () => {
    const { call } = await open({ campaigns: [{ id: "7", status: "sent" }] });
    const unknown = await call("POST", "/campaigns/8/cancel", { reason: "Budget cut" });
    const wrong = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(unknown.status).to.equal(400);
    expect({ ...unknown.json, trace_id: "" }).to.deep.equal({ ...wrong.json, trace_id: "" });
    expect((await call("GET", "/campaigns/8")).status).to.equal(400);
  });

  it("unknownId makes that a 404", async () => {
    const { call } = await open({ unknownId: 404 });
    expect((await call("GET", "/campaigns/8")).status).to.equal(404);
    expect((await call("PATCH", "/campaigns/8", {})).status).to.equal(404);
  });

  it("errors come in Hood's envelope, each with a trace id of its own", async () => {
    const { call } = await open();
    const [first, second] = [await call("GET", "/campaigns/8"), await call("GET", "/campaigns/8")];
    expect(first.json).to.have.all.keys(envelope);
    expect(first.json).to.include({ code: 400, title: "Bad request.", message: "The request is not valid." });
    expect(first.json.trace_id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(second.json.trace_id).to.not.equal(first.json.trace_id);
  });

  for (const [method, path] of [
    ["DELETE", "/campaigns/7"],
    ["POST", "/campaigns/cancel"],
    ["POST", "/campaigns/7/archive"],
    ["GET", "/campaigns/7/cancel"],
    ["GET", "/webhooks"],
  ] as const) {
    it(`there is no ${method} ${path}`, async () => {
      const { hood, call } = await open({ campaigns: [{ id: "7" }] });
      const reply = await call(method, path);
      expect(reply.status).to.equal(404);
      expect(reply.json).to.have.all.keys(envelope);
      expect(hood.campaign("7").status).to.equal("running");
    });
  }
});
