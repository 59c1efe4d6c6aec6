import { describe, expect, it } from "vitest";

import { frozenCopy } from "../../src/agents/frozen-copy.ts";

describe("frozenCopy", () => {
  it("cannot be changed at any depth, and leaves the original as it was", () => {
    const original: { a: { b: string | null }[]; text: string } = { a: [{ b: null }], text: "x" };

    const copy = frozenCopy(original);

    expect(copy).toEqual(original);
    expect(() => copy.a.push({ b: "" })).toThrow(TypeError);
    expect(() => {
      for (const inner of copy.a) inner.b = "changed";
    }).toThrow(/read only/);
    original.a.push({ b: "still mine" });
    expect(copy.a).toHaveLength(1);
  });

  it("copies long lists", () => {
    expect(frozenCopy({ list: Array(300_000).fill(0) }).list).toHaveLength(300_000);
  });
});
