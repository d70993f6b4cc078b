/**
 * What the engine puts in place of a value that another resource has yet to yield. It reaches a provider as this text.
 * https://github.com/pulumi/pulumi/issues/6310
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for a value that is only known once the update runs. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}
