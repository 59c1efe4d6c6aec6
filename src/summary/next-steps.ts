/** What to do next, and who: the most pressing first. */

import type { RunFigures } from "../kpi/run-figures.ts";
import { SEVERITIES } from "../model/mission-risk-events.ts";
import { isEnded } from "../model/mission-runs.ts";
import { compareText } from "../model/order.ts";

export interface NextStep {
  /** Null when nobody is named. */
  readonly who: string | null;
  readonly what: string;
}

/** Empty when nothing is left to do. */
export function listNextSteps(facts: RunFigures): readonly NextStep[] {
  const owner = facts.mission.owner ?? null;
  const steps = [...settleFailures(facts), ...lookIntoRisks(facts), ...closeGaps(facts)];
  return [...decideRequests(facts), ...steps.map((what) => ({ who: owner, what }))];
}

function decideRequests({ requests, run, approvers, mission }: RunFigures): readonly NextStep[] {
  if (isEnded(run)) return [];
  const pending = requests.filter((request) => request.status === "pending");
  const asked = pending.map((request) => `${request.task_id} (${request.task})`);
  const who = approvers.length > 0 ? approvers.join(" or ") : (mission.owner ?? null);
  return asked.length === 0 ? [] : [{ who, what: `decide ${asked.join(", ")}` }];
}

function settleFailures({ tasks, statuses, run }: RunFigures): readonly string[] {
  if (run.status !== "failed") return [];
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const ids = failed.map((task) => task.task_id).join(", ");
  const why = ids === "" ? "the run failed" : `${ids} could not be done`;
  return [`settle why ${why}, then start the mission again`];
}

/** Open events by severity; what `settleFailures` says already is left out. */
function lookIntoRisks({ events, run }: RunFigures): readonly string[] {
  return events
    .filter((risk) => risk.status === "open")
    .filter((risk) => run.status !== "failed" || risk.risk_type !== "task_failure")
    .toSorted(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        compareText(a.event_id, b.event_id),
    )
    .map((risk) => `look into ${risk.risk_type} at ${risk.task_id} (${risk.severity})`);
}

function closeGaps({ kpis, fixes, run }: RunFigures): readonly string[] {
  if (!isEnded(run)) return [];
  const [first] = fixes;
  const start = first === undefined ? "" : `, starting with ${first.task_id} (${first.task})`;
  const missed = kpis.filter((kpi) => kpi.status === "miss").map((kpi) => kpi.kpi);
  const unmeasured = kpis.filter((kpi) => kpi.status === "not_measured").map((kpi) => kpi.kpi);
  return [
    ...(missed.length === 0 ? [] : [`bring ${missed.join(", ")} to target${start}`]),
    ...(unmeasured.length === 0 ? [] : [`measure ${unmeasured.join(", ")}`]),
  ];
}
