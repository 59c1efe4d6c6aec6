import { describeEdits } from "../approvals/content.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { workMinutes } from "../model/minutes.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { unbroken } from "../reports/table.ts";
import { sayNote } from "../summary/phrases.ts";
import type { Screen } from "./screen.ts";

/** Every attempt of a run, with what people decided and changed. */
export function formatTimeline(
  timeline: readonly TaskLog[],
  requests: readonly ApprovalRequest[],
  screen: Screen,
): string {
  const editsOf = ({ task_id, attempt = 1 }: TaskLog) =>
    requests
      .filter((request) => request.task_id === task_id && request.attempt === attempt)
      .map(describeEdits)
      .filter((words) => words !== "")
      .join("; ");
  return screen.table(
    ["START", "TASK", "ATTEMPT", "AGENT", "OUTCOME", "WORK", "WAITING", "DECIDED BY", "NOTE"],
    timeline.map((row) => [
      unbroken(screen.time(row.started_at)),
      row.task_id,
      row.attempt ?? 1,
      row.agent_id,
      row.outcome,
      workMinutes(row),
      row.human_delay_minutes,
      decidersOf(row).join(", "),
      [sayNote(row), editsOf(row)].filter((part) => part !== "").join("; "),
    ]),
    ["ATTEMPT", "DECIDED BY", "START", "WAITING", "WORK", "AGENT"],
  );
}

function decidersOf({ decided_by, further_decisions = [] }: TaskLog): readonly string[] {
  const all = [decided_by, ...further_decisions.map((decided) => decided.decided_by)];
  return [...new Set(all.filter((person) => person !== undefined))];
}
