/** Reference documents as nobody should write them: each fault is told, and what passes can be run. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { validateWorkspace } from "../../src/app/validate-workspace.ts";
import { type MissionControl, openMissionControl } from "../../src/index.ts";
import { REFERENCE_DOCUMENT_NAMES } from "../../src/model/documents.ts";
import { findAllFaults } from "../../src/planning/mission-faults.ts";
import { readReference } from "../../src/store/documents/read-reference.ts";
import {
  OF_A_FUZZ,
  aCage,
  cases,
  expectPrototypes,
  expectSaid,
  expectSound,
  outcomeOf,
} from "../support/fuzz.ts";
import { textsOf } from "../support/hostile-json.ts";

type Texts = ReadonlyMap<string, string>;

/** A sample of which one or two documents are others. */
interface Changed {
  readonly sample: "." | "claims";
  readonly others: Readonly<Record<string, string>>;
}

const documents: fc.Arbitrary<Changed> = fc
  .constantFrom("." as const, "claims" as const)
  .chain((sample) => {
    const names = fc.constantFrom(...REFERENCE_DOCUMENT_NAMES);
    const other = names.chain((name) => {
      const sound: unknown = JSON.parse(readSample(sample, name));
      return textsOf(sound).map((text): [string, string] => [`${name}.json`, text]);
    });
    const others = fc.array(other, { minLength: 1, maxLength: 2 }).map(Object.fromEntries);
    return fc.record({ sample: fc.constant(sample), others });
  });

function readSample(sample: string, name: string): string {
  return readFileSync(join(import.meta.dirname, "../../data", sample, `${name}.json`), "utf8");
}

function toTexts({ sample, others }: Changed): Texts {
  const sound = REFERENCE_DOCUMENT_NAMES.map(
    (name) => [`${name}.json`, readSample(sample, name)] as const,
  );
  return new Map([...sound, ...Object.entries(others)]);
}

/** Every mission, to its end; where it can be started. */
async function expectToRun(control: MissionControl): Promise<void> {
  const missions = control.reference().missions.slice(0, 3);
  for (const { mission_id } of missions) {
    const started = await outcomeOf(() =>
      control.start({
        mission_id,
        mission_inputs: { claim: "CL-7", customer: "ACME", amount: 1250 },
      }),
    );
    // A schema may ask for other inputs.
    if ("refusal" in started && started.refusal.code === "BAD_INPUT") continue;
    if ("refusal" in started) throw started.refusal;
    const { run_id } = started.value;
    for (let { pending_approvals: waiting } = started.value; waiting.length > 0;) {
      const decisions = waiting.map(({ approval_id }) => [approval_id, { type: "approve" }]);
      ({ pending_approvals: waiting } = await control.decide(
        run_id,
        Object.fromEntries(decisions),
      ));
    }
    expect((await control.run(run_id)).status).not.toBe("awaiting_approval");
  }
  await expectSound(control);
}

describe("reference documents", () => {
  it("are read, or every fault is told in words", OF_A_FUZZ, async () => {
    const property = fc.asyncProperty(documents, async (changed) => {
      const read = await outcomeOf(() => {
        const { faults, readable } = readReference("nowhere", toTexts(changed));
        return [...faults, ...findAllFaults(readable, () => true)];
      });

      for (const { message } of "value" in read ? read.value : []) expectSaid(message);
      expectPrototypes();
    });
    await fc.assert(property, cases(0.18));
  });

  it("that pass `validate` can be run, and those that do not are refused", OF_A_FUZZ, async () => {
    const { inside, expectShut } = aCage();
    const property = fc.asyncProperty(documents, async (changed) => {
      rmSync(inside, { recursive: true });
      mkdirSync(inside);
      for (const [name, text] of toTexts(changed)) writeFileSync(join(inside, name), text);
      const control = await openMissionControl({ workspace: inside });

      const { faults } = await validateWorkspace(inside, undefined);

      for (const { message } of faults) expectSaid(message);
      const mission_id = changed.sample === "." ? "M001" : "C001";
      if (faults.length > 0) await outcomeOf(() => control.start({ mission_id }));
      else await expectToRun(control);
      await control.close();
      expectPrototypes();
      expectShut();
    });
    await fc.assert(property, cases(0.02));
  });
});
