import { Command } from "@commander-js/extra-typings";

import { defined } from "../../model/defined.ts";
import type { MissionRun } from "../../model/mission-runs.ts";
import { type Act, parseCount } from "../command.ts";
import { formatTable } from "../format.ts";

export function runsCommand(act: Act) {
  return new Command("runs")
    .description("what ran")
    .option("--mission <mission>", "of one mission only")
    .option("--status <status>", "with one status only")
    .option("--limit <n>", "so many at most, the newest", parseCount)
    .action(({ mission, status, limit }) =>
      act(async (context) => {
        const { parseStatus } = await import("../parse-words.ts");
        const filter = {
          ...defined({ mission_id: mission }),
          ...(status === undefined ? {} : { status: [parseStatus(status)] }),
          ...defined({ limit }),
        };
        return context.withControl(async (control) => {
          const found = await control.runs(filter);
          context.print(found, () => formatRuns(found));
          return 0;
        });
      }),
    );
}

function formatRuns(runs: readonly MissionRun[]): string {
  if (runs.length === 0) return "No runs.";
  return formatTable(
    ["RUN", "MISSION", "STATUS", "START", "MINUTES", "DECISIONS", "ESCALATIONS", "RISK"],
    runs.map((run) => [
      run.run_id,
      run.mission_id,
      run.status,
      run.start_time,
      run.total_duration_minutes?.toString() ?? "",
      String(run.human_interventions),
      String(run.escalations),
      run.risk_flagged ? "yes" : "",
    ]),
  );
}
