import { expect } from "chai";
import { isSameReason, strayCharacter, unseenDifference, unseenMistake } from "../../provider/difference";
import { forPeople } from "../../provider/text";

const difference = (one: string, other: string, secret = false) =>
  unseenDifference(
    { text: one, where: "in Hood" },
    { text: other, where: "in expectedName" },
    secret ? { secret } : {},
  );

const blanks = " They differ only in blanks or characters that don't show, first at";
const long = "x".repeat(130);
const huge = "x".repeat(7_000);

describe("The difference between two texts that look the same", () => {
  const explained: [what: string, one: string, other: string, words: string][] = [
    ["a trailing blank", "Sale ", "Sale", `${blanks} character 5: a space (U+0020) in Hood, the end in expectedName.`],
    ["a leading blank", "Sale", " Sale", `${blanks} character 1: "S" (U+0053, Latin) in Hood, a space (U+0020) in`],
    ["a double blank", "A  b", "A b", `${blanks} character 3: a space (U+0020) in Hood, "b" (U+0062, Latin) in`],
    ["a no-break space", "A\u00a0b", "A b", `${blanks} character 2: a no-break space (U+00A0) in Hood, a space`],
    ["a rare blank", "A\u2009b", "A b", `${blanks} character 2: another kind of blank (U+2009) in Hood, a space`],
    ["a line break", "A\r\nb", "A\nb", `${blanks} character 2: a carriage return (U+000D) in Hood, a line feed`],
    ["a zero-width space", "A\u200bb", "Ab", `${blanks} character 2: a zero-width space (U+200B) in Hood`],
    ["a byte order mark", "\ufeffA", "A", `${blanks} character 1: a byte order mark (U+FEFF) in Hood`],
    ["a direction mark", "A\u200e", "A", `${blanks} character 2: an invisible character (U+200E) in Hood, the end`],
    ["a variation selector", "❤\ufe0f", "❤", `${blanks} character 2: an invisible character (U+FE0F) in Hood, the end`],
    ["NFC and NFD", "Café", "Cafe\u0301", " They differ in the Unicode form of the same letters, first at character 4"],
    ["a letter of another alphabet", "Sаle", "Sale", ' They differ first at character 2: "а" (U+0430, Cyrillic) in'],
    ["a digit for a letter", "Sale 0", "Sale O", ' They differ first at character 6: "0" (U+0030) in Hood, "O"'],
    ["another dash", "A–b", "A-b", ' They differ first at character 2: "–" (U+2013) in Hood, "-" (U+002D) in'],
    ["an accent", "Café", "Cafe", ' They differ first at character 4: "é" (U+00E9, Latin) in Hood, "e"'],
    ["what is cut off", `${long}a`, `${long}b`, ' They differ first at character 131: "a" (U+0061, Latin) in Hood'],
    ["the end where it is cut", "x".repeat(120), "x".repeat(121), " They differ first at character 121: the end in"],
    ["a character of two units", "😀\u00a0", "😀", `${blanks} character 2: a no-break space`],
    ["the second unit of a character", "a😀", "a😁", ' They differ first at character 2: "😀" (U+1F600) in Hood, "😁"'],
    ["a mark of its own", "Sale\u0301", "Sale", " They differ first at character 5: a combining mark (U+0301) in Hood"],
    ["far behind in long texts", `${huge} `, huge, " They differ first at character 7001: a space (U+0020) in Hood"],
  ];
  for (const [what, one, other, words] of explained) {
    it(`is said if it is ${what}`, () => {
      expect(difference(one, other).slice(0, words.length)).to.equal(words);
      for (const text of [difference(one, other), difference(other, one)]) {
        expect(text).to.match(/\.$/);
        expect(text).to.equal(forPeople(text));
      }
    });
  }

  const seen: [one: string, other: string][] = [
    ["Spring sale", "Spring sale"],
    ["Spring sale", "Summer sale"],
    ["Spring sale", "Spring sales"],
    ["Spring sale", "spring sale"],
    ["Spring sale", "Springsale"],
    ["Москва", "Казань"],
    ["Spring\u00a0sale A", "Spring sale B"],
    ["Sale 0", "Sale A"],
    ["Sale ~", "Sale -"],
  ];
  for (const [one, other] of seen) {
    it(`isn't said if a reader sees it: ${one}, ${other}`, () => expect(difference(one, other)).to.equal(""));
  }

  it("tells nothing of a secret but where it differs, and by what kind of character", () => {
    expect(difference("Sаle", "Sale", true)).to.match(/character 2: a Cyrillic letter in Hood, a Latin letter in/);
    expect(difference("Sal–", "Sale", true)).to.contain("another character in Hood, a Latin letter in");
    expect(difference("A–b", "A-b", true)).to.equal(" They differ first at character 2.");
    expect(difference(`${long}a`, `${long}b`, true)).to.equal(" They differ first at character 131.");
    expect(difference("Sale ", "Sale", true)).to.contain("a space (U+0020) in Hood");
  });

  it("is told for a value that looks like one of those that there are", () => {
    expect(unseenMistake(" running", ["paused", "running"])).to.equal(
      ': it looks like "running", but character 1 is a space (U+0020)',
    );
    expect(unseenMistake("pаused", ["paused"])).to.equal(
      ': it looks like "paused", but character 2 is "а" (U+0430, Cyrillic)',
    );
    for (const value of ["sent", "runs", 7, `running${" ".repeat(200)}`])
      expect(unseenMistake(value, ["paused", "running"])).to.equal("");
  });

  it("is told for the first character that may not be there", () => {
    expect(strayCharacter("😀 1", /[^😀]/u)).to.equal("character 2 is a space (U+0020)");
    expect(strayCharacter("12x", /\D/)).to.equal('character 3 is "x" (U+0078, Latin)');
    expect(strayCharacter("12", /\D/)).to.equal(undefined);
  });
});

describe("A reason", () => {
  it("is the same with the line breaks of another system, or without its last one", () => {
    for (const other of ["a\r\nb\r\n", "a\nb", "a\rb", "a\nb\n\n"])
      expect(isSameReason("a\nb\n", other)).to.equal(true);
    expect(isSameReason(undefined, undefined)).to.equal(true);
  });

  it("is another one with other blanks", () => {
    for (const other of ["a b", "a\n\nb", "a\nb ", "\na\nb", undefined, 7]) {
      expect(isSameReason("a\nb", other)).to.equal(false);
      expect(isSameReason(other, "a\nb")).to.equal(false);
    }
  });
});
