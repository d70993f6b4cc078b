import type { Failure, Properties } from "../../context";
import { isObject } from "../../json";
import { isUnknown } from "../../unknown";
import { isText } from "../arguments";

/** The channels, and whether a message needs to say through which integration it goes. */
const channels = new Map<unknown, { readonly needsIntegration: boolean }>([
  ["push", { needsIntegration: false }],
  ["email", { needsIntegration: true }],
  ["sms", { needsIntegration: true }],
]);
const MOST_MESSAGES = 4;

/** Everything that is wrong with the messages, each for itself and together. What isn't known yet is left for later. */
export function messageFailures({ messages, abTest }: Properties): Failure[] {
  if (!Array.isArray(messages)) return [];
  const reasons = messages.flatMap((message, index) => (isUnknown(message) ? [] : messageReasons(message, index)));
  const failures = reasons.map((reason) => ({ property: "messages", reason }));
  return [...failures, ...[...channels.keys()].flatMap((channel) => together(messages, String(channel), abTest))];
}

function messageReasons(message: unknown, index: number): string[] {
  const place = `messages[${index}]`;
  if (!isObject(message)) return [`${place} must be an object, such as { channel: "push", push: { … } }.`];
  const { channel, integrationId } = message;
  if (isUnknown(channel)) return [];
  const rules = channels.get(channel);
  if (!rules) return [`${place}.channel must be one of "push", "email", "sms".`];
  if (isUnknown(integrationId) || isText(integrationId)) return [];
  if (integrationId !== undefined && integrationId !== null) {
    return [`${place}.integrationId must be a string: put the integration's id in quotes.`];
  }
  if (!rules.needsIntegration) return [];
  return [`${place}.integrationId is missing: a message by ${channel} needs the id of the integration that sends it.`];
}

function together(messages: readonly unknown[], channel: string, abTest: unknown): Failure[] {
  const { length } = messages.filter((message) => isObject(message) && message.channel === channel);
  if (length > MOST_MESSAGES) {
    const rest = `hold ${length} for ${channel}, and Hood takes ${MOST_MESSAGES} for a channel: take some out`;
    return [{ property: "messages", reason: `messages ${rest}.` }];
  }
  if (length < 2 || (abTest !== undefined && abTest !== null)) return [];
  const rest = `is missing: there are ${length} messages for ${channel}, so say how the best of them is found`;
  return [{ property: "abTest", reason: `abTest ${rest}.` }];
}
