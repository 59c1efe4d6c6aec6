/** §10.5 of the specification: KPI evaluation, from what is observed to what is reported. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { aPlan, aReference } from "../support/builders.ts";
import {
  aClock,
  aMissionControl,
  aWorkspace,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;
const runOf = (workspace: string, runId: string) =>
  readRecorded(workspace, "mission_runs").find((run) => run["run_id"] === runId);

/** An agent that observes the given figures. */
const observing =
  (kpi_observations: Record<string, number>): AgentRuntime =>
  async () => ({ output: "done", work_minutes: 5, kpi_observations });

describe("kpi evaluation", () => {
  it("takes observations from agents' results", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const control = await aMissionControl({
      workspace,
      runtimes: { A1: observing({ days: 3.5 }) },
    });

    const outcome = await control.start({ mission_id: "M" });

    expect(outcome.kpi_gap_summary).toEqual([
      {
        kpi: "days",
        label: "Days",
        unit: "days",
        observed: 3.5,
        baseline: 5,
        target: 2,
        direction: "lower",
        improvement_pct: 30,
        attainment_pct: 50,
        gap: 1.5,
        status: "miss",
        light: "red",
      },
    ]);
    expect(runOf(workspace, outcome.run_id)?.["kpis"]).toEqual({ days: 3.5 });
  });

  it("takes observations from the start input, which stand over what agents observe", async () => {
    const reference = aReference(aPlan({ T1: [] }));
    const started = { mission_id: "M", kpi_observations: { days: 2 } };
    const silent = await aMissionControl({
      workspace: aWorkspace(reference),
      runtimes: { A1: async () => ({ output: "done" }) },
    });
    const spoken = await aMissionControl({
      workspace: aWorkspace(reference),
      runtimes: { A1: observing({ days: 4 }) },
    });

    expect((await silent.start(started)).kpi_gap_summary[0]).toMatchObject({ status: "hit" });
    expect((await spoken.start(started)).kpi_gap_summary[0]).toMatchObject({ observed: 2 });
  });

  it("says the same of them while the run waits, before and after somebody had it go on", async () => {
    const tasks = aPlan({ T1: [], T2: ["T1"] }, { T2: { requires_human_approval: true } });
    const control = await aMissionControl({
      workspace: aWorkspace(aReference(tasks)),
      runtimes: { A1: observing({ days: 4 }) },
    });
    const { run_id } = await control.start({ mission_id: "M", kpi_observations: { days: 2 } });
    const thread = { configurable: { thread_id: run_id } };

    const before = await control.graph.getState(thread);
    await control.resume(run_id);
    const after = await control.graph.getState(thread);

    expect([before.values.kpi_observations, after.values.kpi_observations]).toEqual([
      { days: 2 },
      { days: 2 },
    ]);
  });

  it("says that what nobody observed is not measured", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const runtimes = { A1: async () => ({ output: "done" }) };
    const control = await aMissionControl({ workspace, runtimes });

    const { kpi_gap_summary, executive_summary } = await control.start({ mission_id: "M" });

    expect(kpi_gap_summary[0]).toMatchObject({ observed: null, status: "not_measured", gap: null });
    expect(executive_summary).toContain("Not measured: Days.");
  });

  it("has simulated agents observe by their model, and counts the steps itself", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { run_id } = await control.start({ mission_id: "M001" });

    const { kpi_gap_summary } = await control.decide(run_id, { T2: approve });

    const [days, steps] = kpi_gap_summary;
    expect(days?.kpi).toBe("onboarding_time_days");
    // The model of docs/figures.md: attainment between 60 % and 110 %.
    expect(days?.attainment_pct).toBeGreaterThanOrEqual(60);
    expect(days?.attainment_pct).toBeLessThanOrEqual(110);
    expect(steps).toMatchObject({ kpi: "steps", observed: 3, target: 5, status: "hit" });
  });

  it("has kpis, attainment and what to fix in the graph's state", async () => {
    const clock = aClock();
    const control = await aMissionControl({ workspace: aWorkspace(), clock });
    const { run_id } = await control.start({ mission_id: "M001" });
    clock.advance(30);
    await control.decide(run_id, { T2: approve });

    const { values } = await control.graph.getState({ configurable: { thread_id: run_id } });

    expect(values["what_to_fix"][0]).toMatchObject({
      kind: "approval",
      task_id: "T2",
      minutes: 30,
      on_critical_path: true,
    });
    expect(values).toMatchObject({
      kpi_attainment: { steps: "hit" },
      risk_events: [{ task_id: "T2", risk_type: "sla_breach_risk", status: "open" }],
    });
  });

  it.each([
    [{ days: Number.NaN }, "A figure is a number. KPIs of M: days."],
    [{ days: -1 }, "days is a time, and cannot be -1."],
    [{ hours: 1 }, 'M is not measured by "hours". Its KPIs: days.'],
    [{}, "no figure is given"],
  ])("refuses late figures %j, and says what is known", async (figures, message) => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const runtimes = { A1: observing({ days: 3 }) };
    const control = await aMissionControl({ workspace, runtimes });
    const { run_id } = await control.start({ mission_id: "M" });
    const before = readRecorded(workspace, "mission_runs");

    await expect(control.recordKpis(run_id, figures)).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(message),
    });
    expect(readRecorded(workspace, "mission_runs")).toEqual(before);
  });

  it("refuses a figure at the start that the mission is not measured by", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    await expect(
      control.start({ mission_id: "M001", kpi_observations: { csat: 4 } }),
    ).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(8);
  });
});

