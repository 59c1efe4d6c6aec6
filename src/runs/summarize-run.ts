/** Keeps what is said of an ended run in step with its record. Safe to repeat. */

import { type RunFigures, measureRun } from "../kpi/run-figures.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { SUMMARY_VERSION, summarizeRun } from "../summary/executive-summary.ts";
import { readRun } from "./read-run.ts";
import type { RunWorld } from "./world.ts";

/** Why a summary is not reworded where it could not be. */
const NO_MODEL = "no language model is configured (OPENAI_API_KEY is not set).";

/** Renews the summary of an ended run whose figures have changed. A run that is not there is passed over. */
export async function renewSummary(runId: string, world: RunWorld): Promise<void> {
  const { store } = world;
  const run = await store.findRun(runId);
  if (run === undefined || !isEnded(run)) return;
  const record = await readRun(runId, world);
  const figures = figuresNow(record, world);
  const summary = summarizeRun(figures).text;
  if (summary === run.rule_summary) return;
  await store.changeRun(runId, (current) => withSummary(current, summary, world));
}

export function figuresNow(
  record: Parameters<typeof measureRun>[0],
  { clock, policy }: Pick<RunWorld, "clock" | "policy">,
): RunFigures {
  return measureRun(record, { now: clock.now(), approvers: policy().approvals.approvers });
}

/** A summary that was reworded stands only as long as the one that rules make stays the same. */
export function withSummary(
  run: MissionRun,
  rule_summary: string,
  { reword }: Pick<RunWorld, "reword">,
): MissionRun {
  if (rule_summary === run.rule_summary) return run;
  const { polish: _outdated, ...rest } = run;
  const skipped = { status: "skipped" as const, reason: NO_MODEL };
  const polish = reword === undefined ? { polish: skipped } : {};
  const summary_version = SUMMARY_VERSION;
  return { ...rest, executive_summary: rule_summary, rule_summary, summary_version, ...polish };
}
