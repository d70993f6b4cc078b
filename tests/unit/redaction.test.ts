import { expect } from "chai";
import fc from "fast-check";
import { withoutToken } from "../../provider/hood/redaction";

const token = "canary/of+7=slashes.and-more";
const base64 = (text: string, form: BufferEncoding = "base64") => Buffer.from(text).toString(form);
const escaped = (each: (code: string) => string) =>
  [...token].map((character) => each(character.charCodeAt(0).toString(16))).join("");

/** The ways in which a server may repeat what it was sent. */
const echoes: [how: string, text: string][] = [
  ["as it is", token],
  ["beside other words", `Bearer ${token}, and so on`],
  ["with slashes escaped", token.replaceAll("/", "\\/")],
  ["with JSON escapes", escaped((code) => `\\u00${code}`)],
  ["with JSON escapes in capitals", escaped((code) => `\\u00${code.toUpperCase()}`)],
  ["in JSON within JSON", JSON.stringify(JSON.stringify(`"${escaped((code) => `\\u00${code}`)}"`))],
  ["percent-encoded", encodeURIComponent(token)],
  ["percent-encoded in small letters", encodeURIComponent(token).toLowerCase()],
  ["percent-encoded twice", encodeURIComponent(encodeURIComponent(token))],
  ["percent-encoded in all characters", escaped((code) => `%${code}`)],
  ["as HTML", escaped((code) => `&#x${code};`)],
  ["as HTML, in part", token.replace("/", "&#47;").replace("+", "&#043;")],
  ["in base64", base64(token)],
  ["in base64 after one character", base64(`x${token}`)],
  ["in base64 after two characters, with more behind", base64(`xy${token} and more`)],
  ["in base64 as a header", base64(`Bearer ${token}`)],
  ["in base64 for URLs", base64(`>>>?${token}???`, "base64url")],
  ["deep in an answer", `${"[".repeat(20_000)}"${escaped((code) => `\\u00${code}`)}"${"]".repeat(20_000)}`],
  ["in what isn't JSON", `{"a": "${escaped((code) => `\\u00${code}`)}`],
];

describe("an answer that repeats the token", () => {
  const core = token.slice(6, -6);
  for (const [how, text] of echoes) {
    it(`shows none of it: ${how}`, () => {
      const shown = withoutToken(text, token);
      expect(shown).to.contain("[token]");
      expect(shown).to.not.contain(core);
      expect(shown.length).to.be.below(text.length);
    });
  }

  it("is still JSON, with the rest as it was", () => {
    const echo = JSON.stringify({ message: `Got "Bearer ${token}"\n`, c: `\\${token}`, n: 1 });
    expect(JSON.parse(withoutToken(echo, token))).to.deep.equal({
      message: 'Got "Bearer [token]"\n',
      c: "\\[token]",
      n: 1,
    });
  });

  it("hides every token, however it is escaped", () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
      minLength: 8,
      maxLength: 60,
    });
    const forms = [
      String,
      encodeURIComponent,
      (text: string) => JSON.stringify(text),
      (text: string) => base64(`Bearer ${text}`),
    ];
    fc.assert(
      fc.property(printable, fc.constantFrom(...forms), (secret, form) => {
        expect(withoutToken(form(secret), secret)).to.contain("[token]");
      }),
    );
  });

  it("isn't searched for a token so short that it could be part of a word", () => {
    expect(withoutToken("running", "run")).to.equal("running");
  });

  it("takes little time, however large", () => {
    const text = JSON.stringify({ items: Array(200_000).fill("canary canary/of a\\b %25 &#x63;") });
    const before = performance.now();
    expect(withoutToken(text, token)).to.equal(text);
    expect(performance.now() - before).to.be.below(2_000);
  });
});
