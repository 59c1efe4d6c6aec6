import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";

export function pruneCommand(act: Act) {
  return new Command("prune")
    .description("forget the checkpoints of runs that have ended; all that is recorded stays")
    .action(() =>
      act((context) =>
        context.withControl(async (control) => {
          const threads = await control.pruneCheckpoints();
          context.print({ threads }, () => `Forgot the checkpoints of ${count(threads, "run")}.`);
          return 0;
        }),
      ),
    );
}
