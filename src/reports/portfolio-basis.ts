/** How many of the runs behind the portfolio's figures were simulated. */

import { basisOf } from "../kpi/basis.ts";
import type { PortfolioRecord } from "../model/portfolio-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";

export interface PortfolioBasis {
  /** The latest measured run of each mission, and the runs of the last days. */
  readonly runs: number;
  /** Those of which some work was only pretended. */
  readonly simulated: number;
  /** Those of them in which some of it was not. */
  readonly partly: number;
}

export function basisOfPortfolio({
  missions,
  recent,
}: Pick<PortfolioRecord, "missions" | "recent">): PortfolioBasis {
  const rowsOf = new Map<string, readonly TaskLog[]>(
    recent.map(({ run, rows }) => [run.run_id, rows]),
  );
  for (const { measured } of missions.values()) {
    if (measured !== undefined) rowsOf.set(measured.run.run_id, measured.rows);
  }
  const all = [...rowsOf.values()].map(basisOf);
  const simulated = all.filter((basis) => basis.simulated > 0);
  const partly = simulated.filter((basis) => basis.simulated < basis.attempts);
  return { runs: all.length, simulated: simulated.length, partly: partly.length };
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
