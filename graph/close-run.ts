/** Ends a run in the books: record, agent statistics and report, from the rows. Safe to repeat. */

import type { TaskStatuses } from "../src/execution/plan-progress.ts";
import { aggregateRun } from "../src/execution/run-aggregates.ts";
import type { PlanTask } from "../src/model/decomposed-mission-tasks.ts";
import { type MissionRun, isEnded } from "../src/model/mission-runs.ts";
import { summarizeRun } from "../src/reporting/executive-summary.ts";
import { buildRunReport } from "../src/reporting/run-report.ts";
import { computeAgentStats } from "../src/routing/agent-stats.ts";
import { estimatesOf } from "../src/routing/evidence.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";

export interface Ending {
  readonly status: MissionRun["status"];
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly kpis: Readonly<Record<string, number>>;
  readonly ended_reason?: string;
}

/** Closes the run, unless it is closed already, and writes its report. */
export async function closeRun(
  runId: string,
  ending: Ending,
  {
    store,
    reference,
    policy,
    clock,
  }: Pick<MissionGraphDependencies, "store" | "reference" | "policy" | "clock">,
): Promise<{ run: MissionRun; executive_summary: string; report: string }> {
  const rows = await store.listTaskLogs(runId);
  const risks = await store.listRiskEvents(runId);
  const dueMinutes = policy.approvals.due_minutes;
  const run = await store.changeRun(runId, (current) => {
    if (isEnded(current)) return current;
    const { ended_reason } = ending;
    return {
      ...current,
      ...aggregateRun(rows, { startTime: current.start_time, dueMinutes }),
      status: ending.status,
      kpis: { ...current.kpis, ...ending.kpis },
      risk_flagged: risks.length > 0,
      ...(ended_reason === undefined ? {} : { ended_reason }),
    };
  });
  const { missions, plans } = reference();
  const { window } = policy.routing;
  const agents = new Set(rows.map((row) => row.agent_id));
  const [, requests] = await Promise.all([
    store.refreshAgentStats((all, current) =>
      computeAgentStats(all, {
        agents,
        estimates: estimatesOf(plans),
        window,
        date: clock.now().slice(0, 10),
        current,
      }),
    ),
    store.listApprovals(runId),
  ]);
  const { mission_id } = run;
  const mission = missions.find((known) => known.mission_id === mission_id);
  const facts = {
    mission: mission ?? { mission_id, mission_name: mission_id },
    run,
    tasks: ending.tasks,
    statuses: ending.statuses,
    rows,
    requests,
    risks,
  };
  const report = buildRunReport(facts);
  await Promise.all([store.saveReport(runId, report), store.settle()]);
  return { run, executive_summary: summarizeRun(facts), report };
}
