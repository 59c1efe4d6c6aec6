import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { formatKpis } from "../format.ts";
import { meantRun } from "../latest.ts";
import { parseAssignments } from "../parse-assignments.ts";
import { isNumber } from "../parse-number.ts";

export function kpiCommand(act: Act) {
  return new Command("kpi")
    .argument("<run>")
    .argument("<figures...>")
    .description("record business figures that arrive late, as NAME=VALUE; re-evaluates the run")
    .action((given, assignments) =>
      act(async (context) => {
        // What is no number goes on as text, to be refused together with the list of what is known.
        const figures = parseAssignments("kpi", assignments).map(
          ([name, text]) => [name, isNumber(text) ? Number(text) : text] as const,
        );
        return context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          await control.recordKpis(runId, Object.fromEntries(figures));
          const { run, kpis, events } = await control.figures(runId);
          const json = { run_id: runId, kpi_gap_summary: kpis, risk_events: events, run };
          context.print(json, () =>
            [`${runId}: recorded.`, "", formatKpis(kpis, context.screen)].join("\n"),
          );
          return 0;
        });
      }),
    );
}
