import { expect } from "chai";
import { Client } from "../../provider/hood/client";
import { viewCampaign } from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import { Limiter } from "../../provider/hood/rateLimit/limiter";
import { TransportError } from "../../provider/hood/transport";
import { instantClock } from "../support/instantClock";
import { thrown } from "../support/messages";

describe("attempts at a call that may be repeated", () => {
  async function fail(chance: number, takes: number) {
    const instant = instantClock();
    const clock = { ...instant, random: () => chance };
    const limiter = new Limiter({ windows: [{ limit: 1_000, length: 1_000 }], maxParallel: 1, clock });
    let attempts = 0;
    const transport = async () => {
      attempts++;
      await instant.sleep(takes);
      throw new TransportError(true, "no answer");
    };
    const { message } = await thrown(HoodError, () =>
      new Client({ transport, limiter, clock }).call(viewCampaign("1000248")),
    );
    const pauses = instant.pauses.filter((pause) => pause !== takes);
    return { attempts, pauses, message };
  }

  it("are up to half as far apart again, by chance, so that many clients don't come back together", async () => {
    expect((await fail(0, 1)).pauses.slice(0, 3)).to.deep.equal([250, 500, 1_000]);
    expect((await fail(0.5, 1)).pauses.slice(0, 3)).to.deep.equal([312.5, 625, 1_250]);
  });

  it("begin within two minutes after the first failure, and no later", async () => {
    const { attempts, message } = await fail(0, 70_000);
    expect(attempts).to.equal(3);
    expect(message).to.contain("after 3 attempts in 140.8 s");
  });
});
