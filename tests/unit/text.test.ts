import type { handleUnaryCall, StatusObject } from "@grpc/grpc-js";
import type { dynamic } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import { UnfinishedError, UserError } from "../../provider/errors";
import { viewCampaign } from "../../provider/hood/endpoints";
import { describeAnswer, HoodError } from "../../provider/hood/errors";
import { withoutToken } from "../../provider/hood/transport";
import { dynamicProvider } from "../../provider/hosts/dynamicProvider";
import { engineAt } from "../../provider/hosts/engine";
import { hosted } from "../../provider/hosts/hosted";
import { unary } from "../../provider/hosts/plugin/wire";
import { EngineOperation } from "../../provider/operation";
import { matches } from "../../provider/resources/campaign/fields";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { nameFailures } from "../../provider/resources/guards";
import {
  concat,
  count,
  firstLine,
  forPeople,
  harmless,
  harmlessName,
  harmlessValue,
  lines,
  type Message,
  oneLine,
  quoted,
  say,
  sentence,
  steersDisplay,
} from "../../provider/text";
import * as sdk from "../../sdk";
import { expectReadable, json, openRawAccount, shown as shownCampaign, thrown } from "../support/accounts";
import { startEngineServer } from "../support/providerProcess";
import { openInProcess, silentEngine } from "../support/testAccount";

/** What Pulumi would stop at while it shows it. */
const steering = {
  "an unknown colour": "a <{%unknown%}> b",
  "a known colour": "<{%fg 1%}>red<{%reset%}>",
  "a colour that is left open": "a <{% b",
  "colours in colours": "<{<{%x%}>%x%}>",
  "JSON that spells a colour": '{"a":"<\\u007b%unknown%}>"}',
  "JSON in JSON that spells a colour": JSON.stringify({ a: '{"a":"<\\u007b\\u0025x%}>"}' }),
  "JSON that spells an escape": String.raw`{"a":"{\"b\":\"\\\u0075003c{%x%}>\"}"}`,
  "YAML that spells a colour": '- "\\x3c{%unknown%}>"\n- b\n',
  "YAML that spells a colour over two lines": '- "<{\\\n   %unknown%}>"\n- b\n',
  "YAML in base64": "- !!binary PHsldW5rbm93biV9Pg==\n- b\n",
  "YAML in base64 by a longer tag": "- !<tag:yaml.org,2002:binary> PHsldW5rbm93biV9Pg==\n- b\n",
  "YAML in base64 by a tag of its own": "%TAG !e! tag:yaml.org,2002:bin\n---\n- !e!ary PHsldW5rbm93biV9Pg==\n",
};

const hostile: Record<string, string> = {
  ...steering,
  "the end of a colour": "%}> a",
  "a colour around another": "<<{{%%x%}>",
  "a lone high surrogate": "a\ud83d",
  "a lone low surrogate": "\udca9b",
  "surrogates the wrong way round": "a\udca9\ud83db",
  NUL: "a\0b",
  "a colour in two halves, with NUL between": "<\0{%x%}>",
  "an order to clear the screen": "a\u001b[2Jb",
  "such an order in one byte": "a\u009b2Jb",
  "another direction": "a\u202eb\u2066c",
  "lines of its own": "a\r\nerror: b\n\n\u2028c\u0085d",
  "a mark for what isn't known": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "the mark of special objects": "4dabf18193072939515e22adb298388d",
  "verbs of a format": "%s %d %!v(MISSING) %",
  "hundreds of kilobytes": "<{%x%}>\u001b".repeat(32_768),
  "escapes of escapes, on and on": `\\${"u005c".repeat(25_000)}`,
  "nothing but tags": "!".repeat(32_768),
};

