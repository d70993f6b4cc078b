import { expect } from "chai";
import { count, oneLine, quoted } from "../../provider/text";

describe("text", () => {
  it("quotes a plain value as it is", () => expect(quoted("Spring sale")).to.equal('"Spring sale"'));

  it("escapes quotes", () => expect(quoted('a "b" \\c')).to.equal('"a \\"b\\" \\\\c"'));

  it("quotes what isn't a text", () => {
    expect(quoted(7)).to.equal('"7"');
    expect(quoted(undefined)).to.equal('"undefined"');
  });

  const forging = [
    ["a line break", "a\nb"],
    ["a carriage return", "a\rb"],
    ["Unicode's line separator", "a\u2028b"],
    ["Unicode's paragraph separator", "a\u2029b"],
    ["next line", "a\u0085b"],
    ["a colour", "a\u001b[31mb"],
    ["the one-byte colour", "a\u009b31mb"],
    ["a backspace", "a\bb"],
    ["NUL", "a\0b"],
    ["a right-to-left override", "a\u202eb"],
    ["a right-to-left isolate", "a\u2067b"],
    ["a pipeline command", "a\n::error::b"],
  ];
  for (const [what, value] of forging) {
    it(`leaves nothing of ${what}`, () => {
      const flat = oneLine(value as string);
      expect(flat).not.to.match(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      expect(flat).to.match(/^a .*b$/);
    });
  }

  it("shows blanks around what it quotes", () => expect(quoted(" a\t\n b ")).to.equal('" a b "'));

  it("joins runs of blanks and trims", () => expect(oneLine("  a \n\t b  ")).to.equal("a b"));

  it("cuts a long text, and shows that it did", () => {
    expect(oneLine("x".repeat(121))).to.equal(`${"x".repeat(120)}…`);
    expect(oneLine("x".repeat(120))).to.equal("x".repeat(120));
  });

  it("never cuts a character in two", () => expect(oneLine("😀".repeat(200))).to.equal(`${"😀".repeat(120)}…`));

  it("counts", () => {
    expect(count(1, "campaign")).to.equal("1 campaign");
    expect(count(0, "campaign")).to.equal("0 campaigns");
    expect(count(2, "campaign")).to.equal("2 campaigns");
  });
});
