/** Words of the command line that stand for one of a few values. */

import type { z } from "zod";

import { MissionError } from "../errors.ts";
import { type SnapshotPeriod, snapshotPeriodSchema } from "../model/mission-portfolio-snapshot.ts";
import {
  type Priority,
  type RunStatus,
  prioritySchema,
  runStatusSchema,
} from "../model/mission-runs.ts";

export const parseStatus = (word: string): RunStatus => parse("--status", word, runStatusSchema);

export const parsePriority = (word: string): Priority => parse("--priority", word, prioritySchema);

export const parsePeriod = (word: string): SnapshotPeriod =>
  parse("--period", word, snapshotPeriodSchema);

/** @throws MissionError `USAGE` with the words there are. */
function parse<T extends string>(
  flag: string,
  word: string,
  schema: z.ZodType<T> & { readonly options: readonly T[] },
): T {
  const parsed = schema.safeParse(word);
  if (parsed.success) return parsed.data;
  throw new MissionError("USAGE", `${flag} is one of ${schema.options.join(", ")}.`);
}
