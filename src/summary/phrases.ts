/** What is named in sentences for people: no ids, no names of fields. */

import type { RiskEvent } from "../model/mission-risk-events.ts";

type Named = { readonly task_id: string; readonly task: string };

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
