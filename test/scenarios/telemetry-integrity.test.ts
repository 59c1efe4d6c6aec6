/** §10.4 of the specification: telemetry integrity. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { aggregateRun } from "../../src/execution/run-aggregates.ts";
import type { AgentRuntime } from "../../src/index.ts";
import { taskLogSchema } from "../../src/model/task-execution-logs.ts";
import { aPlan, aReference, aRow, anAgent, NOON } from "../support/builders.ts";
import {
  aClock,
  aMissionControl,
  aWorkspace,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;
const rowsOf = (workspace: string, runId: string) =>
  readRecorded(workspace, "task_execution_logs")
    .filter((row) => row["run_id"] === runId)
    .map((row) => taskLogSchema.parse(row));

describe("telemetry integrity", () => {
  it("has a row for every completed task, and none for one that did not run", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });
    const waiting = rowsOf(workspace, run_id).map((row) => row.task_id);

    await control.decide(run_id, { T2: approve });

    expect(waiting).toEqual(["T1"]);
    expect(rowsOf(workspace, run_id).map((row) => [row.task_id, row.outcome])).toEqual([
      ["T1", "completed"],
      ["T2", "approved"],
      ["T3", "completed"],
    ]);
  });

  it("keeps run aggregates equal to what the rows give", async () => {
    const clock = aClock();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M002" });
    clock.advance(7);
    await control.decide(run_id, { T5: { type: "reject", reason: "no" } });
    clock.advance(1);
    await control.decide(run_id, { T5: approve });

    const run = readRecorded(workspace, "mission_runs").find(
      (record) => record["run_id"] === run_id,
    );
    const aggregates = aggregateRun(rowsOf(workspace, run_id), { startTime: NOON, dueMinutes: 5 });

    expect(run).toMatchObject({ ...aggregates, status: "completed" });
    expect(aggregates).toMatchObject({ human_interventions: 2, escalations: 1 });
    const work = rowsOf(workspace, run_id).reduce(
      (sum, row) => sum + row.actual_duration_minutes,
      0,
    );
    expect(aggregates.total_duration_minutes).toBeCloseTo(work, 1);
  });

  it.each([
    [4.99, 0],
    [5, 1],
    [5.01, 1],
  ])("counts an approval after %d minutes as %d escalations", async (minutes, escalations) => {
    const clock = aClock();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M001" });
    clock.advance(minutes);

    await control.decide(run_id, { T2: approve });

    expect(readRecorded(workspace, "mission_runs").at(-1)).toMatchObject({ escalations });
  });

  it("gives the seed's escalations from the seed's rows", () => {
    const workspace = aWorkspace();
    const logs = readDocument(workspace, "task_execution_logs").map((row) =>
      taskLogSchema.parse(row),
    );

    for (const run of readDocument(workspace, "mission_runs")) {
      const rows = logs.filter((row) => row.run_id === run["run_id"]);
      const { escalations } = aggregateRun(rows, {
        startTime: String(run["start_time"]),
        dueMinutes: 5,
      });
      expect([run["run_id"], escalations]).toEqual([run["run_id"], run["escalations"]]);
    }
  });

  it("goes on counting runs after the history, whatever the date", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(), clock: aClock() });

    const first = await control.start({ mission_id: "M001" });
    const second = await control.start({ mission_id: "M003" });

    expect([first.run_id, second.run_id]).toEqual(["RUN_2026_11_22_009", "RUN_2026_11_22_010"]);
  });

  it("recomputes the statistics of the agents that worked, and keeps unknown fields", async () => {
    const workspace = aWorkspace();
    const stats = readDocument(workspace, "agent_performance_stats");
    writeDocument(
      workspace,
      "agent_performance_stats",
      stats.map((row) => ({ ...row, team: "blue" })),
    );
    const control = await aMissionControl({ workspace, clock: aClock() });
    const { run_id } = await control.start({ mission_id: "M001" });

    await control.decide(run_id, { T2: approve });

    const [a1] = readRecorded(workspace, "agent_performance_stats");
    expect(a1).toMatchObject({
      agent_id: "A1",
      team: "blue",
      executions: 4,
      escalated_executions: 0,
      last_updated: "2026-11-22",
    });
    const a4 = readRecorded(workspace, "agent_performance_stats").find(
      (row) => row["agent_id"] === "A4",
    );
    expect(a4).toMatchObject({ escalation_rate: 0.15, last_updated: "2026-02-06" });
  });

  it("writes one row for every attempt: retry, reroute, and the failure handed to a person", async () => {
    const broken: AgentRuntime = async () => {
      throw new Error("no connection");
    };
    const reference = aReference(aPlan({ T1: [], T2: ["T1"] }), [
      anAgent({ agent_id: "A" }),
      anAgent({ agent_id: "B" }),
    ]);
    const workspace = aWorkspace(reference);
    const control = await aMissionControl({ workspace, runtimes: { A: broken, B: broken } });

    const { run_id, pending_approvals, task_status_by_id } = await control.start({
      mission_id: "M",
    });

    expect(task_status_by_id).toEqual({ T1: "awaiting_approval", T2: "pending" });
    expect(pending_approvals).toMatchObject([
      { stage: "failure", approval_id: `APR-${run_id}-T1-3-failure`, feedback: "no connection" },
    ]);
    expect(
      rowsOf(workspace, run_id).map((row) => [
        row.agent_id,
        row.attempt,
        row.outcome,
        row.escalation,
      ]),
    ).toEqual([
      ["A", 1, "failed", undefined],
      ["A", 2, "failed", undefined],
      ["B", 3, "failed", "failure"],
    ]);
  });

  it("skips a failed task on a person's word, and hands its dependants nothing", async () => {
    const inputs: unknown[] = [];
    const workspace = aWorkspace(aReference(aPlan({ T1: [], T2: ["T1"] })));
    const runtime: AgentRuntime = async (request) => {
      if (request.task.task_id === "T1") throw new Error("down");
      inputs.push(request.inputs);
      return { output: "fine" };
    };
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });

    const outcome = await control.decide(run_id, {
      T1: { type: "skip", reason: "by hand", decided_by: "ana" },
    });

    expect(outcome).toMatchObject({
      status: "completed",
      task_status_by_id: { T1: "completed", T2: "completed" },
    });
    expect(inputs).toEqual([{}]);
    expect(rowsOf(workspace, run_id).slice(-3, -1)).toMatchObject([
      { outcome: "failed", failure_decision: { decision: "skip", reason: "by hand" } },
      { outcome: "skipped", actual_duration_minutes: 0 },
    ]);
  });

  it("measures agents that do not report their minutes", async () => {
    const clock = aClock();
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const runtime: AgentRuntime = async () => {
      clock.advance(2.5);
      return { output: "done" };
    };
    const control = await aMissionControl({ workspace, clock, runtimes: { A1: runtime } });

    const { run_id } = await control.start({ mission_id: "M" });

    expect(rowsOf(workspace, run_id)).toMatchObject([
      { actual_duration_minutes: 2.5, started_at: NOON },
    ]);
  });

  it("keeps an output over 16 KB in the store, and hands it on whole", async () => {
    const large = "x".repeat(20_000);
    let seen: unknown;
    const workspace = aWorkspace(aReference(aPlan({ T1: [], T2: ["T1"] })));
    const runtime: AgentRuntime = async ({ task, inputs }) => {
      if (task.task_id === "T2") seen = inputs["T1"];
      return { output: task.task_id === "T1" ? { large } : "done" };
    };
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    const { run_id } = await control.start({ mission_id: "M" });

    await control.close();
    const [row] = rowsOf(workspace, run_id);
    expect(row?.output).toBeUndefined();
    expect(existsSync(join(workspace, "outputs", row?.output_ref?.file ?? ""))).toBe(true);
    expect(seen).toEqual({ large });
  });

  it("writes the report that the outcome has", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });

    const outcome = await control.decide(run_id, { T2: approve });
    await control.close();

    expect(readFileSync(join(workspace, "reports", `${run_id}.md`), "utf8")).toBe(outcome.report);
  });

  it("gives the same aggregates in whatever order the rows come", () => {
    const row = fc.record({
      task_id: fc.constantFrom("T1", "T2", "T3"),
      minutes: fc.integer({ min: 0, max: 500 }),
      start: fc.integer({ min: 0, max: 1000 }),
      decision: fc.option(fc.constantFrom("approve" as const, "reject" as const), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (drafts) => {
        const rows = drafts.map(({ task_id, minutes, start, decision }, position) => {
          const started = Date.parse(NOON) + start * 60_000;
          return aRow({
            task_id,
            attempt: position + 1,
            actual_duration_minutes: minutes,
            started_at: new Date(started).toISOString(),
            ended_at: new Date(started + minutes * 60_000).toISOString(),
            ...(decision === undefined ? {} : { decision }),
          });
        });
        const facts = { startTime: NOON, dueMinutes: 5 };
        const { end_time, total_duration_minutes } = aggregateRun(rows, facts);

        expect(aggregateRun(rows.toReversed(), facts)).toEqual(aggregateRun(rows, facts));
        expect(Date.parse(end_time) - Date.parse(NOON)).toBeCloseTo(
          total_duration_minutes * 60_000,
          0,
        );
      }),
    );
  });
});
