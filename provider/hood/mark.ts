import { createHash, randomBytes } from "node:crypto";
import { isObject } from "../text";

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
   * too, and was created at another time.
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
  return text + sumOf(text);
}

/**
 * The mark in the metadata of a live campaign, in whatever form the server keeps it; undefined if there is none. Where there are several of
 * one owner, nothing tells which of them counts.
 */
export function markIn(metadata: unknown): Mark | undefined {
  const [mark, ...others] = [...new Set(marksIn(metadata).map((text) => text.toLowerCase()))].map(partsOf);
  if (others.some(({ owner }) => owner !== mark?.owner)) return undefined;
  return mark && others.length > 0 ? { owner: mark.owner, content: "", record: "" } : mark;
}

function partsOf(text: string): Mark {
  const [owner, content, seconds] = [
    text.slice(0, OWNER),
    text.slice(OWNER, OWNER + CONTENT),
    text.slice(-RECORD - SUM - MOMENT, -RECORD - SUM),
  ];
  const moment = Number.parseInt(seconds, 16) * 1_000;
  return { owner, content, ...(moment > 0 && { moment }), record: text.slice(-RECORD - SUM, -SUM) };
}

/** What {@link withoutMark} takes out, and no more: a mark inside other text is the program's own. */
function marksIn(metadata: unknown): string[] {
  if (isMark(metadata)) return [metadata];
  return typeof metadata === "object" && metadata !== null ? Object.values(metadata).flatMap(marksIn) : [];
}

/** True if a campaign has the mark that was written into it, whenever that was. */
export function isSameMark(shown: Mark | undefined, { owner, content, record }: Mark): boolean {
  return shown?.record === record && shown.owner === owner && shown.content === content;
}

/** The key that the mark stands under in live metadata; undefined if it stands deeper, more than once, or not at all. */
export function markKeyIn(metadata: unknown): string | undefined {
  if (!isObject(metadata) || marksIn(metadata).length !== 1) return undefined;
  return Object.keys(metadata).find((key) => isMark(metadata[key]));
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
  return typeof metadata === "object" && metadata !== null ? Object.keys(metadata).length : 0;
}

/** Metadata as people know it, without a mark and its key. In a list, nothing stays of what held no more. */
export function withoutMark(metadata: unknown): unknown {
  if (isMark(metadata)) return {};
  if (Array.isArray(metadata)) {
    const own = metadata.filter((item, index) => !isMark(item) && !(isOwnKey(item) && isMark(metadata[index + 1])));
    const pairs = own.map((item): [unknown, unknown] => [item, withoutMark(item)]);
    return pairs.filter(([item, rest]) => keysBeside(item) === 0 || keysBeside(rest) > 0).map(([, rest]) => rest);
  }
  if (!isObject(metadata)) return metadata;
  const entries = Object.entries(metadata);
  // A server may write names and values in other letters.
  const isPair = entries.some(([name, value]) => /^value$/i.test(name) && isMark(value));
  const own = entries.filter(([name, value]) => !isMark(value) && !(isPair && /^key$/i.test(name) && isOwnKey(value)));
  return Object.fromEntries(own.map(([name, value]) => [name, withoutMark(value)]));
}

function isOwnKey(value: unknown): boolean {
  return typeof value === "string" && /^pulumi(_\d+)?$/i.test(value);
}

function isMark(value: unknown): value is string {
  if (typeof value !== "string" || !/^[0-9a-f]{60}$/i.test(value)) return false;
  const text = value.toLowerCase();
  return sumOf(text.slice(0, -SUM)) === text.slice(-SUM);
}

function sumOf(text: string): string {
  return createHash("sha256").update(`moment ${text}`).digest("hex").slice(0, SUM);
}

/** The engine hands objects on with their keys in an order of its own. */
function canonical(values: object): string {
  return JSON.stringify(values, (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
