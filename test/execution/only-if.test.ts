import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sayCondition, whyNotNeeded } from "../../src/execution/only-if.ts";
import {
  CONDITION_OPERATORS,
  type ConditionTerm,
  taskConditionSchema,
} from "../../src/model/task-condition.ts";
import { findConditionFaults } from "../../src/planning/condition-faults.ts";
import { aTask } from "../support/builders.ts";

const facts = {
  mission_inputs: {
    customer: "ACME",
    amount: 1250,
    tags: ["new", "vip"],
    urgent: false,
    "a/b": { "~c": 1 },
    none: null,
    lines: [{ price: 3 }, { price: 9 }],
  },
  outputs: { T1: { amount: 200, verdict: "clear" }, T2: 7 },
};

const holds = (term: ConditionTerm) => whyNotNeeded({ all: [term] }, facts) === undefined;

describe("a term of only_if", () => {
  it.each<[string, ConditionTerm["op"], ConditionTerm["value"], boolean]>([
    ["/mission_inputs/amount", ">", 1000, true],
    ["/mission_inputs/amount", ">", 1250, false],
    ["/mission_inputs/amount", ">=", 1250, true],
    ["/mission_inputs/amount", "<", 1250, false],
    ["/mission_inputs/amount", "<=", 1250, true],
    ["/mission_inputs/amount", "==", 1250, true],
    ["/mission_inputs/customer", ">", 0, false],
    ["/mission_inputs/customer", "==", "ACME", true],
    ["/mission_inputs/customer", "!=", "ACME", false],
    ["/mission_inputs/customer", "in", ["ACME", "Globex"], true],
    ["/mission_inputs/customer", "in", ["Globex"], false],
    ["/mission_inputs/customer", "starts_with", "AC", true],
    ["/mission_inputs/customer", "contains", "CM", true],
    ["/mission_inputs/tags", "contains", "vip", true],
    ["/mission_inputs/tags", "contains", "vi", false],
    ["/mission_inputs/urgent", "==", false, true],
    ["/mission_inputs/urgent", "exists", true, true],
    ["/mission_inputs/missing", "exists", true, false],
    ["/mission_inputs/missing", "exists", false, true],
    ["/mission_inputs/none", "exists", true, false],
    ["/mission_inputs/missing", "!=", "ACME", false],
    ["/mission_inputs/a~1b/~0c", "==", 1, true],
    ["/mission_inputs/lines/1/price", "==", 9, true],
    ["/mission_inputs/lines/01/price", "exists", true, false],
    ["/mission_inputs/toString", "exists", true, false],
    ["/mission_inputs/lines/length", "exists", true, false],
    ["/tasks/T1/output/amount", "<", 1000, true],
    ["/tasks/T2/output", "==", 7, true],
    ["/tasks/T9/output/amount", "exists", true, false],
  ])("%s %s %j is %s", (at, op, value, expected) => {
    expect(holds({ at, op, value })).toBe(expected);
  });

  it("never throws, whatever it points at, and misses when the value is missing", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(...CONDITION_OPERATORS),
        fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.array(fc.string())),
        (mission_inputs, op, value) => {
          const inputs = JSON.parse(JSON.stringify(mission_inputs));
          for (const at of [...Object.keys(inputs).map(escape), "/mission_inputs/~0missing~0"]) {
            const condition = { all: [{ at, op, value }] };
            const why = whyNotNeeded(condition, { mission_inputs: inputs, outputs: {} });
            expect(why === undefined || why.length > 0).toBe(true);
          }
        },
      ),
    );
  });
});

const escape = (name: string) =>
  `/mission_inputs/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

describe("only_if", () => {
  const rich = { at: "/mission_inputs/amount", op: ">", value: 5000 } as const;
  const clear = { at: "/tasks/T1/output/verdict", op: "==", value: "clear" } as const;

  it("needs every term of `all` and one of `any`, and says what was found", () => {
    expect(whyNotNeeded({ all: [clear, rich] }, facts)).toBe(
      "/mission_inputs/amount is 1250, not > 5000",
    );
    expect(whyNotNeeded({ any: [rich, clear] }, facts)).toBeUndefined();
    expect(whyNotNeeded({ any: [rich] }, facts)).toBe("/mission_inputs/amount is 1250, not > 5000");
    expect(sayCondition({ any: [rich, clear] })).toBe(
      '/mission_inputs/amount > 5000 or /tasks/T1/output/verdict == "clear"',
    );
  });

  it.each([
    { at: "/mission_input/amount", op: ">", value: 1 },
    { at: "mission_inputs/amount", op: ">", value: 1 },
    { at: "/tasks/T1/error", op: ">", value: 1 },
    { at: "/mission_inputs/a~2", op: ">", value: 1 },
    { at: "/mission_inputs/amount", op: "=>", value: 1 },
    { at: "/mission_inputs/amount", op: ">", value: null },
    { at: "/mission_inputs/amount", op: ">" },
  ])("is refused in its shape: %j", (term) => {
    expect(taskConditionSchema.safeParse({ all: [term] }).success).toBe(false);
  });

  it("is refused with both or none of `all` and `any`, and without a term", () => {
    for (const shape of [{ all: [rich], any: [rich] }, {}, { all: [] }, "x", [rich]]) {
      expect(taskConditionSchema.safeParse(shape).success).toBe(false);
    }
  });

  it.each<[ConditionTerm, string]>([
    [{ at: "/tasks/T2/output/x", op: ">", value: 1 }, "T3 does not depend on T2"],
    [{ at: "/mission_inputs/x", op: ">", value: "1" }, '> "1"'],
    [{ at: "/mission_inputs/x", op: "in", value: "1" }, 'in "1"'],
    [{ at: "/mission_inputs/x", op: "exists", value: "yes" }, 'exists "yes"'],
    [{ at: "/mission_inputs/x", op: "starts_with", value: 1 }, "starts_with 1"],
    [{ at: "/mission_inputs/x", op: "==", value: [1] }, "== [1]"],
  ])("has a fault that validate finds: %j", (term, found) => {
    const task = aTask({ task_id: "T3", depends_on: ["T1"], only_if: { any: [term] } });

    expect(findConditionFaults(task)).toMatchObject([{ found: expect.stringContaining(found) }]);
  });
});
