/** A failed task of a failed run, tried again days later because a person says so. */

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import {
  aClock,
  aMissionControl,
  aStoreOf,
  aWorkspace,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;

/** T2 after T1 and before T3, by one agent that fails at T2 until it is told otherwise. */
function aBusiness({ gate = false } = {}) {
  const calls: Parameters<AgentRuntime>[0][] = [];
  let isBroken = !gate;
  const runtime: AgentRuntime = async (request) => {
    calls.push(request);
    if (isBroken && request.task.task_id === "T2") throw new Error("no network");
    return { output: { by: request.agent.agent_id }, work_minutes: 2 };
  };
  const workspace = aWorkspace(
    aReference(
      aPlan(
        { T1: [], T2: ["T1"], T3: ["T2"] },
        gate ? { T2: { requires_human_approval: true } } : {},
      ),
      [anAgent({ agent_id: "A1" })],
    ),
  );
  return { workspace, runtime, calls, mend: () => (isBroken = false) };
}

async function aFailedRun(business = aBusiness()) {
  const { workspace, runtime } = business;
  const clock = aClock();
  const control = await aMissionControl({ workspace, clock, runtimes: { A1: runtime } });
  const { run_id } = await control.start({ mission_id: "M" });
  clock.advance(5);
  const { status } = await control.decide(run_id, {
    T2: { type: "reject", reason: "give up", decided_by: "ana" },
  });
  expect(status).toBe("failed");
  return { ...business, clock, control, run_id };
}

describe("a task that is tried again", () => {
  it("gets a new attempt, what it blocked goes on, and every decision counts", async () => {
    const { control, run_id, clock, mend, calls } = await aFailedRun();
    const before = await control.report(run_id);
    mend();
    clock.advance(600);
    calls.splice(0);

    const outcome = await control.retry(run_id, "T2", { by: "ben", reason: "network is back" });

    expect(before.next_steps[0]).toMatchObject({
      command: `mission-control retry ${run_id} T2 --by NAME`,
    });
    expect(outcome).toMatchObject({ status: "completed" });
    expect(calls.map(({ task, attempt }) => `${task.task_id} ${attempt}`)).toEqual([
      "T2 3",
      "T3 1",
    ]);
    expect(calls[0]?.feedback).toBe("network is back");
    const { run, rows } = await control.figures(run_id);
    // Giving up, and trying again.
    expect(run).toMatchObject({ status: "completed", human_interventions: 2 });
    expect(rows.filter((row) => row.task_id === "T2")).toMatchObject([
      { attempt: 1, outcome: "failed" },
      {
        attempt: 2,
        outcome: "failed",
        failure_decision: { decision: "reject" },
        reopened: { by: "ben", at: clock.now(), reason: "network is back", source: "library" },
      },
      { attempt: 3, outcome: "completed", started_at: clock.now() },
    ]);
    // The ten hours belong to nobody.
    expect(run.total_duration_minutes).toBeGreaterThan(600);
    expect((await control.report(run_id)).delay_ledger).toMatchObject({ human_wait_minutes: 5 });
    expect((await control.run(run_id)).report).toContain("tried again, says ben: network is back");
    expect((await control.audit()).findings).toEqual([]);
    expect((await control.replay([run_id])).runs).toMatchObject([
      { status: "not_replayable", reason: "it had ended when T2 was tried again by a person" },
    ]);
  });

  it("is asked about again where a person had refused it", async () => {
    const { control, run_id, calls } = await aFailedRun(aBusiness({ gate: true }));

    const asked = await control.retry(run_id, "T2", { by: "ana" });
    const worked = calls.filter(({ task }) => task.task_id === "T2").length;
    const done = await control.decide(run_id, { T2: approve });

    expect(asked).toMatchObject({
      status: "awaiting_approval",
      pending_approvals: [{ task_id: "T2", attempt: 2, stage: "before", feedback: "give up" }],
    });
    expect(worked).toBe(0);
    expect(done.status).toBe("completed");
    expect((await control.figures(run_id)).run.human_interventions).toBe(3);
    expect((await control.audit()).findings).toEqual([]);
  });

  it("may fail again, and be tried once more", async () => {
    const { control, run_id, mend } = await aFailedRun();

    const asked = await control.retry(run_id, "T2", { by: "ana" });
    const failed = await control.decide(run_id, {
      T2: { type: "reject", reason: "still down", decided_by: "ana" },
    });
    mend();
    const done = await control.retry(run_id, "T2", { by: "ana" });

    expect(asked.pending_approvals).toMatchObject([{ stage: "failure", attempt: 4 }]);
    expect(failed.status).toBe("failed");
    expect(done.status).toBe("completed");
    expect((await control.audit()).findings).toEqual([]);
  });

  it("goes on after a crash between the word and the work", async () => {
    const { control, run_id, workspace, runtime, mend, clock } = await aFailedRun();
    const last = (await control.figures(run_id)).rows.findLast((row) => row.task_id === "T2");
    await control.close();
    const store = aStoreOf(workspace);
    if (last === undefined) throw new Error("T2 has no row");
    const reopened = { at: clock.now(), by: "ana" };
    await store.reopenRun({ ...last, reopened }, ({ end_time: _end, ...run }) => ({
      ...run,
      status: "running",
    }));
    await store.close();
    mend();

    const again = await aMissionControl({ workspace, clock, runtimes: { A1: runtime } });

    expect((await again.resume(run_id)).status).toBe("completed");
    expect((await again.audit()).findings).toEqual([]);
  });
});

describe("a task that cannot be tried again", () => {
  it.each([
    ["T1", '"T1" is no failed task of'],
    ["T3", '"T3" is no failed task of'],
    ["T9", "Failed: T2."],
  ])("%s", async (task, said) => {
    const { control, run_id, workspace } = await aFailedRun();
    const before = readRecorded(workspace, "task_execution_logs");

    await expect(control.retry(run_id, task, { by: "ana" })).rejects.toThrow(said);
    expect(readRecorded(workspace, "task_execution_logs")).toEqual(before);
  });

  it("of a run that has not failed", async () => {
    const { workspace, runtime } = aBusiness({ gate: true });
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });

    await expect(control.retry(run_id, "T2", { by: "ana" })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      message: `${run_id} has not failed: it is awaiting_approval.`,
    });
    await expect(control.retry("R9", "T2", { by: "ana" })).rejects.toMatchObject({
      code: "UNKNOWN_RUN",
    });
  });

  it("by somebody who may not decide, or by nobody", async () => {
    const { control, run_id, workspace } = await aFailedRun();
    writeDocument(workspace, "policy", { approvals: { approvers: ["ana"] } });

    await expect(control.retry(run_id, "T2", { by: "eve" })).rejects.toMatchObject({
      code: "NOT_AN_APPROVER",
    });
    await expect(control.retry(run_id, "T2", { by: " " })).rejects.toMatchObject({
      code: "BAD_INPUT",
    });
    expect((await control.run(run_id)).status).toBe("failed");
  });

  it("by a program that lacks the agents of the run", async () => {
    const { control, run_id, workspace } = await aFailedRun();
    await control.close();
    const other = await aMissionControl({ workspace });

    await expect(other.retry(run_id, "T2", { by: "ana" })).rejects.toMatchObject({
      code: "RUNTIME_MISSING",
    });
    expect((await other.run(run_id)).status).toBe("failed");
  });
});
