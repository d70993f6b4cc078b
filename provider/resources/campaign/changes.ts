import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../../context";
import { plain } from "../../plain";
import { campaignArguments as rules } from "./arguments";
import { fieldsOf, mergePatch } from "./patch";

/** The arguments that the program has changed since they were recorded. */
export function changedArguments(olds: Properties, news: Properties): string[] {
  const [before, after] = [plain(rules.pick(olds)), plain(rules.pick(news))];
  return rules.names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** Those among them of which Hood would have to know. */
export function editedArguments(olds: Properties, news: Properties): string[] {
  const differs = (name: string) => {
    const part = ({ [name]: value }: Properties) => (value === undefined ? {} : fieldsOf({ [name]: value }));
    return Object.keys(mergePatch(part(olds), part(news))).length > 0;
  };
  return changedArguments(olds, news).filter((name) =>
    name === "draft" ? isDraft(olds) !== isDraft(news) : differs(name),
  );
}

export function isDraft({ draft }: Properties): boolean {
  return draft === true;
}
