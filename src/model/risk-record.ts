import type { RiskEvent } from "./mission-risk-events.ts";

export interface WithoutQuery {
  readonly risk_type: string;
  /** It measured all of them. */
  readonly kpis: readonly string[];
  /** It did this task; undefined where no task matters. */
  readonly task_id?: string | undefined;
  /** It ended after that; undefined for any that started later. */
  readonly after?: string | undefined;
}

/** The risk events that bear on a run, and what may have ended them. */
export interface RiskRecord {
  /** All of the run. */
  readonly own: readonly RiskEvent[];
  /** Open ones of other runs of its mission that started before it. */
  readonly earlier: readonly RiskEvent[];
  /** A later run of the mission that completed without such an event. Who asks for what nobody knows yet is asked again. */
  readonly completedWithout: (query: WithoutQuery) => string | undefined;
  /** The number that the next event gets. */
  readonly next: number;
  /** How many attempts of the run are recorded, and whether it has ended: who looked before that knows too little. */
  readonly rows: number;
  readonly hasEnded: boolean;
}
