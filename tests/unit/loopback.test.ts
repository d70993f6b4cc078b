import { expect } from "chai";
import { isLoopback } from "../../provider/hood/loopback";

describe("a host name", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
    it(`is this machine's: ${host}`, () => expect(isLoopback(host)).to.equal(true));
  }
  const others = [
    "localhost.evil.com",
    "127.0.0.1.evil.com",
    "evil.com",
    "localhost.",
    "127.0.0",
    "10.0.0.1",
    "[::2]",
    "",
  ];
  for (const host of others) {
    it(`isn't this machine's: ${JSON.stringify(host)}`, () => expect(isLoopback(host)).to.equal(false));
  }
});
