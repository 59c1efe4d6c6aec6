import { relative } from "node:path";

import { Command, InvalidArgumentError } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";

export function pruneCommand(act: Act) {
  return new Command("prune")
    .description(
      "forget the checkpoints of runs that have ended; with --older-than also move what ended long ago to an archive, from which `import` takes it back",
    )
    .option("--older-than <days>", "archive what ended so long ago: 90d", parseDays)
    .option(
      "--archive <dir>",
      "with --older-than: where archives go (default: archive, in the workspace)",
    )
    .action(({ olderThan, archive }) =>
      act((context) =>
        context.withControl(async (control) => {
          if (archive !== undefined && olderThan === undefined) {
            throw new MissionError("USAGE", "--archive says where --older-than archives: 90d.");
          }
          const threads = await control.pruneCheckpoints();
          const forgot = `Forgot the checkpoints of ${count(threads, "run")}.`;
          if (olderThan === undefined) {
            context.print({ threads }, () => forgot);
            return 0;
          }
          const archived = await control.archive({
            olderThanDays: olderThan,
            ...(archive === undefined ? {} : { into: archive }),
          });
          const places = archived.archives.map((path) => relative(process.cwd(), path) || path);
          context.print({ threads, ...archived }, () =>
            [
              forgot,
              archived.runs === 0
                ? `No run that ended more than ${count(olderThan, "day")} ago can leave: the newest of each mission, and what routing goes by, stay.`
                : `Archived ${count(archived.runs, "run")}: ${places.join(", ")}.`,
            ].join("\n"),
          );
          return 0;
        }),
      ),
    );
}

/** @throws InvalidArgumentError when it is no number of days. */
function parseDays(text: string): number {
  const [, days] = /^(\d{1,5})d?$/.exec(text) ?? [];
  if (days !== undefined) return Number(days);
  throw new InvalidArgumentError("It is a number of days: 90d.");
}
