import { Command } from "@commander-js/extra-typings";

import { byTimeline } from "../../execution/run-aggregates.ts";
import type { RunFigures } from "../../kpi/run-figures.ts";
import { workMinutes } from "../../model/minutes.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import type { Act } from "../command.ts";
import { formatOutcome, formatTable } from "../format.ts";
import { meantRun } from "../latest.ts";
import { joinLines } from "../print.ts";

export function showCommand(act: Act) {
  return new Command("show")
    .argument("<run>")
    .description("one run with its timeline")
    .action((given) =>
      act((context) =>
        context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          const outcome = await control.run(runId);
          const { run, rows }: RunFigures = await control.figures(runId);
          const timeline = rows.toSorted(byTimeline);
          context.print({ ...outcome, run, timeline }, () =>
            joinLines([formatOutcome(outcome, undefined), "", formatTimeline(timeline)]),
          );
          return 0;
        }),
      ),
    );
}

function formatTimeline(timeline: readonly TaskLog[]): string {
  return formatTable(
    ["START", "TASK", "ATTEMPT", "AGENT", "OUTCOME", "WORK", "WAITING", "DECIDED BY", "NOTE"],
    timeline.map((row) => [
      row.started_at ?? "",
      row.task_id,
      String(row.attempt ?? 1),
      row.agent_id,
      row.outcome,
      String(workMinutes(row)),
      String(row.human_delay_minutes),
      row.decided_by ?? "",
      row.error ?? row.reason ?? "",
    ]),
  );
}
