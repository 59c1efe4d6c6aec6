import { Command } from "@commander-js/extra-typings";

import { type Act, byOption } from "../command.ts";
import { formatOutcome } from "../format.ts";
import { meantRun } from "../latest.ts";

/** Exits with 0: the run ended as it was told to. */
export function cancelCommand(act: Act) {
  return new Command("cancel")
    .argument("<run>")
    .description("end a run as abandoned; pending approvals become void")
    .requiredOption("--reason <text>", "why")
    .addOption(byOption())
    .action((given, { reason, by }) =>
      act(async (context) => {
        const decider = await context.decider(by);
        return context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          const outcome = await control.cancel(runId, { reason, by: decider });
          context.print(outcome, () => formatOutcome(outcome, { screen: context.screen }));
          return 0;
        });
      }),
    );
}
