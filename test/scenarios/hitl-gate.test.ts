/** §10.3 of the specification: the human gate. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { END, MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";

import { buildMissionGraph } from "../../graph/mission-graph.ts";
import { openWorld } from "../../src/app/world.ts";
import type { AgentRuntime } from "../../src/index.ts";
import { aPlan, aReference, aTask, anAgent } from "../support/builders.ts";
import { gateQuestion, resumeWith } from "../support/gate.ts";
import {
  aClock,
  aMissionControl,
  aStoreOf,
  aWorkspace,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;

/** An agent that remembers what it was asked to do. */
function aRecorder(): { runtime: AgentRuntime; calls: Parameters<AgentRuntime>[0][] } {
  const calls: Parameters<AgentRuntime>[0][] = [];
  return {
    calls,
    runtime: async (request) => {
      calls.push(request);
      return {
        output: { by: request.agent.agent_id, task: request.task.task_id },
        work_minutes: 1,
      };
    },
  };
}

/** Two branches after T1, each with a gate; and a third one without. */
function twoBranches() {
  const gate = { requires_human_approval: true };
  return aReference(
    aPlan(
      { T1: [], B: ["T1"], B2: ["B"], C: ["T1"], C2: ["C"], D: ["T1"], D2: ["D"] },
      { B: gate, C: { ...gate, estimated_duration_minutes: 9 } },
    ),
    [anAgent({ agent_id: "A1" })],
  );
}

