import { describe, expect, it, vi } from "vitest";

import { checkInputs, findSchemaFaults } from "../../src/app/input-schema.ts";
import type { BusinessMission } from "../../src/model/business-missions.ts";

type InputSchema = NonNullable<BusinessMission["input_schema"]>;

const missionOf = (input_schema: InputSchema): BusinessMission => ({
  mission_id: "M",
  mission_name: "Mission",
  input_schema,
});
const of = (field: InputSchema) => missionOf({ type: "object", properties: { x: field } });

describe("checkInputs", () => {
  it.each<[InputSchema, unknown, string]>([
    [{ type: "string" }, 5, "x: expected a text, found 5"],
    [{ type: ["integer", "null"] }, 1.5, "x: expected a whole number or null, found 1.5"],
    [{ type: "number", exclusiveMinimum: 0 }, 0, "x: expected a number above 0, found 0"],
    [{ type: "number", maximum: 9 }, 10, "x: expected a number ≤ 9, found 10"],
    [{ type: "number", multipleOf: 5 }, 7, "x: expected a multiple of 5, found 7"],
    [
      { type: "string", minLength: 2 },
      "a",
      'x: expected a text of at least 2 characters, found "a"',
    ],
    [{ type: "string", pattern: "^A" }, "b", 'x: expected a text that matches ^A, found "b"'],
    [{ type: "array", maxItems: 1 }, [1, 2], "x: expected a list of at most 1 items, found [1,2]"],
    [
      { type: "array", uniqueItems: true },
      [1, 1],
      "x: expected a list with no item twice, found [1,1]",
    ],
    [{ const: "a" }, "b", 'x: expected "a", found "b"'],
    [{ not: { type: "string" } }, "b", 'x: expected something else, found "b"'],
    [{ contains: { type: "string" } }, [1], "x: expected a text, found 1"],
  ])("says in words of ours what %j has against %j", async (field, x, words) => {
    // @ts-expect-error -- any JSON
    const [said] = await checkInputs({ x }, of(field));

    expect(said?.replace("x.0: ", "x: ")).toBe(words);
  });

  it("has nothing against a schema that leaves types out, and prints nothing", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();

    const said = await checkInputs({ x: 1 }, missionOf({ properties: { x: { minimum: 0 } } }));

    expect([said, warn.mock.calls]).toEqual([[], []]);
    warn.mockRestore();
  });
});

describe("findSchemaFaults", () => {
  it.each<[InputSchema, string]>([
    [
      { type: "banana" },
      'type: expected one of ["array","boolean","integer","null","number","object","string"], found "banana"',
    ],
    [{ required: "customer" }, 'required: expected a list, found "customer"'],
    [{ propertees: {} }, 'a keyword that there is not: "propertees"'],
    [{ type: "string", format: "dat" }, 'a format that there is not: "dat"'],
    [{ $ref: "#/$defs/x" }, 'a reference to what is not there: "#/$defs/x"'],
    [{ pattern: "(" }, 'a pattern that is none: "/(/u"'],
  ])("says in words of ours what is wrong with %j", async (schema, words) => {
    const [fault] = await findSchemaFaults([missionOf(schema)]);

    expect(fault?.message).toBe(
      `business_missions.json: M: input_schema: no JSON Schema: ${words}; expected a JSON Schema, draft 2020-12.`,
    );
  });
});
