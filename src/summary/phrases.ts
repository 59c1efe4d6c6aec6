/** What is named in sentences for people: no ids, no names of fields. */

import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";

type Named = { readonly task_id: string; readonly task: string };

/** What is to be said of an attempt beside its outcome. */
export function sayNote({ error, reason, warnings = [], reopened }: TaskLog): string {
  const why = reopened?.reason === undefined ? "" : `: ${reopened.reason}`;
  const again = reopened === undefined ? "" : `tried again, says ${reopened.by}${why}`;
  return [error ?? reason ?? "", ...warnings, again].filter((part) => part !== "").join("; ");
}

/** A task as it is called. */
export function quote({ task }: Pick<Named, "task">): string {
  return `"${task}"`;
}

/** The kind of a risk and its task: `approval delay at "Verify documents"`. */
export function sayRisk(
  { risk_type, task_id }: Pick<RiskEvent, "risk_type" | "task_id">,
  tasks: readonly Named[],
): string {
  const task = tasks.find((candidate) => candidate.task_id === task_id);
  const where = task === undefined ? "" : ` at ${quote(task)}`;
  return `${risk_type.replaceAll("_", " ")}${where}`;
}

/** The same with its severity: `approval delay at "Verify documents" (high)`. */
export function sayRiskWithSeverity(
  risk: Pick<RiskEvent, "risk_type" | "task_id" | "severity">,
  tasks: readonly Named[],
): string {
  return `${sayRisk(risk, tasks)} (${risk.severity})`;
}
