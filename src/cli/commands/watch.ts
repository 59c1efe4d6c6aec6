import { watchRuns } from "../../app/governance.ts";
import type { CommandContext } from "../context.ts";
import { formatEvents, formatRequest } from "../format.ts";
import { joinLines } from "../print.ts";

/** Exits with 0 whatever it finds: for cron, what is overdue is no failure of the sweep. */
export async function watch(context: CommandContext): Promise<number> {
  return context.withBooks(async (books) => {
    const sweep = await watchRuns(books);
    context.print(sweep, () => {
      const { runs, overdue, changed } = sweep;
      const plural = runs === 1 ? "" : "s";
      return joinLines([
        `${runs} run${plural} under way, ${overdue.length} overdue, ${changed.length} risk events changed.`,
        ...(changed.length === 0 ? [] : ["", formatEvents(changed)]),
        ...overdue.flatMap((request) => ["", ...formatRequest(request)]),
      ]);
    });
    return 0;
  });
}
