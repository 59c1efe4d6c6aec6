/** The portfolio, out of the store. */

import { MissionError } from "../errors.ts";
import { type KpiSeries, listKpiSeries } from "../kpi/kpi-series.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import type { PortfolioSnapshot, SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import { dateSchema } from "../model/primitives.ts";
import {
  type Portfolio,
  buildPortfolio,
  earlierSnapshots,
  isArchived,
  windowOf,
} from "../reports/portfolio.ts";
import type { RunReading } from "./world.ts";

interface BoardQuery {
  /** UTC, as `2026-02-06`; today when absent. */
  readonly date?: string | undefined;
  readonly period?: SnapshotPeriod | undefined;
}

/**
 * All missions at the end of a date; nothing is written.
 *
 * @throws MissionError `BAD_INPUT` when it is no date, or one to come, or one whose runs are archived.
 */
export async function readPortfolio(
  { date, period = "day" }: BoardQuery,
  { store, reference, policy, clock }: RunReading,
): Promise<Portfolio> {
  const today = clock.now().slice(0, 10);
  const parsed = dateSchema.safeParse(date ?? today);
  if (!parsed.success) {
    throw new MissionError("BAD_INPUT", `"${date}" is no date: write it as 2026-02-06.`);
  }
  if (parsed.data > today) {
    throw new MissionError(
      "BAD_INPUT",
      `${parsed.data} is still to come: today is ${today} (UTC).`,
    );
  }
  const when = { date: parsed.data, period };
  const reading = { store, reference, policy };
  const context = { ...when, reference: reference(), policy: policy() };
  const window = windowOf(context);
  const record = await store.readPortfolio(window);
  if (isArchived(window, record)) {
    const message = `Some of what the portfolio of ${when.date} is made from is in an archive. \`mission-control import ARCHIVE\` brings it back.`;
    throw new MissionError("BAD_INPUT", message);
  }
  const snapshots = await recompute(earlierSnapshots(record.snapshots, when), reading);
  return buildPortfolio({ ...record, snapshots }, context);
}

type Documents = Pick<RunReading, "store" | "reference" | "policy">;

/**
 * Earlier snapshots as they follow from the rows: a kept one may be from elsewhere, or older than rows
 * that were imported since. Those kept for charts, computed here before, are taken as they are.
 */
async function recompute(
  earlier: readonly PortfolioSnapshot[],
  reading: Documents,
): Promise<readonly PortfolioSnapshot[]> {
  const last = earlier.at(-1);
  return Promise.all(
    earlier.map(async (kept) =>
      kept === last || kept.period === undefined
        ? ((await computeSnapshot(
            { date: kept.snapshot_date, period: kept.period ?? "day" },
            reading,
          )) ?? kept)
        : kept,
    ),
  );
}

/** Undefined when some of what it is made from is archived: then it stays as it was kept. */
async function computeSnapshot(
  when: { readonly date: string; readonly period: SnapshotPeriod },
  { store, reference, policy }: Documents,
): Promise<PortfolioSnapshot | undefined> {
  const context = { ...when, reference: reference(), policy: policy() };
  const window = windowOf(context);
  const record = await store.readPortfolio(window);
  if (isArchived(window, record)) return undefined;
  return buildPortfolio(record, context).snapshot;
}

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
  for (const { snapshot_date: date, period = "day" } of own) {
    if (date < first || (date === today && period === "day")) continue;
    const snapshot = await computeSnapshot({ date, period }, reading);
    if (snapshot !== undefined) await keepSnapshot({ snapshot }, reading);
  }
  return board;
}

/** Keeps the snapshot of a board, unless just that is kept already. */
export async function keepSnapshot(
  { snapshot }: Pick<Portfolio, "snapshot">,
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
