/** When agents fail or go away, and when people change their mind. */

import { describe, expect, it } from "vitest";

import { StoreFailedError } from "../../src/errors.ts";
import type { AgentRuntime, ResumableRuntime } from "../../src/index.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { gateQuestion, resumeWith } from "../support/gate.ts";
import {
  aClock,
  aMissionControl,
  aStoreOf,
  aWorkspace,
  readDocument,
  readRecorded,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

const gate = { requires_human_approval: true };
const rows = (workspace: string) => readRecorded(workspace, "task_execution_logs");

/** Fails until it has been called so often, then remembers what it was asked. */
function failing(times: number) {
  const calls: Parameters<AgentRuntime>[0][] = [];
  const runtime: AgentRuntime = async (request) => {
    calls.push(request);
    if (calls.length <= times) throw new Error(`failure ${calls.length}`);
    return { output: { done: true }, work_minutes: 1 };
  };
  return { runtime, calls };
}

describe("an agent that fails", () => {
  it("is tried again, and the retry is told why", async () => {
    const { runtime, calls } = failing(1);
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    const { status } = await control.start({ mission_id: "M" });

    expect(status).toBe("completed");
    expect(calls.map((call) => [call.attempt, call.feedback])).toEqual([
      [1, undefined],
      [2, "failure 1"],
    ]);
    expect(new Set(calls.map((call) => call.idempotency_key)).size).toBe(2);
  });

  it("needs no second approval for a retry of the same work", async () => {
    const { runtime, calls } = failing(1);
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }, { T1: gate })));
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });

    const { status } = await control.decide(run_id, {
      T1: { type: "edit", edits: { instruction: "Do it well" }, decided_by: "ana" },
    });

    expect(status).toBe("completed");
    expect(calls.map((call) => call.edits)).toEqual([
      { instruction: "Do it well" },
      { instruction: "Do it well" },
    ]);
    expect(rows(workspace).map((row) => [row["outcome"], row["decision"]])).toEqual([
      ["failed", "edit"],
      ["approved", undefined],
    ]);
  });

  it("needs approval when the work goes to another agent", async () => {
    const { runtime } = failing(2);
    const agents = [anAgent({ agent_id: "A" }), anAgent({ agent_id: "B" })];
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }, { T1: gate }), agents));
    const control = await aMissionControl({ workspace, runtimes: { A: runtime, B: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });

    const { pending_approvals } = await control.decide(run_id, { T1: { type: "approve" } });

    expect(pending_approvals).toMatchObject([
      { agent_id: "B", attempt: 3, stage: "before", feedback: "failure 2" },
    ]);
  });

  it.each([
    ["approve", { type: "approve" }, "completed"],
    ["edit", { type: "edit", edits: { instruction: "Other" } }, "completed"],
    ["skip", { type: "skip", reason: "by hand" }, "completed"],
    ["reject", { type: "reject", reason: "enough" }, "failed"],
  ] as const)("is handed to a person, whose %s settles it", async (_name, decision, status) => {
    const { runtime, calls } = failing(2);
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });
    const first = await control.start({ mission_id: "M" });

    const outcome = await control.decide(first.run_id, { T1: { ...decision, decided_by: "ana" } });

    expect(first.pending_approvals).toMatchObject([{ stage: "failure", feedback: "failure 2" }]);
    expect(outcome.status).toBe(status);
    expect(calls).toHaveLength(decision.type === "approve" || decision.type === "edit" ? 3 : 2);
    expect(rows(workspace)[1]).toMatchObject({
      attempt: 2,
      outcome: "failed",
      failure_decision: { decision: decision.type, decided_by: "ana" },
    });
    expect(readRecorded(workspace, "mission_runs")[0]).toMatchObject({
      escalations: 1,
      human_interventions: 1,
    });
  });

  it("is asked about again when the retry a person wanted fails too", async () => {
    const { runtime } = failing(3);
    const control = await aMissionControl({
      workspace: aWorkspace(aReference(aPlan({ T1: [] }))),
      runtimes: { A1: runtime },
    });
    const { run_id } = await control.start({ mission_id: "M" });

    const again = await control.decide(run_id, { T1: { type: "approve" } });
    const done = await control.decide(run_id, { T1: { type: "approve" } });

    expect(again.pending_approvals).toMatchObject([{ approval_id: `APR-${run_id}-T1-3-failure` }]);
    expect(done.status).toBe("completed");
  });

  it("waits between two calls as the policy says, and gives up a person's way at max_attempts", async () => {
    const { runtime, calls } = failing(9);
    const control = await aMissionControl({
      workspace: aWorkspace(aReference(aPlan({ T1: [] }))),
      runtimes: { A1: runtime },
      policy: {
        execution: { max_attempts: 2, retry: { retries_per_agent: 5, wait_seconds: 0.01 } },
      },
    });

    const { pending_approvals } = await control.start({ mission_id: "M" });

    expect(calls).toHaveLength(2);
    expect(pending_approvals).toMatchObject([{ stage: "failure", attempt: 2 }]);
  });
});

