import { Command } from "@commander-js/extra-typings";

import { defined } from "../../model/defined.ts";
import { type Act, byOption } from "../command.ts";
import { meantRun } from "../latest.ts";
import { finish } from "../progress.ts";

export function retryCommand(act: Act) {
  return new Command("retry")
    .argument("<run>")
    .argument("<task>")
    .description("have a failed task of a failed run tried again, then go on")
    .option("--reason <text>", "what is different now; its agent is told")
    .addOption(byOption())
    .action((given, task, { reason, by }) =>
      act(async (context) => {
        const decider = await context.decider(by);
        return context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          const request = { by: decider, source: "cli" as const, ...defined({ reason }) };
          return finish(context, control, (onProgress) =>
            control.retry(runId, task, { ...request, onProgress }),
          );
        });
      }),
    );
}
