/** Longest piece of somebody else's text that goes into one of our messages, in characters. */
const LONGEST = 120;

/** A value in double quotes on one line, cut where it is long: names and reasons come from people, and may hold anything. */
export function quote(value: unknown): string {
  return JSON.stringify(oneLine(String(value)));
}

/** Foreign text on one line without control characters, cut where it is long. A message never grows by what it cites. */
export function oneLine(text: string): string {
  // Control and direction characters could forge lines or colours in a terminal and in CI logs.
  const flat = text.replace(/[\p{Cc}\s\p{Bidi_Control}]+/gu, " ").trim();
  const characters = [...flat];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : flat;
}

/** The first line of a message, where another one goes on from it. */
export function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}

/** "1 campaign", "2 campaigns". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
