/** Real workspaces in temporary folders, and a Mission Control over them. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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
