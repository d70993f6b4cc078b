import { expect } from "chai";
import { engineAt } from "../../provider/hosts/engine";
import { startEngineServer } from "../support/engineServer";

describe("the engine that a provider process belongs to", function () {
  this.timeout(20_000);

  it("is gone once it has answered and doesn't any more", async () => {
    const server = await startEngineServer();
    const engine = engineAt(server.address);
    expect(await engine.isGone()).to.equal(false);
    server.close();
    expect(await engine.isGone()).to.equal(true);
  });

  for (const address of ["127.0.0.1:1", ""]) {
    it(`isn't taken for gone if it never answered at "${address}", as when a provider is driven by hand`, async () => {
      const engine = engineAt(address);
      expect(await engine.isGone()).to.equal(false);
      expect(await engine.isGone()).to.equal(false);
    });
  }
});
