import { readRecords } from "../../../graph/read-run.ts";
import { readOutcome } from "../../app/run-outcome.ts";
import { systemClock } from "../../app/system.ts";
import { byTimeline } from "../../execution/run-aggregates.ts";
import { workMinutes } from "../../routing/evidence.ts";
import type { CommandContext } from "../context.ts";
import { formatOutcome, formatTable } from "../format.ts";
import { joinLines } from "../print.ts";

export async function show(context: CommandContext, runId: string): Promise<number> {
  const reading = { ...context.openWorkspace(), clock: systemClock };
  const outcome = await readOutcome(runId, reading);
  const { run, rows } = await readRecords(runId, reading);
  const timeline = rows.toSorted(byTimeline);
  context.print({ ...outcome, run, timeline }, () =>
    joinLines([
      formatOutcome(outcome, undefined),
      "",
      formatTable(
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
      ),
    ]),
  );
  return 0;
}