describe("an agent that goes away after the start", () => {
  const setStatus = (workspace: string, status: string) =>
    writeDocument(
      workspace,
      "specialized_agents",
      readDocument(workspace, "specialized_agents").map((agent) => ({ ...agent, status })),
    );

  it("is trouble for a person, not a fault, when nobody else can do it", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }, { T1: gate })));
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M" });
    setStatus(workspace, "unavailable");

    const outcome = await control.decide(run_id, { T1: { type: "approve", decided_by: "ana" } });
    setStatus(workspace, "available");
    const done = await control.decide(run_id, { T1: { type: "approve", decided_by: "ana" } });

    expect(outcome.pending_approvals).toMatchObject([
      { stage: "failure", feedback: "A1 is not available" },
    ]);
    expect(done.status).toBe("completed");
  });
});

describe("a decision about an agent that goes away before it is carried out", () => {
  it("stands in a row, with its wait: the next agent is asked about, and all agrees", async () => {
    const agents = [anAgent({ agent_id: "A" }), anAgent({ agent_id: "B" })];
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }, { T1: gate }), agents));
    const clock = aClock();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M" });
    writeDocument(workspace, "specialized_agents", [
      { ...agents[0], status: "unavailable" },
      { ...agents[1] },
    ]);

    clock.advance(600);
    const asked = await control.decide(run_id, { T1: { type: "approve", decided_by: "ana" } });
    clock.advance(2);
    const { status } = await control.decide(run_id, { T1: { type: "approve", decided_by: "bo" } });

    expect(asked.pending_approvals).toMatchObject([
      { agent_id: "B", attempt: 2, feedback: "A is not available" },
    ]);
    expect(status).toBe("completed");
    expect(rows(workspace)).toMatchObject([
      { attempt: 1, agent_id: "A", outcome: "failed", decided_by: "ana", human_delay_minutes: 600 },
      { attempt: 2, agent_id: "B", outcome: "approved", decided_by: "bo", human_delay_minutes: 2 },
    ]);
    expect(await control.runs()).toMatchObject([{ human_interventions: 2 }]);
    expect((await control.audit()).findings).toEqual([]);
    expect(await control.replay()).toMatchObject({ runs: [{ status: "agrees" }] });
  });
});

describe("a disk that fails in the middle of a run", () => {
  it("is told with the run that has begun, and how it goes on", async () => {
    const workspace = aWorkspace();
    const store = aStoreOf(workspace);
    let isFull = true;
    const full: typeof store = {
      ...store,
      async putTaskLog(row) {
        if (isFull) throw new StoreFailedError("write", "it", new Error("no space left"));
        await store.putTaskLog(row);
      },
    };
    const control = await aMissionControl({ workspace, store: full, clock: aClock() });

    const failed = control.start({ mission_id: "M001" });

    const run_id = "RUN_2026_11_22_001";
    await expect(failed).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: `Could not write it: no space left. What was recorded before stands. ${run_id} has begun: \`mission-control resume ${run_id}\` goes on with it.`,
      details: { run_id },
    });
    isFull = false;
    expect(await control.resume(run_id)).toMatchObject({ status: "awaiting_approval" });
  });
});

