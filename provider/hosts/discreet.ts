import type { Operation } from "../operation";
import { type Message, oneLine, quoted } from "../text";
import type { Hosted, Properties } from "./hosted";

/** The property that a campaign's name is compared with, and the one that shows the name. */
const EXPECTED = "expectedName";
const SHOWN = "campaignName";

/** The properties that are secrets: what was compared with a secret is one. */
export function withCompared(secrets: ReadonlySet<string>): ReadonlySet<string> {
  return secrets.has(EXPECTED) ? new Set([...secrets, SHOWN]) : secrets;
}

/** True if a program gives the name to be shown itself, as the classes do for a secret one, so that the engine keeps it secret. */
export function isCompared(values: Properties): boolean {
  return values[SHOWN] !== undefined && values[SHOWN] === values[EXPECTED];
}

/** A program's own values, without the name that isn't one. */
export function withoutShown({ [SHOWN]: _, ...values }: Properties): Properties {
  return values;
}

/** A resource whose expected name is a secret: nothing that it says shows the name of its campaign. */
export function discreet(resource: Hosted): Hosted {
  return {
    ...resource,
    check: (operation, olds, news) =>
      quietly(operation, [olds, news], async (on, hide) => {
        const { inputs, failures } = await resource.check(on, olds, news);
        // With a property's name, Pulumi may show its value.
        return { inputs, failures: failures.map(({ reason }) => ({ property: "", reason: hide(reason) })) };
      }),
    diff: (operation, olds, news) => quietly(operation, [olds, news], (on) => resource.diff(on, olds, news)),
    create: (operation, inputs) => quietly(operation, [inputs], (on) => resource.create(on, inputs)),
    read: (operation, id, props) => quietly(operation, [props], (on) => resource.read(on, id, props)),
    update: (operation, olds, news) => quietly(operation, [olds, news], (on) => resource.update(on, olds, news)),
    delete: (operation, props) => quietly(operation, [props], (on) => resource.delete(on, props)),
  };
}

async function quietly<T>(
  operation: Operation,
  values: readonly Properties[],
  act: (on: Operation, hide: (message: Message) => Message) => Promise<T>,
): Promise<T> {
  const hide = (message: Message) => withoutNames(message, namesIn(operation, values));
  const on: Operation = {
    ...operation,
    warn: (message) => operation.warn(hide(message)),
    progress: (line) => operation.progress(hide(line)),
  };
  try {
    return await act(on, hide);
  } catch (error) {
    if (error instanceof Error) error.message = hide(error.message as Message);
    throw error;
  }
}

/** The names in what is declared and stored, and what Hood has shown of these campaigns just now. */
function namesIn(operation: Operation, values: readonly Properties[]): string[] {
  const live = values.map(({ campaignId }) => {
    try {
      return typeof campaignId === "string" ? operation.account().remembered(campaignId)?.name : undefined;
    } catch {
      return undefined;
    }
  });
  const own = values.flatMap((properties) => [properties[EXPECTED], properties[SHOWN]]);
  return [...own, ...live].filter((name): name is string => typeof name === "string" && name.trim() !== "");
}

function withoutNames(message: Message, names: readonly string[]): Message {
  const hidden = names.flatMap((name) => [quoted(name), oneLine(name)]).sort((a, b) => b.length - a.length);
  return hidden.reduce<string>((text, name) => text.replaceAll(name, "[secret]"), message) as Message;
}
