import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { endianness } from "node:os";
import { expect } from "chai";
import { isOtherUsers } from "../../provider/hosts/plugin/peer";

const US = 1000;
const PORT = 0x9000;
const connection = { localAddress: "127.0.0.1", localPort: PORT, remoteAddress: "127.0.0.1", remotePort: 0x8000 };
const LOOPBACK = endianness() === "LE" ? "0100007F" : "7F000001";
const HERE = `${LOOPBACK}:9000`;
const THERE = `${LOOPBACK}:8000`;

const listener = { local: HERE, remote: "00000000:0000", state: "0A", user: US };
const ours = { local: HERE, remote: THERE, state: "01", user: US };
const theirs = { local: THERE, remote: HERE, state: "01", user: US };

describe("A connection to the plugin's port", () => {
  const tables: [what: string, table: (typeof theirs)[], isOthers: boolean][] = [
    ["from the same user", [listener, ours, theirs], false],
    ["from another user", [listener, ours, { ...theirs, user: 1001 }], true],
    ["from root, if the plugin isn't root's", [listener, ours, { ...theirs, user: 0 }], true],
    ["if its other end is closed already", [listener, ours, { ...theirs, state: "05" }], true],
    ["if its other end is gone", [listener, ours], true],
    [
      "if only a port of the same number at another address is its other end",
      [listener, ours, { ...theirs, local: "0200007F:8000" }],
      true,
    ],
    ["on a system whose list doesn't show the plugin's own port", [theirs], false],
    ["on a system without a list", [], false],
  ];
  for (const [what, table, isOthers] of tables) {
    it(`is ${isOthers ? "turned away" : "taken"} ${what}`, () => {
      expect(isOtherUsers(connection, US, () => table)).to.equal(isOthers);
    });
  }

  it("is taken if its end shows only when the list is read again", () => {
    const reads = [
      [listener, ours],
      [listener, ours, theirs],
    ];
    expect(isOtherUsers(connection, US, () => reads.shift() ?? [])).to.equal(false);
  });

  it("is told by this system's own list", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [socket] = (await accepted) as [Socket];
    try {
      expect(isOtherUsers(socket)).to.equal(false);
      // Linux tells; elsewhere nobody is turned away.
      expect(isOtherUsers(socket, 12_345)).to.equal(process.platform === "linux");
    } finally {
      client.destroy();
      socket.destroy();
      server.close();
    }
  });
});
