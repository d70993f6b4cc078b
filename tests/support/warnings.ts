import { type EngineServer, startEngineServer } from "./engineServer";
import type { ProviderProcess } from "./providerProcess";
import type { openWire } from "./testAccount";

/** A provider process for the tests of a describe, with an engine that takes down what it is told. */
export function openWarned(wire: ReturnType<typeof openWire>): {
  provider: ProviderProcess;
  logs: EngineServer["logs"];
} {
  let engine: EngineServer;
  let provider: ProviderProcess;

  before(async function () {
    this.timeout(30_000);
    engine = await startEngineServer();
    provider = await wire.another({ engine: engine.address });
  });

  after(async () => {
    await provider.stop();
    engine.close();
  });

  return {
    get provider() {
      return provider;
    },
    get logs() {
      return engine.logs;
    },
  };
}
