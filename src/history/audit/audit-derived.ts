/** Derived documents against what they are derived from: agent statistics and portfolio snapshots. */

import type { AgentStats } from "../../model/agent-performance-stats.ts";
import type { PortfolioSnapshot } from "../../model/mission-portfolio-snapshot.ts";
import { type Finding, aFinding } from "./finding.ts";

/** Documents that follow from the rows, as recorded or as recomputed. */
export interface Derived {
  readonly stats: readonly AgentStats[];
  readonly snapshots: readonly PortfolioSnapshot[];
}

/** Fields that the record has, and that the recomputed one has otherwise. */
export function auditDerived(recorded: Derived, recomputed: Derived): readonly Finding[] {
  const computed = new Map(recomputed.stats.map((row) => [row.agent_id, row]));
  return [
    ...recorded.stats.flatMap((row) => {
      const place = { document: "agent_performance_stats", record: row.agent_id };
      const own = computed.get(row.agent_id);
      return own === undefined ? [] : compareFields(place, row, own, "STATS_DIFFER");
    }),
    ...recorded.snapshots.flatMap((snapshot, position) => {
      const { snapshot_date, period = "day" } = snapshot;
      const place = {
        document: "mission_portfolio_snapshot",
        record: `${snapshot_date} (${period})`,
      };
      const own = recomputed.snapshots[position];
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
