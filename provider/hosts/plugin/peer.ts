import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { endianness } from "node:os";

/** Linux's list of connections, with the user that each end belongs to. */
const TABLE = "/proc/net/tcp";
const LISTENING = "0A";
const ESTABLISHED = "01";
/** The list isn't made at one instant, so an end that is missing in it is looked for again. */
const MOST_READS = 3;

/** Which lines a connection has in the table. */
export type Connection = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

/**
 * True if another user's process is at the other end of a connection within this machine. Whoever knows the port could else have this
 * process act with the token that it has. Systems that don't tell give false.
 */
export function isOtherUsers(connection: Connection, user = process.getuid?.(), read = readTable): boolean {
  const { localAddress, localPort, remoteAddress, remotePort } = connection;
  if (user === undefined || localPort === undefined || remotePort === undefined) return false;
  const [here, there] = [endOf(localAddress, localPort), endOf(remoteAddress, remotePort)];
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const ends = read();
    // A table that doesn't even have our own port says nothing.
    if (!ends.some(({ local, state }) => state === LISTENING && local.split(":")[1] === here.split(":")[1]))
      return false;
    // An end that is closed already shows as nobody's or as root's.
    const theirs = ends.find(({ local, remote, state }) => local === there && remote === here && state === ESTABLISHED);
    if (theirs) return theirs.user !== user;
  }
  return true;
}

interface End {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly user: number;
}

function readTable(): End[] {
  let text: string;
  try {
    text = readFileSync(TABLE, "latin1");
  } catch {
    return [];
  }
  const lines = text.split("\n").slice(1);
  return lines.map((line) => {
    const [, local = "", remote = "", state = "", , , , user] = line.trim().split(/\s+/);
    return { local, remote, state, user: Number(user) };
  });
}

/** An address and a port in the table's notation: the bytes of a number in this machine's order, and a plain number. */
function endOf(address = "", port: number): string {
  const bytes = address
    .replace(/^::ffff:/, "")
    .split(".")
    .map((byte) => hex(Number(byte), 2));
  if (endianness() === "LE") bytes.reverse();
  return `${bytes.join("")}:${hex(port, 4)}`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, "0");
}
