import type { ReplayResult } from "../../model/replay-result.ts";

export interface ReplayTotals {
  readonly runs: number;
  readonly agree: number;
  readonly differ: number;
  readonly not_replayable: number;
  readonly rows: number;
  readonly equal_rows: number;
  readonly risk_events: number;
}

export interface Replay {
  readonly runs: readonly ReplayResult[];
  readonly totals: ReplayTotals;
}

export function sumUp(runs: readonly ReplayResult[]): Replay {
  const count = (status: ReplayResult["status"]) =>
    runs.filter((run) => run.status === status).length;
  const sum = (of: (run: ReplayResult) => number) =>
    runs.reduce((total, run) => total + of(run), 0);
  return {
    runs,
    totals: {
      runs: runs.length,
      agree: count("agrees"),
      differ: count("differs"),
      not_replayable: count("not_replayable"),
      rows: sum((run) => run.rows.recorded),
      equal_rows: sum((run) => run.rows.equal),
      risk_events: sum((run) => run.risk_events.length),
    },
  };
}
