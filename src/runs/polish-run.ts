/** Has a model reword a run's summary; the rule text stands when that adds or loses anything. */

import { MissionError } from "../errors.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import { checkPolish } from "../reporting/check-polish.ts";
import type { Polisher } from "../reporting/polisher.ts";
import { type ReportedRun, reportRun } from "./end-run.ts";
import type { RunWorld } from "./world.ts";

/** The longest reason that is kept. */
const REASON_LENGTH = 500;

/** Undefined when there is nothing to reword. Never rejects because of the model. */
export async function polishRun(
  runId: string,
  world: RunWorld,
  signal: AbortSignal,
): Promise<ReportedRun | undefined> {
  const { store, polisher } = world;
  const summary = (await store.findRun(runId))?.rule_summary;
  if (polisher === undefined || summary === undefined) return undefined;
  const wording = await reword(summary, polisher, signal);
  await store.changeRun(runId, (run) =>
    run.rule_summary === summary ? { ...run, ...wording } : run,
  );
  return reportRun(runId, world);
}

async function reword(
  summary: string,
  polisher: Polisher,
  signal: AbortSignal,
): Promise<Pick<MissionRun, "executive_summary" | "polish">> {
  const stands = (status: "refused" | "failed", reason: string) => ({
    executive_summary: summary,
    polish: { status, reason: reason.slice(0, REASON_LENGTH) },
  });
  try {
    const verdict = checkPolish(await polisher(summary, signal), summary);
    if (verdict.kind === "refused") return stands("refused", verdict.reason);
    return { executive_summary: verdict.text, polish: { status: "used", reason: "" } };
  } catch (error) {
    // A stopped run is nobody's failure, and what we throw on purpose is not the model's.
    signal.throwIfAborted();
    if (error instanceof MissionError) throw error;
    return stands("failed", error instanceof Error ? error.message : String(error));
  }
}
