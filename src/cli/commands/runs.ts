import { Command } from "@commander-js/extra-typings";

import { defined } from "../../model/defined.ts";
import type { MissionRun } from "../../model/mission-runs.ts";
import { unbroken } from "../../reports/table.ts";
import { type Act, parseCount } from "../command.ts";
import type { Screen } from "../screen.ts";

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
        return context.withRecords(async (records) => {
          const found = await records.runs(filter);
          const { sayInputs } = await import("../../model/mission-inputs.ts");
          context.print(found, () => formatRuns(found, context.screen, sayInputs));
          return 0;
        });
      }),
    );
}

function formatRuns(
  runs: readonly MissionRun[],
  screen: Screen,
  sayInputs: (inputs: MissionRun["mission_inputs"]) => string,
): string {
  if (runs.length === 0) return "No runs.";
  // Most workspaces have one business only, and nothing to tell its runs apart by.
  const hasInputs = runs.some((run) => run.mission_inputs !== undefined);
  return screen.table(
    [
      "RUN",
      "MISSION",
      ...(hasInputs ? (["ABOUT"] as const) : []),
      "STATUS",
      "START",
      "MINUTES",
      "DECISIONS",
      "ESCALATIONS",
      "RISK",
    ],
    runs.map((run) => [
      run.run_id,
      run.mission_id,
      ...(hasInputs ? [sayInputs(run.mission_inputs)] : []),
      run.status,
      unbroken(screen.ago(run.start_time)),
      run.total_duration_minutes ?? "",
      run.human_interventions,
      run.escalations,
      run.risk_flagged ? "yes" : "",
    ]),
    ["ESCALATIONS", "DECISIONS", "MINUTES", "RISK", "MISSION", "START", "ABOUT"],
  );
}
