import type { FaultName } from "./faults";

/** Two pipelines work on one account; each has a program and a state of its own. */
export type PipelineName = "A" | "B";

/** A campaign, by its place in the account; one past the last is an id that the account doesn't have. */
export type CampaignNumber = number;

export interface Declaration {
  readonly do: "declare";
  readonly pipeline: PipelineName;
  readonly resource: string;
  readonly campaign: CampaignNumber;
  readonly reason: string;
  readonly expectedName?: "first" | "second" | "neither";
  readonly whenNotCancelable?: "fail" | "accept";
  /** The id comes from another resource, so that a preview doesn't know it yet. */
  readonly unknownAtPreview: boolean;
}

/** What somebody does by hand in Hood's pages. A canceled campaign stays canceled whoever wants otherwise. */
export interface Change {
  readonly campaign: CampaignNumber;
  readonly to: { readonly status: string } | { readonly name: "first" | "second" };
}

export type RequestKind = "look" | "list" | "cancel";

export interface Disturbance {
  readonly on: RequestKind | "any request";
  /** The first request of its kind in the operation is 1. */
  readonly nth: number;
  readonly times: number;
  readonly what: FaultName | Change;
}

/** The end of a process before the operation's end, when its nth request arrives. */
export interface Death {
  /** A provider that dies takes its pending calls along; one whose CLI died finishes them, and nobody records it. */
  readonly of: "provider" | "CLI";
  readonly nth: number;
  /** Whether that request of the dying provider still takes effect. */
  readonly processed: boolean;
}

export interface Operation {
  readonly pipeline: PipelineName;
  readonly kind: "preview" | "up" | "refresh" | "destroy";
  readonly disturbances: readonly Disturbance[];
  /** Creates and updates that run at the same time; few if it is left out. */
  readonly parallel?: number;
  readonly death?: Death;
  /** From this request on, Hood refuses the operation's token. The next operation has a new one. */
  readonly tokenEndsAt?: number;
}

export type Step =
  | Declaration
  | { readonly do: "remove"; readonly pipeline: PipelineName; readonly resource: string }
  | { readonly do: "change"; readonly change: Change }
  | { readonly do: "wait"; readonly seconds: number }
  /** Two operations run side by side. */
  | { readonly do: "operate"; readonly operations: readonly Operation[] };

export interface History {
  /** The status of each campaign at the start. */
  readonly campaigns: readonly string[];
  /** For so many ms after a cancel, Hood still shows the status before. */
  readonly staleFor: number;
  /** Where the account's windows begin, in ms. */
  readonly windowOffset: number;
  readonly preflight: "live" | "off";
  /** Whether an audit log is kept. */
  readonly audit: boolean;
  /** What chance always comes to, from 0 to 1. */
  readonly chance: number;
  readonly steps: readonly Step[];
}

const FIRST_ID = 1000248;

export function idOf(campaign: CampaignNumber): string {
  return String(FIRST_ID + campaign);
}

export function nameOf(campaign: CampaignNumber, which: "first" | "second" | "neither"): string {
  return { first: `Sale ${campaign}`, second: `Renamed ${campaign}`, neither: "Another campaign" }[which];
}