describe("the snapshot of a day", () => {
  it("has what was last done on it, once the next day has one", async () => {
    const clock = aClock("2026-11-22T20:00:00Z");
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.decide(run_id, { T2: approve });
    // Within the second after which documents are written again.
    clock.advance(5 * 60);
    await control.start({ mission_id: "M001" });
    await control.close();

    const snapshots = readRecorded(workspace, "mission_portfolio_snapshot").slice(3);

    expect(snapshots.map((snapshot) => snapshot["snapshot_date"])).toEqual([
      "2026-11-22",
      "2026-11-23",
    ]);
    for (const snapshot of snapshots) {
      const date = String(snapshot["snapshot_date"]);
      const now = await aMissionControl({ workspace, clock });
      expect((await now.portfolio(date)).snapshot).toEqual(snapshot);
      await now.close();
    }
  });
});

describe("a KPI that arrives late", () => {
  it("leaves run record, report, risk events and portfolio in agreement", async () => {
    const clock = aClock();
    const workspace = aWorkspace();
    const runtimes = { A5: observing({ csat: 4.5, resolution_time_hours: 3 }) };
    const control = await aMissionControl({ workspace, clock, runtimes });
    const { run_id } = await control.start({ mission_id: "M003" });
    await control.decide(run_id, { T8: approve });

    const outcome = await control.recordKpis(run_id, { csat: 2.5 });

    const board = await control.portfolio();
    await control.close();
    const open = outcome.risk_events.filter((event) => event.status === "open");
    expect(open).toMatchObject([{ run_id, risk_type: "csat_risk" }]);
    const report = readFileSync(join(workspace, "reports", `${run_id}.md`), "utf8");
    expect(outcome.report).toBe(report);
    expect(report).toContain("| Csat | 2.5 | – | ≥ 4 |");
    expect(report).toContain("csat_risk");
    expect(runOf(workspace, run_id)).toMatchObject({
      kpis: { csat: 2.5, resolution_time_hours: 3 },
      risk_flagged: true,
      executive_summary: outcome.executive_summary,
    });
    const [snapshot] = readRecorded(workspace, "mission_portfolio_snapshot").slice(-1);
    expect(snapshot).toMatchObject({ snapshot_date: "2026-11-22", missions_at_risk: 1 });
    expect(board.snapshot).toEqual(snapshot);
    const page = readFileSync(join(workspace, "reports", "portfolio.md"), "utf8");
    expect(page).toContain("csat risk (high)");
  });

  it("closes what it refutes, and changes nothing when it comes again", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock: aClock() });
    const { run_id } = await control.start({ mission_id: "M003" });
    await control.decide(run_id, { T8: approve });
    await control.recordKpis(run_id, { csat: 2.5 });

    const { risk_events } = await control.recordKpis(run_id, { csat: 4.5 });
    const files = ["mission_runs", "mission_risk_events", "mission_portfolio_snapshot"];
    const read = () => files.map((name) => readRecorded(workspace, name));
    const before = read();
    await control.recordKpis(run_id, { csat: 4.5 });

    expect(risk_events.find((event) => event.risk_type === "csat_risk")).toMatchObject({
      status: "closed",
      closed_because: "The condition no longer holds.",
    });
    expect(read()).toEqual(before);
  });

  it("stands over what agents observe, when it comes while the run waits", async () => {
    const workspace = aWorkspace(
      aReference(aPlan({ T1: [] }, { T1: { requires_human_approval: true } })),
    );
    const control = await aMissionControl({ workspace, runtimes: { A1: observing({ days: 4 }) } });
    const { run_id } = await control.start({ mission_id: "M" });
    await control.recordKpis(run_id, { days: 1.5 });

    const { kpi_gap_summary } = await control.decide(run_id, { T1: approve });

    expect(kpi_gap_summary[0]).toMatchObject({ observed: 1.5, status: "hit" });
    expect(runOf(workspace, run_id)?.["kpis"]).toEqual({ days: 1.5 });
  });

  it("brings snapshots of later dates in line, but not those from elsewhere", async () => {
    const clock = aClock();
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M001", kpi_observations: {} });
    await control.decide(run_id, { T2: approve });
    clock.advance(2 * 24 * 60);
    const other = await control.start({ mission_id: "M002" });
    await control.decide(other.run_id, { T5: approve });
    await control.close();
    const next = await aMissionControl({ workspace, clock });
    const seeded = readRecorded(workspace, "mission_portfolio_snapshot").slice(0, 3);

    await next.recordKpis(run_id, { onboarding_time_days: 5 });

    const snapshots = readRecorded(workspace, "mission_portfolio_snapshot");
    expect(snapshots.slice(0, 3)).toEqual(seeded);
    expect(snapshots.map((snapshot) => snapshot["snapshot_date"]).slice(3)).toEqual([
      "2026-11-22",
      "2026-11-24",
    ]);
    for (const snapshot of snapshots.slice(3)) {
      const date = String(snapshot["snapshot_date"]);
      expect((await next.portfolio(date)).snapshot).toEqual(snapshot);
    }
  });
});

