import { Command } from "@commander-js/extra-typings";

import { byTimeline } from "../../execution/run-aggregates.ts";
import type { RunFigures } from "../../kpi/run-figures.ts";
import type { Act } from "../command.ts";
import { formatOutcome } from "../format.ts";
import { meantRun } from "../latest.ts";
import { joinLines } from "../print.ts";

export function showCommand(act: Act) {
  return new Command("show")
    .argument("<run>")
    .description("one run with its timeline")
    .action((given) =>
      act((context) =>
        context.withControl(async (control) => {
          const { formatTimeline } = await import("../format-timeline.ts");
          const runId = await meantRun(control, given);
          const outcome = await control.run(runId);
          const { run, rows, requests }: RunFigures = await control.figures(runId);
          const timeline = rows.toSorted(byTimeline);
          const { screen } = context;
          context.print({ ...outcome, run, timeline }, () =>
            joinLines([
              formatOutcome(outcome, { screen, by: context.otherApprover(control) }),
              "",
              formatTimeline(timeline, requests, screen),
            ]),
          );
          return 0;
        }),
      ),
    );
}
