import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { finish } from "../progress.ts";

export function resumeCommand(act: Act) {
  return new Command("resume")
    .argument("<run>")
    .description("go on after a crash; harmless on a finished run")
    .action((runId) =>
      act((context) =>
        context.withControl((control) =>
          finish(context, (onProgress) => control.resume(runId, onProgress)),
        ),
      ),
    );
}
