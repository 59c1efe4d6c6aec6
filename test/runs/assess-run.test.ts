import { describe, expect, it, onTestFinished } from "vitest";

import { openWorld } from "../../src/app/world.ts";
import { findRisks } from "../../src/risk/find-risks.ts";
import { assessRun } from "../../src/runs/assess-run.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

const AGENTS = [anAgent({ agent_id: "A1" }), anAgent({ agent_id: "A2" })];

/** A run that a person is asked about, because its agents have failed; a third call would be answered. */
async function aFailure() {
  const workspace = aWorkspace(aReference(aPlan({ T1: [] }), AGENTS));
  let calls = 0;
  const runtime = async () => {
    calls += 1;
    if (calls < 3) throw new Error("not yet");
    return { output: "done" };
  };
  const runtimes = { A1: runtime, A2: runtime };
  const policy = { execution: { max_attempts: 2 } };
  const control = await aMissionControl({ workspace, runtimes, policy });
  const { world, store } = await openWorld({ workspace, runtimes, policy });
  onTestFinished(() => store.close());
  return { control, world, started: await control.start({ mission_id: "M" }) };
}

describe("assessRun", () => {
  it("raises nothing of what was found before the run went on and ended", async () => {
    const { control, world, started } = await aFailure();
    const { run_id, pending_approvals } = started;
    const [asked] = pending_approvals;
    const overdue = { ...(await control.figures(run_id)), now: asked?.due_at ?? "" };
    expect(findRisks(overdue, overdue.policy.risk.rules)).toHaveLength(1);

    const approve = { type: "approve", decided_by: "ana" } as const;
    const { status } = await control.decide(run_id, { [asked?.approval_id ?? ""]: approve });
    const changed = await assessRun(overdue, world);

    expect(status).toBe("completed");
    expect(changed).toEqual([]);
    expect((await control.audit()).findings).toEqual([]);
  });
});