describe("people who change their mind", () => {
  it("cancel a run: what waits is void, and a late answer ends the thread without work", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });

    const cancelled = await control.cancel(run_id, { reason: "duplicate", by: "ana" });
    await resumeWith(control.graph, run_id, { T2: { type: "approve" } });

    expect(cancelled).toMatchObject({ status: "abandoned", pending_approvals: [] });
    expect(cancelled.report).toContain("reason for cancelling: duplicate (ana).");
    expect(await gateQuestion(control.graph, run_id)).toBeUndefined();
    expect(await control.run(run_id)).toMatchObject({ status: "abandoned" });
    expect(rows(workspace).filter((row) => row["run_id"] === run_id)).toHaveLength(1);
    await expect(control.cancel(run_id, { reason: "again", by: "ana" })).rejects.toMatchObject({
      code: "RUN_ENDED",
    });
    const unreasoned = control.cancel(run_id, { reason: " ", by: "ana" });
    await expect(unreasoned).rejects.toMatchObject({ code: "BAD_INPUT" });
  });

  const after = { ...gate, approval_stage: "after" as const };
  const fine: AgentRuntime = async () => ({ output: { done: true }, work_minutes: 1 });
  const asking: ResumableRuntime = async () => ({
    kind: "needs_input",
    continuation: 1,
    requests: [
      { key: "pay", title: "Pay?", allowed: ["approve", "reject"] },
      { key: "sure", title: "Sure?", allowed: ["approve", "reject"] },
    ],
  });
  const cancelled = "the run was cancelled before it was done";
  it.each([
    {
      what: "an approval before the work",
      task: gate,
      runtime: fine,
      decision: { type: "approve" },
      row: { outcome: "skipped", decision: "approve", decided_by: "ana", error: cancelled },
    },
    {
      what: "a refusal before the work",
      task: gate,
      runtime: fine,
      decision: { type: "reject", reason: "no" },
      row: { outcome: "rejected", decision: "reject", decided_by: "ana" },
    },
    {
      what: "an approval of an output",
      task: after,
      runtime: fine,
      decision: { type: "approve" },
      row: { outcome: "approved", decision: "approve", output: { done: true } },
    },
    {
      what: "a retry after a failure",
      task: {},
      runtime: failing(9).runtime,
      decision: { type: "approve" },
      row: { outcome: "failed", failure_decision: { decision: "approve", decided_by: "ana" } },
    },
    {
      what: "one of two answers to an agent",
      task: {},
      runtime: asking,
      decision: { type: "approve" },
      row: { outcome: "skipped", further_decisions: [{ decided_by: "ana" }], error: cancelled },
    },
  ] as const)("cancel a run between a decision and what follows from it: $what", async (given) => {
    const { task, runtime, decision, row } = given;
    const workspace = aWorkspace(aReference(aPlan({ T1: [], T2: ["T1"] }, { T1: task })));
    const clock = aClock();
    const control = await aMissionControl({ workspace, clock, runtimes: { A1: runtime } });
    const { run_id, pending_approvals } = await control.start({ mission_id: "M" });
    const [asked] = pending_approvals;

    clock.advance(600);
    const answer = { [asked?.approval_id ?? ""]: { ...decision, decided_by: "ana" } };
    await control.decide(run_id, answer, { detach: true });
    await control.cancel(run_id, { reason: "no use", by: "bo" });

    expect(rows(workspace).at(-1)).toMatchObject({ ...row, human_delay_minutes: 600 });
    const [run] = await control.runs();
    expect(run).toMatchObject({ status: "abandoned", human_interventions: 1 });
    expect(run?.total_duration_minutes).toBeGreaterThanOrEqual(600);
    expect((await control.audit()).findings).toEqual([]);
  });

  it("answer the gate differently than the store says: the first decision wins, and the other is told", async () => {
    const workspace = aWorkspace(aReference(aPlan({ B: [], C: [] }, { B: gate, C: gate })));
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M" });
    const store = aStoreOf(workspace);
    await store.decideApprovals([
      {
        run_id,
        approval_id: `APR-${run_id}-B-1`,
        decision: "approve",
        decided_at: "2026-11-22T12:00:00Z",
        decided_by: "ana",
        source: "cli",
      },
    ]);
    await store.close();

    const question = await resumeWith(control.graph, run_id, {
      B: { type: "reject", reason: "no" },
    });

    expect(question?.last_error).toContain("decided already: approve by ana");
    expect(await control.run(run_id)).toMatchObject({
      task_status_by_id: { B: "completed", C: "awaiting_approval" },
    });
  });

  it("find important runs first, then what is overdue", async () => {
    const clock = aClock();
    const control = await aMissionControl({ workspace: aWorkspace(), clock });
    const early = await control.start({ mission_id: "M001" });
    clock.advance(60);
    const late = await control.start({ mission_id: "M001" });
    const critical = await control.start({ mission_id: "M001", priority: "critical" });

    const waiting = await control.pendingApprovals();

    expect(waiting.map((request) => request.run_id)).toEqual([
      critical.run_id,
      early.run_id,
      late.run_id,
    ]);
  });
});

