import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import { isPostgres } from "../../model/is-postgres.ts";
import type { Act } from "../command.ts";

export function migrateCommand(act: Act) {
  return new Command("migrate")
    .description("set a Postgres database up, or bring its tables up to date; safe to repeat")
    .action(() =>
      act(async ({ store, print }) => {
        if (store === undefined || !isPostgres(store)) {
          const message =
            "Say which database: --store postgres://user@host/database, or DATABASE_URL. SQLite sets itself up.";
          throw new MissionError("USAGE", message);
        }
        const { migratePostgres } = await import("../../store/postgres/postgres-store.ts");
        const { from, to, shown } = await migratePostgres(store);
        print({ from, to }, () =>
          from === to ? `${shown} is up to date.` : `${shown} is set up (schema ${to}).`,
        );
        return 0;
      }),
    );
}
