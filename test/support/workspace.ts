/** Real workspaces in temporary folders, and a Mission Control over them. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { sha256 } from "../../src/app/system.ts";
import {
  type MissionControl,
  type MissionControlOptions,
  initWorkspace,
  openMissionControl,
} from "../../src/index.ts";
import type { Reference } from "../../src/model/reference.ts";
import { addMinutes, type Clock } from "../../src/model/time.ts";
import type { SqlValue } from "../../src/store/sql.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../../src/store/store.ts";
import { NOON } from "./builders.ts";
import { writeDocument, writeWorkspace } from "./write-workspace.ts";

export { writeDocument };

/** An empty folder that is removed when the test ends. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mission-control-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The sample, or the given reference documents and no history. */
export function aWorkspace(reference?: Reference): string {
  const folder = join(aFolder(), "workspace");
  if (reference === undefined) initWorkspace(folder);
  else writeWorkspace(folder, reference);
  return folder;
}

const TABLES: Readonly<Record<string, string>> = {
  mission_runs: "runs",
  task_execution_logs: "task_logs",
  mission_risk_events: "risk_events",
  agent_performance_stats: "agent_stats",
  mission_portfolio_snapshot: "snapshots",
  approval_requests: "approvals",
};

/** The records of a telemetry document, as they stand in the database of a folder. */
export function readRecorded(folder: string, name: string): readonly Record<string, unknown>[] {
  const database = openDatabase(databaseOf(folder));
  try {
    const rows = database.prepare(`SELECT record FROM ${TABLES[name]}`).all();
    return rows.map((row): Record<string, unknown> => JSON.parse(String(row["record"])));
  } finally {
    database.close();
  }
}

/** Changes the database of a folder behind everybody's back. */
export function tamper(folder: string, sql: string, ...values: readonly SqlValue[]): void {
  const database = openDatabase(databaseOf(folder));
  try {
    database.prepare(sql).run(...values);
  } finally {
    database.close();
  }
}

/** What another process would have of the same folder. Whoever opens it closes it. */
export function aStoreOf(folder: string): WholeStore {
  return openSqliteStore(folder, { now: () => NOON, hash: sha256 });
}

export function databaseOf(folder: string): string {
  return join(folder, ".mission-control", "mission-control.sqlite");
}

/** Whether what a call that is under way is found by is stored, as far as `words` are in it. */
export function hasHandle(folder: string, words: string): boolean {
  const database = openDatabase(databaseOf(folder));
  try {
    const rows = database.prepare("SELECT record ->> 'handle' AS handle FROM calls").all();
    return rows.some(({ handle }) => typeof handle === "string" && handle.includes(words));
  } finally {
    database.close();
  }
}

/** The records of a document, as people find them in its file. */
export function readDocument(folder: string, name: string): readonly Record<string, unknown>[] {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) return [];
  const records: readonly Record<string, unknown>[] = JSON.parse(readFileSync(path, "utf8"));
  return records;
}

/** A Mission Control that is closed when the test ends. */
export async function aMissionControl(
  options: Partial<MissionControlOptions> & { workspace: string },
): Promise<MissionControl> {
  const control = await openMissionControl(options);
  onTestFinished(() => control.close());
  return control;
}

/** A clock that stands still until it is moved. */
export function aClock(start: string = NOON): Clock & { advance(minutes: number): void } {
  let now = start;
  return {
    now: () => now,
    advance(minutes) {
      now = addMinutes(now, minutes);
    },
  };
}
