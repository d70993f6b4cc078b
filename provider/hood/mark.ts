import { createHash } from "node:crypto";
import { isObject } from "./campaign";

/**
 * What a create writes into a campaign's `metadata`, so that the campaign can be told from every other one, whatever became
 * of the answer: Hood has no idempotency key, but it gives `metadata` back.
 */
export interface Mark {
  /** Whose campaign it is: a hash that stands for one resource of one stack. */
  readonly owner: string;
  /** What was declared for it: a hash of the arguments. */
  readonly content: string;
}

/** Where a mark stands: as the only metadata of a campaign, or beside what the program declares. An account may take one and not the other. */
export type Place = "alone" | "beside";

/** Two hashes of 112 bits and a checksum of 16: 60 characters, Hood's shortest limit for a text. */
const MARK = /[0-9a-f]{60}/gi;
const HASH = 28;
const SUM = 4;

/** The key of the mark, where a campaign has no other metadata: the form of the only sample that Hood's pages show. */
const PAIR = { key: "pulumi" } as const;
/** The key of the mark beside other metadata; the second one where the first is taken. */
const KEYS = ["pulumi", "pulumi_mark"];

/** A hash for a part of a mark. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH);
}

/** The mark as a text: hexadecimal digits, so that no server has a reason to write it in another way. */
export function textOf({ owner, content }: Mark): string {
  return owner + content + sumOf(owner + content);
}

/** The mark in the metadata of a live campaign, in whatever form the server keeps it; undefined where there is none. */
export function markIn(metadata: unknown): Mark | undefined {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const [text] = (JSON.stringify(metadata).match(MARK) ?? []).filter(isMark);
  if (text === undefined) return undefined;
  return { owner: text.slice(0, HASH).toLowerCase(), content: text.slice(HASH, 2 * HASH).toLowerCase() };
}

/** Metadata with a mark. */
export function withMark(metadata: Readonly<Record<string, unknown>>, mark: Mark): Record<string, unknown> {
  if (Object.keys(metadata).length === 0) return { ...PAIR, value: textOf(mark) };
  const key = KEYS.find((name) => !Object.hasOwn(metadata, name)) ?? KEYS[0];
  return { ...metadata, [String(key)]: textOf(mark) };
}

/** Where a mark stands, or would stand, in metadata that is given without it. */
export function placeIn(metadata: unknown): Place {
  return isObject(metadata) && Object.keys(metadata).length > 0 ? "beside" : "alone";
}

/** Metadata as people know it, without a mark. */
export function withoutMark(metadata: unknown): unknown {
  if (Array.isArray(metadata)) return metadata.filter((item) => !isPairOfMark(item)).map(withoutMark);
  if (!isObject(metadata)) return metadata;
  const pair = isPairOfMark(metadata);
  const others = Object.entries(metadata).filter(([name, value]) => !isMark(value) && !(pair && /^key$/i.test(name)));
  return Object.fromEntries(others);
}

/** A server may write names and values in other letters. */
function isPairOfMark(item: unknown): boolean {
  if (!isObject(item)) return false;
  const field = (name: RegExp) => Object.entries(item).find(([key]) => name.test(key))?.[1];
  return String(field(/^key$/i)).toLowerCase() === PAIR.key && isMark(field(/^value$/i));
}

function isMark(value: unknown): value is string {
  if (typeof value !== "string" || !/^[0-9a-f]{60}$/i.test(value)) return false;
  const text = value.toLowerCase();
  return sumOf(text.slice(0, 2 * HASH)) === text.slice(2 * HASH);
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, SUM);
}
