import type { Outcome } from "../kpi/sum-outcome.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent, Severity } from "../model/mission-risk-events.ts";

/** A mission on the board page. */
export interface PortfolioMission {
  readonly mission_id: string;
  readonly mission_name: string;
  readonly owner: string | null;
  /** Runs started so far. */
  readonly runs: number;
  /** Of its runs that ended in the last seven days; null where none says what it cost. */
  readonly cost_7d: number | null;
  readonly at_risk: boolean;
  readonly open_events: readonly RiskEvent[];
  /** The same in words, each with its severity. */
  readonly open_risks: readonly string[];
  /** The run that the KPIs are from: the latest one with something measured. */
  readonly measured_run_id: string | null;
  readonly kpis: readonly KpiResult[];
  readonly outcome: Outcome;
  /** The severest risk that is open. */
  readonly risk: Severity | "none";
}
