import { distance } from "fastest-levenshtein";
import { environmentNames, settingNames } from "./settings";
import { lines, type Message, quoted, say } from "./text";

/** The config namespace of this package, and the first part of its environment variables. */
const NAMESPACE = "hood";

/** Keys in that namespace that are Pulumi's own: they are about the plugin. */
const ENGINES_OWN = ["version", "pluginDownloadURL"];

/**
 * A warning about what looks like a setting and is none, since nobody reads it: a misspelt guard guards nothing.
 *
 * @param keys the keys of the stack's config, with their namespaces.
 * @param environment names of environment variables, of which only those near to a known one are meant.
 * @param project the project's name: its own keys are in a namespace of that name, which may be this package's.
 */
export function describeMisspelt(
  keys: readonly string[],
  environment: readonly string[],
  project?: string,
): Message | undefined {
  const others = [
    ...keys.flatMap((key) => unknownIn(key, keys, project)),
    ...environment.flatMap((name) => {
      const meant = name.startsWith("HOOD_") ? nearest(name, environmentNames) : undefined;
      return meant === undefined ? [] : [{ name, meant }];
    }),
  ];
  if (others.length === 0) return undefined;
  const shown = others.slice(0, MOST).map(({ name, meant }) => (meant ? `${name} (do you mean ${meant}?)` : name));
  const rest = others.length > MOST ? `, and ${others.length - MOST} more` : "";
  const isOwn = others.some(({ name }) => project === NAMESPACE && name.startsWith(`${NAMESPACE}:`));
  return lines(
    say`Not settings of pulumi-ocamba-hood, and so without effect on it: ${shown.join(", ")}${rest}.`,
    isOwn
      ? say`The project is called hood too: if they are keys of its own, give them names that are less alike. Otherwise correct them.`
      : say`Correct the name, or take it out (\`pulumi config rm KEY\`). The settings are ${settingNames.map(keyOf).join(", ")}.`,
  );
}

/** So many are named. */
const MOST = 5;

interface Unknown {
  readonly name: string;
  readonly meant?: string;
}

function unknownIn(key: string, keys: readonly string[], project: string | undefined): Unknown[] {
  const [namespace = "", ...rest] = key.split(":");
  const name = rest.join(":");
  const known: readonly string[] = settingNames;
  if (namespace === NAMESPACE) {
    if (known.includes(name) || ENGINES_OWN.includes(name)) return [];
    const near = nearest(name, known);
    if (near === undefined) return project === NAMESPACE ? [] : [{ name: shownKey(key) }];
    return [{ name: shownKey(key), meant: keyOf(near) }];
  }
  // Set without a namespace, a key is the project's own. Nothing but this one is sure to be meant for us.
  const isGuard = namespace === project && name === "maxCancellations" && !keys.includes(keyOf(name));
  const isNear = namespace !== project && distance(namespace.toLowerCase(), NAMESPACE) <= 1 && known.includes(name);
  return isGuard || isNear ? [{ name: shownKey(key), meant: keyOf(name) }] : [];
}

function keyOf(name: string): string {
  return `${NAMESPACE}:${name}`;
}

function shownKey(key: string): string {
  return /^[\w:.-]{1,60}$/.test(key) ? key : quoted(key);
}

/** The known name that one is near to, but isn't: a few letters more, less or other, another case, other separators. */
function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  // No name is near to two of them.
  return known.find((one) => distance(bare(name), bare(one)) <= Math.ceil(one.length / 6));
}
