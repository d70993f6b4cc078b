import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isObject } from "../../json";
import { withCompared } from "../discreet";
import { encoded, type Properties } from "../hosted";

/** How the engine marks a special value, and which of them a secret is. https://www.pulumi.com/docs/reference/pulumi-sdk/ */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Properties as the engine sent them: plain values, and the names of those that hold a secret somewhere. */
export interface Received {
  readonly values: Properties;
  readonly secrets: ReadonlySet<string>;
}

export function received(struct: Struct | undefined): Received {
  const values: Properties = {};
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    values[name] = open(value, () => secrets.add(name));
  }
  return { values, secrets: withCompared(secrets) };
}

/** Properties for the engine; those of the given names are marked as secrets, whole. */
export function sent(values: Properties, secrets: ReadonlySet<string> = new Set()): Struct {
  const marked = Object.entries(encoded(values)).map(([name, value]) => [
    name,
    secrets.has(name) ? { [MARK]: SECRET, value } : value,
  ]);
  return Struct.fromJavaScript(Object.fromEntries(marked));
}

/** A value without the marks of the secrets in it. */
function open(value: unknown, isSecret: () => void): unknown {
  if (Array.isArray(value)) return value.map((item) => open(item, isSecret));
  if (!isObject(value)) return value;
  if (value[MARK] === SECRET) {
    isSecret();
    return open(value.value, isSecret);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner, isSecret)]));
}
