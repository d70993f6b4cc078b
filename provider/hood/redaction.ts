/** A shorter token is a test's, and could be part of any word. */
const SHORTEST_SECRET = 8;

/**
 * An answer without the token, even if a server repeats what it was sent: nobody else ever sees it there, in whichever of the usual ways
 * it is written. It is searched for in the text itself: what JSON can't be read, or lies too deep in it, hides nothing.
 */
export function withoutToken(text: string, token: string): string {
  return token.length < SHORTEST_SECRET ? text : text.replace(spellingsOf(token), "[token]");
}

let last: { readonly token: string; readonly spellings: RegExp } | undefined;

/** Matches a token as it is, with any of its characters escaped, and in base64. */
function spellingsOf(token: string): RegExp {
  if (last?.token !== token) {
    const spellings = [[...token].map(characterOf).join(""), ...base64Of(token)];
    last = { token, spellings: new RegExp(spellings.join("|"), "g") };
  }
  return last.spellings;
}

/** A character as it is, or escaped as JSON, URLs or HTML do it, several times over too. */
function characterOf(character: string): string {
  const code = character.charCodeAt(0);
  const hex = [...code.toString(16)].map((digit) => (/\d/.test(digit) ? digit : `[${digit}${digit.toUpperCase()}]`));
  const escapes = [
    `%(?:25)*${hex.join("")}`,
    `\\\\+(?:u00|x)${hex.join("")}`,
    `&(?:amp;)*#(?:0*${code}|[xX]0*${hex.join("")});`,
    `\\\\+${literal(character)}`,
  ];
  // A backslash before a letter or a digit would be the beginning of another character.
  if (/\w/.test(character)) escapes.pop();
  return `(?:${[literal(character), ...escapes].join("|")})`;
}

/** What stands in the base64 of every text that holds the token, by where it begins: without the ends, which its neighbours share. */
function base64Of(token: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(token)]);
    const first = Math.ceil((before * 8) / 6);
    const whole = bytes.toString("base64").slice(first, Math.floor((bytes.length * 8) / 6));
    return [...whole].map((digit) => (digit === "+" ? "[+-]" : digit === "/" ? "(?:\\\\*/|_)" : digit)).join("");
  });
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
