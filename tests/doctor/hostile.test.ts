import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { json, type RawAnswer, silence, startRawServer, text } from "../support/rawServer";
import { CANARY, doctor, SECRETS, TOKEN } from "./run";

const one = { id: "770001248", name: CANARY, status: "running", create_time: "2026-05-01 12:00:00" };
const list = json(200, { total: 1, items: [one] });

/** Written one byte at a time, and never to its end. */
const trickle: RawAnswer = (response) => {
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

interface Row {
  readonly as: string;
  readonly answers: readonly RawAnswer[];
  readonly code: 1 | 2;
  /** A line of the output. */
  readonly line: RegExp;
  /** In milliseconds; enough for every attempt. */
  readonly patience?: number;
}

const rows: readonly Row[] = [
  {
    as: "never answers",
    answers: [silence],
    code: 1,
    line: /^differs +connection +(no whole answer|no answer came for 0.4 s)/m,
  },
  {
    as: "trickles a byte at a time",
    answers: [trickle],
    code: 1,
    line: /^differs +connection +(no whole answer|no answer came)/m,
  },
  {
    as: "stops to answer half-way",
    answers: [list, list, silence],
    code: 2,
    line: /^unknown +search +no answer came for 0.4 s/m,
  },
  {
    as: "sends headers without end",
    answers: [(response) => void response.socket?.write(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(9_000)}`)],
    code: 1,
    line: /^differs +connection/m,
  },
  {
    as: "answers with far too much",
    answers: [text(200, " ".repeat(9 * 1024 * 1024))],
    code: 1,
    line: /^differs +connection +an answer that is far too large/m,
  },
  {
    as: "unpacks to far too much",
    answers: [text(200, gzipSync(" ".repeat(50 * 1024 * 1024)) as never, { "content-encoding": "gzip" })],
    code: 1,
    line: /^differs +connection +an answer that is far too large/m,
  },
  {
    as: "says that it is packed, and isn't",
    answers: [text(200, "{}", { "content-encoding": "gzip" })],
    code: 1,
    line: /^differs +connection +(no answer came|no whole answer)/m,
  },
  {
    as: "redirects to another host, with the token",
    answers: [text(302, "", { location: `https://elsewhere.example/?${TOKEN}` })],
    patience: 4_000,
    code: 1,
    line: /^differs +path +HTTP 302, and no list/m,
  },
  {
    as: "echoes the token in an error",
    answers: [json(400, { title: TOKEN, message: `${CANARY} 770001248`, trace_id: TOKEN })],
    code: 1,
    line: /^differs +path +HTTP 400: it rejects the plainest list/m,
  },
  {
    as: "answers with a list of no objects",
    answers: [json(200, { total: 3, items: [1, null, "x"] })],
    code: 2,
    line: /^unknown +ids/m,
  },
  {
    as: "says that there are endless campaigns",
    answers: [json(200, { total: 999_999_999, items: [one] })],
    code: 2,
    line: /^unknown +statuses +true for the 1 that were read, which aren't all/m,
  },
  {
    as: "says strange things in headers",
    answers: [
      text(200, JSON.stringify({ total: 1, items: [one] }), {
        "x-ratelimit-limit": "9".repeat(9),
        "x-ratelimit-remaining": "1",
        "x-ratelimit-reset": "1780000000",
        date: "never",
      }),
    ],
    code: 2,
    line: /^differs +headers/m,
  },
];

describe("hood-doctor, of a server that", () => {
  for (const { as, answers, code, line, patience = 400 } of rows) {
    it(`${as}, ends with a verdict`, async () => {
      const server = await startRawServer(...answers);
      try {
        const environment = {
          HOOD_ENDPOINT: server.url,
          HOOD_TOKEN: TOKEN,
          HOOD_RATE_LIMIT: "100000/1s",
          HOOD_TIMEOUT: "2s",
        };
        const run = await doctor([], environment, { patience });
        expect(run.out).to.match(line);
        expect(run.out + run.progress)
          .not.to.match(SECRETS)
          .and.not.match(/ at .*:\d+|elsewhere/);
        expect(run.code).to.equal(code);
        expect(server.requests.filter(({ method }) => method !== "GET")).to.deep.equal([]);
        expect(server.requests.length).to.be.at.most(40);
      } finally {
        await server.close();
      }
    });
  }

  it("isn't there, names what fails", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const run = await doctor([], { HOOD_ENDPOINT: `http://127.0.0.1:${port}`, HOOD_TOKEN: TOKEN }, { patience: 4_000 });
    expect(run.out).to.match(/^differs +connection +nobody/m);
    expect(run.code).to.equal(1);
  });
});