/** Nothing that a display would take for anything else than text. */
function expectShowable(text: string): void {
  expect(/<\{%|\p{Surrogate}|[^\P{Cc}\n]|\p{Bidi_Control}/u.test(text), text.slice(0, 200)).to.equal(false);
}

/** Nothing that Pulumi would stop at, wherever it stores it or shows it. */
function expectStorable(value: unknown): void {
  const text = JSON.stringify(value);
  const isMarked = /"(04da6b54-80e4-46f7-96ec-b56ff0331ba9|4dabf18193072939515e22adb298388d)"/.test(text);
  expect([steersDisplay(value), isMarked], text.slice(0, 200)).to.deep.equal([false, false]);
  JSON.parse(text, (name, inner) => {
    const isOdd = typeof inner === "string" && /\p{Surrogate}|[^\P{Cc}\t\n\r]/u.test(inner);
    expect(isOdd || /[\p{Surrogate}\p{Cc}\p{Bidi_Control}]/u.test(name), text.slice(0, 200)).to.equal(false);
    return inner;
  });
}

describe("text", () => {
  const made: [what: string, message: Message, text: string][] = [
    ["a value in quotes", quoted("Spring sale"), '"Spring sale"'],
    ["quotes in quotes", quoted('a "b" \\c'), '"a \\"b\\" \\\\c"'],
    ["a value that is no text", quoted(undefined), '"undefined"'],
    ["blanks in quotes, each run as one", quoted(" a\t\n b "), '" a b "'],
    ["one line, without blanks around it", oneLine("  a \n\t b  "), "a b"],
    ["one line, without a command for a pipeline", oneLine("a\n::error::b"), "a ::error::b"],
    ["one line, cut if it is long", oneLine("x".repeat(121)), `${"x".repeat(120)}…`],
    ["one line, whole if it isn't", oneLine("x".repeat(120)), "x".repeat(120)],
    ["one line, without half a character", oneLine("😀".repeat(200)), `${"😀".repeat(120)}…`],
    ["no campaign", count(0, "campaign"), "0 campaigns"],
    ["one", count(1, "campaign"), "1 campaign"],
    ["two", count(2, "campaign"), "2 campaigns"],
    ["a sentence on one line", say`${2} of ${quoted("a b")}\n${say`c`}: ${" d\n e "}`, '2 of "a b"\nc:  d e '],
    ["a sentence with a very long value", say`a ${"x".repeat(1_001)} b`, `a ${"x".repeat(1_000)}… b`],
    ["one that is just not too long", say`${"x".repeat(1_000)}`, "x".repeat(1_000)],
    ["messages on lines of their own, if they are there", lines(say`a`, undefined, say`b`), "a\nb"],
    ["messages as they are", concat(say`a`, say`${""}`, lines(say`b`, say`c`)), "ab\nc"],
    ["the first line", firstLine(lines(say`a`, say`b`)), "a"],
    ["a full stop", sentence(say`a`), "a."],
    ["one full stop only", sentence(say`a.`), "a."],
  ];
  for (const [what, message, text] of made) it(`says ${what}`, () => expect(message).to.equal(text));
});

describe("a text from outside", function () {
  // A long one takes its time on a busy machine.
  this.timeout(30_000);
  const raw = openRawAccount();
  const on = openInProcess();

  for (const [what, text] of Object.entries(hostile)) {
    describe(`that holds ${what}`, () => {
      it("can be shown in each kind of message", () => {
        const envelope = describeAnswer(400, { title: text, message: text, trace_id: text });
        const one = say`${text} ${quoted(text)} ${oneLine(text)}`;
        const error = new HoodError("rejected", { ...viewCampaign("1"), purpose: text }, envelope);
        const parts = [forPeople(text), one, sentence(one), firstLine(one), concat(one, one), count(1, text)];
        const messages = [...parts, error.message];
        for (const message of [...messages, lines(...messages)]) expectShowable(message);
        for (const line of [oneLine(text), quoted(text)]) expect(/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)).to.equal(false);
        expectReadable(lines(say`a ${text}`, concat(say`b ${oneLine(text)}`, say`${quoted(text)}`), say`c ${text}`));
      });

      it("can be stored, as a value and as a name in an object, and is changed once only", () => {
        const value = { [text]: [text, { inner: text }], plain: 1 };
        const storable = harmlessValue(value);
        expectStorable(storable);
        expect(harmlessValue(storable)).to.deep.equal(storable);
      });

      it("comes in harmless with Hood's answers", async () => {
        const metadata = { [text]: text };
        raw.server.answer(json(200, { total: 1, items: [{ ...shownCampaign, name: text, status: text, metadata }] }));
        const { campaign, fields } = await raw.account.details("1000248");
        expectStorable([campaign, fields]);
        raw.server.answer(json(403, { title: text, message: text, trace_id: text }));
        expectShowable((await thrown(HoodError, () => raw.account.get("1000248"))).message);
      });

      it("is a name that a check shows, and warnings too", async () => {
        const campaignId = on.campaign("running", { name: text });
        const args = { campaignId, reason: "x" };
        const { inputs, failures } = await on.provider.check(undefined, args);
        expect(failures).to.deep.equal([]);
        expectStorable(inputs);
        on.hood.setStatus(campaignId, "draft");
        const { failures: others } = await on.another().check(undefined, { ...args, expectedName: "x" });
        await on.provider.delete(campaignId, inputs);
        const messages = [...others.map(({ reason }) => reason), ...on.provider.engine.warnings];
        expect(messages).to.have.length(3);
        for (const message of messages) {
          expectShowable(message);
          expectReadable(message);
        }
      });

      it("is the name that a program expects, as it is in Hood and as it was read, and no drift", () => {
        const campaign = { id: "1000248", name: harmless(text), status: "running" };
        const live = harmlessValue({ [text]: [text] });
        for (const same of [text, harmless(text)]) expect(nameFailures(campaign, same)).to.deep.equal([]);
        expect(nameFailures(campaign, `${text}.`)).to.have.length(1);
        expect(matches({ [text]: [text] }, live)).to.equal(true);
        expect(matches({ [text]: [`${text}.`] }, live)).to.equal(false);
      });

      it("can be shown whichever way a resource fails with it", async () => {
        for (const error of await failuresWith(text)) {
          expectShowable(error.message);
          expectShowable(String(error.stack));
          for (const reason of error.reasons ?? []) expectShowable(reason);
        }
        expectShowable((await statusOf(() => Promise.reject(new UserError(text as Message)))).details);
        const lookup = () => sdk.getCampaign({ id: "1", [text]: 1 } as { id: string });
        expectShowable((await thrown(Error, lookup)).message);
      });

      it("can be shown in a warning and in a line of progress", async () => {
        const server = await startEngineServer();
        try {
          const engine = engineAt(server.address);
          await Promise.all([engine.warn(text as Message), engine.showProgress(text as Message)]);
          expect(server.logs).to.have.length(2);
          for (const { message } of server.logs) expectShowable(message);
        } finally {
          server.close();
        }
      });
    });
  }

  for (const [what, text] of Object.entries(steering)) {
    it(`fails as an argument if it holds ${what}, without its value being shown`, async () => {
      const news = { campaignId: "../1", reason: text, [text]: "x", messages: [{ push: { [text]: 1 } }] };
      const { failures } = await on.provider.check(undefined, news);
      for (const { reason } of failures) expectShowable(reason);
      const [steers, others] = [failures.slice(0, 3), failures.slice(3)];
      for (const { reason } of steers) expect(reason).to.match(/< \{%.*\nPut the space into it/);
      // With a property's name, Pulumi would show the value too.
      expect(steers.map(({ property }) => property)).to.deep.equal(["", "", ""]);
      expect(others.map(({ property }) => property)).to.deep.equal(["campaignId", "", ""]);
    });
  }

  const harmlessOnes = [
    "Spring sale",
    "50 % {off} <b>%</b> %}> < {%",
    '{"html":"\\u003cb\\u003e \\\\ {% if x %}"}',
    "Hi {{name}}!\nBig sale!! {% if vip %}\\o/ C:\\users{% endif %}\t<!doctype html>\n",
    "עברית \u200f😀",
  ];
  const broken: [what: string, text: string, kept: string][] = [
    ["the mark of special objects", "4dabf18193072939515e22adb298388d", "4dab f18193072939515e22adb298388d"],
    ["half a character, and NUL", "a\ud83d\0b", "a\ufffd\ufffdb"],
    ["an escape that spells a colour", '{"a":"<\\u007b%x%}>"}', '{"a":"<\\ u007b%x%}>"}'],
    ["a tag at the beginning of a line alone", "50 %TAG\n%TAG !e! x", "50 %TAG\n% TAG ! e!  x"],
  ];
  for (const [what, text, kept] of broken) {
    it(`is recorded with a space or a mark in place of ${what}`, () => expect(harmless(text)).to.equal(kept));
  }

  it("as a name has no line breaks, and steers no display from any place in a value, or by escapes of escapes", () => {
    expect(harmlessName("a\tb\n")).to.equal("a b ");
    expect([{ plain: 1, a: ["b", "<{%"] }, [null, { "<{%": 1 }]].map(steersDisplay)).to.deep.equal([true, true]);
    expect(steersDisplay(`\\${"u005c".repeat(20)}`)).to.equal(true);
  });

  it("is kept to a hundred levels", () => {
    const nested = (levels: number): unknown => (levels === 0 ? ["a"] : [nested(levels - 1)]);
    expect(JSON.stringify(harmlessValue(nested(99)))).to.equal(JSON.stringify(nested(99)));
    expect(JSON.stringify(harmlessValue(nested(101)))).to.contain('["(nested too deep to be shown)"]');
  });

  for (const text of harmlessOnes) {
    it(`stays as it is if it is harmless: ${JSON.stringify(text)}`, () => {
      expect(steersDisplay(text)).to.equal(false);
      expect(harmless(text)).to.equal(text);
    });
  }
});

type Failed = Error & { readonly reasons?: readonly string[] };

/** What each method of a dynamic provider throws, for each kind of error. */
async function failuresWith(text: string): Promise<Failed[]> {
  const state = { campaignId: "1", reason: "x", status: "canceled", outcome: "canceled" };
  // Nothing else makes a message of a text as it is.
  const words = text as Message;
  // One whose stack was put into words with its message.
  const stack = `TypeError: ${text}\n    at somewhere (file.js:1:1)`;
  const defect = () => Object.assign(new TypeError(text), { stack });
  const calls = [() => new UserError(words), defect, () => new UnfinishedError(words, "1", {})].flatMap((error) => {
    const fail = () => Promise.reject(error());
    const failing = { check: fail, preflight: fail, create: fail, read: fail, update: fail, delete: fail };
    const resource: typeof campaignCancellation = { ...campaignCancellation, ...failing };
    const provider = dynamicProvider(hosted(resource), new EngineOperation(silentEngine()));
    const host = provider as Required<dynamic.ResourceProvider>;
    return [
      () => host.check({}, state).then(({ failures = [] }) => Promise.reject(new Error(failures[0]?.reason))),
      () => host.diff("1", state, state),
      () => host.create(state),
      () => host.read("1", state),
      () => host.update("1", state, state),
      () => host.delete("1", state),
    ];
  });
  return Promise.all(calls.map((call) => thrown<Failed>(Error, call)));
}

/** How the plugin answers a call that fails. */
function statusOf(act: () => Promise<never>): Promise<StatusObject> {
  return new Promise((resolve) => {
    const handle: handleUnaryCall<unknown, never> = unary(act);
    handle({} as never, (error) => resolve(error as StatusObject));
  });
}

const base64 = (text: string, form: BufferEncoding = "base64") => Buffer.from(text).toString(form);
const escaped = (text: string, each: (code: string) => string) =>
  [...text].map((character) => each(character.charCodeAt(0).toString(16))).join("");

/** The ways in which a server may repeat what it was sent. */
const echoes: Record<string, (token: string) => string> = {
  "as it is, beside other words": (token) => `Bearer ${token}, and so on`,
  "in JSON within JSON": (token) => JSON.stringify(JSON.stringify(`"${token}"`)),
  "with slashes escaped": (token) => JSON.stringify(token).replaceAll("/", "\\/"),
  "with JSON escapes": (token) => escaped(token, (code) => `\\u00${code}`),
  "with JSON escapes in capitals, in JSON within JSON": (token) =>
    JSON.stringify(escaped(token, (code) => `\\u00${code.toUpperCase()}`)),
  "percent-encoded": encodeURIComponent,
  "percent-encoded twice, in small letters": (token) =>
    encodeURIComponent(encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase())),
  "percent-encoded in all characters": (token) => escaped(token, (code) => `%${code}`),
  "as HTML": (token) => escaped(token, (code) => `&amp;#x${code};`),
  "as HTML, in part": (token) => token.replace(/\W/g, (character) => `&#0${character.charCodeAt(0)};`),
  "in base64": (token) => base64(token),
  "in base64 after one character": (token) => base64(`x${token} and more`),
  "in base64 after two": (token) => base64(`xy${token}`),
  "in base64 for URLs": (token) => base64(`>>>?${token}???`, "base64url"),
  "in base64 with slashes escaped": (token) => base64(`???${token}`).replaceAll("/", "\\/"),
};

