import type { RiskEvent } from "./mission-risk-events.ts";

/** The risk events that bear on a run, and what may have ended them. */
export interface RiskRecord {
  /** All of the run. */
  readonly own: readonly RiskEvent[];
  /** Open ones of other runs of its mission that started before it. */
  readonly earlier: readonly RiskEvent[];
  /** A later run of the mission that completed without an event of this type, and measured these KPIs. */
  readonly completedWithout: (riskType: string, kpis: readonly string[]) => string | undefined;
  /** The number that the next event gets. */
  readonly next: number;
}
