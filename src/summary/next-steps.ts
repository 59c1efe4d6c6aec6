/** What to do next, who, and by which command: the most pressing first. */

import { COUNTED_KPI } from "../kpi/evaluate-kpis.ts";
import type { RunFigures } from "../kpi/run-figures.ts";
import { compareSeverity } from "../model/mission-risk-events.ts";
import { isEnded } from "../model/mission-runs.ts";
import { compareText } from "../model/order.ts";
import { enumerate, quote, sayRiskWithSeverity } from "./phrases.ts";

export interface NextStep {
  /** Null when nobody is named. */
  readonly who: string | null;
  readonly what: string;
  /** What to type. */
  readonly command: string;
}

type Step = Omit<NextStep, "who">;

/** Empty when nothing is left to do. */
export function listNextSteps(facts: RunFigures): readonly NextStep[] {
  const owner = facts.mission.owner ?? null;
  const steps = [...settleFailures(facts), ...lookIntoRisks(facts), ...closeGaps(facts)];
  return [...decideRequests(facts), ...steps.map((step) => ({ who: owner, ...step }))];
}

function decideRequests({ requests, run, approvers, mission }: RunFigures): readonly NextStep[] {
  if (isEnded(run)) return [];
  const pending = requests.filter((request) => request.status === "pending");
  const [first] = pending;
  if (first === undefined) return [];
  const who = approvers.length > 0 ? approvers.join(" or ") : (mission.owner ?? null);
  const what = `decide ${enumerate([...new Set(pending.map(quote))])}`;
  const { stage, approval_id, task_id, allowed } = first;
  const key = stage === "agent" ? approval_id : task_id;
  const act = allowed.includes("answer")
    ? `answer ${run.run_id} ${key} ANSWER`
    : `approve ${run.run_id} ${key}`;
  return [{ who, what, command: `mission-control ${act} --by NAME` }];
}

function settleFailures({ tasks, statuses, run }: RunFigures): readonly Step[] {
  if (run.status !== "failed") return [];
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const [first] = failed;
  if (first === undefined || run.checkpoints === "external") {
    return [
      {
        what: "settle why the run failed, then start the mission again",
        command: `mission-control run ${run.mission_id}`,
      },
    ];
  }
  const why = `${enumerate(failed.map(quote))} could not be done`;
  return [
    {
      what: `settle why ${why}, then have it tried again`,
      command: `mission-control retry ${run.run_id} ${first.task_id} --by NAME`,
    },
  ];
}

/** Open events by severity; what `settleFailures` says already is left out. */
function lookIntoRisks({ events, run, tasks }: RunFigures): readonly Step[] {
  return events
    .filter((risk) => risk.status === "open")
    .filter((risk) => run.status !== "failed" || risk.risk_type !== "task_failure")
    .toSorted((a, b) => compareSeverity(a, b) || compareText(a.event_id, b.event_id))
    .map((risk) => ({
      what: `look into the ${sayRiskWithSeverity(risk, tasks)}`,
      command: `mission-control show ${run.run_id}`,
    }));
}

function closeGaps({ kpis, run }: RunFigures): readonly Step[] {
  if (run.status !== "completed") return [];
  const missed = kpis.filter((kpi) => kpi.status === "miss").map((kpi) => kpi.label);
  const unmeasured = kpis.filter(
    ({ kpi, status }) => status === "not_measured" && kpi !== COUNTED_KPI,
  );
  const [first] = unmeasured;
  return [
    ...(missed.length === 0
      ? []
      : [
          {
            what: `bring ${enumerate(missed)} to target`,
            command: `mission-control report ${run.run_id}`,
          },
        ]),
    ...(first === undefined
      ? []
      : [
          {
            what: `measure ${enumerate(unmeasured.map((kpi) => kpi.label))}`,
            command: `mission-control kpi ${run.run_id} ${first.kpi}=VALUE`,
          },
        ]),
  ];
}
