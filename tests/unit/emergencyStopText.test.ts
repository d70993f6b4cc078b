import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/root";

const { shown, readable } = require(join(ROOT, "examples/emergency-stop/text.js")) as {
  shown(text: string): string;
  readable(message: string): string;
};

describe("The emergency stop, showing a name from Hood,", () => {
  const names: [what: string, name: string, expected: string][] = [
    [
      "keeps what people read",
      "Früh­ling, 50 % – 春のセール 🎉 €5 (neu!)".replace("\u00ad", ""),
      '"Frühling, 50 % – 春のセール 🎉 €5 (neu!)"',
    ],
    ["keeps marks that belong to letters", "हिन्दी e\u0301", '"हिन्दी e\u0301"'],
    ["escapes quotes and backslashes", 'a"b\\c', '"a\\"b\\\\c"'],
    ["escapes line breaks", "a\nb\r\u2028c", '"a\\u{a}b\\u{d}\\u{2028}c"'],
    ["escapes what steers a terminal", "\u001b[2J\u009b1A\u0007", '"\\u{1b}[2J\\u{9b}1A\\u{7}"'],
    ["escapes the direction of text", "a\u202eb\u2066c", '"a\\u{202e}b\\u{2066}c"'],
    [
      "escapes what nobody sees",
      "a\u200b\u00ad\ufeff\u3164\u115f\u2800\u00a0\ufe0f\u{e0041}",
      '"a\\u{200b}\\u{ad}\\u{feff}\\u{3164}\\u{115f}\\u{2800}\\u{a0}\\u{fe0f}\\u{e0041}"',
    ],
    ["escapes half characters", "a\ud83d", '"a\\u{d83d}"'],
    ["shows each of several blanks", "a   b", '"a\\u{20}\\u{20} b"'],
    ["cuts what is long", "x".repeat(1_000_000), `"${"x".repeat(120)}…"`],
    ["cuts no character in two", "🎉".repeat(500), `"${"🎉".repeat(120)}…"`],
  ];
  for (const [what, name, expected] of names) {
    it(what, () => expect(shown(name)).to.equal(expected));
  }

  it("leaves in a whole message its line breaks alone", () => {
    expect(readable("a\nb\u009b\u200b\u202e\rc")).to.equal("a\nb\ufffd\ufffd\ufffd\ufffdc");
  });
});
