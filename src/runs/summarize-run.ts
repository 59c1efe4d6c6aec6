/** Keeps what is said of an ended run in step with its record. */

import { type RunFigures, measureRun } from "../kpi/run-figures.ts";
import { amend } from "../model/amend.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { RunChange } from "../store/store.ts";
import { SUMMARY_VERSION, summarizeRun } from "../summary/executive-summary.ts";
import { completeRun } from "./read-run.ts";
import type { RunWorld } from "./world.ts";

/** Why a summary is not reworded where it could not be. */
const NO_MODEL = "no language model is configured (OPENAI_API_KEY is not set).";

/** Renews the summary of a run, where it has ended, by all that is recorded of it. */
export function renewSummary(world: RunWorld): RunChange {
  return (run, stored) =>
    isEnded(run) ? summarize({ ...completeRun(stored, world), run }, world) : run;
}

/** The run of a record with the summary that follows from it. */
export function summarize(record: RunRecord, world: RunWorld): MissionRun {
  return withSummary(record.run, summarizeRun(figuresNow(record, world)).text, world);
}

export function figuresNow(
  record: Parameters<typeof measureRun>[0],
  { clock, policy }: Pick<RunWorld, "clock" | "policy">,
): RunFigures {
  return measureRun(record, { now: clock.now(), approvers: policy().approvals.approvers });
}

/** A summary that was reworded stands only as long as the one that rules make stays the same. */
function withSummary(
  run: MissionRun,
  rule_summary: string,
  { reword }: Pick<RunWorld, "reword">,
): MissionRun {
  if (rule_summary === run.rule_summary) return run;
  const { polish: _outdated, ...rest } = run;
  const skipped = { status: "skipped" as const, reason: NO_MODEL };
  const polish = reword === undefined ? { polish: skipped } : {};
  const summary_version = SUMMARY_VERSION;
  return amend(rest, {
    executive_summary: rule_summary,
    rule_summary,
    summary_version,
    ...polish,
  });
}
