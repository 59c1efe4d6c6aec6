import type { ApprovalRequest } from "./approval-requests.ts";
import type { PortfolioSnapshot } from "./mission-portfolio-snapshot.ts";
import type { RiskEvent } from "./mission-risk-events.ts";
import type { MissionRun } from "./mission-runs.ts";
import type { TaskLog } from "./task-execution-logs.ts";

/** A run that has ended, with its rows. */
export interface EndedRun {
  readonly run: MissionRun;
  readonly rows: readonly TaskLog[];
}

/** Sums up what it is told of, run by run: a week may have more of them than fit into memory. */
export interface Tally {
  readonly add: (ended: EndedRun) => void;
}

/** Runs of a mission up to an instant. */
export interface MissionRuns {
  readonly started: number;
  /** Started and not ended by then. */
  readonly active: number;
  readonly completed: number;
  /** The latest ended run with a measured KPI, with its rows. */
  readonly measured: EndedRun | undefined;
}

/** What of all that is recorded bears on a portfolio at an instant. */
export interface PortfolioRecord<T extends Tally> {
  readonly missions: ReadonlyMap<string, MissionRuns>;
  /** Has been told of all runs that ended within the window, in the order in which they did. */
  readonly recent: T;
  /** Events that may have been open at the instant, with the end of those closed nobody knows when. */
  readonly events: readonly {
    readonly event: RiskEvent;
    /** For one closed without a time: the end of the mission's next completed run. */
    readonly next_completion: string | undefined;
  }[];
  /** Events detected within the window, closed or not. */
  readonly detected: readonly RiskEvent[];
  /** Requests that waited at the instant, of runs that had not ended by then. */
  readonly requests: readonly ApprovalRequest[];
  readonly snapshots: readonly PortfolioSnapshot[];
  /** The end of the last run that is in an archive, in milliseconds; undefined where none is. */
  readonly archived_until: number | undefined;
}