describe("a run that waits", () => {
  it("is not decided while its documents cannot be read, and can be once they are mended", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }, { T1: gate })));
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M" });
    const plans = readDocument(workspace, "decomposed_mission_tasks");
    const decisions = { T1: { type: "approve", decided_by: "ana" } } as const;
    writeDocument(workspace, "decomposed_mission_tasks", [{ mission_id: 5 }]);
    const later = await aMissionControl({ workspace });

    await expect(later.decide(run_id, decisions)).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
    expect(readRecorded(workspace, "approval_requests")).toMatchObject([{ status: "pending" }]);

    writeDocument(workspace, "decomposed_mission_tasks", [...plans]);
    expect(await control.decide(run_id, decisions)).toMatchObject({ status: "completed" });
  });

  it("counts the decisions that were made so far", async () => {
    const plan = aPlan({ T1: [], T2: ["T1"] }, { T1: gate, T2: gate });
    const control = await aMissionControl({ workspace: aWorkspace(aReference(plan)) });
    const { run_id } = await control.start({ mission_id: "M" });

    const waiting = await control.decide(run_id, { T1: { type: "approve", decided_by: "ana" } });

    expect(waiting.status).toBe("awaiting_approval");
    expect(waiting.executive_summary).toContain("1 decision by people");
    expect(await control.runs()).toMatchObject([{ human_interventions: 1 }]);
  });
});

describe("a run of another graph version", () => {
  it("is refused instead of being continued wrongly", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });
    tamper(workspace, "UPDATE runs SET record = json_set(record, '$.graph_version', '0')");

    const going = control.graph.invoke(
      { mission_id: "M001" },
      { configurable: { thread_id: run_id } },
    );

    await expect(going).rejects.toMatchObject({ code: "UNKNOWN_GRAPH_VERSION" });
    await expect(control.resume(run_id)).rejects.toMatchObject({ code: "UNKNOWN_GRAPH_VERSION" });
  });
});

describe("what the library refuses", () => {
  it("names a field that is wrong or not known", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const kpis = { mission_id: "M001", kpi_observations: { csat: Number.NaN } };

    await expect(control.start(kpis)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(control.start({ mission_id: "M001", run_id: "../x" })).rejects.toMatchObject({
      code: "BAD_INPUT",
    });
    await expect(control.run("RUN_X")).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    await control.start({ mission_id: "M001", run_id: "MINE" });
    await expect(control.start({ mission_id: "M001", run_id: "MINE" })).rejects.toMatchObject({
      code: "RUN_EXISTS",
    });
  });

  it("refuses a policy with an unknown field or an impossible value", async () => {
    const workspace = aWorkspace();
    const policy = { approvals: { due_minutes: -1 } };

    await expect(aMissionControl({ workspace, policy })).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
    });
    writeDocument(workspace, "policy", { risks: {} });
    await expect(aMissionControl({ workspace })).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
  });

  it("refuses a run id that is a path in the graph's own input", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    const state = await control.graph.invoke(
      { mission_id: "M001", run_id: "../../x" },
      { configurable: { thread_id: "t" } },
    );

    expect(state).toMatchObject({
      run_status: "failed",
      last_error: expect.stringContaining("BAD_INPUT"),
    });
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(8);
  });
});
