/** Real workspaces in temporary folders, and a Mission Control over them. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import {
  type MissionControl,
  type MissionControlOptions,
  initWorkspace,
  openMissionControl,
} from "../../src/index.ts";
import type { Reference } from "../../src/model/reference.ts";
import { addMinutes, type Clock } from "../../src/model/time.ts";
import { NOON } from "./builders.ts";

const FILES = {
  missions: "business_missions",
  plans: "decomposed_mission_tasks",
  agents: "specialized_agents",
  capabilities: "agent_capabilities_matrix",
  kpis: "mission_kpis",
} as const;

/** An empty folder that is removed when the test ends. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mission-control-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The sample, or the given reference documents and no history. */
export function aWorkspace(reference?: Reference): string {
  const folder = join(aFolder(), "workspace");
  initWorkspace(folder);
  if (reference !== undefined) {
    for (const [key, name] of Object.entries(FILES)) {
      const records = new Map(Object.entries(reference)).get(key);
      writeDocument(folder, name, records);
    }
    for (const name of [
      "mission_runs",
      "task_execution_logs",
      "mission_risk_events",
      "agent_performance_stats",
    ]) {
      writeDocument(folder, name, []);
    }
  }
  return folder;
}

export function readDocument(folder: string, name: string): readonly Record<string, unknown>[] {
  const records: readonly Record<string, unknown>[] = JSON.parse(
    readFileSync(join(folder, `${name}.json`), "utf8"),
  );
  return records;
}

export function writeDocument(folder: string, name: string, records: unknown): void {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(records, null, 2));
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