describe("an answer that repeats the token", () => {
  const token = "canary/of+7=slashes.and-more";
  const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
  const tokens = fc.string({ unit: printable, minLength: 8, maxLength: 60 });

  for (const [how, echo] of Object.entries(echoes)) {
    it(`shows none of it, whatever the token is: ${how}`, () => {
      const hides = (secret: string) => {
        const shown = withoutToken(echo(secret), secret);
        expect(shown).to.contain("[token]").and.not.contain(secret);
        expect(shown.length).to.be.at.most(echo(secret).length);
      };
      fc.assert(fc.property(tokens, hides), { examples: [[token]] });
    });
  }

  it("is still JSON, with the rest as it was", () => {
    const echo = JSON.stringify({ message: `Got "Bearer ${token}"\n`, c: `\\${token}`, n: 1 });
    const rest = { message: 'Got "Bearer [token]"\n', c: "\\[token]", n: 1 };
    expect(JSON.parse(withoutToken(echo, token))).to.deep.equal(rest);
  });

  it("isn't searched for a token so short that it could be part of a word", () => {
    expect(withoutToken("running", "run")).to.equal("running");
  });

  it("takes little time, however large", () => {
    const text = JSON.stringify({ items: Array(200_000).fill("canary canary/of a\\b %25 &#x63;") });
    const before = performance.now();
    expect(withoutToken(text, token)).to.equal(text);
    expect(performance.now() - before).to.be.below(2_000);
  });
});
