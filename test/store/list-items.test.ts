import { writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { listItems } from "../../src/store/documents/list-items.ts";
import { aFolder } from "../support/workspace.ts";

function itemsOf(text: string, chunkBytes?: number): unknown[] {
  const path = join(aFolder(), "list.json");
  writeFileSync(path, text);
  return [...listItems(path, chunkBytes)].map((item) => JSON.parse(item));
}

describe("listItems", () => {
  const recordArbitrary = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), {
    maxKeys: 4,
  });

  it("gives what JSON.parse gives, however the file is cut into pieces", () => {
    const folder = aFolder();
    const path = join(folder, "list.json");
    fc.assert(
      fc.property(
        fc.array(recordArbitrary, { maxLength: 5 }),
        fc.constantFrom(undefined, 1, 2, "\t"),
        fc.boolean(),
        fc.integer({ min: 3, max: 50 }),
        (records, indent, isMarked, chunkBytes) => {
          const text = `${isMarked ? "\uFEFF" : ""}${JSON.stringify(records, null, indent)}\r\n`;
          writeFileSync(path, text);

          const items = [...listItems(path, chunkBytes)].map((item): unknown => JSON.parse(item));

          expect(items).toEqual(JSON.parse(JSON.stringify(records)));
        },
      ),
    );
  });

  it.each(["[]", " [ ] ", "[\n]\n"])("gives nothing of the empty list %j", (text) => {
    expect(itemsOf(text)).toEqual([]);
  });

  it.each([
    ["", "nothing"],
    ["[", "no end"],
    ['[{"a": 1}', "no end after an item"],
    ['[{"a": "', "an end in a string"],
    ["{}", "an object"],
    ["[1]", "a number"],
    ["[[1]]", "a list"],
    ["[{},]", "a comma too many"],
    ["[,{}]", "a comma before"],
    ["[{}{}]", "no comma"],
    ["[{}] []", "two lists"],
    ["[{}] x", "something after it"],
    ["x [{}]", "something before it"],
  ])("refuses %j: %s", (text) => {
    expect(() => itemsOf(text)).toThrow(SyntaxError);
  });

  it("reads an item that is longer than a piece", () => {
    const long = { text: 'ä\\"{['.repeat(600_000) };

    expect(itemsOf(JSON.stringify([long, { a: 1 }]))).toEqual([long, { a: 1 }]);
  });
});
