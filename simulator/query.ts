/** How the values of a field compare. A date-time of the account's fixed form compares as its text does. */
export type FieldType = "text" | "number" | "date" | "boolean";

type Test = (value: unknown) => boolean;

/** Thrown for a part of a query that the account cannot follow. */
export class BadQuery extends Error {}

type Comparable = string | number;
type Read = (value: unknown) => Comparable | undefined;

type Order = (value: Comparable, bound: Comparable) => boolean;

const gt: Order = (value, bound) => value > bound;
const gte: Order = (value, bound) => value >= bound;
const lt: Order = (value, bound) => value < bound;
const lte: Order = (value, bound) => value <= bound;
const orders: Record<string, Order> = { gt, gte, lt, lte };

/** Each range operator's rule at its start and at its end: `l` includes the left end, `r` the right one. */
const ranges: Record<string, [start: Order, end: Order]> = {
  r: [gt, lt],
  rf: [gte, lte],
  rl: [gte, lt],
  rr: [gt, lte],
};

/** Reads one filter, `[op:]value`; no operator means `eq`. @throws BadQuery */
export function parseFilter(text: string, type: FieldType): Test {
  // A date-time has colons too, so only letters in front of one make an operator.
  const [, op = "eq", operand = text] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  const read = reader(type);
  const operands = () => operand.split(",").map((part) => wanted(part, read));
  if (op === "eq" || op === "neq") {
    const bound = wanted(operand, read);
    return (value) => (read(value) === bound) === (op === "eq");
  }
  if (op === "in" || op === "nin") {
    const bounds = new Set(operands());
    return (value) => bounds.has(read(value) as Comparable) === (op === "in");
  }
  // Hood's names for these two read the wrong way round: `is:` keeps what has a value.
  if (op === "is" || op === "isn") return (value) => ((value ?? null) === null) === (op === "isn");
  const order = orders[op];
  if (order) return ordered(order, wanted(operand, read), read);
  const range = ranges[op];
  if (range && (type === "number" || type === "date")) return ranged(range, operands(), read);
  throw new BadQuery();
}

function ordered(order: Order, bound: Comparable, read: Read): Test {
  return (value) => {
    const known = read(value);
    return known !== undefined && order(known, bound);
  };
}

function ranged([first, last]: [Order, Order], operands: Comparable[], read: Read): Test {
  const [start, end] = operands;
  if (operands.length !== 2 || start === undefined || end === undefined) throw new BadQuery();
  const tests = [ordered(first, start, read), ordered(last, end, read)];
  return (value) => tests.every((test) => test(value));
}

function reader(type: FieldType): Read {
  return (value) => {
    if (value === null || value === undefined) return undefined;
    if (type === "number") return Number(value);
    if (type === "boolean") return Number(value === true || value === "true" || value === "1");
    return String(value);
  };
}

function wanted(text: string, read: Read): Comparable {
  const value = read(text);
  if (value === undefined || text === "" || Number.isNaN(value)) throw new BadQuery();
  return value;
}
