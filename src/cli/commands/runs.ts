import { MissionError } from "../../errors.ts";
import { runStatusSchema } from "../../model/mission-runs.ts";
import type { CommandContext } from "../context.ts";
import { formatTable } from "../format.ts";

export async function runs(
  context: CommandContext,
  { mission, status }: { mission?: string; status?: string },
): Promise<number> {
  if (status !== undefined && !runStatusSchema.safeParse(status).success) {
    throw new MissionError("USAGE", `--status is one of ${runStatusSchema.options.join(", ")}.`);
  }
  const { store } = context.openWorkspace();
  const found = (await store.listRuns()).filter(
    (run) =>
      (mission === undefined || run.mission_id === mission) &&
      (status === undefined || run.status === status),
  );
  context.print(found, () =>
    found.length === 0
      ? "No runs."
      : formatTable(
          ["RUN", "MISSION", "STATUS", "START", "MINUTES", "DECISIONS", "ESCALATIONS", "RISK"],
          found.map((run) => [
            run.run_id,
            run.mission_id,
            run.status,
            run.start_time,
            run.total_duration_minutes?.toString() ?? "",
            String(run.human_interventions),
            String(run.escalations),
            run.risk_flagged ? "yes" : "",
          ]),
        ),
  );
  return 0;
}
