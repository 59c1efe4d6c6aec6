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

/** How many a sentence names of what is alike, and how long a name may be in it, in characters. */
const NAMED = 3;
const LONGEST_NAME = 80;

/** A task as it is called. */
export function quote({ task }: Pick<Named, "task">): string {
  return `"${shorten(task)}"`;
}

/** A name on one line, at a length that leaves the sentence readable. */
export function shorten(name: string): string {
  const line = name.replaceAll(/\s+/g, " ").trim();
  // Cutting a text into letters is slow, and most names are short.
  if (line.length <= LONGEST_NAME) return line;
  const letters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  if (letters.length <= LONGEST_NAME) return line;
  const begun = letters.slice(0, LONGEST_NAME - 1).join("");
  return `${begun.trimEnd()}…`;
}

/** The first of them; of the others, how many there are: `a, b, c and 4 more`. */
export function enumerate(all: readonly string[]): string {
  const others = all.length - NAMED;
  if (others < 1) return all.join(", ");
  return `${all.slice(0, NAMED).join(", ")} and ${others} more`;
}

/** The kind of a risk and its task: `approval delay at "Verify documents"`. */
export function sayRisk(
  { risk_type, task_id, scope }: Pick<RiskEvent, "risk_type" | "task_id" | "scope">,
  tasks: readonly Named[],
): string {
  const task = tasks.find((candidate) => candidate.task_id === task_id);
  const where = task === undefined || scope === "run" ? "" : ` at ${quote(task)}`;
  return `${risk_type.replaceAll("_", " ")}${where}`;
}

/** The same with its severity: `approval delay at "Verify documents" (high)`. */
export function sayRiskWithSeverity(
  risk: Pick<RiskEvent, "risk_type" | "task_id" | "scope" | "severity">,
  tasks: readonly Named[],
): string {
  return `${sayRisk(risk, tasks)} (${risk.severity})`;
}
