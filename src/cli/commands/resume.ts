import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import { type Act, byOption } from "../command.ts";
import { meantRun } from "../latest.ts";
import { finish } from "../progress.ts";

export function resumeCommand(act: Act) {
  return new Command("resume")
    .argument("<run>")
    .description("go on after a crash or where it waits; harmless on a finished run")
    .option(
      "--adopt-runtimes",
      "go on with this program's agents where the run had others; needs --by",
    )
    .addOption(byOption())
    .action((given, { adoptRuntimes, by }) =>
      act((context) => {
        if (adoptRuntimes === true && by === undefined) {
          throw new MissionError(
            "USAGE",
            "--adopt-runtimes needs --by NAME: somebody must answer for it.",
          );
        }
        const options = { adoptRuntimesBy: adoptRuntimes === true ? by : undefined };
        return context.withControl(async (control) => {
          const runId = await meantRun(control, given);
          return finish(context, control, async (onProgress) => {
            const outcome = await control.resume(runId, onProgress, options);
            if (!context.isInteractive) return outcome;
            const { askInPlace } = await import("../ask-in-place.ts");
            return askInPlace(context, outcome, { control, onProgress, by });
          });
        });
      }),
    );
}
