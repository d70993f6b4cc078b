import { expect } from "chai";

/** A message as a user can bear it: three lines at the most, none of them blank, and no stack in it. */
export function expectReadable(message: string): void {
  const lines = message.split("\n");
  expect(lines.length, message).to.be.at.most(3);
  for (const line of lines) expect(line.trim(), message).not.to.equal("");
  expect(message).not.to.match(/^\s+at .*:\d+:\d+/m);
}

/** What `act` throws, which must be an instance of `kind`. */
export async function thrown<T extends Error>(
  kind: abstract new (...args: never[]) => T,
  act: () => unknown,
): Promise<T> {
  let error: unknown;
  try {
    await act();
  } catch (caught) {
    error = caught;
  }
  expect(error, "what was thrown").to.be.an.instanceOf(kind);
  return error as T;
}

/** A call that a provider answered with an error, as the engine reads it. */
export class ProviderError extends Error {
  override name = "ProviderError";

  /** @param partial what the engine records of a resource that was begun and not finished. */
  constructor(
    message: string,
    readonly partial?: { id: string; properties: Record<string, unknown>; reasons: readonly string[] } | undefined,
  ) {
    super(message);
  }
}
