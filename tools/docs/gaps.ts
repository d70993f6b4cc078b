import { Application, type Comment, type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/** What Hood or the simulator tells, among the interfaces: nobody fills in their optional members. */
const answers: ReadonlySet<string> = new Set([
  "CampaignInfo",
  "CampaignPart",
  "Effect",
  "FaultableRequest",
  "RequestRecord",
  "SimulatedCampaign",
  "WindowUse",
]);

const CALLABLE = ReflectionKind.Class | ReflectionKind.Function;
const API_PAGE = /docs\.ocamba\.com\/api\/hood\/v1\.0\/reference\/[a-z_-]+/;

/** Reads the sources as `npm run docs` does, with the settings of typedoc.json in this folder. */
export async function readDocs(root: string): Promise<ProjectReflection> {
  const settings = { options: `${root}/typedoc.json`, tsconfig: `${root}/tsconfig.json` };
  const app = await Application.bootstrapWithPlugins({ ...settings, skipErrorChecking: true, logLevel: "None" });
  const project = await app.convert();
  if (!project) throw new Error(`typedoc can't read the sources. Run \`npm run docs\` in ${root} to see why.`);
  return project;
}

/**
 * What the documentation lacks, one line each:
 * - every export, and every member of one, has a comment;
 * - every class and function of the SDK has an example and names its API page;
 * - every optional member that somebody fills in says its default, or what leaving it out means.
 */
export function gapsIn(project: ProjectReflection): string[] {
  return (project.children ?? []).flatMap((module) =>
    (module.children ?? []).flatMap((item) => [
      ...lacks(item, describes(item), "a comment"),
      ...(module.name === "sdk" && item.kindOf(CALLABLE) ? gapsInCallable(item) : []),
      ...(item.children ?? []).flatMap((member) => [
        ...lacks(member, describes(member), "a comment"),
        ...lacks(member, !isLeftOut(member) || saysDefault(member), "its default"),
      ]),
    ]),
  );
}

function gapsInCallable(item: DeclarationReflection): string[] {
  const comments = commentsOf(item);
  const examples = comments.some(({ blockTags }) => blockTags.some(({ tag }) => tag === "@example"));
  return [
    ...lacks(item, examples, "an @example"),
    ...lacks(
      item,
      comments.some((comment) => API_PAGE.test(textOf(comment))),
      "its API page",
    ),
  ];
}

function isLeftOut({ flags, parent }: DeclarationReflection): boolean {
  return flags.isOptional && !answers.has(parent?.name ?? "");
}

/** Its own comment, or that of the interface for all of its members. */
function saysDefault(member: DeclarationReflection): boolean {
  const { parent } = member;
  return [...commentsOf(member), ...(parent?.comment ? [parent.comment] : [])].some(
    (comment) =>
      comment.blockTags.some(({ tag }) => tag === "@default" || tag === "@defaultValue") ||
      /\b(left|leaving \w+) out\b|\bwithout it\b/i.test(textOf(comment)),
  );
}

function describes(item: DeclarationReflection): boolean {
  // A constructor is what its class says; what it takes is left to say.
  const { signatures = [] } = item;
  if (item.kindOf(ReflectionKind.Constructor)) {
    return signatures.every(({ parameters = [] }) => parameters.every(({ comment }) => comment));
  }
  return commentsOf(item).some(({ summary, blockTags }) => summary.length > 0 || blockTags.length > 0);
}

/** A function's comments belong to its signatures, of which one overload may speak for all. */
function commentsOf(item: DeclarationReflection): Comment[] {
  return [item, ...item.getNonIndexSignatures()].flatMap(({ comment }) => comment ?? []);
}

function textOf({ summary, blockTags }: Comment): string {
  return [summary, ...blockTags.map(({ content }) => content)]
    .flat()
    .map(({ text }) => text)
    .join("");
}

function lacks(item: DeclarationReflection, has: boolean, what: string): string[] {
  return has ? [] : [`${item.getFullName()} lacks ${what}.`];
}
