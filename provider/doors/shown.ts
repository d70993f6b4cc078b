import type { Failure, Properties, Resource } from "../context";
import { forPeople, steersDisplay } from "../text";

/** A resource of whose failures every one can be shown, whatever its words and the program's arguments hold. */
export function shown(resource: Resource): Resource {
  return {
    ...resource,
    check: (context, olds, news) =>
      told(async () => {
        const { inputs, failures } = await resource.check(context, olds, news);
        return { inputs, failures: [...refused(news), ...failures.map((failure) => shownFailure(failure, news))] };
      }),
    diff: (...call) => told(() => resource.diff(...call)),
    create: (...call) => told(() => resource.create(...call)),
    read: (...call) => told(() => resource.read(...call)),
    update: (...call) => told(() => resource.update(...call)),
    delete: (...call) => told(() => resource.delete(...call)),
  };
}

/** A failure of a check, in words that can be shown. With a property's name, Pulumi shows its value too. */
export function shownFailure({ property, reason }: Failure, values: Properties): Failure {
  return { property: steersDisplay([property, values[property]]) ? "" : property, reason: forPeople(reason) };
}

/** Previews show what a program declares: what would end them is refused before. */
function refused(news: Properties): Failure[] {
  const steering = Object.keys(news).filter((name) => steersDisplay([name, news[name]]));
  return steering.map((name) => ({
    property: "",
    reason: forPeople(
      `${name} holds "<{%" without that space, or escapes that stand for it: Pulumi takes it for a colour, and would stop while it shows it.\nPut the space into it, or take it out.`,
    ),
  }));
}

async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw forPeople(String(error));
    error.message = forPeople(error.message);
    error.stack &&= forPeople(error.stack);
    throw error;
  }
}
