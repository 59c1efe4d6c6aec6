/** How many of the runs behind the portfolio's figures were simulated. */

import { basisOf } from "../kpi/basis.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";

export interface PortfolioBasis {
  /** The latest measured run of each mission, and the runs of the last days. */
  readonly runs: number;
  /** Those of which some work was only pretended. */
  readonly simulated: number;
  /** Those of them in which some of it was not. */
  readonly partly: number;
}

export const NO_RUNS: PortfolioBasis = { runs: 0, simulated: 0, partly: 0 };

/** @param rows all of one run more. */
export function addToBasis(
  { runs, simulated, partly }: PortfolioBasis,
  rows: readonly TaskLog[],
): PortfolioBasis {
  const basis = basisOf(rows);
  const isSimulated = basis.simulated > 0;
  return {
    runs: runs + 1,
    simulated: simulated + Number(isSimulated),
    partly: partly + Number(isSimulated && basis.simulated < basis.attempts),
  };
}

/** A phrase for people; empty when nothing was simulated. */
export function sayPortfolioBasis({ runs, simulated, partly }: PortfolioBasis): string {
  if (simulated === 0) return "";
  const some = partly === simulated ? " in part" : `, ${partly} in part`;
  const part = partly === 0 ? "" : some;
  if (runs === 1) return `the one run behind these figures was simulated${part}`;
  const were = simulated === 1 ? "was" : "were";
  const which = simulated === runs ? `all ${runs}` : `${simulated} of the ${runs}`;
  return `${which} runs behind these figures ${were} simulated${part}`;
}
