/** What people read of all missions follows from the rows, whatever is stored beside them. */

import { describe, expect, it } from "vitest";

import { aPlan, aReference, aTask } from "../support/builders.ts";
import { aClock, aMissionControl, aWorkspace } from "../support/workspace.ts";

describe("the portfolio", () => {
  it("leads with KPIs on target and the risk, and keeps the figures of the record", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    const board = await control.portfolio("2026-02-06");

    expect(board.outcome).toMatchObject({ on_target: 3, judged: 5, attainment_pct: 94.13 });
    expect(board).toMatchObject({ verdict: "low", risk_index: 11 });
    expect(board.snapshot.avg_kpi_improvement_pct).toBe(58.06);
    expect(board.so_what).toContain("3 of 5 KPIs on target");
  });

  it("compares with what is computed for the date before, not with what was stored of it", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    const { trend, snapshots } = await control.portfolio("2026-02-07");

    // The sample's own snapshot of 2026-02-06 says 33 % and 8 runs.
    expect(trend.avg_kpi_improvement_pct).toEqual({ previous: 58.06, change: 0, good: null });
    for (const { snapshot_date, ...drawn } of snapshots) {
      const { snapshot } = await control.portfolio(snapshot_date);
      expect({ snapshot_date, ...drawn }).toEqual(snapshot);
    }
  });

  it("has no comparison where there is none", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(aReference(aPlan({ T1: [] }))) });

    expect((await control.portfolio()).trend.completed_runs).toEqual({
      previous: null,
      change: null,
      good: null,
    });
  });

  it("refuses a date that is still to come", async () => {
    const clock = aClock("2026-11-22T23:59:59Z");
    const control = await aMissionControl({ workspace: aWorkspace(), clock });

    await expect(control.portfolio("2026-11-23")).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect((await control.portfolio("2026-11-22")).snapshot.snapshot_date).toBe("2026-11-22");
  });
});

describe("a run's report", () => {
  it("does not grade a run that waits, and has both lights once it is complete", async () => {
    const tasks = [aTask({ requires_human_approval: true })];
    const reference = {
      ...aReference(tasks),
      kpis: [{ mission_id: "M", kpis: { max_steps: 5, target_days: 2, baseline_days: 5 } }],
    };
    const runtimes = {
      A1: async () => ({ output: "done", work_minutes: 5, kpi_observations: { days: 9 } }),
    };
    const control = await aMissionControl({ workspace: aWorkspace(reference), runtimes });
    const started = { mission_id: "M", kpi_observations: { days: 1 } };

    const waiting = await control.start(started);
    const before = await control.report(waiting.run_id);
    const ended = await control.decide(waiting.run_id, {
      T1: { type: "approve", decided_by: "ana" },
    });
    const after = await control.report(waiting.run_id);

    expect(waiting.report).toContain("**⚪ KPIs on target: none graded** · **🟢 Risk: low**");
    expect(waiting.executive_summary).not.toContain("on target");
    expect(before.kpis.map(({ status }) => status)).toEqual(["not_measured", "not_graded"]);
    expect(ended.report).toContain("**🟢 KPIs on target: 2 of 2** · **");
    expect(after.outcome).toMatchObject({ on_target: 2, judged: 2 });
  });
});
