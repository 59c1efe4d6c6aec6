import { describe, expect, it } from "vitest";

import { defined } from "../../src/model/defined.ts";

describe("defined", () => {
  it("leaves out the fields that are undefined, and no others", () => {
    const fields = { a: 1, b: undefined, c: null, d: 0, e: "", f: false, g: [undefined] };

    const left = defined(fields);

    expect(Object.keys(left)).toEqual(["a", "c", "d", "e", "f", "g"]);
    expect(left).toStrictEqual({ a: 1, c: null, d: 0, e: "", f: false, g: [undefined] });
  });

  it("gives an object of its own, and leaves the given one as it is", () => {
    const fields = { a: 1, b: undefined };

    expect(defined(fields)).not.toBe(fields);
    expect(fields).toStrictEqual({ a: 1, b: undefined });
    expect(defined({})).toStrictEqual({});
  });

  it("has a type whose fields are there or missing, never undefined", () => {
    const reason: string | undefined = ["late"].at(1);
    const made: { readonly id: string; readonly reason?: string } = defined({ id: "x", reason });

    expect(made).toStrictEqual({ id: "x" });
  });
});
