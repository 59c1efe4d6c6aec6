/** Replays that were left to workers, in parts, and what they came to: kept for a while, and not moved with the records. */

import type { ReplayBasis, ReplayResult } from "../model/replay-result.ts";

export interface ReplayPart {
  /** Of the replay. */
  readonly number: number;
  /** Its place in the replay, from 0. */
  readonly part: number;
}

export interface StoredReplay {
  /** Runs that it is about. */
  readonly asked: number;
  /** Runs of the parts that are done. */
  readonly done: number;
  /** What came of them, in the order in which they were asked for; none of a run that has left the store. */
  readonly results: readonly ReplayResult[];
}

export interface Replays {
  /** @returns its number. */
  readonly open: (parts: readonly (readonly string[])[], basis: ReplayBasis) => Promise<number>;
  /** Parts that are not done: first those that nobody is at, or was when it died. */
  readonly listParts: (limit: number) => Promise<readonly ReplayPart[]>;
  /** What there is to do; undefined when it is done. @throws DamagedRecordError */
  readonly readPart: (
    part: ReplayPart,
  ) => Promise<{ readonly run_ids: readonly string[]; readonly basis: ReplayBasis } | undefined>;
  readonly finishPart: (part: ReplayPart, results: readonly ReplayResult[]) => Promise<void>;
  readonly read: (number: number) => Promise<StoredReplay | undefined>;
  /** The number of the newest; undefined when there is none. */
  readonly findNewest: () => Promise<number | undefined>;
  /** Forgets those that were asked for before, in milliseconds, but the newest. */
  readonly forget: (before: number) => Promise<void>;
}

/** The name of the lease of a part: no run has a name with blanks. */
export function leaseOf({ number, part }: ReplayPart): string {
  return `replay ${number} ${part}`;
}
