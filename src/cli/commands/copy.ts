import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";

export function copyCommand(act: Act) {
  return new Command("copy")
    .description(
      "copy all that is recorded from one store to another, and compare it; goes on where it was cut short",
    )
    .requiredOption(
      "--from <store>",
      "folder with a database, postgres://user@host/database, or documents:FOLDER",
    )
    .requiredOption("--to <store>", "the same; a Postgres database has to be set up (`migrate`)")
    .action(({ from, to }) =>
      act(async ({ json, note, print }) => {
        const [{ copyStore }, { systemClock }] = await Promise.all([
          import("../../app/copy-store.ts"),
          import("../../app/system.ts"),
        ]);
        const onTable = (name: string, rows: number, written: number) => {
          if (!json) note(`${name}: ${count(rows, "row")}, ${written} written`);
        };
        const rows = await copyStore({ from, to }, { clock: systemClock, onTable });
        print({ rows }, () =>
          rows === 0
            ? "All records are written."
            : `${count(rows, "row")} are the same in both. Checkpoints and replays of workers stay: a run that waits goes on without.`,
        );
        return 0;
      }),
    );
}
