/** What people are asked is named as the plan names it. */

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

const OUTPUT = { refund: { eur: 1250 }, note: "broken", Reason: "as is" };

async function asked(fields: Readonly<Record<string, Partial<PlanTask>>>) {
  const calls: Parameters<AgentRuntime>[0][] = [];
  const runtime: AgentRuntime = async (request) => {
    calls.push(request);
    return { output: request.task.task_id === "G1" ? OUTPUT : "done", work_minutes: 1 };
  };
  const plan = aPlan({ G1: [], G2: ["G1"] }, fields);
  const control = await aMissionControl({
    workspace: aWorkspace(aReference(plan)),
    runtimes: { A1: runtime },
  });
  return { control, calls, outcome: await control.start({ mission_id: "M" }) };
}

describe("what a person is asked", () => {
  it("has the names of the plan, by which it is edited", async () => {
    const { control, calls, outcome } = await asked({
      G1: { output_labels: { "refund.eur": "Refund (EUR)" } },
      G2: { requires_human_approval: true },
    });

    const edits = { "Refund (EUR)": "990" };
    await control.decide(outcome.run_id, { G2: { type: "edit", edits, decided_by: "ana" } });

    expect(outcome.pending_approvals[0]?.args).toEqual({
      instruction: "Do G2",
      "Refund (EUR)": 1250,
      "G1.note": "broken",
      "G1.Reason": "as is",
    });
    expect(calls.at(-1)?.inputs).toEqual({ G1: { ...OUTPUT, refund: { eur: 990 } } });
    expect((await control.run(outcome.run_id)).report).toContain("Refund (EUR): 1250 → 990");
  });

  it("has them in a review of an output as well", async () => {
    const { control, outcome } = await asked({
      G1: {
        requires_human_approval: true,
        approval_stage: "after",
        output_labels: { "refund.eur": "Refund (EUR)" },
      },
    });

    const edits = { "Refund (EUR)": 990 };
    await control.decide(outcome.run_id, { G1: { type: "edit", edits, decided_by: "ana" } });

    const { rows } = await control.figures(outcome.run_id);
    expect(rows[0]?.output).toEqual({ ...OUTPUT, refund: { eur: 990 } });
  });

  it("hides no value behind a label that another has, or that reads like its path", async () => {
    const { outcome } = await asked({
      G1: {
        requires_human_approval: true,
        approval_stage: "after",
        output_labels: { "refund.eur": "Same", note: "Same", nothing: "Reason" },
      },
    });

    expect(outcome.pending_approvals[0]?.args).toEqual({
      "refund.eur": 1250,
      note: "broken",
      "Reason (by path)": "as is",
    });
  });
});
