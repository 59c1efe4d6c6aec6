/** Two policies over recorded history, by the functions that the graph's nodes call. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { History } from "../model/history.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { gatherCases } from "./backtest-cases.ts";
import {
  type Accuracy,
  type RiskPolicy,
  type TestedEvent,
  compareEvents,
  compareFlags,
  findEvents,
  matchRecorded,
  measureAccuracy,
} from "./backtest-events.ts";
import { type GateComparison, compareGates, listGates } from "./backtest-gates.ts";
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
  readonly events: {
    /** Under the tested policy, and not under the other. */
    readonly appear: readonly TestedEvent[];
    /** Under the other policy, and not under the tested one. */
    readonly vanish: readonly TestedEvent[];
    readonly same: number;
  };
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
  const now = findEvents(judged, under);
  const before = judgesAlike(under, against) ? now : findEvents(judged, against);
  const flagged = compareFlags(
    judged.map(({ run }) => run),
    now,
  );
  const runs = new Set(judged.map(({ run }) => run.run_id));
  const gates = listGates(cases);
  const routes = compareRoutes(record, { under: under.routing, against: against.routing });
  return {
    events: compareEvents(now, before),
    flagged,
    ...measureAccuracy(flagged.now, flagged.recorded),
    recorded_events: matchRecorded(now, {
      recorded: history.events.filter((event) => runs.has(event.run_id)),
      risk: under.risk,
    }),
    gates: compareGates(gates, { under: under.approvals, against: against.approvals }),
    routes,
    not_evaluable: listLimits({ under, against, history, cases, gates, routes }),
  };
}

function judgesAlike(under: RiskPolicy, against: RiskPolicy): boolean {
  const { due_minutes } = under.approvals;
  return (
    due_minutes === against.approvals.due_minutes &&
    canonicalJson(under.risk) === canonicalJson(against.risk)
  );
}
