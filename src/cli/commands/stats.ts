import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { formatTable } from "../format.ts";

export function statsCommand(act: Act) {
  return new Command("stats")
    .description("agent performance, recomputed from the logs")
    .action(() =>
      act((context) =>
        context.withControl(async (control) => {
          const rows = await control.stats();
          context.print(rows, () =>
            formatTable(
              [
                "AGENT",
                "EXECUTIONS",
                "WORK RATIO",
                "ESCALATED",
                "APPROVAL RATE",
                "AVG MINUTES",
                "UPDATED",
              ],
              rows.map((row) => [
                row.agent_id,
                String(row.executions ?? ""),
                String(row.work_ratio ?? ""),
                String(row.escalated_executions ?? ""),
                String(row.approval_rate),
                String(row.avg_task_duration_minutes),
                row.last_updated,
              ]),
            ),
          );
          return 0;
        }),
      ),
    );
}