describe("a KPI as it is declared", () => {
  const kpis = [
    {
      mission_id: "M",
      kpis: { target_cost: 180, baseline_cost: 205, target_errors: 9 },
      definitions: { cost: { label: "Cost per claim", unit: "€" } },
    },
  ];

  it("is called by its label, in its unit; without a direction it is neither hit nor missed", async () => {
    const workspace = aWorkspace({ ...aReference(aPlan({ T1: [] })), kpis });
    const runtimes = { A1: observing({ cost: 199.5, errors: 30, costs: 1 }) };
    const control = await aMissionControl({ workspace, runtimes });

    const outcome = await control.start({ mission_id: "M" });

    expect(outcome.executive_summary).toContain(
      "Cost per claim is €199.5, off target (at most €180, from €205); Errors is 30, direction unknown (target 9).",
    );
    expect(outcome.report).toContain("| Cost per claim | €199.5 | €205 | ≤ €180 |");
    expect(outcome.report).toContain("observed costs, which the mission is not measured by");
    expect(outcome.kpi_gap_summary).toMatchObject([
      { kpi: "cost", status: "miss" },
      { kpi: "errors", status: "direction_unknown", light: "grey" },
    ]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      {
        kpi_observations: { costs: 1 },
        warnings: ["observed costs, which the mission is not measured by; did you mean cost?"],
      },
    ]);
  });

  it("stays with a run that was opened with it", async () => {
    const tasks = aPlan({ T1: [] }, { T1: { requires_human_approval: true } });
    const workspace = aWorkspace({ ...aReference(tasks), kpis });
    const runtimes = { A1: observing({ cost: 199.5 }) };
    const control = await aMissionControl({ workspace, runtimes });
    const { run_id } = await control.start({ mission_id: "M" });
    writeDocument(workspace, "mission_kpis", [{ mission_id: "M", kpis: { target_cost: 1 } }]);

    const { executive_summary } = await control.decide(run_id, {
      T1: { type: "approve", decided_by: "ana" },
    });

    expect(executive_summary).toContain("Cost per claim is €199.5");
  });
});
