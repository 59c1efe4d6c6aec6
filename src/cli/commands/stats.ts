import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function statsCommand(act: Act) {
  return new Command("stats")
    .description("agent performance, recomputed from the logs")
    .action(() =>
      act((context) =>
        context.withControl(async (control) => {
          const rows = await control.stats();
          const hasCost = rows.some((row) => row.avg_cost !== undefined);
          context.print(rows, () =>
            context.screen.table(
              [
                "AGENT",
                "EXECUTIONS",
                "WORK RATIO",
                "ESCALATED",
                "APPROVAL RATE",
                "AVG MINUTES",
                ...(hasCost ? (["AVG COST"] as const) : []),
                "UPDATED",
              ],
              rows.map((row) => [
                row.agent_id,
                row.executions ?? "",
                row.work_ratio ?? "",
                row.escalated_executions ?? "",
                row.approval_rate,
                row.avg_task_duration_minutes,
                ...(hasCost ? [row.avg_cost ?? ""] : []),
                row.last_updated,
              ]),
              ["UPDATED", "AVG COST", "ESCALATED", "WORK RATIO"],
            ),
          );
          return 0;
        }),
      ),
    );
}
