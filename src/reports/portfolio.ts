/** The portfolio (§6 G): all missions at the end of one day, for the board. */

import { evaluateKpis } from "../kpi/evaluate-kpis.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import { type Outcome, sumOutcome } from "../kpi/sum-outcome.ts";
import type { PortfolioSnapshot, SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import { type RiskEvent, type Severity, highestSeverity } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import { compareText } from "../model/order.ts";
import type { Policy } from "../model/policy.ts";
import type { MissionRuns, PortfolioRecord } from "../model/portfolio-record.ts";
import type { Reference } from "../model/reference.ts";
import { createUntil, toMs } from "../model/time.ts";
import { eventsOpenAt, sayOpenRisks } from "./open-events.ts";
import { type Act, listActs } from "./portfolio-acts.ts";
import { type PortfolioBasis, addToBasis } from "./portfolio-basis.ts";
import type { PortfolioMission } from "./portfolio-mission.ts";
import {
  BOTTLENECK_DAYS,
  DAY_MS,
  type RecentFigures,
  type RecentTally,
  createRecentTally,
  endOfDate,
} from "./portfolio-standing.ts";
import { type Trend, measureTrend } from "./portfolio-trend.ts";
import { phraseAsk, phraseSoWhat } from "./portfolio-words.ts";
import type { TaskCost } from "./task-costs.ts";

export interface Portfolio {
  readonly snapshot: PortfolioSnapshot;
  /** The KPIs of all missions, each in its latest measured run. */
  readonly outcome: Outcome;
  /** How much of all this is only simulated. */
  readonly basis: PortfolioBasis;
  /** By what is open at the end of the date. */
  readonly verdict: Severity;
  /** Weighted events found in the days before, closed ones too: a figure of the record, and no verdict. */
  readonly risk_index: number;
  readonly so_what: string;
  readonly ask: string;
  readonly trend: Trend;
  readonly missions: readonly PortfolioMission[];
  /** Who must act, the most pressing first. */
  readonly must_act: readonly Act[];
  /** Events detected in the days of the risk index, by severity. */
  readonly recent_events: Readonly<Record<Severity, number>>;
  /** Earlier snapshots of the same period, oldest first, and this one. */
  readonly snapshots: readonly PortfolioSnapshot[];
}

/** How many snapshots a trend is drawn over. */
const TREND_LENGTH = 30;

/** A portfolio is of a date, by the documents that are in force. */
export interface PortfolioContext {
  readonly date: string;
  readonly period?: SnapshotPeriod | undefined;
  readonly reference: Reference;
  readonly policy: Policy;
}

/** What has to be read for it. */
export function windowOf({ date, period = "day", reference, policy }: PortfolioContext) {
  const instant = endOfDate(date);
  const days = Math.max(BOTTLENECK_DAYS, policy.portfolio.risk_index_days);
  const improvable = new Map(
    reference.missions.map(({ mission_id }) => [mission_id, improvableKpis(mission_id, reference)]),
  );
  return {
    instant,
    since: instant - days * DAY_MS,
    openTally: () =>
      createRecentTally({
        instant,
        period,
        plans: reference.plans,
        dueMinutes: policy.approvals.due_minutes,
      }),
    missions: [...improvable].filter(([, kpis]) => kpis.length > 0).map(([id]) => id),
    /** True when something was observed that has a baseline to improve on. */
    isMeasured: ({ mission_id, kpis, kpis_recorded }: MissionRun) =>
      (improvable.get(mission_id) ?? []).some(
        (kpi) => kpis?.[kpi] !== undefined || kpis_recorded?.[kpi] !== undefined,
      ),
  };
}

/** True when some of what bears on a date has left for an archive. */
export function isArchived(
  { since }: { readonly since: number },
  { archived_until }: Pick<PortfolioRecord<RecentTally>, "archived_until">,
): boolean {
  return archived_until !== undefined && archived_until > since;
}

/** KPIs with a baseline to improve on. */
function improvableKpis(missionId: string, reference: Reference): readonly string[] {
  return kpisOfMission(missionId, reference)
    .filter(({ baseline }) => baseline !== null)
    .map(({ kpi }) => kpi);
}

/** Those of the same period that a trend is drawn over, oldest first, one a date. */
export function earlierSnapshots(
  snapshots: readonly PortfolioSnapshot[],
  { date, period }: { date: string; period: SnapshotPeriod },
): readonly PortfolioSnapshot[] {
  const earlier = snapshots
    .filter((each) => (each.period ?? "day") === period && each.snapshot_date < date)
    // Of two for a date, the one that was computed here.
    .toSorted(
      (a, b) =>
        compareText(a.snapshot_date, b.snapshot_date) ||
        compareText(a.period ?? "", b.period ?? ""),
    );
  const byDate = new Map(earlier.map((each) => [each.snapshot_date, each]));
  return [...byDate.values()].slice(-TREND_LENGTH + 1);
}

/** @param record what was read for just this. */
export function buildPortfolio(
  record: PortfolioRecord<RecentTally>,
  context: PortfolioContext,
): Portfolio {
  const { date, period = "day", reference, policy } = context;
  const { instant, since } = windowOf(context);
  const recent = record.recent.figures();
  const open = eventsOpenAt(instant, record.events);
  const plans = new Map(reference.plans.map((plan) => [plan.mission_id, plan.tasks]));
  const tasksOf = (missionId: string) => plans.get(missionId) ?? [];
  const missions = reference.missions.map(({ mission_id, mission_name, owner = null }) => {
    const known = record.missions.get(mission_id);
    const own = open.filter((event) => event.mission_id === mission_id);
    const { run, rows = [] } = known?.measured ?? {};
    const kpis = evaluateKpis(kpisOfMission(mission_id, reference), {
      observations: { ...run?.kpis, ...run?.kpis_recorded },
      rows,
      isComplete: run?.status === "completed",
    });
    return {
      mission_id,
      mission_name,
      owner,
      runs: known?.started ?? 0,
      cost_7d: recent.costOf(mission_id) ?? null,
      at_risk: own.length > 0,
      open_events: own,
      open_risks: sayOpenRisks(own, tasksOf(mission_id)),
      measured_run_id: run?.run_id ?? null,
      kpis,
      outcome: sumOutcome(kpis),
      risk: highestSeverity(own),
    };
  });
  const bottleneck = worstOf(recent.costs);
  const counted = [...record.missions.values()];
  const snapshot = toSnapshot({ date, period, recent, counted, missions, reference, bottleneck });
  const earlier = earlierSnapshots(record.snapshots, { date, period });
  const must_act = listActs(record.requests, { missions, policy, tasksOf });
  const isBefore = createUntil(instant - policy.portfolio.risk_index_days * DAY_MS);
  const detected = record.detected.filter(({ detected_at }) => !isBefore(detected_at));
  const recent_events = countBySeverity(detected);
  const outcome = sumOutcome(missions.flatMap(({ kpis }) => kpis));
  const basis = counted
    .flatMap(({ measured }) => measured ?? [])
    // Those that ended later are among the recent ones.
    .filter(({ run }) => toMs(run.end_time ?? run.start_time) <= since)
    .reduce((sum, { rows }) => addToBasis(sum, rows), recent.basis);
  const facts = { snapshot, outcome, basis, missions, must_act, bottleneck };
  return {
    snapshot,
    outcome,
    basis,
    verdict: judge(missions, policy.portfolio),
    risk_index: weigh(recent_events, policy.portfolio.risk_index_weights),
    so_what: phraseSoWhat(facts),
    ask: phraseAsk(facts),
    trend: measureTrend(snapshot, earlier.at(-1)),
    missions,
    must_act,
    recent_events,
    snapshots: [...earlier, snapshot],
  };
}

function toSnapshot({
  date,
  period,
  recent,
  counted,
  missions,
  reference,
  bottleneck,
}: {
  date: string;
  period: SnapshotPeriod;
  bottleneck: TaskCost | undefined;
  recent: RecentFigures;
  counted: readonly MissionRuns[];
  missions: readonly PortfolioMission[];
  reference: Reference;
}): PortfolioSnapshot {
  const plan = reference.plans.find((candidate) => candidate.mission_id === bottleneck?.mission_id);
  const task = plan?.tasks.find((candidate) => candidate.task_id === bottleneck?.task_id);
  return {
    snapshot_date: date,
    active_runs: counted.reduce((sum, { active }) => sum + active, 0),
    completed_runs: counted.reduce((sum, { completed }) => sum + completed, 0),
    missions_at_risk: missions.filter((mission) => mission.at_risk).length,
    avg_kpi_improvement_pct: mean(
      missions.flatMap(({ kpis }) => mean(kpis.flatMap((kpi) => kpi.improvement_pct ?? [])) ?? []),
    ),
    top_bottleneck_task_id: bottleneck?.task_id ?? null,
    top_bottleneck_task_name: task?.task ?? bottleneck?.task_id ?? null,
    escalations_last_24h: recent.escalations,
    human_interventions_last_24h: recent.interventions,
    period,
  };
}

/** The task that cost most minutes; ties by task, then by mission. */
function worstOf(costs: readonly TaskCost[]): TaskCost | undefined {
  const [worst] = costs
    .filter((cost) => cost.minutes > 0)
    .toSorted(
      (a, b) =>
        b.minutes - a.minutes ||
        compareText(a.task_id, b.task_id) ||
        compareText(a.mission_id, b.mission_id),
    );
  return worst;
}

/** High: an open high event, or many missions at risk. */
function judge(missions: readonly PortfolioMission[], policy: Policy["portfolio"]): Severity {
  const atRisk = missions.filter((mission) => mission.at_risk).length;
  const open = missions.flatMap((mission) => mission.open_events);
  if (highestSeverity(open) === "high" || atRisk >= policy.high_missions_at_risk) return "high";
  return atRisk >= policy.medium_missions_at_risk ? "medium" : "low";
}

function countBySeverity(events: readonly RiskEvent[]): Record<Severity, number> {
  const count = (severity: Severity) =>
    events.filter((event) => event.severity === severity).length;
  return { high: count("high"), medium: count("medium"), low: count("low") };
}

function weigh(
  { high, medium, low }: Readonly<Record<Severity, number>>,
  weights: Policy["portfolio"]["risk_index_weights"],
): number {
  return high * weights.high + medium * weights.medium + low * weights.low;
}

/** To 0.01; null of nothing. */
function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.round((sum / values.length) * 100) / 100;
}
