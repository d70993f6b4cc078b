import type { handleUnaryCall, StatusObject } from "@grpc/grpc-js";
import type { dynamic } from "@pulumi/pulumi";
import { expect } from "chai";
import type { Properties, Resource } from "../../provider/context";
import { UnfinishedError, UserError } from "../../provider/errors";
import { viewCampaign } from "../../provider/hood/endpoints";
import { describeAnswer, HoodError } from "../../provider/hood/errors";
import type { RecentCampaign } from "../../provider/hood/lists";
import { dynamicProvider } from "../../provider/hosts/dynamicProvider";
import { engineAt } from "../../provider/hosts/engine";
import { Operation } from "../../provider/hosts/operation";
import { unary } from "../../provider/hosts/plugin/rpc";
import * as messages from "../../provider/messages";
import { matches } from "../../provider/resources/campaign/compare";
import * as campaignMessages from "../../provider/resources/campaign/messages";
import * as cancellationMessages from "../../provider/resources/cancellation/messages";
import * as contention from "../../provider/resources/contention";
import { nameFailures } from "../../provider/resources/objections";
import * as reversal from "../../provider/resources/reversal";
import * as statusMessages from "../../provider/resources/status/messages";
import { forPeople, harmless, harmlessValue, quoted, steersDisplay } from "../../provider/text";
import * as sdk from "../../sdk";
import { startEngineServer } from "../support/engineServer";
import { expectReadable, thrown } from "../support/messages";
import { openRawAccount, shown as shownCampaign } from "../support/rawAccount";
import { json } from "../support/rawServer";
import { silentEngine } from "../support/silentEngine";

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
  "a megabyte": "<{%x%}>\u001b".repeat(131_072),
  "escapes of escapes, on and on": `\\${"u005c".repeat(25_000)}`,
  "nothing but tags": "!".repeat(131_072),
};

const HALVES = /\p{Surrogate}/u;
/** Control characters other than these blanks. */
const controls = (blanks: string) => new RegExp(`[^\\P{Cc}${blanks}]`, "u");

/** Nothing that a display would take for anything else than text. */
function expectShowable(text: string): void {
  const start = text.slice(0, 200);
  expect(text.includes("<{%"), start).to.equal(false);
  for (const pattern of [HALVES, controls("\\n"), /\p{Bidi_Control}/u])
    expect(pattern.test(text), start).to.equal(false);
}

/** Nothing that Pulumi would stop at, wherever it records it or shows it. */
function expectRecordable(value: unknown): void {
  const text = JSON.stringify(value);
  const start = text.slice(0, 200);
  expect(steersDisplay(value), start).to.equal(false);
  for (const mark of ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "4dabf18193072939515e22adb298388d"]) {
    expect(text.includes(`"${mark}"`), start).to.equal(false);
  }
  JSON.parse(text, (name, inner) => {
    for (const pattern of [HALVES, controls(""), /\p{Bidi_Control}/u])
      expect(pattern.test(name), start).to.equal(false);
    if (typeof inner !== "string") return inner;
    for (const pattern of [HALVES, controls("\\t\\n\\r")]) expect(pattern.test(inner), start).to.equal(false);
    return inner;
  });
}

const campaignCalled = (text: string) => ({ id: "1000248", name: text, status: text });
const labelled = (text: string) => messages.labelOf("1000248", text);

