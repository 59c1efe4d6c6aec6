/** Two policies over recorded history, by the functions that the graph's nodes call. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { History } from "../model/history.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { gatherCases } from "./backtest-cases.ts";
import {
  type Accuracy,
  type EventComparison,
  compareEvents,
  compareFlags,
  matchRecorded,
} from "./backtest-events.ts";
import { type GateComparison, compareGates } from "./backtest-gates.ts";
import { type NotEvaluable, listLimits } from "./backtest-limits.ts";
import { type RouteComparison, compareRoutes } from "./backtest-routes.ts";

export interface BacktestRecord {
  readonly history: History;
  readonly stats: readonly AgentStats[];
  readonly reference: Reference;
  /** Runs that have not ended are judged as they stand at this instant. */
  readonly now: string;
}

/** Precision and recall are those of the flagged runs. Runs without a plan count nowhere. */
export interface Backtest extends Accuracy {
  readonly events: EventComparison;
  readonly flagged: { readonly recorded: readonly string[]; readonly now: readonly string[] };
  /** The tested policy's events against the recorded ones. */
  readonly recorded_events: Accuracy & { readonly recorded: number; readonly found: number };
  readonly gates: GateComparison;
  readonly routes: RouteComparison;
  readonly not_evaluable: readonly NotEvaluable[];
}

/** Tests a policy against another. Writes nothing; linear in the history. */
export function backtest(
  record: BacktestRecord,
  { under, against }: { under: Policy; against: Policy },
): Backtest {
  const { history } = record;
  const cases = gatherCases(history, record);
  const judged = cases.filter(({ tasks }) => tasks.length > 0);
  const { events, raised } = compareEvents(judged, { under, against });
  const runs = new Set(judged.map(({ run }) => run.run_id));
  const gates = compareGates(cases, { under: under.approvals, against: against.approvals });
  const routes = compareRoutes(record, { under: under.routing, against: against.routing });
  return {
    events,
    ...compareFlags(judged, raised),
    recorded_events: matchRecorded(raised, {
      recorded: history.events.filter((event) => runs.has(event.run_id)),
      risk: under.risk,
    }),
    gates,
    routes,
    not_evaluable: listLimits({ under, against, history, cases, gates, routes }),
  };
}
