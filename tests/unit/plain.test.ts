import { expect } from "chai";
import { plain } from "../../provider/plain";

describe("plain values", () => {
  it("leave out what isn't set, at every depth", () => {
    const result = plain({ a: undefined, b: { c: undefined, d: 1 }, e: null, f: [1] });
    expect(Object.keys(result)).to.deep.equal(["b", "e", "f"]);
    expect(result).to.deep.equal({ b: { d: 1 }, e: null, f: [1] });
  });

  it("are a copy", () => {
    const values = { a: { b: 1 } };
    expect(plain(values).a).not.to.equal(values.a);
  });
});