/** What each module says about what comes from outside; complete, by the names of its functions. */
const words: readonly [module: object, says: Record<string, (text: string) => string>][] = [
  [
    messages,
    {
      describeCampaign: (text) => messages.describeCampaign(campaignCalled(text)),
      describeUnknownStatus: (text) => messages.describeUnknownStatus(campaignCalled(text)),
      describeWrongName: (text) => messages.describeWrongName(campaignCalled(text), text),
      describeTooMany: () => messages.describeTooMany(50),
      describeForgotten: (text) => messages.describeForgotten(labelled(text), answered(text)),
    },
  ],
  [
    cancellationMessages,
    {
      describeNotCancelable: (text) => cancellationMessages.describeNotCancelable(campaignCalled(text)),
      describeNotEnded: (text) => cancellationMessages.describeNotEnded(campaignCalled(text)),
      describeUnknownEffect: (text) => cancellationMessages.describeUncertain(labelled(text), answered(text).message),
      describeAction: (text) => cancellationMessages.describeAction(labelled(text), { outcome: text, status: text }),
      describeRemoval: (text) => cancellationMessages.describeRemoval(labelled(text), text),
    },
  ],
  [
    statusMessages,
    {
      describeUnreachable: (text) => statusMessages.describeNoWay(campaignCalled(text), text),
      describeNotImportable: (text) => statusMessages.describeNoWish(campaignCalled(text)),
      describeNoTime: (text) => statusMessages.describeNoTime(campaignCalled(text)),
      describePast: () => statusMessages.describePast("2026-05-01 09:00:00"),
      describeOtherCampaign: (text) => statusMessages.describeOtherCampaign(labelled(text), text),
      describeOnTheWay: (text) => statusMessages.describeOnTheWay(labelled(text), text, answered(text).message),
      describeNextSteps: (text) => statusMessages.describeNextSteps(labelled(text), text, text),
      describeStatusRemoval: (text) => statusMessages.describeStatusRemoval(labelled(text)),
    },
  ],
  [
    campaignMessages,
    {
      describeRefusedEdit: (text) =>
        campaignMessages.describeRefusedEdit(campaignCalled(text), { name: "A" }, { name: "B" }),
      describeAdopted: (text) => campaignMessages.describeAdopted(campaignCalled(text)),
      describeOtherContent: (text) => campaignMessages.describeOtherContent(text, recentlyCalled(text)),
      describeSeveralLeft: (text) => campaignMessages.describeSeveralLeft(text, [recentlyCalled(text)]),
      describeAgeless: (text) => campaignMessages.describeAgeless(text, recentlyCalled(text)),
      describePreventedTwin: (text) => campaignMessages.describePreventedTwin(text, recentlyCalled(text)),
      describeUnclear: (text) => campaignMessages.describeUnclear(text, [recentlyCalled(text)]),
      describeLagging: (text) => campaignMessages.describeLagging(campaignCalled(text)),
      describeKept: (text) => campaignMessages.describeKept(labelled(text), "it was imported"),
      describeUnresolved: (text) => campaignMessages.describeUnresolved(labelled(text)),
      describeUnknownCreate: (text) => campaignMessages.describeUncertainCreate(text, answered(text).message),
      describeRefusedCreate: (text) => campaignMessages.describeRefusedCreate(text, answered(text).message),
      describeUnknownEdit: (text) => campaignMessages.describeUncertainEdit(labelled(text), answered(text).message),
      describeNoDraft: (text) => campaignMessages.describeNoDraft(text),
      describeStatusArgument: () => campaignMessages.describeStatusArgument(),
      describeLaunched: (text) => campaignMessages.describeLaunched(campaignCalled(text)),
      describeGone: (text) => campaignMessages.describeGone(messages.describeForgotten(labelled(text), answered(text))),
      describeAbandoned: (text) => campaignMessages.describeAbandoned(labelled(text), text),
      describeTakenOver: (text) => campaignMessages.describeTakenOver(labelled(text)),
      describePrevented: (text) => campaignMessages.describePrevented(labelled(text)),
      describeEnded: (text) => campaignMessages.describeEnded(campaignCalled(text), false),
      describeNotEnded: (text) => campaignMessages.describeNotEnded(messages.explain(answered(text))),
    },
  ],
  [reversal, { describeNoReturn: (text) => reversal.describeNoReturn(labelled(text), text) }],
  [
    contention,
    {
      describeDuplicate: () =>
        contention.describeContention("1000248", { type: "A", name: "a" }, { type: "B", name: "b" }),
    },
  ],
];

function recentlyCalled(text: string): RecentCampaign {
  return { campaign: campaignCalled(text), fields: {}, createdAt: Number.NaN };
}

function answered(text: string): HoodError {
  const envelope = { title: text, message: text, trace_id: text };
  return new HoodError("refused", viewCampaign("1000248"), describeAnswer(400, envelope), 400, text);
}

