import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { ClientRequest, ServerResponse } from "node:http";
import net, { type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { bodyOf } from "../../provider/hood/body";
import {
  actOnCampaign,
  createCampaign,
  type Endpoint,
  editCampaign,
  listCampaigns,
  viewCampaign,
} from "../../provider/hood/endpoints";
import { newRecord, textOf } from "../../provider/hood/mark";
import { campaignDetailsIn } from "../../provider/hood/model";
import { type HttpProxy, proxyFor, RefusedByProxy } from "../../provider/hood/proxy";
import { httpTransport, TooLargeError, type Transport, TransportError } from "../../provider/hood/transport";
import {
  cutOff,
  hangUp,
  json,
  type RawAnswer,
  type RawServer,
  silence,
  startRawServer,
  text,
  thrown,
} from "../support/accounts";
import {
  askFor,
  type ConnectProxy,
  type Connects,
  connectTo,
  refuseWith,
  startConnectProxy,
  startSecureFront,
} from "../support/companyNetwork";
import { until } from "../support/testAccount";

const MB = 1024 * 1024;
const token = "canary-token-1234567890";
const usual = { token, timeout: 5_000, maxParallel: 10 };

/** What a server does with the first bytes that it gets on each connection. */
const greet = (does: (socket: net.Socket) => void) => (server: net.Server) =>
  server.on("connection", (socket) => socket.once("data", () => does(socket)));

describe("a call of the API", () => {
  const list = () =>
    listCampaigns({ sort: "-create_time,name", status: ["a b", "c"], q: "x&y", fields: ["id", "name"] }, 2, 100);
  const calls: [call: () => Endpoint, request: string, replay: string, purpose: string][] = [
    [() => viewCampaign("7"), "GET /campaigns/7", "freely", "read campaign 7"],
    [() => actOnCampaign("7", "pause"), "POST /campaigns/7/pause", "afterRead", "pause campaign 7"],
    [() => createCampaign(), "POST /campaigns", "never", "create a campaign"],
    [() => editCampaign("7"), "PATCH /campaigns/7", "afterRead", "edit campaign 7"],
    [
      list,
      "GET /campaigns?status=in:a%20b,c&q=x%26y&q_fields=name,description&fields=id,name&sort=-create_time,name&page=2,100",
      "freely",
      "list campaigns",
    ],
  ];
  for (const [endpoint, request, replay, purpose] of calls) {
    it(`may be sent again ${replay}: ${purpose}`, () => {
      const { method, path, ...call } = endpoint();
      expect(`${method} ${path}`).to.equal(request);
      expect(call).to.deep.equal({ replay, purpose });
    });
  }
});

describe("the transport", () => {
  let server: RawServer;
  let transport: Transport;

  beforeEach(async () => {
    server = await startRawServer();
    transport = httpTransport({ ...usual, endpoint: server.url });
  });

  afterEach(() => server.close());

  const failure = (carry = transport) => thrown(TransportError, () => carry(viewCampaign("1")));

  it("sends a read with the token, its own name and version, and without a body", async () => {
    server.answer(json(200, {}));
    await transport(viewCampaign("1000248"));
    const [request] = server.requests;
    expect(request).to.include({ method: "GET", path: "/campaigns/1000248", body: "" });
    expect(request?.headers).to.include({ authorization: `Bearer ${token}`, accept: "application/json" });
    expect(request?.headers).not.to.have.property("content-type");
    expect(request?.headers["user-agent"]).to.match(/^pulumi-ocamba-hood\/\d+\.\d+\.\d+/);
  });

  it("sends the reason as JSON", async () => {
    server.answer(text(204));
    await transport(actOnCampaign("1000248", "cancel"), { reason: 'Budget "cut", 予算' });
    const [request] = server.requests;
    expect(request).to.include({ method: "POST", path: "/campaigns/1000248/cancel" });
    expect(request?.headers["content-type"]).to.equal("application/json");
    expect(JSON.parse(request?.body ?? "")).to.deep.equal({ reason: 'Budget "cut", 予算' });
  });

  /** Node.js's own error, on the connection of the next request once that has arrived. */
  const breakNext = (code: string, syscall: string) => {
    const before = server.requests.length;
    const fail = (message: unknown) => {
      unsubscribe("http.client.request.start", fail);
      const { request } = message as { request: ClientRequest };
      const error = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
      const destroy = () => (server.requests.length > before ? request.destroy(error) : setTimeout(destroy, 5));
      destroy();
    };
    subscribe("http.client.request.start", fail);
  };
  for (const [code, syscall] of [
    ["EHOSTUNREACH", "read"],
    ["ECONNREFUSED", "connect"],
    ["CERT_REVOKED", ""],
  ] as const) {
    it(`counts a request as sent that fails on an open connection, whatever the error is called: ${syscall} ${code}`, async () => {
      server.answer(silence);
      breakNext(code, syscall);
      expect((await failure()).sent).to.equal(true);
      expect(server.requests).to.have.length(1);
    });
  }

  for (const code of ["ECONNRESET", "EPIPE"]) {
    it(`reads again on a new connection if a kept one fails with ${code}`, async () => {
      server.answer(json(200, {}), silence, json(200, {}));
      await transport(viewCampaign("1"));
      breakNext(code, "write");
      expect((await transport(viewCampaign("1"))).status).to.equal(200);
      expect(server.requests).to.have.length(3);
    });
  }

  it("doesn't read again what broke in the middle of an answer", async () => {
    server.answer(json(200, {}), cutOff);
    await transport(viewCampaign("1"));
    await failure();
    expect(server.requests).to.have.length(2);
  });

  it("reads one large answer at a time, others beside it, and the next once that one has ended in whichever way", async () => {
    const large = "x".repeat(2 * MB);
    const begun: ServerResponse[] = [];
    const begin: RawAnswer = (response) => begun.push(response.writeHead(200)) && response.write(large);
    server.answer(begin, begin, begin, text(200, large), json(200, {}));
    const ended: string[] = [];
    const read = async (name: string, within?: number) => {
      const answer = transport(viewCampaign(name), undefined, within);
      ended.push(
        await answer.then(
          ({ status }) => `${name} ${status}`,
          ({ sent }) => `${name} ${sent}`,
        ),
      );
    };
    const slow = read("first", 400);
    await until(() => begun.length === 1);
    const late = read("late", 150);
    await until(() => begun.length === 2);
    begun[1]?.end();
    await late;
    expect(ended).to.deep.equal(["late true"]);
    const broken = read("broken");
    await until(() => begun.length === 3);
    begun[2]?.destroy();
    const next = read("next");
    await read("small");
    expect(ended.slice(1)).to.deep.equal(["small 200"]);
    await Promise.all([slow, broken, next]);
    expect(ended.slice(2)).to.deep.equal(["first true", "broken true", "next 200"]);
  });

  it("reads an answer that is as large as can be", async () => {
    server.answer(text(200, "x".repeat(8 * MB)));
    expect((await transport(viewCampaign("1"))).text).to.have.length(8 * MB);
  });

  it("returns status, headers and text", async () => {
    server.answer(text(429, "wait", { "Retry-After": "7" }));
    const answer = await transport(viewCampaign("1"));
    expect(answer).to.include({ status: 429, text: "wait" });
    expect(answer.header("retry-after")).to.equal("7");
    expect(answer.header("x-ratelimit-limit")).to.equal(null);
  });

  it("doesn't follow a redirect, so the token goes nowhere else", async () => {
    const elsewhere = await startRawServer(json(200, {}));
    const statuses = [301, 302, 303, 307, 308];
    server.answer(...statuses.map((status) => text(status, "", { location: `${elsewhere.url}/campaigns/1` })));
    for (const status of statuses) expect((await transport(viewCampaign("1"))).status).to.equal(status);
    expect(elsewhere.requests).to.deep.equal([]);
    expect(server.requests).to.have.length(5);
    await elsewhere.close();
  });

  it("replaces the token in an answer that repeats it", async () => {
    server.answer((response, { headers }) => response.writeHead(400).end(JSON.stringify({ message: headers })));
    const answer = await transport(viewCampaign("1"));
    expect(answer.text).to.contain("Bearer [token]").and.not.contain("canary");
  });

  it("reads an answer that is compressed", async () => {
    server.answer((response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"a":"ü"}')));
    expect((await transport(viewCampaign("1"))).text).to.equal('{"a":"ü"}');
    expect(server.requests[0]?.headers["accept-encoding"]).to.equal("gzip");
  });

  it("keeps connections for the next request", async () => {
    const ports = new Set<number | undefined>();
    server.answer((response) => {
      ports.add(response.socket?.remotePort);
      response.writeHead(200).end("{}");
    });
    // A connection that stands isn't given up when the time to make one is over.
    const quick = httpTransport({ ...usual, endpoint: server.url, timeout: 200 });
    for (const pause of [0, 250, 0]) {
      await quick(viewCampaign("1"));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    expect(ports.size).to.equal(1);
  });

  describe("whose server closes each connection as the next request comes", () => {
    let connections: number;

    beforeEach(() => {
      const served = new WeakSet<object>();
      connections = 0;
      server.answer((response) => {
        const socket = response.socket ?? {};
        if (served.has(socket)) return response.socket?.resetAndDestroy();
        served.add(socket);
        connections++;
        response.writeHead(200).end("{}");
      });
    });

    it("reads on a new one, each time", async () => {
      for (let n = 0; n < 12; n++) expect((await transport(viewCampaign("1"))).status).to.equal(200);
      expect(connections).to.be.at.least(7);
    });

    it("sends no call again that may have arrived", async () => {
      await transport(viewCampaign("1"));
      const error = await thrown(TransportError, () => transport(actOnCampaign("1", "cancel"), { reason: "x" }));
      expect(error).to.include({ sent: true });
      expect(server.requests.map(({ method }) => method)).to.deep.equal(["GET", "POST"]);
    });

    it("creates on a new one in any case", async () => {
      await transport(viewCampaign("1"));
      expect((await transport(createCampaign(), { name: "x" })).status).to.equal(200);
      expect(connections).to.equal(2);
    });
  });

  const zipped: RawAnswer = (response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
  const unzipped: RawAnswer = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("{}");
  const half: RawAnswer = (response) => response.writeHead(200).write("{");
  const unanswered: [what: string, answer: RawAnswer, says: RegExp][] = [
    ["no answer", silence, /^no answer from 127\.0\.0\.1:\d+ within 0\.1 s$/],
    ["an answer that stops half-way", half, /^no answer from 127\.0\.0\.1:\d+ within 0\.1 s$/],
    ["a connection that ends", hangUp, /^the connection to [\d.:]+ broke before the answer was there \(ECONNRESET\)$/],
    ["a connection that ends in the middle", cutOff, /broke before the answer was there \(ECONNRESET\)$/],
    ["one that isn't compressed as it says", unzipped, /broke before the answer was there \(Z_DATA_ERROR\)$/],
    ["an answer that is too large", text(200, "x".repeat(8 * 1024 * 1024 + 1)), /^the answer is larger than 8 MB$/],
    ["one that is too large once it is read", zipped, /^the answer is larger than 8 MB$/],
  ];
  for (const [what, answer, says] of unanswered) {
    it(`counts a request as sent that gets ${what}, and doesn't show the token`, async () => {
      server.answer(answer);
      const within = says.source.includes("within") ? 100 : undefined;
      const error = await thrown(TransportError, () => transport(viewCampaign("1"), undefined, within));
      expect(server.requests).to.have.length(1);
      expect(error).to.include({ sent: true });
      expect(error).to.be.an.instanceOf(says.source.includes("8 MB") ? TooLargeError : TransportError);
      expect(error.message).to.match(says);
      expect(`${error.message}${error.stack}`).not.to.contain("canary");
    });
  }

  /** Takes connections, and never says a word of the secure handshake. */
  const startMute = async () => {
    const mute = net.createServer((socket) => socket.on("error", () => {}).resume()).listen(0, "127.0.0.1");
    await once(mute, "listening");
    return Object.assign(mute, { host: `127.0.0.1:${(mute.address() as AddressInfo).port}` });
  };

  const inPlain = greet((socket) => socket.end("HTTP/1.1 400 No\r\n\r\n"));
  const unreached: [why: string, does: (mute: net.Server) => unknown, code: string, timeout?: number][] = [
    ["the connection is refused", (mute) => once(mute.close(), "close"), "ECONNREFUSED"],
    ["the server ends the secure handshake", greet((socket) => socket.resetAndDestroy()), "ECONNRESET"],
    ["the server doesn't speak TLS", inPlain, "EPROTO|ERR_SSL_WRONG_VERSION_NUMBER"],
    ["its time is over before there is a connection", () => {}, "ETIMEDOUT", 20],
  ];
  for (const [why, does, code, timeout = 5_000] of unreached) {
    it(`counts a request as not sent if ${why}`, async () => {
      const mute = await startMute();
      await does(mute);
      try {
        const error = await failure(httpTransport({ ...usual, endpoint: `https://${mute.host}`, timeout }));
        expect(error.sent).to.equal(false);
        expect(error.message).to.match(new RegExp(`^${mute.host} can't be reached \\((${code})\\)$`));
      } finally {
        // It closes only when the last connection has ended.
        if (mute.listening) await once(mute.close(), "close");
      }
    });
  }

  describe("through a proxy", () => {
    const endpoint = "https://hood.test/v1/hood";
    let proxy: ConnectProxy;

    beforeEach(async () => {
      proxy = await startConnectProxy(refuseWith(403));
    });
    afterEach(() => proxy.close());

    const named = (url: string): HttpProxy => proxyFor(endpoint, { HTTPS_PROXY: url }) as HttpProxy;
    const through = (url = proxy.host, timeout = 5_000) =>
      httpTransport({ ...usual, endpoint, timeout, proxy: named(url) });

    const asking = askFor("canary:secret", refuseWith(200));
    const refusals: [what: string, connects: Connects, user: string, says: string, status: number][] = [
      ["asks for a password", asking, "", "asks for a user and password", 407],
      ["takes another password", asking, "canary@", "doesn't accept the user and password of HTTPS_PROXY", 407],
      ["doesn't allow the host", refuseWith(403), "canary:secret@", "doesn't connect to hood.test:443", 403],
      ["is no proxy", refuseWith(300), "", "doesn't connect to hood.test:443", 300],
    ];
    for (const [what, connects, user, says, status] of refusals) {
      it(`says that the proxy ${what}, without its password, and asks once`, async () => {
        proxy.does(connects);
        const create = () => through(`http://${user}${proxy.host}`)(createCampaign(), { name: "x" });
        const error = await thrown(RefusedByProxy, create);
        expect(error.message).to.equal(`the proxy ${proxy.host} ${says} (HTTP ${status})`);
        expect(proxy.connects).to.have.length(1);
      });
    }

    it("tells the proxy the host, the proxy's own password, and nothing else", async () => {
      await thrown(RefusedByProxy, () => through(`http://a%40b:c%3Ad@${proxy.host}`)(viewCampaign("1")));
      const [connect] = proxy.connects;
      expect(connect?.target).to.equal("hood.test:443");
      expect(connect?.headers).to.deep.equal({
        host: "hood.test:443",
        connection: "keep-alive",
        "proxy-authorization": `Basic ${Buffer.from("a@b:c:d").toString("base64")}`,
      });
      expect(proxy.seen).not.to.contain("canary");
    });

    const unreachable: [what: string, connects: Connects | undefined, says: string, timeout?: number][] = [
      ["isn't there", undefined, "ECONNREFUSED"],
      ["takes too long", () => {}, "ETIMEDOUT", 50],
      ["can't reach the account", refuseWith(500), "HTTP 500"],
      ["doesn't speak HTTP", (socket) => socket.end("What?\r\n\r\n"), "HPE_INVALID_CONSTANT"],
      ["connects, and hangs up", (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"), "ECONNRESET"],
    ];
    for (const [what, connects, says, timeout] of unreachable) {
      it(`counts a request as not sent if the proxy ${what}`, async () => {
        const { host } = proxy;
        if (connects) proxy.does(connects);
        else await proxy.close();
        const error = await failure(through(`http://canary:secret@${host}`, timeout));
        const message = `hood.test can't be reached (through the proxy ${host}: ${says})`;
        expect(error).to.include({ sent: false, message });
        if (!connects) proxy = await startConnectProxy(refuseWith(403));
      });
    }

    it("asks a proxy that speaks https itself for the proxy's certificate, not for the account's", async () => {
      const front = await startSecureFront(Number(new URL(server.url).port));
      const refused = once(front, "tlsClientError");
      try {
        await failure(through(`https://localhost:${front.port}`));
        expect((await refused)[1].servername).to.equal("localhost");
      } finally {
        front.close();
      }
    });

    it("sends nothing to an account whose certificate nobody vouches for, and says what would", async () => {
      const front = await startSecureFront(Number(new URL(server.url).port));
      try {
        proxy.does(connectTo(front.port));
        const error = await failure(through());
        expect(error.sent).to.equal(false);
        expect(error.message).to.contain("UNABLE_TO_VERIFY_LEAF_SIGNATURE").and.contain("NODE_EXTRA_CA_CERTS");
        expect(server.requests).to.deep.equal([]);
      } finally {
        front.close();
      }
    });
  });
});

const largeMark = { owner: "a".repeat(20), content: "b".repeat(12), record: newRecord() };
const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`name ${n}`, n]));
const few = { id: "2", name: 'A "quoted" \\" name, [1]: {', status: "running", targeting: { items: [{ a: 1 }] } };

const large: [what: string, value: unknown][] = [
  ["a text", `${"x".repeat(3 * MB)}"}],\\`],
  ["a text that is all escaped", '\\"'.repeat(MB)],
  ["numbers", { ids: Array.from({ length: 100_001 }, (_, n) => n) }],
  ["empty objects", Array(100_000).fill({})],
  ["names", { ...named(11_000), end: "}" }],
  ["names inside", [{ items: [{ items: named(11_000) }] }]],
];

describe("an answer", () => {
  const detailsIn = (body: unknown) => campaignDetailsIn(bodyOf({ text: JSON.stringify(body) })?.body);

  for (const [what, value] of large) {
    it(`is read without a field of a campaign that has too much in it: ${what}`, () => {
      const one = { id: "1", targeting: value, name: "x", status: "paused" };
      const [first, second] = detailsIn({ total: 2, items: [one, few], labels: value });
      expect(first?.fields).to.deep.equal({ id: "1", name: "x", status: "paused" });
      expect(first?.tooLarge).to.deep.equal(["targeting"]);
      expect(second).to.deep.include({ fields: few }).and.not.have.property("tooLarge");
      const [alone] = detailsIn({ ...one, messages: value });
      expect(alone?.tooLarge).to.deep.equal(["targeting", "messages"]);
    });
  }

  it("still tells whose campaign it is whose metadata are too large", () => {
    for (const at of [
      { pulumi: textOf(largeMark), ...named(11_000) },
      { ...named(11_000), "a:b": { key: textOf(largeMark) } },
    ]) {
      const [found] = detailsIn({ total: 1, items: [{ id: "1", metadata: at, status: "paused" }] });
      expect(found?.mark).to.include(largeMark);
      expect(found?.fields).to.deep.equal({ id: "1", status: "paused" });
    }
  });

  it("takes no mark from a list of texts in metadata that are too large", () => {
    const metadata = { texts: ["pulumi", textOf(largeMark)], more: named(11_000) };
    expect(detailsIn({ total: 1, items: [{ id: "1", metadata, status: "paused" }] })[0]).to.not.have.property("mark");
  });

  it("keeps what fits, and isn't read at all if all that is left is too large", () => {
    const text = (items: number, description: string) =>
      JSON.stringify({ total: items, items: Array(items).fill({ ...few, description }) });
    expect(bodyOf({ text: text(4, "x".repeat(1.9 * MB)) })?.size).to.be.above(7.6 * MB);
    expect(bodyOf({ text: text(5, "x".repeat(1.9 * MB)) })).to.equal(undefined);
    // Of what is left out, only its name counts.
    expect(bodyOf({ text: text(9, "x".repeat(2.1 * MB)) })?.size).to.be.within(3_000, 6_000);
    const fields = (count: number, field: (n: number) => unknown) =>
      bodyOf({
        text: JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, field(n)]))),
      });
    const long = (n: number) => "x".repeat((n === 4 ? 2.1 : 1.9) * MB);
    expect([5, 6].map((count) => fields(count, long) === undefined)).to.deep.equal([false, true]);
    const ones = Array(80_000).fill(1);
    expect([3, 5].map((count) => fields(count, () => ones) === undefined)).to.deep.equal([false, true]);
    const names = (at: number) => Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`${at}-${n}`, 1]));
    expect(fields(5, names)).to.equal(undefined);
    expect(fields(5, () => names(0))?.size).to.be.below(4 * MB);
    expect(bodyOf({ text: `[${"[],".repeat(200_000)}[]]` })).to.equal(undefined);
    expect(bodyOf({ text: `{"total":1,"items":[${"[],".repeat(200_000)}[]]}` })).to.equal(undefined);
  });
});
