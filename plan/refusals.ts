import { isObject } from "../provider/hood/campaign";
import type { Refusal } from "./report";
import { hoodType, namesIn } from "./step";

/** The engine's own words around a message of a Hood resource, which name the resource a second time. */
const WRAPPED = /^\S+ resource '.*?'(?:: property \S+ value \{.*?\})? has a problem: /s;
/** The frames of a stack trace. */
const FRAME = /^\s+at /;
/** All that the engine's JSON says where a policy refuses the change. */
const BARE = "preview failed";
const UNEXPLAINED =
  "preview failed, and its JSON doesn't say why: a policy may refuse the change. Run `pulumi preview` without --json to see.";

/** The errors among a preview's diagnostics, each once. */
export function refusalsIn(diagnostics: readonly unknown[]): Refusal[] {
  const errors = diagnostics.filter(isObject).filter(({ severity }) => severity === "error");
  const refusals = errors.map(({ urn, message }) => refusalOf(typeof urn === "string" ? urn : "", String(message)));
  const byText = new Map(refusals.map((refusal) => [`${refusal.urn}\n${refusal.message}`, refusal]));
  return [...byText.values()];
}

function refusalOf(urn: string, raw: string): Refusal {
  const lines = raw.split("\n").filter((line) => !FRAME.test(line));
  const message = lines
    .join("\n")
    .trim()
    .replace(/^error: /, "");
  if (urn === "") return { message: message === BARE ? UNEXPLAINED : message };
  const { type, resource } = namesIn(urn);
  const hood = hoodType(type);
  return { resource, type: hood ?? type, urn, message: hood ? message.replace(WRAPPED, "") : message };
}
