import { describe, expect, it } from "vitest";

import { enumerate, quote, shorten } from "../../src/summary/phrases.ts";

describe("enumerate", () => {
  it.each([
    { all: [], said: "" },
    { all: ["a"], said: "a" },
    { all: ["a", "b", "c"], said: "a, b, c" },
    { all: ["a", "b", "c", "d"], said: "a, b, c and 1 more" },
    {
      all: Array.from({ length: 300 }, (_, position) => `T${position}`),
      said: "T0, T1, T2 and 297 more",
    },
  ])("says $all.length as $said", ({ all, said }) => {
    expect(enumerate(all)).toBe(said);
  });
});

describe("a name in a sentence", () => {
  it("stays as it is up to 80 characters, as people count them", () => {
    const name = "👩‍👩‍👧".repeat(80);

    expect(shorten(name)).toBe(name);
    expect(shorten(`${name}!`)).toBe(`${"👩‍👩‍👧".repeat(79)}…`);
  });

  it("is on one line", () => {
    expect(quote({ task: " Verify\n  documents " })).toBe('"Verify documents"');
  });
});
