/** Ends a run in the books: record, agent statistics, report and portfolio. Safe to repeat. */

import type { TaskStatuses } from "../src/execution/plan-progress.ts";
import { aggregateRun } from "../src/execution/run-aggregates.ts";
import type { PlanTask } from "../src/model/decomposed-mission-tasks.ts";
import { type MissionRun, isEnded } from "../src/model/mission-runs.ts";
import type { Observations } from "../src/model/primitives.ts";
import { observationsOf } from "../src/reporting/run-facts.ts";
import { computeAgentStats } from "../src/routing/agent-stats.ts";
import { estimatesOf } from "../src/routing/evidence.ts";
import { refreshPortfolio } from "./refresh-portfolio.ts";
import { type BookedRun, type Books, updateBooks } from "./update-books.ts";

export interface Ending {
  readonly status: MissionRun["status"];
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly kpis: Observations;
  readonly ended_reason?: string;
}

/** Closes the run, unless it is closed already, and writes its report. */
export async function closeRun(
  runId: string,
  { status, tasks, statuses, kpis, ended_reason }: Ending,
  books: Books,
): Promise<BookedRun> {
  const { store, policy } = books;
  const [rows, risks] = await Promise.all([store.listTaskLogs(runId), store.listRiskEvents(runId)]);
  const dueMinutes = policy.approvals.due_minutes;
  const close = (current: MissionRun): MissionRun => {
    if (isEnded(current)) return current;
    return {
      ...current,
      ...aggregateRun(rows, { startTime: current.start_time, dueMinutes }),
      status,
      kpis: observationsOf(current, kpis),
      risk_flagged: risks.length > 0,
      ...(ended_reason === undefined ? {} : { ended_reason }),
    };
  };
  const agents = new Set(rows.map((row) => row.agent_id));
  const booked = await updateBooks(
    runId,
    {
      change: close,
      known: { tasks, statuses },
      besides: (current) => refreshStats(agents, current),
    },
    books,
  );
  refreshPortfolio(books.clock.now(), books);
  await store.settleSoon();
  return booked;
}

async function refreshStats(
  agents: ReadonlySet<string>,
  { store, reference, policy, clock }: Books,
): Promise<void> {
  const date = clock.now().slice(0, 10);
  const estimates = estimatesOf(reference().plans);
  const { window } = policy.routing;
  await store.refreshAgentStats((rows, current) =>
    computeAgentStats(rows, { agents, estimates, window, date, current }),
  );
}
