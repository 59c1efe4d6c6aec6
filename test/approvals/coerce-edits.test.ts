import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { coerceEdits } from "../../src/approvals/coerce-edits.ts";
import type { Args } from "../../src/approvals/content.ts";
import type { Scalar } from "../../src/model/primitives.ts";

const asked = {
  approval_id: "APR-R1-T1-1",
  args: { instruction: "Pay", amount: 5, urgent: true, code: "007", note: " padded " },
};

describe("coerceEdits", () => {
  it.each<{ name: string; edited: Scalar; value: Scalar }>([
    { name: "amount", edited: 6, value: 6 },
    { name: "amount", edited: "6", value: 6 },
    { name: "amount", edited: " 6.50 ", value: 6.5 },
    { name: "amount", edited: "-1", value: -1 },
    { name: "amount", edited: "0", value: 0 },
    { name: "amount", edited: "1e3", value: 1000 },
    { name: "urgent", edited: false, value: false },
    { name: "urgent", edited: "false", value: false },
    { name: "urgent", edited: " false ", value: false },
    { name: "instruction", edited: "5", value: "5" },
    { name: "instruction", edited: "true", value: "true" },
    { name: "instruction", edited: " keeps its blanks ", value: " keeps its blanks " },
    { name: "code", edited: "7", value: "7" }, // text that looks like a number stays text
    { name: "note", edited: "padded", value: "padded" },
  ])("takes $edited for $name as a change", ({ name, edited, value }) => {
    expect(coerceEdits(asked, { [name]: edited })).toEqual({ edits: { [name]: value } });
  });

  it.each<{ name: string; edited: Scalar }>([
    { name: "amount", edited: 5 },
    { name: "amount", edited: "5" },
    { name: "amount", edited: " 5 " },
    { name: "amount", edited: "5.0" },
    { name: "urgent", edited: true },
    { name: "urgent", edited: "true" },
    { name: "instruction", edited: "Pay" },
    { name: "code", edited: "007" },
    { name: "note", edited: " padded " },
  ])("does not count $edited for $name as a change", ({ name, edited }) => {
    expect(coerceEdits(asked, { [name]: edited })).toEqual({ edits: {} });
  });

  it.each<{ name: string; edited: Scalar; wanted: string }>([
    { name: "amount", edited: "", wanted: "a number" },
    { name: "amount", edited: "   ", wanted: "a number" },
    { name: "amount", edited: "five", wanted: "a number" },
    { name: "amount", edited: "5 €", wanted: "a number" },
    { name: "amount", edited: "1,000", wanted: "a number" },
    { name: "amount", edited: "NaN", wanted: "a number" },
    { name: "amount", edited: "Infinity", wanted: "a number" },
    { name: "amount", edited: "-Infinity", wanted: "a number" },
    { name: "amount", edited: "1e999", wanted: "a number" },
    { name: "amount", edited: "null", wanted: "a number" },
    { name: "amount", edited: true, wanted: "a number" },
    { name: "amount", edited: false, wanted: "a number" },
    { name: "urgent", edited: "", wanted: "a boolean" },
    { name: "urgent", edited: "yes", wanted: "a boolean" },
    { name: "urgent", edited: "TRUE", wanted: "a boolean" },
    { name: "urgent", edited: 1, wanted: "a boolean" },
    { name: "urgent", edited: 0, wanted: "a boolean" },
  ])("refuses $edited for $name, and names the field and $wanted", ({ name, edited, wanted }) => {
    const result = coerceEdits(asked, { [name]: edited });

    expect(result).not.toHaveProperty("edits");
    expect(result).toMatchObject({ message: expect.stringContaining(`"${name}"`) });
    expect(result).toMatchObject({ message: expect.stringContaining(wanted) });
  });

  it.each([
    "amoun",
    "amount ",
    "Amount",
    "",
    "constructor",
    "toString",
    "hasOwnProperty",
    "__proto__",
    "T1.amount",
  ])("refuses the unknown name %j", (name) => {
    const edits = Object.fromEntries([[name, "x"]]);

    const result = coerceEdits(asked, edits);

    expect(result).toMatchObject({ message: expect.stringContaining(`no value "${name}"`) });
  });

  it("edits values whose names every object inherits, once they were asked", () => {
    const args = { constructor: "Acme", hasOwnProperty: 1 };

    const result = coerceEdits(
      { approval_id: "APR-R1-T1-1", args },
      { constructor: "Bond", hasOwnProperty: "2" },
    );

    expect(result).toEqual({ edits: { constructor: "Bond", hasOwnProperty: 2 } });
  });

  it("keeps the changes alone out of a full set of values", () => {
    const page = {
      instruction: "Pay",
      amount: "6",
      urgent: "true",
      code: "007",
      note: " padded ",
    };

    expect(coerceEdits(asked, page)).toEqual({ edits: { amount: 6 } });
  });

  it("refuses all edits when one of them is wrong", () => {
    const result = coerceEdits(asked, { instruction: "Pay twice", amount: "lots" });

    expect(result).not.toHaveProperty("edits");
  });

  it("takes false and 0 as values that were asked", () => {
    const args = { paid: false, amount: 0, note: "" };

    const result = coerceEdits(
      { approval_id: "APR-R1-T1-1", args },
      { paid: "true", amount: "1", note: "now" },
    );

    expect(result).toEqual({ edits: { paid: true, amount: 1, note: "now" } });
  });

  it("finds no change in any values that come back as text, as after a reset", () => {
    fc.assert(
      fc.property(anyArgs, (args) => {
        const texts = Object.fromEntries(
          Object.entries(args).map(([name, value]) => [name, String(value)]),
        );

        expect(coerceEdits({ approval_id: "APR-R1-T1-1", args }, texts)).toEqual({ edits: {} });
      }),
    );
  });

  it("gives every change the type that was asked, or refuses", () => {
    fc.assert(
      fc.property(anyArgs, anyArgs, (args, edits) => {
        const result = coerceEdits({ approval_id: "APR-R1-T1-1", args }, edits);

        if ("message" in result) return;
        for (const [name, value] of Object.entries(result.edits)) {
          expect(Object.hasOwn(edits, name)).toBe(true);
          expect(typeof value).toBe(typeof args[name]);
          expect(value).not.toBe(args[name]);
        }
      }),
    );
  });
});

const anyScalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string(),
  fc.constantFrom("true", "false", "0", "5", " 7 ", "1e999", ""),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const anyArgs: fc.Arbitrary<Args> = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "constructor", "toString", "T1.x", ""), anyScalar))
  .map((entries) => Object.fromEntries(entries));
