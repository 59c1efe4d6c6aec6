import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toPlainJson, toPlainLine, toPlainText } from "../../src/model/plain-text.ts";
import { OBEYED, findObeyed } from "../support/hostile.ts";

describe("toPlainText", () => {
  it.each(OBEYED)("shows that there was %j", (mark) => {
    expect(toPlainText(`a${mark}b`)).toBe("a\uFFFDb");
  });

  it.each([
    { name: "a line end", text: "a\nb", shown: "a\nb" },
    { name: "a line end of Windows", text: "a\r\nb", shown: "a\nb" },
    { name: "a carriage return, which would write over the line", text: "a\rb", shown: "a\nb" },
    { name: "a tab", text: "a\tb", shown: "a\tb" },
    { name: "half a character", text: "a\uD83Db", shown: "a\uFFFDb" },
    { name: "a whole character", text: "a😀b", shown: "a😀b" },
    { name: "the characters beside those obeyed", text: " ~\u00A0؛‍‐‧", shown: " ~\u00A0؛‍‐‧" },
  ])("has its way with $name", ({ text, shown }) => {
    expect(toPlainText(text)).toBe(shown);
  });

  it("changes nothing the second time, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = toPlainText(text);

        expect(findObeyed(plain)).toEqual([]);
        expect(toPlainText(plain)).toBe(plain);
      }),
    );
  });
});

describe("toPlainLine", () => {
  it("makes one line with single blanks", () => {
    expect(toPlainLine(" a\r\n\tb\u2028c  d\u001B[31m ")).toBe("a b c d\uFFFD[31m");
  });
});

describe("toPlainJson", () => {
  it.each(OBEYED)("escapes %j, and a parser reads it", (mark) => {
    const value = { [mark]: `a${mark}b` };
    const json = toPlainJson(value);

    expect(findObeyed(json)).toEqual([]);
    expect(JSON.parse(json)).toEqual(value);
  });

  it("is the usual JSON where there is nothing to escape", () => {
    const value = { name: "a\n😀é", list: [1, null] };

    expect(toPlainJson(value)).toBe(JSON.stringify(value, null, 2));
  });
});
