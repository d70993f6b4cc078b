import { type FailureKind, HoodError } from "./hood/errors";
import type { Campaign } from "./hood/model";
import { DEFAULT_ENDPOINT } from "./hood/transport";
import { concat, lines, type Message, oneLine, quoted, say, sentence } from "./text";

/** The command that tells how an account differs from what the provider assumes: by its package, since any other may bring that name. */
export const DOCTOR = say`\`npx -p pulumi-ocamba-hood hood-doctor\``;

/** A failure in words for the user: what was tried, what is wrong, what to do next. At most three lines. */
export class UserError extends Error {
  declare readonly message: Message;

  constructor(message: Message) {
    super(message);
    this.stack = "its error says why";
  }

  /** Pulumi prints this and the stack, beside the message itself, for what some methods throw: once is enough. */
  override toString(): string {
    return "A resource of pulumi-ocamba-hood failed";
  }
}

/** The live campaign, as it is now, doesn't allow what is asked for. Nothing was done. */
export class ImpossibleError extends UserError {
  /** @param status the live one. @param property the argument that it belongs to, if there is one. */
  constructor(
    message: Message,
    readonly status: string,
    readonly property = "",
  ) {
    super(message);
  }
}

/** Something was begun and it isn't known how it ended. `state` is recorded under `id`; the next update goes on from there. */
export class UnfinishedError<State extends object = object> extends UserError {
  constructor(
    message: Message,
    readonly id: string,
    readonly state: State,
  ) {
    super(message);
  }
}

/** What to do about a failed call, by its kind. */
const nextSteps: Record<FailureKind, Message> = {
  unauthorized: say`The token may have expired, been rolled, or not be valid yet. Put a valid one into HOOD_TOKEN, or into hood:token with \`pulumi config set --secret hood:token\` (a refresh or destroy sees that only after an up). A provider that the program declares takes its own input token first.`,
  rejected: say`See Hood's words above; the token's member may lack the right, or the request may be invalid.`,
  unreachable: say`Nothing was sent. Check the network, HOOD_ENDPOINT (or hood:endpoint), and the proxy if HTTPS_PROXY names one, then run the same command again. ${DOCTOR} says how far a request gets.`,
  refusedByProxy: say`Nothing was sent to Hood. If it is about the proxy's user and password, correct them in HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT); otherwise ask whoever runs the proxy to let Hood's host through, or name that in NO_PROXY if it can be reached without a proxy. Then run the same command again.`,
  noResponse: say`Run the same command again; if it goes on, Ocamba's support can find the request by its trace_id or time.`,
  unexpectedResponse: say`Check HOOD_ENDPOINT (or hood:endpoint): it must be the API's base URL, such as ${DEFAULT_ENDPOINT}, with no proxy page or login in front. ${DOCTOR} says more.`,
  tooLarge: say`Ask for less: for fewer campaigns by status, search or limit, or for fewer fields of each.`,
  tooSlow: say`Nothing was changed. Run the same command again when the account answers faster; a lookup can ask for fewer campaigns, by status, search or limit, or for fewer fields of each.`,
  notYet: say`Nothing was done. Run the same command again in a minute.`,
  tooLong: say`Nothing was done. Run the same command again after that time; HOOD_MAX_WAIT (or hood:maxWait) lets a request wait for longer. ${DOCTOR} says which limits the account has.`,
  noRoom: say`Nothing was sent. Check that HOOD_RATE_LIMIT (or hood:rateLimit) is what the account grants, which ${DOCTOR} tells, then run the same command again.`,
  aborted: say`Nothing was sent. Run the same command again: it goes on from there.`,
  unknownCampaign: say`Check the id in Hood, and that HOOD_TOKEN and HOOD_ENDPOINT (or hood:token and hood:endpoint) are those of its account.`,
};

/** Any failure that isn't a defect, in words for the user. A defect goes on as it is, with its stack. */
export function explain(error: unknown): Message {
  if (error instanceof UserError) return error.message;
  if (error instanceof HoodError) return lines(sentence(error.message), nextSteps[error.kind]);
  throw error;
}

/** A status within a sentence; in quotes if it has something around it that nobody would see. */
export function shownStatus(status: string): Message {
  const plain = oneLine(status);
  return plain === status ? plain : quoted(status);
}

/** `campaign 1000248 "Spring sale" (running)`. */
export function describeCampaign({ id, name, status }: Campaign): Message {
  return say`campaign ${id} ${quoted(name)} (${shownStatus(status)})`;
}

/** Said in a refresh, which would otherwise report an unchanged resource. */
export function describeForgotten(campaign: Message, error: HoodError): Message {
  return lines(
    say`Hood doesn't show ${campaign} any more, so it stays in the Pulumi state, with the status "unknown".`,
    sentence(error.message),
    say`If the campaign is there in Hood, check that HOOD_ENDPOINT and HOOD_TOKEN are those of its account, and refresh again.`,
  );
}

/** `campaign 1000248 "Spring sale"`, from what a state holds. */
export function labelOf(id: unknown, name: unknown): Message {
  const campaign = say`campaign ${String(id)}`;
  return typeof name === "string" ? concat(campaign, say` ${quoted(name)}`) : campaign;
}
