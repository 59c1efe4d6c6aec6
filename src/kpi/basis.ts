/** What a run's figures rest on: work that was done, or that was only simulated. */

import type { TaskLog } from "../model/task-execution-logs.ts";
import { isExecution } from "../routing/evidence.ts";

export interface Basis {
  /** Attempts that ran. */
  readonly attempts: number;
  /** How many of them agents only pretended. Rows from before it was recorded do not count as such. */
  readonly simulated: number;
}

export function basisOf(rows: readonly TaskLog[]): Basis {
  const ran = rows.filter(isExecution);
  const simulated = ran.filter((row) => row.runtime === "simulated").length;
  return { attempts: ran.length, simulated };
}

/** A phrase for people; empty when nothing was simulated. */
export function sayBasis({ attempts, simulated }: Basis): string {
  if (simulated === 0) return "";
  if (simulated === attempts) return "all work was simulated";
  return `${simulated} of ${attempts} attempts were simulated`;
}
