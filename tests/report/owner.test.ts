import { expect } from "chai";
import { type HoodType, providerTextOf } from "../../report/owner";
import { providerText } from "../../sdk/dynamic";
import { canceled, type Given, itJudges, live, UNKNOWN } from "./steps";

const OWN = providerTextOf("CampaignCancellation");
const seenCanceled = { ...live, previousStatus: "canceled" };

describe("What a preview says of a step that may be Hood's", () => {
  const label = "pulumi-nodejs:dynamic/site:Label";
  const declared = (name: string, kind = "pulumi-nodejs") => ({
    provider: `urn:pulumi:test::test::pulumi:providers:${kind}::${name}::1`,
  });
  const OTHER_TYPE = /this package's provider under another type/;
  const OTHER_PROVIDER = /another provider than this package's/;
  const UNKNOWN_TYPE = /doesn't know its type/;

  const bucket = { type: "aws:s3:Bucket" };

  itJudges("irreversible", OTHER_TYPE, {
    "this package's provider under another type": { type: label, inputs: { __provider: OWN } },
    "it under a type that ends like Pulumi's": { type: `${label}$pulumi:x`, inputs: { __provider: OWN } },
  });
  itJudges("irreversible", /doesn't show its provider's code/, {
    "another type with a secret provider": { type: label, inputs: { __provider: "[secret]" } },
  });
  itJudges("irreversible", UNKNOWN_TYPE, {
    "a type that the plugin serves": { type: "site:index:Label", inputs: live, new: declared("default", "hood") },
    "a type of a newer provider": { type: "hood:index:CampaignPurge", inputs: live },
    "a type without a module": { type: "hood::CampaignCancellation", inputs: live },
    "one behind the npm classes": { type: "CampaignPurge", inputs: live },
  });
  itJudges("irreversible", OTHER_PROVIDER, {
    "a type of the plugin that another one serves": {
      type: "hood:index:CampaignCancellation",
      inputs: seenCanceled,
      new: declared("default", "aws"),
    },
  });
  itJudges("irreversible", /doesn't know the engine's step/, {
    "a new kind of step": { op: "transmute", inputs: live },
  });
  itJudges("irreversible", /neither its old nor its new state/, {
    "a new kind of step that shows no state, whatever its type is": { ...bucket, op: "transmute" },
  });
  itJudges("other", undefined, {
    "a new kind of step for another resource": { ...bucket, op: "transmute", inputs: {} },
    "a component with a type like Hood's": { type: "hood:team:All", inputs: {}, new: { custom: false } },
  });
  itJudges("unchanged", undefined, { "a refresh that shows no state": { ...bucket, op: "refresh" } });
  const other = { __provider: "exports.handler = __f0;" };
  const mixed = { op: "update", state: canceled, inputs: live };
  itJudges("irreversible", OTHER_PROVIDER, {
    "an update to another provider": { ...mixed, inputs: { ...live, ...other } },
    "an update from another provider": { ...mixed, state: { ...canceled, ...other } },
    "a removal with another provider in its outputs": {
      op: "delete",
      state: { ...canceled, ...other },
      before: canceled,
    },
    "a removal without the provider in its inputs": {
      op: "delete",
      state: canceled,
      before: { ...canceled, __provider: undefined },
    },
  });
  itJudges("irreversible", /declares a provider/, {
    "an update from a declared provider": { ...mixed, old: declared("mine"), new: declared("default") },
  });
  const update = (before: unknown, after: unknown): Given => {
    return { op: "update", type: label, state: { __provider: before }, inputs: { __provider: after } };
  };
  itJudges("irreversible", OTHER_TYPE, { "an update from this package's provider": update(OWN, other.__provider) });
  itJudges("irreversible", /may load/, { "an update from code that may load": update("eval(x)", other.__provider) });
  itJudges("irreversible", /doesn't show its provider's code/, {
    "an update from a secret provider": update("[secret]", other.__provider),
    "an update from a provider that is no text": update(7, other.__provider),
    "a provider in Python that becomes one in JavaScript": {
      ...update("x", "[secret]"),
      old: declared("default", "pulumi-python"),
      new: declared("default"),
    },
    "a dynamic resource without a provider's code": { type: label, inputs: {} },
  });
  itJudges("removed", /^Nothing is sent/, {
    "one without inputs in its state": { op: "delete", state: canceled, old: { inputs: {} } },
  });
  for (const name of ["mine", "mydefault", "default_evil", "default_1x"]) {
    itJudges("irreversible", /declares a provider/, {
      [`a canceled campaign through ${name}, which Pulumi didn't make`]: { inputs: seenCanceled, new: declared(name) },
    });
  }
  for (const name of ["default", "default_3_248_0", "default_10_20_30", "default_3_249_0_alpha_x1a2b3c"]) {
    itJudges("recorded", /^Canceled already/, {
      [`a canceled campaign through Pulumi's own ${name}`]: { inputs: seenCanceled, new: declared(name) },
    });
  }
  for (const __provider of [undefined, UNKNOWN, "[secret]", 7, `${OWN} `, OWN.replace("Cancellation", "Status")]) {
    itJudges("irreversible", OTHER_PROVIDER, {
      [`a new one with the provider ${__provider}`]: { inputs: { ...seenCanceled, __provider } },
      [`a removed one with the provider ${__provider}`]: { op: "delete", state: { ...canceled, __provider } },
    });
  }
});

