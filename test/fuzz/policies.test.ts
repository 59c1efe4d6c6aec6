/** Policies as nobody should write them: refused with what is wrong, or runs go by them. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { validateWorkspace } from "../../src/app/validate-workspace.ts";
import { parsePolicy, requireSoundRules } from "../../src/app/workspace.ts";
import { initWorkspace, openMissionControl } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { policySchema } from "../../src/model/policy.ts";
import {
  OF_A_FUZZ,
  aCage,
  cases,
  expectPrototypes,
  expectSaid,
  expectSound,
  outcomeOf,
} from "../support/fuzz.ts";
import { mutationsOf, textsOf } from "../support/hostile-json.ts";
import { untyped } from "../support/untyped.ts";

const GIVEN = {
  ...DEFAULT_POLICY,
  approvals: { ...DEFAULT_POLICY.approvals, approvers: ["ana", "bo"] },
  budgets: { run: { max_cost: 5 }, mission: { max_tokens: 1e6 }, month: {}, at_limit: "ask" },
};

describe("a policy", () => {
  it(
    "has passed its schema and its rules are sound, or is refused in words",
    OF_A_FUZZ,
    async () => {
      const { inside } = aCage();
      initWorkspace(inside);
      const property = fc.asyncProperty(mutationsOf(GIVEN), async (given) => {
        const read = await outcomeOf(() => {
          const policy = parsePolicy(untyped(given)) ?? DEFAULT_POLICY;
          return requireSoundRules(policy, inside);
        });

        const policy = "value" in read ? read.value : DEFAULT_POLICY;
        expect(policySchema.parse(policy)).toEqual(policy);
        expectPrototypes();
      });
      await fc.assert(property, cases(0.08));
    },
  );

  it("in a file is told about by `validate`, or a mission is run by it", OF_A_FUZZ, async () => {
    const { inside, expectShut } = aCage();
    initWorkspace(inside, { from: "claims" });
    const texts = fc.oneof(textsOf(GIVEN), textsOf({ risk: { rules: DEFAULT_POLICY.risk.rules } }));
    const property = fc.asyncProperty(texts, async (text) => {
      writeFileSync(join(inside, "policy.json"), text);

      const { faults } = await validateWorkspace(inside, undefined);
      const opened = await outcomeOf(() => openMissionControl({ workspace: inside }));

      for (const { message } of faults) expectSaid(message);
      expect("refusal" in opened).toBe(faults.length > 0);
      if ("value" in opened) {
        const mission_inputs = { claim: "CL-7", customer: "ACME", amount: 1250 };
        await outcomeOf(() => opened.value.start({ mission_id: "C001", mission_inputs }));
        await outcomeOf(() => opened.value.watch());
        await expectSound(opened.value);
        await opened.value.close();
      }
      expectPrototypes();
      expectShut();
    });
    await fc.assert(property, cases(0.015));
  });
});
