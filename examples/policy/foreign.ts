import { Script } from "node:vm";

/** How Pulumi begins the code that it makes from a program's own provider. */
const SERIALIZED = /^exports\.handler = __f\d+(?:\(\))?;/;
/** What loads code by a name that isn't written out. */
const LOADS =
  /\b(?:require|import)\b(?!\s+\w|\s*[!=]=|\s*\.\s*resolve\s*\()(?!\s*\(\s*(["'`])[^"'`$\\]*\1\s*\))|\beval\b|\bFunction\s*\(|\bconstructor\s*\(\s*["'`]|\b(?:createRequire|getBuiltinModule|mainModule|_load)\b/g;
const ESCAPE = /\\(?:u\{0*([\da-f]{1,5})\}|u([\da-f]{4})|x([\da-f]{2})|([0-3]?[0-7]{1,2})|(\r\n|.))/gis;
/** Code can hold this in a string, a comment or a regular expression, or as the key of a value, but not where something is used. */
const PROBE = "get enum(){},0n";

/** True for the code of a program's own provider that names and loads nothing of this package, as far as code can show that. */
export function isForeign(code: string): boolean {
  if (!SERIALIZED.test(code) || /ocamba/i.test(spelledOut(code))) return false;
  // Words that load may be mere words, as in a message: without those, the code must still be code, and hide no others.
  const probed = code.replace(LOADS, PROBE);
  return spelledOut(probed).search(LOADS) < 0 && (probed === code || isCode(probed));
}

/** This only reads the code: nothing runs it. */
function isCode(text: string): boolean {
  try {
    return new Script(text) !== undefined;
  } catch {
    return false;
  }
}

/** Code without escapes, which would hide a name in it. */
function spelledOut(code: string): string {
  return code.replace(ESCAPE, (_, braces, four, two, octal, other) => {
    if (other !== undefined) return other.trim();
    const digits = octal ?? braces ?? four ?? two;
    return String.fromCodePoint(Number.parseInt(digits, octal === undefined ? 16 : 8));
  });
}
