/** Two policies over recorded history, by the functions that the graph's nodes call. */

import type { AgentStats } from "../../model/agent-performance-stats.ts";
import type { History } from "../../model/history.ts";
import type { Policy } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import { listCases } from "./backtest-cases.ts";
import { type EventFigures, createEventTally } from "./backtest-events.ts";
import { type GateComparison, createGateTally } from "./backtest-gates.ts";
import { type NotEvaluable, createLimitTally } from "./backtest-limits.ts";
import { type RouteComparison, compareRoutes } from "./backtest-routes.ts";

export interface BacktestRecord {
  readonly history: History;
  readonly stats: readonly AgentStats[];
  readonly reference: Reference;
  /** Runs that have not ended are judged as they stand at this instant. */
  readonly now: string;
}

/** Precision and recall are those of the flagged runs. Runs without a plan count nowhere. */
export interface Backtest extends EventFigures {
  readonly gates: GateComparison;
  readonly routes: RouteComparison;
  readonly not_evaluable: readonly NotEvaluable[];
}

/** Tests a policy against another. Writes nothing; one pass over the history. */
export function backtest(
  record: BacktestRecord,
  { under, against }: { under: Policy; against: Policy },
): Backtest {
  const { history } = record;
  const eventTally = createEventTally(history.events, { under, against });
  const gateTally = createGateTally({ under: under.approvals, against: against.approvals });
  const limitTally = createLimitTally({ under, against });
  for (const recorded of listCases(history, { ...record, policy: under })) {
    if (recorded.tasks.length > 0) eventTally.add(recorded);
    gateTally.add(recorded);
    limitTally.add(recorded);
  }
  const gates = gateTally.figures();
  const routes = compareRoutes(record, { under: under.routing, against: against.routing });
  return {
    ...eventTally.figures(),
    gates,
    routes,
    not_evaluable: limitTally.list({ history, gates, routes }),
  };
}
