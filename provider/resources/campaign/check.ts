import type { Checked, Context, Failure, Properties } from "../../context";
import { hoodTime, momentOf } from "../../hood/time";
import { isUnknown } from "../../unknown";
import { expectAuditable } from "../admit";
import { failureFrom } from "../objections";
import { campaignArguments as rules } from "./arguments";
import { editedArguments, isDraft } from "./changes";
import { memoryOf } from "./memory";
import { messageFailures } from "./messageRules";
import { describeNoDraft, describeStatusArgument } from "./messages";

/**
 * A declaration that is new: its arguments, and whether there is what a create will need.
 *
 * @param now milliseconds since 1970.
 */
export async function checkNew(context: Context, news: Properties, now: number): Promise<Checked> {
  const args = rules.pick(news);
  const failures = [...argumentFailures(args, news), ...pastFailures(args, now), ...statusFailures(news)];
  try {
    // The first sign of life, by which a create will know that the engine is gone.
    await context.engineIsGone();
    await expectAuditable(context);
    if (context.settings().preflight === "live") context.account();
    return { inputs: args, failures };
  } catch (error) {
    return { inputs: args, failures: [...failures, failureFrom(error)] };
  }
}

/**
 * One that is on record: its arguments, and what an edit may not do, whatever the live campaign is. What depends on that, a
 * wish for a status among it, is judged by the comparison, which knows the campaign.
 */
export function checkExisting(context: Context, olds: Properties, news: Properties, now: number): Checked {
  const args = rules.pick(news);
  const edited = editedArguments(olds, args);
  const failures = argumentFailures(args, news, olds);
  if (edited.includes("scheduledTime") || edited.includes("draft")) failures.push(...pastFailures(args, now));
  if (edited.includes("draft") && isDraft(news))
    failures.push({ property: "draft", reason: describeNoDraft(olds.name) });
  memoryOf(context).check(args);
  return { inputs: { ...args, status: news.status }, failures };
}

function argumentFailures(args: Properties, news: Properties, recorded: Properties = {}): Failure[] {
  return [
    ...rules.failures(args, recorded),
    ...messageFailures(args),
    ...startFailures(args),
    ...rules.strangers(news, ["status"]),
  ];
}

/** Two ways to start say two things. */
function startFailures({ runImmediately, scheduledTime, recurrence }: Properties): Failure[] {
  if (runImmediately !== true) return [];
  const others = Object.entries({ scheduledTime, recurrence }).filter(([, value]) => value !== undefined);
  return others.flatMap(([property, value]) => {
    const reason = `${property} can't go with runImmediately: true: take one of them out.`;
    return isUnknown(value) ? [] : [{ property, reason }];
  });
}

function pastFailures({ scheduledTime }: Properties, now: number): Failure[] {
  const time = hoodTime(scheduledTime);
  if (time === undefined || momentOf(time) > now) return [];
  const reason = `scheduledTime ${time} (GMT) has passed: give a time that is still to come.`;
  return [{ property: "scheduledTime", reason }];
}

function statusFailures({ status }: Properties): Failure[] {
  return status === undefined ? [] : [{ property: "status", reason: describeStatusArgument() }];
}
