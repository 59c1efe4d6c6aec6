/**
 * What a long history costs: thousands of runs that wait, and 100,000 that are recorded. Every ratio
 * is that of medians of neighbours in time. BENCH_RUNS and BENCH_WAITING ask for fewer.
 */

import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

import { openStore } from "../../src/app/open-store.ts";
import { systemClock } from "../../src/app/system.ts";
import { type MissionControl, openMissionControl } from "../../src/index.ts";
import type { Portfolio } from "../../src/reports/portfolio.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { runProcess } from "../support/processes.ts";
import { LAST_DATE, aHistory, aWaitingHistory, makeWorkspace } from "./a-history.ts";
import { median, report, timed } from "./measure.ts";
import { plainPortfolioSql } from "./plain-portfolio-sql.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 100_000);
const WAITING = Number(process.env["BENCH_WAITING"] ?? 10_000);
const FEW = 10;
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 9);

// From dist/bench/test/bench to dist/bin.
const main = fileURLToPath(new URL("../../../bin/main.js", import.meta.url));

const [, , given] = process.argv;
// Memory is a process's own: what makes the history must not be in it.
if (given === undefined) await measureAll();
else await importDocuments(given);

async function measureAll(): Promise<void> {
  const many = makeWorkspace((reference) => aHistory(RUNS, reference));
  const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), many], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`the import ended with ${status}`);
  const few = makeWorkspace((reference) => aHistory(FEW, reference));
  const waiting = makeWorkspace(() => aWaitingHistory(WAITING));
  const empty = makeWorkspace(() => aWaitingHistory(0));
  await measureWaiting(waiting, empty);
  await measureRecorded(many, few);
  await measurePortfolio(many);
  for (const folder of [many, few, waiting, empty]) rmSync(dirname(folder), { recursive: true });
}

async function importDocuments(folder: string): Promise<void> {
  const ms = await timed(async () => {
    const { store } = await openStore(folder, {
      clock: systemClock,
      leaveOut: false,
      workspaceFolder: folder,
    });
    await store.close();
  });
  report(`import of ${RUNS} runs and ${RUNS * 3} rows from documents`, {
    "seconds (at most 30)": ms / 1000,
    "peak memory, MB (at most 400)": process.resourceUsage().maxRSS / 1024,
    "disk of a run, KB": sizeOf(folder) / 1024 / RUNS,
  });
}

function sizeOf(folder: string): number {
  const database = databaseOf(folder);
  const files = [database, `${database}-wal`].filter((file) => existsSync(file));
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

function databaseOf(folder: string): string {
  return join(folder, ".mission-control", "mission-control.sqlite");
}

async function measureWaiting(waiting: string, empty: string): Promise<void> {
  // The first call of each imports.
  const [approvals, runs] = await compare(
    () => runCommand(waiting, "approvals", "--limit", "50"),
    () => runCommand(empty, "runs"),
  );
  const [ours, theirs] = await withControls([waiting, empty], ([long, none]) =>
    compare(
      () => decide(long),
      () => decide(none),
    ),
  );
  report(`${WAITING} runs that wait, medians of ${ROUNDS}`, {
    "approvals --limit 50, ms": approvals,
    "runs on an empty workspace, ms": runs,
    "ratio (at most 3)": approvals / runs,
    "a decision, ms": ours,
    "a decision on an empty workspace, ms": theirs,
    "ratio of decisions (at most 1.5)": ours / theirs,
  });
}

async function measureRecorded(many: string, few: string): Promise<void> {
  const commands = [["run", "M001"], ["approvals"], ["runs", "--limit", "20"]];
  const figures: Record<string, number> = {};
  for (const command of commands) {
    const [long, short] = await compare(
      () => runCommand(many, ...command),
      () => runCommand(few, ...command),
    );
    const name = command.join(" ");
    figures[`${name}, ms`] = long;
    figures[`${name}, beside that at ${FEW} (at most 1.3)`] = long / short;
  }
  const [long, short] = await withControls([many, few], ([a, b]) =>
    compare(
      () => timed(() => mission(a)),
      () => timed(() => mission(b)),
    ),
  );
  report(`${RUNS} runs recorded, medians of ${ROUNDS}`, {
    ...figures,
    "a mission, ms": long,
    [`a mission, beside that at ${FEW} (at most 1.2)`]: long / short,
  });
}

async function measurePortfolio(folder: string): Promise<void> {
  const control = await openMissionControl({ workspace: folder });
  const database = openDatabase(databaseOf(folder));
  try {
    let portfolio: Portfolio | undefined;
    let expected: ReturnType<typeof plainPortfolioSql> | undefined;
    const [ours, plain] = await compare(
      () =>
        timed(async () => {
          portfolio = await control.portfolio(LAST_DATE);
        }),
      () =>
        timed(async () => {
          expected = plainPortfolioSql(database, control.reference(), LAST_DATE);
        }),
    );
    requireSame(portfolio, expected);
    report(`portfolio, ${RUNS} runs`, {
      "ours, ms": ours,
      "plain SQL, ms": plain,
      "ratio (at most 2)": ours / plain,
    });
  } finally {
    database.close();
    await control.close();
  }
}

function requireSame(
  portfolio: Portfolio | undefined,
  expected: ReturnType<typeof plainPortfolioSql> | undefined,
): void {
  if (portfolio === undefined) throw new Error("no portfolio");
  const {
    snapshot_date: _date,
    period: _period,
    top_bottleneck_task_name: _name,
    ...got
  } = portfolio.snapshot;
  if (isDeepStrictEqual(got, expected)) return;
  throw new Error(`not the same figures: ${JSON.stringify([got, expected])}`);
}

/** Medians of two measurements that are taken in turn. The first of each warms up. */
async function compare(
  one: () => Promise<number>,
  other: () => Promise<number>,
): Promise<readonly [number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const pair = [await one(), await other()] as const;
    if (round === 0) continue;
    times[0].push(pair[0]);
    times[1].push(pair[1]);
  }
  return [median(times[0]), median(times[1])];
}

/** Milliseconds of the built command line. */
async function runCommand(folder: string, ...words: readonly string[]): Promise<number> {
  let failure = "";
  const ms = await timed(async () => {
    const { code, stderr } = await runProcess(process.execPath, [
      main,
      "--workspace",
      folder,
      ...words,
    ]);
    // A run that waits for a person has an exit code of its own.
    if (code !== 0 && words[0] !== "run") failure = stderr;
  });
  if (failure !== "") throw new Error(failure);
  return ms;
}

async function withControls<T>(
  [long, short]: readonly [string, string],
  work: (controls: readonly [MissionControl, MissionControl]) => Promise<T>,
): Promise<T> {
  const controls = [
    await openMissionControl({ workspace: long }),
    await openMissionControl({ workspace: short }),
  ] as const;
  try {
    return await work(controls);
  } finally {
    for (const control of controls) await control.close();
  }
}

async function start(control: MissionControl): Promise<string> {
  const { run_id, status } = await control.start({ mission_id: "M001" });
  if (status !== "awaiting_approval") throw new Error(`${run_id} is ${status}`);
  return run_id;
}

async function approve(control: MissionControl, runId: string): Promise<void> {
  const decision = { type: "approve", decided_by: "bench" } as const;
  const { status } = await control.decide(runId, { T2: decision });
  if (status !== "completed") throw new Error(`${runId} is ${status}`);
}

async function mission(control: MissionControl): Promise<void> {
  await approve(control, await start(control));
}

/** Milliseconds of a decision alone. */
async function decide(control: MissionControl): Promise<number> {
  const runId = await start(control);
  return timed(() => approve(control, runId));
}
