import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { json, type RawAnswer, silence, startRawServer, text } from "../support/rawServer";
import { CANARY, doctor, examined, SECRETS, TOKEN } from "./run";

const one = { id: "770001248", name: CANARY, status: "running", create_time: "2026-05-01 12:00:00" };
const list = json(200, { total: 1, items: [one] });

/** What a program that makes texts of it stumbles over. */
const textless = { toString: 1, valueOf: 1 };
const counted = (headers: Record<string, string>, body: object = { total: 1, items: [one] }) =>
  text(200, JSON.stringify(body), { "x-ratelimit-reset": "1", ...headers });
let left = 14;
const countsDown: RawAnswer = (...how) =>
  counted({
    "x-ratelimit-limit": "150",
    "x-ratelimit-remaining": String(Math.max(0, --left)),
    "x-ratelimit-reset": "50",
  })(...how);
const shuffled: RawAnswer = (...how) => {
  const items = Array.from({ length: how[1].path.includes("q=") ? 0 : 20 }, () => ({
    ...one,
    id: String(Math.random()).slice(2),
  }));
  json(200, { total: 60, items })(...how);
};

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
  {
    as: "gives objects that no text can be made of",
    answers: [
      json(200, {
        total: textless,
        items: [{ ...one, name: textless, status: textless, create_time: textless }, { id: textless }],
      }),
    ],
    code: 2,
    line: /^differs +total +there is none(?=[\s\S]*^differs +statuses)/m,
  },
  {
    as: "says how many there are in a list",
    answers: [json(200, { total: [1], items: [one] })],
    code: 2,
    line: /^differs +total/m,
  },
  {
    as: "gives no total",
    answers: [json(200, { items: [one] })],
    code: 2,
    line: /^unknown +pageSize +no total tells whether that was all/m,
  },
  {
    as: "shows more campaigns than it says there are",
    answers: [json(200, { total: 0, items: [one] })],
    code: 2,
    line: /^differs +total +fewer than it shows/m,
  },
  {
    as: "leaves out ids and statuses",
    answers: [json(200, { total: 1, items: [{ name: CANARY }] })],
    code: 2,
    line: /^differs +ids +1 of another form(?=[\s\S]*^differs +statuses)/m,
  },
  {
    as: "shuffles its campaigns at each request",
    answers: [shuffled],
    code: 2,
    line: /^unknown +fullPages +the list moved meanwhile(?=[\s\S]*^unknown +search +the list moved meanwhile)/m,
  },
  {
    as: "accepts the token three times",
    answers: [list, list, list, json(401, {})],
    code: 1,
    line: /^differs +token +not accepted any more: HTTP 401/m,
  },
  {
    as: "fails after three answers, with an id in the path",
    answers: [list, list, list, list, json(500, {})],
    patience: 4_000,
    code: 2,
    line: /^unknown +view/m,
  },
  {
    as: "allows nothing",
    answers: [list, counted({ "x-ratelimit-limit": "0", "x-ratelimit-remaining": "0" })],
    code: 2,
    line: /^The account can be used/m,
  },
  {
    as: "never counts down",
    answers: [
      counted({ "x-ratelimit-limit": "999", "x-ratelimit-remaining": "99", date: "Mon, 01 Jun 2026 12:00:00 GMT" }),
    ],
    code: 2,
    line: /^unknown +oneCounter +answers don't agree/m,
  },
  {
    as: "has room for few more requests in this minute, since others use it",
    answers: [countsDown],
    patience: 4_000,
    code: 2,
    line: /^unknown +parallel +\d were; more weren't tried/m,
  },
  {
    as: "jumps in time",
    answers: [1, 5, 1].map((hour) => counted({ date: `Mon, 01 Jun 2026 0${hour}:00:00 GMT` })),
    code: 2,
    line: /^unknown +clock +answers don't agree/m,
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
          .and.not.match(/ at .*:\d+|elsewhere|rateLimit 0|a defect/);
        expect(run.code).to.equal(code);
        expect(server.requests.filter(({ method }) => method !== "GET")).to.deep.equal([]);
        expect(server.requests.length).to.be.at.most(40);
      } finally {
        await server.close();
      }
    });
  }

  it("is silent, ends with a verdict after 60 s", async () => {
    const { code, out, took } = await examined({ isSilent: true });
    expect(out).to.match(/^differs +connection +(no whole answer|no answer came for 60 s)/m);
    expect(code).to.equal(1);
    expect(took).to.be.within(59_000, 61_000);
  });

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