describe("the human gate", () => {
  it("does not execute a task that needs approval before it has it", async () => {
    const { runtime, calls } = aRecorder();
    const control = await aMissionControl({
      workspace: aWorkspace(),
      runtimes: { A1: runtime, A2: runtime },
    });

    const outcome = await control.start({ mission_id: "M001" });

    expect(outcome.status).toBe("awaiting_approval");
    expect(outcome.task_status_by_id).toEqual({
      T1: "completed",
      T2: "awaiting_approval",
      T3: "pending",
    });
    expect(calls.map((call) => call.task.task_id)).toEqual(["T1"]);
  });

  it("completes the run after approval, with the delay between request and decision", async () => {
    const clock = aClock();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M001" });
    clock.advance(3.5);

    const outcome = await control.decide(run_id, { T2: approve });

    expect(outcome.status).toBe("completed");
    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === run_id,
    );
    expect(rows.map((row) => row["task_id"])).toEqual(["T1", "T2", "T3"]);
    expect(rows[1]).toMatchObject({
      human_delay_minutes: 3.5,
      decided_by: "ana",
      decision: "approve",
    });
  });

  it("runs everything that does not wait, and moves one branch on while the other waits", async () => {
    const clock = aClock();
    const control = await aMissionControl({ workspace: aWorkspace(twoBranches()), clock });
    const first = await control.start({ mission_id: "M" });
    clock.advance(2);

    const second = await control.decide(first.run_id, { B: approve });

    expect(first.task_status_by_id).toEqual({
      T1: "completed",
      B: "awaiting_approval",
      B2: "pending",
      C: "awaiting_approval",
      C2: "pending",
      D: "completed",
      D2: "completed",
    });
    expect(second.task_status_by_id).toMatchObject({
      B: "completed",
      B2: "completed",
      C: "awaiting_approval",
      C2: "pending",
    });
    const [waiting] = second.pending_approvals;
    expect(waiting).toEqual(first.pending_approvals.find((request) => request.task_id === "C"));
  });

  it("reroutes after a reject, hands the reason on and asks again under a new id", async () => {
    const { runtime, calls } = aRecorder();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, runtimes: { A4: runtime, A6: runtime } });
    const { run_id, pending_approvals } = await control.start({ mission_id: "M002" });

    const again = await control.decide(run_id, {
      T5: { type: "reject", decided_by: "ana", reason: "too pushy" },
    });
    const done = await control.decide(run_id, { T5: approve });

    expect(pending_approvals[0]).toMatchObject({
      agent_id: "A6",
      approval_id: `APR-${run_id}-T5-1`,
    });
    expect(again.pending_approvals[0]).toMatchObject({
      agent_id: "A4",
      attempt: 2,
      approval_id: `APR-${run_id}-T5-2`,
      feedback: "too pushy",
    });
    expect(done.status).toBe("completed");
    expect(calls.at(-1)).toMatchObject({
      attempt: 2,
      feedback: "too pushy",
      agent: { agent_id: "A4" },
    });
    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === run_id,
    );
    expect(rows.map((row) => [row["task_id"], row["attempt"], row["outcome"]])).toEqual([
      ["T4", 1, "completed"],
      ["T5", 1, "rejected"],
      ["T5", 2, "approved"],
    ]);
    expect(rows[1]).toMatchObject({ actual_duration_minutes: 0, reason: "too pushy" });
  });

  it("fails the run when nobody else can do a rejected task, and says so", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { run_id } = await control.start({ mission_id: "M001" });

    const outcome = await control.decide(run_id, {
      T2: { type: "reject", decided_by: "ana", reason: "fraud" },
    });

    expect(outcome.status).toBe("failed");
    expect(outcome.task_status_by_id).toEqual({ T1: "completed", T2: "failed", T3: "blocked" });
    expect(outcome.report).toContain('"Verify documents" was rejected by ana: fraud;');
    expect(outcome.report).toContain('blocked: "Schedule onboarding call"');
  });

  it("has a draft reviewed after the work, and reworked with the feedback", async () => {
    const { runtime, calls } = aRecorder();
    const gate = { requires_human_approval: true, approval_stage: "after" as const };
    const reference = aReference(aPlan({ T1: [], T2: ["T1"] }, { T1: gate }));
    const control = await aMissionControl({
      workspace: aWorkspace(reference),
      runtimes: { A1: runtime },
    });
    const first = await control.start({ mission_id: "M" });

    const second = await control.decide(first.run_id, {
      T1: { type: "reject", reason: "too long" },
    });
    const callsBeforeConsent = calls.length;
    const done = await control.decide(first.run_id, {
      T1: { type: "edit", decided_by: "ana", edits: { task: "shorter" } },
    });

    expect(first.pending_approvals[0]).toMatchObject({
      stage: "after",
      approval_id: `APR-${first.run_id}-T1-1-output`,
      args: { by: "A1", task: "T1" },
    });
    expect(second.pending_approvals[0]).toMatchObject({ attempt: 2, agent_id: "A1" });
    expect(callsBeforeConsent).toBe(2);
    expect(calls[1]).toMatchObject({ attempt: 2, feedback: "too long" });
    expect(done.status).toBe("completed");
    expect(calls[2]).toMatchObject({
      task: { task_id: "T2" },
      inputs: { T1: { by: "A1", task: "shorter" } },
    });
  });

  it("shows an output that has no plain values, and lets nobody edit it", async () => {
    const gate = { requires_human_approval: true, approval_stage: "after" as const };
    const reference = aReference(aPlan({ T1: [], T2: [] }, { T1: gate, T2: gate }));
    const runtime: AgentRuntime = async ({ task }) => ({
      output: task.task_id === "T1" ? [null, []] : "x".repeat(30_000),
    });
    const control = await aMissionControl({
      workspace: aWorkspace(reference),
      runtimes: { A1: runtime },
    });

    const { pending_approvals } = await control.start({ mission_id: "M" });

    const shown = new Map(pending_approvals.map((request) => [request.task_id, request]));
    expect(shown.get("T1")).toMatchObject({
      args: { output: "[null,[]]" },
      allowed: ["approve", "reject"],
    });
    expect(shown.get("T2")?.args["output"]).toMatch(
      /^30002 bytes, in the workspace: outputs\/[0-9a-f]{64}\.json$/,
    );
  });

  it("hands edited inputs to the agent", async () => {
    const { runtime, calls } = aRecorder();
    const control = await aMissionControl({ workspace: aWorkspace(), runtimes: { A2: runtime } });
    const { run_id } = await control.start({ mission_id: "M001" });

    await control.decide(run_id, {
      T2: {
        type: "edit",
        decided_by: "ana",
        edits: { instruction: "Verify twice", "T1.summary": "corrected" },
      },
    });

    expect(calls[0]).toMatchObject({
      inputs: { T1: { summary: "corrected" } },
      edits: { instruction: "Verify twice", "T1.summary": "corrected" },
    });
  });

  it("voids a consent when the agent it was given for is gone, and asks for the next one", async () => {
    const workspace = aWorkspace();
    const agents = readDocument(workspace, "specialized_agents");
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M002" });
    writeDocument(
      workspace,
      "specialized_agents",
      agents.map((agent) =>
        agent["agent_id"] === "A6" ? { ...agent, status: "unavailable" } : agent,
      ),
    );

    const outcome = await control.decide(run_id, { T5: approve });

    expect(outcome.pending_approvals).toMatchObject([{ agent_id: "A4", attempt: 2 }]);
  });

  it.each([
    ["a word", "yes"],
    ["an empty object", {}],
    ["an empty list", []],
    ["an unknown id", { T9: { type: "approve" } }],
    ["a decision that is not allowed", { T2: { type: "skip" } }],
    ["no answer at all", 0],
  ])("decides nothing on %s, and asks again with the reason", async (_name, answer) => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { run_id } = await control.start({ mission_id: "M001" });

    const question = await resumeWith(control.graph, run_id, answer);

    expect(question?.approvals.map((approval) => approval.task_id)).toEqual(["T2"]);
    expect(question?.last_error).not.toBe("");
    expect((await control.run(run_id)).task_status_by_id).toMatchObject({
      T2: "awaiting_approval",
    });
  });

  it("tells a second answer that the first has decided", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(twoBranches()) });
    const { run_id } = await control.start({ mission_id: "M" });
    await control.decide(run_id, { B: approve });

    await expect(control.decide(run_id, { B: approve })).rejects.toMatchObject({
      code: "ALREADY_DECIDED",
    });
    const question = await resumeWith(control.graph, run_id, { B: approve });

    expect(question?.last_error).toContain("already decided: approve by ana");
  });

  it("lets an inbox answer decide the approval it echoes, first in the list or not", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(twoBranches()) });
    const { run_id } = await control.start({ mission_id: "M" });
    const before = await gateQuestion(control.graph, run_id);
    const second = before?.actionRequests[1];

    const accept = [{ type: "accept", args: { action: second?.name, args: second?.args } }];
    const after = await resumeWith(control.graph, run_id, accept);
    const stale = await resumeWith(control.graph, run_id, accept);

    expect(before?.approvals.map((approval) => approval.task_id)).toEqual(["C", "B"]);
    expect(after?.approvals.map((approval) => approval.task_id)).toEqual(["C"]);
    expect(stale?.approvals.map((approval) => approval.task_id)).toEqual(["C"]);
    expect(stale?.last_error).toContain("is not pending: page out of date?");
  });

  it("asks the same after somebody had the run go on though nothing was decided, and takes an answer then", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(twoBranches()) });
    const { run_id } = await control.start({ mission_id: "M" });
    const before = await gateQuestion(control.graph, run_id);
    await resumeWith(control.graph, run_id, "yes");

    const { status } = await control.resume(run_id);

    const again = await gateQuestion(control.graph, run_id);
    const thread = { configurable: { thread_id: run_id } };
    await control.graph.updateState(thread, { requested_by: "eve" });
    const answered = await resumeWith(control.graph, run_id, { B: approve });
    const refused = await resumeWith(control.graph, run_id, "no word");
    expect([status, again]).toEqual(["awaiting_approval", before]);
    expect(answered?.approvals.map((approval) => approval.task_id)).toEqual(["C"]);
    expect(refused?.last_error).not.toBe("");
    // What the library's call was entered with must not be applied again to what has changed since.
    const { values } = await control.graph.getState(thread);
    expect(values).toMatchObject({
      requested_by: "eve",
      task_status_by_id: { B: "completed", C: "awaiting_approval" },
    });
  });

  it("clears the reason once a good answer has come", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(twoBranches()) });
    const { run_id } = await control.start({ mission_id: "M" });
    await resumeWith(control.graph, run_id, "yes");

    const question = await resumeWith(control.graph, run_id, { B: approve });

    expect(question?.last_error).toBeUndefined();
  });

  it("uses an early decision without a pause", async () => {
    const workspace = aWorkspace(twoBranches());
    const early: AgentRuntime = async ({ run_id, task }) => {
      // D works while B already waits; somebody is quick.
      if (task.task_id === "D") await decideEarly(workspace, run_id);
      return { output: task.task_id, work_minutes: 1 };
    };
    const control = await aMissionControl({ workspace, runtimes: { A1: early } });

    const outcome = await control.start({ mission_id: "M" });

    expect(outcome.task_status_by_id).toMatchObject({
      B: "completed",
      B2: "completed",
      C: "awaiting_approval",
    });
    const asked = readRecorded(workspace, "mission_runs");
    expect(asked[0]).toMatchObject({ status: "awaiting_approval" });
  });

  it("asks nobody else when the policy lists approvers", async () => {
    const control = await aMissionControl({
      workspace: aWorkspace(),
      policy: { approvals: { approvers: ["ana"] } },
    });
    const { run_id } = await control.start({ mission_id: "M001" });

    await expect(
      control.decide(run_id, { T2: { type: "approve", decided_by: "eve" } }),
    ).rejects.toMatchObject({ code: "NOT_AN_APPROVER" });
    expect((await control.decide(run_id, { T2: approve })).status).toBe("completed");
  });

  it("leaves the same state in a thread whether the library drove it or the graph was invoked", async () => {
    const input = { mission_id: "M", requested_by: "eve", priority: "high" } as const;
    const [driven, invoked] = await Promise.all(
      [0, 1].map(() => aMissionControl({ workspace: aWorkspace(twoBranches()), clock: aClock() })),
    );
    if (driven === undefined || invoked === undefined) throw new Error("none was opened");
    const { run_id } = await driven.start(input);
    const thread = { configurable: { thread_id: run_id } };
    await invoked.graph.invoke({ ...input, run_id }, thread);
    const standing = async () => {
      const states = [await driven.graph.getState(thread), await invoked.graph.getState(thread)];
      return states.map(({ values, next, tasks }) => [
        values,
        next,
        tasks.map(({ name, interrupts }) => [name, interrupts.map(({ value }) => value)]),
      ]);
    };

    const atGate = await standing();
    await driven.decide(run_id, { B: approve });
    await resumeWith(invoked.graph, run_id, { B: approve });
    const atNext = await standing();
    await driven.decide(run_id, { C: approve });
    await resumeWith(invoked.graph, run_id, { C: approve });
    const atEnd = await standing();

    for (const [library, graph] of [atGate, atNext, atEnd]) expect(library).toEqual(graph);
    expect(atEnd[0]?.[0]).toMatchObject({ run_status: "completed" });
  });

  it("works the same when the graph is invoked directly", async () => {
    const { world, store, publisher } = await openWorld({
      workspace: aWorkspace(),
      clock: aClock(),
    });
    const graph = buildMissionGraph(
      { ...world, checkpoints: "external", showsTasks: true },
      { checkpointer: new MemorySaver() },
    );
    const thread = { configurable: { thread_id: "any name" } };

    await graph.invoke({ mission_id: "M001" }, thread);
    const question = await gateQuestion(graph, "any name");
    await resumeWith(graph, "any name", { T2: approve });
    const { values } = await graph.getState(thread);

    expect(question?.approvals).toMatchObject([{ task_id: "T2", stage: "before", risk: "none" }]);
    expect(values).toMatchObject({ run_status: "completed", run_id: "RUN_2026_11_22_009" });
    expect(values["report"]).toContain("completed");
    await publisher.close();
    await store.close();
  });

  it("ignores new input while it waits, with the same approval, and starts afresh once ended", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const thread = { configurable: { thread_id: "thread" } };
    await control.graph.invoke({ mission_id: "M001", requested_by: "eve" }, thread);
    const before = await gateQuestion(control.graph, "thread");

    const state = await control.graph.invoke({ mission_id: "M002", requested_by: "bob" }, thread);
    const after = await gateQuestion(control.graph, "thread");
    const empty = await control.graph.invoke({}, thread);
    await resumeWith(control.graph, "thread", { T2: approve });
    const fresh = await control.graph.invoke({ mission_id: "M002" }, thread);

    expect(after?.approvals).toEqual(before?.approvals);
    expect(after?.last_error).toContain("The input was ignored");
    expect(state).toMatchObject({
      mission_id: "M001",
      requested_by: "eve",
      run_status: "awaiting_approval",
    });
    expect(empty).toMatchObject({ mission_id: "M001" });
    expect(fresh).toMatchObject({
      mission_id: "M002",
      requested_by: "",
      run_id: "RUN_2026_11_22_010".replace("2026_11_22", fresh.run_id.slice(4, 14)),
    });
    expect(Object.keys(fresh.task_status_by_id)).toEqual(["T4", "T5"]);
  });

  it("goes on with a thread that somebody marked as resolved without deciding", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });
    const thread = { configurable: { thread_id: run_id } };
    await control.graph.updateState(thread, null, END);
    const { next } = await control.graph.getState(thread);

    const outcome = await control.decide(run_id, { T2: approve });

    expect(next).toEqual([]);
    expect(outcome.status).toBe("completed");
    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === run_id,
    );
    expect(rows.map((row) => row["task_id"])).toEqual(["T1", "T2", "T3"]);
  });

  it("refuses an empty input on a thread that does not wait", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    const state = await control.graph.invoke({}, { configurable: { thread_id: "new" } });

    expect(state).toMatchObject({ run_status: "failed" });
    expect(state.last_error).toContain("UNKNOWN_MISSION");
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(8);
  });

  it.each(["before", "after"] as const)(
    "ends a thread whose run was cancelled while it asked (%s the work), and asks nothing more",
    async (approval_stage) => {
      const task = aTask({ requires_human_approval: true, approval_stage });
      const workspace = aWorkspace(aReference([task], [anAgent()]));
      const control = await aMissionControl({ workspace });
      const { run_id } = await control.start({ mission_id: "M" });
      await control.cancel(run_id, { reason: "no use", by: "ana" });

      const asked = await resumeWith(control.graph, run_id, { T1: approve });

      const { values, next } = await control.graph.getState({
        configurable: { thread_id: run_id },
      });
      expect([asked, next, values.run_status]).toEqual([undefined, [], "abandoned"]);
      const { task_status_by_id } = await control.run(run_id);
      expect(values.task_status_by_id).toEqual(task_status_by_id);
      expect(readRecorded(workspace, "approval_requests")).toMatchObject([{ status: "void" }]);
      const { findings } = await control.audit();
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    },
  );

  it("leaves a finished thread as it is on an empty input", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.decide(run_id, { T2: approve });
    const thread = { configurable: { thread_id: run_id } };
    const before = await control.graph.getState(thread);

    const state = await control.graph.invoke({}, thread);

    const after = await control.graph.getState(thread);
    expect(after.values).toEqual(before.values);
    expect(state).toMatchObject({ run_id, mission_id: "M001", run_status: "completed" });
    expect(after.next).toEqual([]);
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(9);
  });

  it("brings a finished thread's figures up to date on an empty input, all of them", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.decide(run_id, { T2: approve });
    const late = await control.recordKpis(run_id, { onboarding_time_days: 1 });

    const state = await control.graph.invoke({}, { configurable: { thread_id: run_id } });

    expect(state.kpi_observations).toMatchObject({ onboarding_time_days: 1 });
    expect(state.kpi_attainment).toMatchObject({ onboarding_time_days: "hit" });
    expect(state).toMatchObject({
      kpi_gap_summary: late.kpi_gap_summary,
      executive_summary: late.executive_summary,
      rule_summary: "",
    });
  });

  it("goes by the policy that a run was opened with, and the next run by the one on disk", async () => {
    const clock = aClock();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const first = await control.start({ mission_id: "M001" });
    const policy = JSON.parse(readFileSync(join(workspace, "policy.json"), "utf8"));
    const patient = { ...policy, approvals: { ...policy.approvals, due_minutes: 50 } };
    writeDocument(workspace, "policy", patient);
    const second = await control.start({ mission_id: "M001" });
    clock.advance(20);

    await control.decide(first.run_id, { T2: approve });
    await control.decide(second.run_id, { T2: approve });

    const runs = readRecorded(workspace, "mission_runs").slice(-2);
    expect(runs.map((run) => run["escalations"])).toEqual([1, 0]);
    expect(second.pending_approvals).toMatchObject([{ due_at: "2026-11-22T12:50:00Z" }]);
  });

  it("counts a plain response of the inbox only while nothing else has been asked", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { run_id } = await control.start({ mission_id: "M002" });
    const answer = [{ type: "response", args: "too pushy" }];

    const again = await resumeWith(control.graph, run_id, answer);
    const stale = await resumeWith(control.graph, run_id, answer);

    expect(again?.approvals).toMatchObject([{ task_id: "T5", attempt: 2 }]);
    expect(stale?.approvals).toEqual(again?.approvals);
    expect(stale?.last_error).not.toBe("");
  });

  it("keeps the clock's delay apart from the simulated minutes, and the timeline adds up", async () => {
    const clock = aClock();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M001" });
    clock.advance(10 / 60);

    await control.decide(run_id, { T2: approve });

    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === run_id,
    );
    const ms = (value: unknown) => Date.parse(String(value));
    expect(rows[1]).toMatchObject({ human_delay_minutes: 0.17 });
    expect(ms(rows[1]?.["decided_at"]) - ms(rows[1]?.["approval_request_time"])).toBe(10_000);
    expect(rows[1]?.["started_at"]).toBe(rows[0]?.["ended_at"]);
    expect(rows[2]?.["started_at"]).toBe(rows[1]?.["ended_at"]);
    const work = Number(rows[1]?.["actual_duration_minutes"]) * 60_000;
    expect(Math.abs(ms(rows[1]?.["ended_at"]) - ms(rows[1]?.["started_at"]) - work)).toBeLessThan(
      600,
    );
  });
});

async function decideEarly(folder: string, runId: string): Promise<void> {
  const store = aStoreOf(folder);
  const approval_id = `APR-${runId}-B-1`;
  for (let isAsked = false; !isAsked;) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const { requests } = await store.readTask(runId, "B");
    isAsked = requests.some((request) => request.approval_id === approval_id);
  }
  const decision = {
    run_id: runId,
    approval_id,
    decision: "approve",
    decided_by: "ana",
    source: "library",
  } as const;
  await store.decideApprovals([{ ...decision, decided_at: "2026-11-22T12:00:00Z" }]);
  await store.close();
}