describe("A provider's code under another type", () => {
  const type = "pulumi-nodejs:dynamic/site:Label";
  /** As Pulumi makes it from a program's own provider. */
  const serialized = (body: string) =>
    `exports.handler = __f0;\n\nvar __provider = {create: __f1};\n\nfunction __f1(__0) {\n  return (function() {\n    with({ this: undefined }) {\n\n${body}\n\n    }\n  }).apply(undefined, undefined).apply(this, arguments);\n}\n`;
  const hood = (spelled: string) => OWN.replace("pulumi-ocamba-hood", spelled);

  const others: Readonly<Record<string, string>> = {
    "loads nothing": serialized('return async function /*create*/(inputs) { return { id: "x", outs: inputs }; };'),
    "loads modules by their names": serialized('const fs = require("fs"); const os = await import( `node:os` );'),
    "speaks of loading in comments": serialized('return async () => { /* see the import: we require "x" */ };'),
    "speaks of it in errors": serialized(
      'return () => { throw new Error("Fields we require: name. Can\'t do this on import. eval failed"); };',
    ),
    "compares with such a word": serialized("return (i) => i.mode===\"import\" || i.mode === 'require';"),
    "has it in regular expressions": serialized("return (i) => /[import]: eval/.test(i);"),
    "names properties like that": serialized('return () => ({ require: true, import: 1, "eval": 2, eval() {} });'),
    "looks for a module": serialized('return () => require.resolve("x");'),
    "holds escapes that hide nothing": serialized(
      'return () => "\\u001b[31m\\x1b\\0" + /[^\\x20-\\x7e]\\1/.exec("\\\\");',
    ),
    "is a factory": serialized("").replace("__f0;", "__f0();"),
  };
  for (const [what, __provider] of Object.entries(others)) {
    itJudges("other", undefined, { [`code that ${what}`]: { type, inputs: { __provider } } });
  }

  const unclear: Readonly<Record<string, string>> = {
    "spells the package in Unicode": hood("pulumi-ocamba-h\\u006fod"),
    "spells it in braces": hood("pulumi-ocamba-h\\u{00006F}od"),
    "spells it in hexadecimal": hood("pulumi-ocamba-\\x68ood"),
    "spells it in octal": hood("pulumi-ocamba-h\\157od"),
    "breaks its name over two lines": hood("pulumi-ocamba-\\\nhood"),
    "joins its name": hood('pulumi-ocamba-" + "hood'),
    "finds it by another name": hood("hood"),
    "is no code of Pulumi's": "exports.handler = () => ({})",
    "is nothing": "",
    "spells the loading itself": serialized('return r\\u0065quire("pulumi-" + x);'),
    "loads what it joins": serialized('return require("pulumi-" + "oc" + "amba-hood/provider");'),
    "loads what a template says": serialized("return require(`$" + "{name}/provider`);"),
    "imports what it joins": serialized('return import("a" + b);'),
    "hands on what loads": serialized('const load = require; return load(["pulumi", "hood"].join("-"));'),
    "evaluates text": serialized("return eval(text);"),
    "takes out what loads": serialized('const { require: load } = module; return load("a" + b);'),
    "takes it out later": serialized('let load; ({ require: load } = module); return load("a" + b);'),
    "reads it from an object": serialized('return module /* */ ?. require("a" + b);'),
    "loads after what looks like a string": serialized(`return /"/.test(a) || require(x + '"');`),
    "loads after what looks like a comment": serialized('return /[/*]/.test(a) || require("a" + b) /* */;'),
    "finds a way around the loader": serialized('return require.resolve.constructor("x");'),
    "makes functions of text": serialized("return new Function(text)();"),
    "finds a loader elsewhere": serialized('return process.mainModule["req" + "uire"](name);'),
    "talks to Hood": serialized('return fetch("https://api.ocamba.com/v1/hood/campaigns/1/cancel");'),
  };
  const MAY_BE_OURS = /may load this package's provider|this package's provider under another type/;
  for (const [what, __provider] of Object.entries(unclear)) {
    itJudges("irreversible", MAY_BE_OURS, {
      [`new code that ${what}`]: { type, inputs: { __provider } },
      [`removed code that ${what}`]: { op: "delete", type, state: { __provider } },
    });
  }

  const python = { provider: "urn:pulumi:test::test::pulumi:providers:pulumi-python::default::1" };
  for (const __provider of ["gASVKAAAAAAAAAC", "[secret]"]) {
    const given = { type: "pulumi-python:dynamic:Resource", inputs: { __provider }, new: python };
    itJudges("other", undefined, { [`code in Python, ${__provider},`]: given });
  }

  for (const type of ["Campaign", "CampaignCancellation", "CampaignStatus"] satisfies HoodType[]) {
    it(`is known for ${type} as the classes give it`, () => {
      expect(providerTextOf(type)).to.equal(providerText(type.replace("C", "c")));
    });
  }
});
