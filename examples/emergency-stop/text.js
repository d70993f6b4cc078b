/** Longest piece of a text from Hood that is shown, in characters. */
const LONGEST = 120;
/** All except for letters, digits, signs and single spaces: what a terminal obeys, what nobody sees, what could close the quotes. */
const UNSEEN = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\p{Default_Ignorable_Code_Point}|[\u2800"\\]| (?= )/gu;

/**
 * A text from Hood in double quotes, as it can stand in the terminal in which somebody confirms.
 *
 * @param {string} text
 */
function shown(text) {
  // Two units of UTF-16 for each character are enough to see that there are more.
  const characters = [...text.slice(0, 2 * (LONGEST + 1))];
  const whole = characters.length <= LONGEST ? characters.join("") : `${characters.slice(0, LONGEST).join("")}…`;
  return `"${whole.replace(UNSEEN, escaped)}"`;
}

/** @param {string} character */
function escaped(character) {
  return /["\\]/.test(character) ? `\\${character}` : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/**
 * A message from outside, without what a terminal obeys or nobody sees.
 *
 * @param {string} message
 */
function readable(message) {
  return message.replace(/[^\P{C}\n]|\p{Default_Ignorable_Code_Point}/gu, "\ufffd");
}

module.exports = { shown, readable };
