import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { insertInto } from "../../src/store/documents/insert-text.ts";

describe("insertInto", () => {
  it.each<[string, string, Parameters<typeof insertInto>[1], string]>([
    ["an empty list", "[]\n", { at: [], value: { a: 1 } }, '[\n  { "a": 1 }\n]\n'],
    ["an empty list with blanks", "[ \n ]", { at: [], value: 1 }, "[\n  1\n]"],
    ["a list on lines", '[\n  {"a":1}\n]\n', { at: [], value: 2 }, '[\n  {"a":1},\n  2\n]\n'],
    ["a list on one line", '[{"a":1}]', { at: [], value: 2 }, '[{"a":1},\n  2\n]'],
    ["a wide indent", "[\n\t\t1\n]", { at: [], value: 2 }, "[\n\t\t1,\n\t\t2\n]"],
    [
      "lines of another system",
      "[\r\n  1\r\n]\r\n",
      { at: [], value: 2 },
      "[\r\n  1,\r\n  2\r\n]\r\n",
    ],
    ["a mark of byte order", "\uFEFF[1]", { at: [], value: 2 }, "\uFEFF[1,\n  2\n]"],
    [
      "a list inside a record",
      '[\n  {\n    "x": [\n      1\n    ]\n  }\n]\n',
      { at: [0, "x"], value: 2 },
      '[\n  {\n    "x": [\n      1,\n      2\n    ]\n  }\n]\n',
    ],
    [
      "a list on the line of its record",
      '[\n  {"x": [1]}\n]',
      { at: [0, "x"], value: 2 },
      '[\n  {"x": [1, 2]}\n]',
    ],
    [
      "an object",
      '[\n  {\n    "x": 1\n  }\n]',
      { at: [0], name: "y", value: 2 },
      '[\n  {\n    "x": 1,\n    "y": 2\n  }\n]',
    ],
    [
      "an object on one line",
      '[{ "x": 1 }]',
      { at: [0], name: "y", value: 2 },
      '[{ "x": 1, "y": 2 }]',
    ],
    [
      "an empty object",
      '[{"k": {}}]',
      { at: [0, "k"], name: "y", value: 2 },
      '[{"k": {\n  "y": 2\n}}]',
    ],
  ])("adds to %s, and leaves the rest as it is", (_name, text, insertion, expected) => {
    expect(insertInto(text, insertion)).toBe(expected);
  });

  it("puts what is too long for a line on several", () => {
    const value = { task: "x".repeat(60), depends_on: ["T1", "T2"], other: "y".repeat(40) };

    expect(insertInto("[]", { at: [], value }).split("\n")).toEqual([
      "[",
      "  {",
      `    "task": "${"x".repeat(60)}",`,
      '    "depends_on": ["T1", "T2"],',
      `    "other": "${"y".repeat(40)}"`,
      "  }",
      "]",
    ]);
  });

  it("adds just the value, to whatever JSON in whatever style", () => {
    const styles = fc.constantFrom(undefined, 0, 2, "\t");
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), styles, (list, value, style) => {
        const text = JSON.stringify(list, null, style);
        const added = insertInto(text, { at: [], value });

        expect(JSON.parse(added)).toEqual([...list, JSON.parse(JSON.stringify(value))]);
        expect(added.startsWith(text.slice(0, -1).trimEnd())).toBe(true);
      }),
    );
  });
});
