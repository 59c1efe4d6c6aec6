/** Replays that were left to workers. */

import { z } from "zod";

import { idSchema } from "../../model/primitives.ts";
import { replayBasisSchema, replayResultSchema } from "../../model/replay-result.ts";
import { toMs } from "../../model/time.ts";
import { type ReplayPart, type Replays, leaseOf } from "../replays.ts";
import type { Session } from "../session.ts";
import { type SqlRow, numberOf, sql } from "../sql.ts";
import { parseStored } from "../tables.ts";

const NEWEST = sql("SELECT max(number) AS number FROM replays");
const OPEN = sql("INSERT INTO replays (number, asked_ms, asked, basis) VALUES ($1, $2, $3, $4)");
const ADD_PART = sql("INSERT INTO replay_parts (number, part, run_ids) VALUES ($1, $2, $3)");
const UNDONE = sql(`SELECT replay_parts.number, part FROM replay_parts
  LEFT JOIN leases ON leases.name = 'replay ' || replay_parts.number || ' ' || part WHERE results IS NULL
  ORDER BY CASE WHEN holder IS NULL THEN 0 ELSE 1 END, replay_parts.number, part LIMIT $1`);
const PART = sql(`SELECT run_ids, basis FROM replay_parts JOIN replays USING (number)
  WHERE number = $1 AND part = $2 AND results IS NULL`);
const FINISH = sql("UPDATE replay_parts SET results = $3 WHERE number = $1 AND part = $2");
const REPLAY = sql("SELECT asked FROM replays WHERE number = $1");
const RESULTS = sql(
  "SELECT run_ids, results FROM replay_parts WHERE number = $1 AND results IS NOT NULL ORDER BY part",
);
const OLD = "SELECT number FROM replays WHERE asked_ms < $1";
const FORGET = [
  `DELETE FROM leases WHERE name IN (SELECT 'replay ' || number || ' ' || part FROM replay_parts WHERE number IN (${OLD}))`,
  `DELETE FROM replay_parts WHERE number IN (${OLD})`,
  // Numbers go on, so that none is given twice.
  "DELETE FROM replays WHERE asked_ms < $1 AND number < (SELECT max(number) FROM replays)",
].map(sql);

const runIdsSchema = z.array(idSchema);
const resultsSchema = z.array(replayResultSchema);

export function createReplayCommands({
  ask,
  read,
  write,
  now,
}: Pick<Session, "ask" | "read" | "write" | "now">): Replays {
  return {
    open: (parts, basis) =>
      write(undefined, function* open() {
        const number = numberOf(yield* NEWEST.get(), "number") + 1;
        const asked = parts.reduce((sum, part) => sum + part.length, 0);
        yield* OPEN.run(number, toMs(now()), asked, JSON.stringify(basis));
        for (const [part, runIds] of parts.entries()) {
          yield* ADD_PART.run(number, part, JSON.stringify(runIds));
        }
        return number;
      }),
    listParts: async (limit) => (await ask(() => UNDONE.all(limit))).map(toPart),
    async readPart({ number, part }) {
      const row = await ask(() => PART.get(number, part));
      if (row === undefined) return undefined;
      return {
        run_ids: parseStored(row["run_ids"], runIdsSchema, "replay_parts"),
        basis: parseStored(row["basis"], replayBasisSchema, "replays"),
      };
    },
    finishPart: (part, results) =>
      write(leaseOf(part), () => FINISH.run(part.number, part.part, JSON.stringify(results))),
    read: (number) =>
      read(function* readReplay() {
        const row = yield* REPLAY.get(number);
        if (row === undefined) return undefined;
        const done = yield* RESULTS.all(number);
        return {
          asked: numberOf(row, "asked"),
          done: done.flatMap(({ run_ids }) => parseStored(run_ids, runIdsSchema, "replay_parts"))
            .length,
          results: done.flatMap(({ results }) =>
            parseStored(results, resultsSchema, "replay_parts"),
          ),
        };
      }),
    async findNewest() {
      const number = numberOf(await ask(() => NEWEST.get()), "number");
      return number === 0 ? undefined : number;
    },
    forget: (before) =>
      write(undefined, function* forget() {
        for (const statement of FORGET) yield* statement.run(before);
      }),
  };
}

function toPart(row: SqlRow): ReplayPart {
  return { number: numberOf(row, "number"), part: numberOf(row, "part") };
}
