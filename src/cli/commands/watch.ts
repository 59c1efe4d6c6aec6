import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";
import { formatEvents, formatRequest } from "../format.ts";
import { joinLines } from "../print.ts";

/** Exits with 0 whatever it finds: for cron, what is overdue is no failure of the sweep. */
export function watchCommand(act: Act) {
  return new Command("watch")
    .description("one sweep over waiting runs: what is overdue now; safe to repeat")
    .action(() =>
      act((context) =>
        context.withControl(async (control) => {
          const result = await control.watch();
          const by = context.otherApprover(control);
          context.print(result, () => {
            const { runs, overdue, changed } = result;
            return joinLines([
              context.screen.wrap(
                `${count(runs, "run")} under way, ${overdue.length} overdue, ${count(changed.length, "risk event")} changed.`,
              ),
              ...(changed.length === 0 ? [] : ["", formatEvents(changed, context.screen)]),
              ...overdue.flatMap((request) => [
                "",
                ...formatRequest(request, { screen: context.screen, by }),
              ]),
            ]);
          });
          return 0;
        }),
      ),
    );
}
