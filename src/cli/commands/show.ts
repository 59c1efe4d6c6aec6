import { Command } from "@commander-js/extra-typings";

import { describeEdits } from "../../approvals/content.ts";
import { byTimeline } from "../../execution/run-aggregates.ts";
import type { RunFigures } from "../../kpi/run-figures.ts";
import type { ApprovalRequest } from "../../model/approval-requests.ts";
import { workMinutes } from "../../model/minutes.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { unbroken } from "../../reports/table.ts";
import { sayNote } from "../../summary/phrases.ts";
import type { Act } from "../command.ts";
import { formatOutcome } from "../format.ts";
import { meantRun } from "../latest.ts";
import { joinLines } from "../print.ts";
import type { Screen } from "../screen.ts";

export function showCommand(act: Act) {
  return new Command("show")
    .argument("<run>")
    .description("one run with its timeline")
    .action((given) =>
      act((context) =>
        context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          const outcome = await control.run(runId);
          const { run, rows, requests }: RunFigures = await control.figures(runId);
          const timeline = rows.toSorted(byTimeline);
          const { screen } = context;
          context.print({ ...outcome, run, timeline }, () =>
            joinLines([
              formatOutcome(outcome, { screen }),
              "",
              formatTimeline(timeline, requests, screen),
            ]),
          );
          return 0;
        }),
      ),
    );
}

function formatTimeline(
  timeline: readonly TaskLog[],
  requests: readonly ApprovalRequest[],
  screen: Screen,
): string {
  const editsOf = ({ task_id, attempt = 1 }: TaskLog) =>
    requests
      .filter((request) => request.task_id === task_id && request.attempt === attempt)
      .map(describeEdits)
      .join("");
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
      row.decided_by ?? "",
      [sayNote(row), editsOf(row)].filter((part) => part !== "").join("; "),
    ]),
    ["ATTEMPT", "DECIDED BY", "START", "WAITING", "WORK", "AGENT"],
  );
}