describe("A text from outside", function () {
  // A megabyte takes its time on a busy machine.
  this.timeout(30_000);
  const raw = openRawAccount();

  it("has words that are tested for every message about it", () => {
    for (const [module, says] of words) {
      const names = Object.keys(module).filter((name) => name.startsWith("describe"));
      expect(Object.keys(says)).to.have.members(names);
    }
  });

  for (const [what, text] of Object.entries(hostile)) {
    describe(`that holds ${what}`, () => {
      it("can be shown in each message", () => {
        expectShowable(forPeople(text));
        expectShowable(quoted(text));
        for (const says of words.flatMap(([, all]) => Object.values(all))) {
          const message = forPeople(says(text));
          expectShowable(message);
          expectReadable(message);
        }
      });

      it("can be recorded, as a value and as a name in an object, and is changed once only", () => {
        const value = { [text]: [text, { inner: text }], plain: 1 };
        const recordable = harmlessValue(value);
        expectRecordable(recordable);
        expect(harmlessValue(recordable)).to.deep.equal(recordable);
      });

      it("comes in harmless with Hood's answers", async () => {
        const metadata = { [text]: text };
        raw.server.answer(json(200, { total: 1, items: [{ ...shownCampaign, name: text, status: text, metadata }] }));
        const { campaign, fields } = await raw.account.details("1000248");
        expectRecordable([campaign, fields]);
        raw.server.answer(json(403, { title: text, message: text, trace_id: text }));
        expectShowable((await thrown(HoodError, () => raw.account.get("1000248"))).message);
      });

      it("is the name that a program expects, as it is in Hood and as it was read", () => {
        const campaign = { ...campaignCalled(harmless(text)), status: "running" };
        expect(nameFailures(campaign, text)).to.deep.equal([]);
        expect(nameFailures(campaign, harmless(text))).to.deep.equal([]);
        expect(nameFailures(campaign, `${text}.`)).to.have.length(1);
      });

      it("is what a program declares, and so no drift", () => {
        expect(matches({ [text]: [text] }, harmlessValue({ [text]: [text] }))).to.equal(true);
        expect(matches({ [text]: [text] }, harmlessValue({ [text]: [`${text}.`] }))).to.equal(false);
      });

      it("can be shown whichever way a resource fails with it", async () => {
        for (const error of await failuresWith(text)) {
          expectShowable(error.message);
          expectShowable(String(error.stack));
          for (const reason of error.reasons ?? []) expectShowable(reason);
        }
        expectShowable((await statusOf(() => Promise.reject(new UserError(text)))).details);
        const lookup = () => sdk.getCampaign({ id: "1", [text]: 1 } as { id: string });
        expectShowable((await thrown(Error, lookup)).message);
      });

      it("can be shown in a warning and in a line of progress", async () => {
        const server = await startEngineServer();
        try {
          const engine = engineAt(server.address);
          await Promise.all([engine.warn(text), engine.showProgress(text)]);
          expect(server.logs).to.have.length(2);
          for (const { message } of server.logs) expectShowable(message);
        } finally {
          server.close();
        }
      });
    });
  }

  for (const [what, text] of Object.entries(steering)) {
    it(`is refused as an argument if it holds ${what}, without its value being shown`, async () => {
      const news = { campaignId: "1", messages: [{ push: { [text]: 1 } }], [text]: "x", reason: text };
      const failures = Object.keys(news).map((property) => ({ property, reason: text }));
      const checked = await providerOf({ check: async () => ({ inputs: {}, failures }) }).check?.({}, news);
      expect(checked?.failures).to.have.length(7);
      const [first, second, third, ...others] = checked?.failures ?? [];
      for (const failure of [first, second, third]) expect(failure?.reason).to.match(/< \{%.*\n/);
      expect(others.map(({ property }) => property)).to.have.members(["campaignId", "", "", ""]);
      for (const { reason } of checked?.failures ?? []) expectShowable(reason);
    });
  }

  const harmlessOnes = [
    "Spring sale",
    "50 % {off} <b>%</b> %}> < {%",
    '{"html":"\\u003cb\\u003e \\\\ {% if x %}"}',
    "Hi {{name}}!\nBig sale!! {% if vip %}\\o/ C:\\users{% endif %}\t<!doctype html>\n",
    "עברית \u200f😀",
  ];
  for (const text of harmlessOnes) {
    it(`stays as it is where it is harmless: ${JSON.stringify(text)}`, () => {
      expect(steersDisplay(text)).to.equal(false);
      expect(harmless(text)).to.equal(text);
    });
  }
});

const operation = new Operation(silentEngine());

function providerOf(methods: Partial<Resource>): dynamic.ResourceProvider {
  return dynamicProvider(
    { argumentNames: [], live: "status", planned: (all: Properties) => all, ...methods } as Resource,
    operation,
  );
}

type Failed = Error & { readonly reasons?: readonly string[] };

/** An error whose stack was put into words with its message. */
function defect(text: string): Error {
  const error = new TypeError(text);
  error.stack = `TypeError: ${text}\n    at somewhere (file.js:1:1)`;
  return error;
}

/** What each method of a dynamic provider throws, for each kind of error. */
async function failuresWith(text: string): Promise<Failed[]> {
  const errors = [() => new UserError(text), () => defect(text), () => new UnfinishedError(text, "1", {})];
  const calls = errors.flatMap((error) => {
    const fail = () => Promise.reject(error());
    const failing = providerOf({ check: fail, diff: fail, create: fail, read: fail, update: fail, delete: fail });
    return [
      () => failing.check?.({}, {}),
      () => failing.diff?.("1", {}, {}),
      () => failing.create?.({}),
      () => failing.read?.("1", {}),
      () => failing.update?.("1", {}, {}),
      () => failing.delete?.("1", {}),
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
