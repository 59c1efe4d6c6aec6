import { refreshStats } from "../../app/refresh-stats.ts";
import { systemClock } from "../../app/system.ts";
import type { CommandContext } from "../context.ts";
import { formatTable } from "../format.ts";

export async function stats(context: CommandContext): Promise<number> {
  const workspace = context.openWorkspace();
  try {
    const rows = await refreshStats(workspace, systemClock.now());
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
  } finally {
    await workspace.store.close();
  }
}
