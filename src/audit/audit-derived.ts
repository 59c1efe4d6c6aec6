/** Derived documents against what they are derived from: agent statistics and portfolio snapshots. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { History } from "../model/history.ts";
import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import { buildPortfolio } from "../reporting/portfolio.ts";
import { computeAgentStats } from "../routing/agent-stats.ts";
import { estimatesOf } from "../routing/evidence.ts";
import { type Finding, aFinding } from "./finding.ts";

/** The derived documents as they follow from the rows. */
export interface Derived {
  readonly stats: readonly AgentStats[];
  readonly snapshots: readonly PortfolioSnapshot[];
}

export function recomputeDerived(
  history: History,
  stats: readonly AgentStats[],
  { reference, policy }: { reference: Reference; policy: Policy },
): Derived {
  const agents = new Set(history.rows.map((row) => row.agent_id));
  const estimates = estimatesOf(reference.plans);
  const { window } = policy.routing;
  const date = stats.reduce(
    (latest, row) => (row.last_updated > latest ? row.last_updated : latest),
    "",
  );
  return {
    stats: computeAgentStats(history.rows, { agents, estimates, window, date, current: stats }),
    snapshots: history.snapshots.map((recorded) => {
      const { snapshot_date, period } = recorded;
      const options = {
        date: snapshot_date,
        ...(period === undefined ? {} : { period }),
        reference,
        policy,
      };
      const { period: computed, ...figures } = buildPortfolio(history, options).snapshot;
      return { ...recorded, ...figures, ...(period === undefined ? {} : { period: computed }) };
    }),
  };
}

/** Fields that the record has, and that the recomputed one has otherwise. */
export function auditDerived(
  history: History,
  stats: readonly AgentStats[],
  derived: Derived,
): readonly Finding[] {
  const computed = new Map(derived.stats.map((row) => [row.agent_id, row]));
  return [
    ...stats.flatMap((row) => {
      const place = { document: "agent_performance_stats", record: row.agent_id };
      const own = computed.get(row.agent_id);
      return own === undefined ? [] : compareFields(place, row, own, "STATS_DIFFER");
    }),
    ...history.snapshots.flatMap((snapshot, position) => {
      const { snapshot_date, period = "day" } = snapshot;
      const place = {
        document: "mission_portfolio_snapshot",
        record: `${snapshot_date} (${period})`,
      };
      const own = derived.snapshots[position];
      return own === undefined ? [] : compareFields(place, snapshot, own, "SNAPSHOT_DIFFERS");
    }),
  ];
}

function compareFields(
  place: { document: string; record: string },
  recorded: object,
  recomputed: object,
  code: string,
): readonly Finding[] {
  const values = new Map(Object.entries(recomputed));
  return Object.entries(recorded)
    .filter(([field]) => field !== "last_updated")
    .filter(([field, value]) => values.has(field) && values.get(field) !== value)
    .map(([field, value]) =>
      aFinding(
        {
          code,
          severity: "warning",
          ...place,
          field,
          recorded: value,
          recomputed: values.get(field),
        },
        "it does not follow from the rows",
      ),
    );
}
