/** The portfolio, out of the store. */

import { MissionError } from "../errors.ts";
import { type KpiSeries, listKpiSeries } from "../kpi/kpi-series.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import type { PortfolioSnapshot, SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import { dateSchema } from "../model/primitives.ts";
import { type Portfolio, buildPortfolio, windowOf } from "../reports/portfolio.ts";
import type { RunReading } from "./world.ts";

interface BoardQuery {
  /** UTC, as `2026-02-06`; today when absent. */
  readonly date?: string | undefined;
  readonly period?: SnapshotPeriod | undefined;
}

/**
 * All missions at the end of a date; nothing is written.
 *
 * @throws MissionError `BAD_INPUT` when it is no date.
 */
export async function readPortfolio(
  { date, period = "day" }: BoardQuery,
  { store, reference, policy, clock }: RunReading,
): Promise<Portfolio> {
  const parsed = dateSchema.safeParse(date ?? clock.now().slice(0, 10));
  if (!parsed.success) {
    throw new MissionError("BAD_INPUT", `"${date}" is no date: write it as 2026-02-06.`);
  }
  const documents = { reference: reference(), policy: policy() };
  const record = await store.readPortfolio(windowOf(parsed.data, documents));
  return buildPortfolio(record, { date: parsed.data, period, ...documents });
}

/**
/**
 * Keeps today's snapshot, and brings in line those computed for dates from `since` on. Snapshots from
 * elsewhere stay as they are: docs/decisions/2026-11-22-snapshots-from-elsewhere.md. The first of a day
 * also completes the last before it, which may lack what happened shortly before midnight.
 *
 * @returns today's board.
 */
export async function refreshBoard(
  since: string | undefined,
  reading: RunReading,
): Promise<Portfolio> {
  const board = await readPortfolio({}, reading);
  const today = board.snapshot.snapshot_date;
  const own = (await reading.store.listSnapshots()).filter(({ period }) => period !== undefined);
  const dates = own.map(({ snapshot_date }) => snapshot_date).toSorted();
  const [first = today] = [since?.slice(0, 10), dates.at(-1)]
    .filter((date) => date !== undefined)
    .toSorted();
  await keepSnapshot(board, reading);
  for (const { snapshot_date: date, period } of own) {
    if (date < first || (date === today && period === "day")) continue;
    await keepSnapshot(await readPortfolio({ date, period }, reading), reading);
  }
  return board;
}

/** Keeps the snapshot of a board, unless just that is kept already. */
export async function keepSnapshot(
  { snapshot }: Portfolio,
  { store }: Pick<RunReading, "store">,
): Promise<void> {
  const kept = await store.listSnapshots();
  if (kept.some((other) => isSame(snapshot, other))) return;
  await store.saveSnapshots([snapshot]);
}

function isSame(snapshot: PortfolioSnapshot, other: PortfolioSnapshot): boolean {
  const values = new Map(Object.entries(other));
  return Object.entries(snapshot).every(([name, value]) => values.get(name) === value);
}

/** The KPIs of missions over their runs, for charts. */
export async function readKpiSeries(
  missionIds: readonly string[],
  { store, reference }: Pick<RunReading, "store" | "reference">,
): Promise<readonly KpiSeries[]> {
  const series = missionIds.map(async (id) =>
    listKpiSeries(id, kpisOfMission(id, reference()), await store.listRuns({ mission_id: id })),
  );
  return (await Promise.all(series)).flat();
}
