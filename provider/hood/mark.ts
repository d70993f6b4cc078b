import { createHash, randomBytes } from "node:crypto";
import { isObject } from "../json";

/**
 * What a create writes into a campaign's `metadata`, so that the campaign can be told from every other one, whatever became
 * of the answer: Hood has no idempotency key, but it gives `metadata` back.
 *
 * doctor/assumptions.ts: metadata, mark
 */
export interface Mark {
  /** Whose campaign it is: a hash that stands for one resource of one stack. */
  readonly owner: string;
  /** What was declared for it: a hash of the arguments. */
  readonly content: string;
  /**
   * When its create went out, in milliseconds since 1970 by the account's clock. A duplicate that somebody makes in Hood may have the mark
   * too, and was created at another time. Absent in marks of earlier versions.
   */
  readonly moment?: number | undefined;
  /** Which state of the resource manages it: a random text. A resource that takes the campaign over writes its own. */
  readonly record: string;
}

/** The parts of a mark, in hexadecimal digits: 60 with the checksum, since Hood's shortest limit for a text is 60 bytes. */
const OWNER = 20;
const CONTENT = 12;
const MOMENT = 8;
const RECORD = 16;
const SUM = 4;

/** The key of the mark, if a campaign has no other metadata: the form of the only sample that Hood's pages show. */
const PAIR = { key: "pulumi" } as const;

/** A hash for the owner of a mark. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, OWNER);
}

/** A hash of values, whatever the order of their keys. */
export function hashOfValues(values: object): string {
  return hashOf(canonical(values));
}

/** A hash for the content of a mark. */
export function hashOfContent(values: object): string {
  return hashOfValues(values).slice(0, CONTENT);
}

/** A random text that tells one state from another. */
export function newRecord(): string {
  return randomBytes(RECORD / 2).toString("hex");
}

/** The mark as a text: hexadecimal digits, so that no server has a reason to write it in another way. */
export function textOf({ owner, content, moment = 0, record }: Mark): string {
  const seconds = Math.floor(moment / 1_000).toString(16);
  const text = owner + content + seconds.padStart(MOMENT, "0") + record;
  return text + sumOf(text, WITH_MOMENT);
}

/** The mark in the metadata of a live campaign, in whatever form the server keeps it; undefined if there is none. */
export function markIn(metadata: unknown): Mark | undefined {
  const text = marksIn(metadata)[0]?.toLowerCase();
  if (text === undefined) return undefined;
  const [owner, content, seconds] = [
    text.slice(0, OWNER),
    text.slice(OWNER, -RECORD - SUM),
    text.slice(-RECORD - SUM - MOMENT, -RECORD - SUM),
  ];
  const moment = hasSum(text, WITH_MOMENT) ? Number.parseInt(seconds, 16) * 1_000 : 0;
  return {
    owner,
    content: content.slice(0, CONTENT),
    ...(moment > 0 && { moment }),
    record: text.slice(-RECORD - SUM, -SUM),
  };
}

/** What {@link withoutMark} takes out, and no more: a mark inside other text, or alone in a list, is the program's own. */
function marksIn(metadata: unknown): string[] {
  if (Array.isArray(metadata)) return metadata.flatMap(marksIn);
  if (!isObject(metadata)) return [];
  return Object.values(metadata).flatMap((value) => (isMark(value) ? [value] : marksIn(value)));
}

/** The key that the mark stands under in live metadata; undefined if it stands deeper, or not at all. */
export function markKeyIn(metadata: unknown): string | undefined {
  return isObject(metadata) ? Object.keys(metadata).find((key) => isMark(metadata[key])) : undefined;
}

/** Metadata with a mark, under a key that is free. */
export function withMark(metadata: Readonly<Record<string, unknown>>, mark: Mark): Record<string, unknown> {
  if (Object.keys(metadata).length === 0) return { ...PAIR, value: textOf(mark) };
  let key: string = PAIR.key;
  for (let number = 2; Object.hasOwn(metadata, key); number++) key = `${PAIR.key}_${number}`;
  return { ...metadata, [key]: textOf(mark) };
}

/** How many keys of the program's own a mark has beside it, or would have. An account may take few, or none. */
export function keysBeside(metadata: unknown): number {
  return isObject(metadata) ? Object.keys(metadata).length : 0;
}

/** Metadata as people know it, without a mark. */
export function withoutMark(metadata: unknown): unknown {
  if (Array.isArray(metadata)) return metadata.filter((item) => !isPairOfMark(item)).map(withoutMark);
  if (!isObject(metadata)) return metadata;
  const pair = isPairOfMark(metadata);
  const others = Object.entries(metadata).filter(([name, value]) => !isMark(value) && !(pair && /^key$/i.test(name)));
  return Object.fromEntries(others.map(([name, value]) => [name, withoutMark(value)]));
}

/** A server may write names and values in other letters. */
function isPairOfMark(item: unknown): boolean {
  if (!isObject(item)) return false;
  const field = (name: RegExp) => Object.entries(item).find(([key]) => name.test(key))?.[1];
  return String(field(/^key$/i)).toLowerCase() === PAIR.key && isMark(field(/^value$/i));
}

function isMark(value: unknown): value is string {
  if (typeof value !== "string" || !/^[0-9a-f]{60}$/i.test(value)) return false;
  return [WITH_MOMENT, WITHOUT_MOMENT].some((kind) => hasSum(value.toLowerCase(), kind));
}

/** What a checksum begins with. Earlier versions wrote more of the content's hash in place of the moment. */
const [WITH_MOMENT, WITHOUT_MOMENT] = ["moment ", ""] as const;

function hasSum(text: string, kind: string): boolean {
  return sumOf(text.slice(0, -SUM), kind) === text.slice(-SUM);
}

function sumOf(text: string, kind: string): string {
  return createHash("sha256")
    .update(kind + text)
    .digest("hex")
    .slice(0, SUM);
}

/** The engine hands objects on with their keys in an order of its own. */
function canonical(values: object): string {
  return JSON.stringify(values, (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
