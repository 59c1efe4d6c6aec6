/** Every recorded aggregate of a run against its rows. */

import { aggregateRun } from "../execution/run-aggregates.ts";
import { measureDelays } from "../kpi/delay-ledger.ts";
import { layTimeline } from "../kpi/lay-timeline.ts";
import { groupBy } from "../model/group-by.ts";
import type { History } from "../model/history.ts";
import { isEnded } from "../model/mission-runs.ts";
import type { Reference } from "../model/reference.ts";
import { minutesBetween } from "../model/time.ts";
import { orderTasks } from "../planning/task-order.ts";
import { type Finding, aFinding } from "./finding.ts";

export function auditRuns(
  { runs, rows, events }: History,
  { reference, dueMinutes }: { reference: Reference; dueMinutes: number },
): readonly Finding[] {
  const rowsOf = groupBy(rows, (row) => row.run_id);
  const flagged = new Set(events.map((event) => event.run_id));
  const plans = new Map(
    reference.plans.map((plan) => [plan.mission_id, orderTasks(plan.tasks).ordered]),
  );
  return runs.filter(isEnded).flatMap((run) => {
    const own = rowsOf.get(run.run_id) ?? [];
    const { start_time: startTime, end_time, total_duration_minutes: total } = run;
    const { human_interventions, escalations } = aggregateRun(own, { startTime, dueMinutes });
    const differs = (field: string, recorded: unknown, recomputed: unknown): Finding[] => {
      const place = { document: "mission_runs", record: run.run_id, field, recorded, recomputed };
      return recorded === recomputed
        ? []
        : [
            aFinding(
              { code: "AGGREGATE_DIFFERS", severity: "error", ...place },
              "it does not follow from the rows",
            ),
          ];
    };
    if (own.length === 0 && run.status === "completed") {
      const place = { document: "mission_runs", record: run.run_id };
      return [
        aFinding({ code: "NO_ROWS", severity: "error", ...place }, "it is completed without rows"),
      ];
    }
    const tasks = plans.get(run.mission_id) ?? [];
    const ledger =
      end_time === undefined
        ? undefined
        : measureDelays(layTimeline(own, { tasks, startTime }), {
            tasks,
            start: startTime,
            end: end_time,
          });
    const unexplained = ledger?.unexplained_minutes ?? 0;
    return [
      ...differs("human_interventions", run.human_interventions, human_interventions),
      ...differs("escalations", run.escalations, escalations),
      ...differs("risk_flagged", run.risk_flagged, flagged.has(run.run_id)),
      ...(end_time === undefined || total === undefined
        ? []
        : differs(
            "total_duration_minutes",
            total,
            Math.max(0, minutesBetween(startTime, end_time)),
          )),
      ...(unexplained === 0
        ? []
        : [
            aFinding(
              {
                code: "UNEXPLAINED_TIME",
                severity: "info",
                document: "mission_runs",
                record: run.run_id,
                field: "total_duration_minutes",
                recorded: total,
              },
              `no row explains ${unexplained} of its minutes`,
            ),
          ]),
    ];
  });
}
