import { expect } from "chai";
import { closeAll, open, request } from "./account";

const validate = "/v2/ocamba/personal-api-keys/validate";

describe("simulator: tokens", () => {
  afterEach(closeAll);

  it("refuses any other token with 401 before it looks at the request", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }] });
    const reply = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" }, "another");
    expect(reply.status).to.equal(401);
    expect(reply.json).to.include({ code: 401, title: "Unauthorized.", message: "Unauthorized." });
    expect(hood.campaign("7").status).to.equal("running");
    expect(hood.requests[0]).to.include({ authorized: false, tokenName: undefined });
  });

  it("refuses a request without a token", async () => {
    const { hood } = await open();
    expect((await fetch(`${hood.url}/campaigns`)).status).to.equal(401);
  });

  it("logs which token was used, never the token", async () => {
    const { hood, call } = await open({ token: ["secret-a", "secret-b"] });
    await call("GET", "/campaigns", undefined, "secret-b");
    expect(hood.requests[0]).to.include({ authorized: true, tokenName: "token 2" });
    expect(JSON.stringify(hood.requests)).to.not.include("secret-b");
  });

  it("expireTokens: 401 from then on, except for a replacement", async () => {
    const { hood, call } = await open();
    expect((await call("GET", "/campaigns")).status).to.equal(200);
    hood.expireTokens("rolled");
    expect((await call("GET", "/campaigns")).status).to.equal(401);
    expect((await call("GET", "/campaigns", undefined, "rolled")).status).to.equal(200);
    hood.expireTokens();
    expect((await call("GET", "/campaigns", undefined, "rolled")).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: false, tokenName: "token 2" });
  });

  it("expireTokens can leave one of the configured tokens alive", async () => {
    const { hood, call } = await open({ token: ["a", "b"] });
    hood.expireTokens("b");
    expect((await call("GET", "/campaigns", undefined, "a")).status).to.equal(401);
    expect((await call("GET", "/campaigns", undefined, "b")).status).to.equal(200);
  });

  it("a key that is rolled while a request is under way refuses this one too, and every later one", async () => {
    const { hood, call } = await open({ campaigns: [{ id: "7" }, { id: "8" }] });
    expect((await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" })).status).to.equal(204);
    hood.fault({ before: (account) => account.expireTokens("rolled") });
    expect((await call("POST", "/campaigns/8/cancel", { reason: "Budget cut" })).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: true, effect: undefined });
    expect((await call("GET", "/campaigns/8")).status).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: false });
    expect(hood.campaign("8").status).to.equal("running");
    const url = new URL(validate, hood.url).href;
    expect((await request(url, "POST", undefined, "simulator-token")).status).to.equal(401);
    expect((await request(url, "POST", undefined, "rolled")).status).to.equal(204);
  });

  it("the key check answers 204 for a good token and 401 for a bad one", async () => {
    const { hood } = await open();
    const url = new URL(validate, hood.url).href;
    expect((await request(url, "POST", undefined, "simulator-token")).status).to.equal(204);
    expect((await request(url, "POST", undefined, "another")).status).to.equal(401);
  });
});
