/** Brings the risk events of a run, and of its mission, up to date. Safe to repeat. */

import type { RiskEvent } from "../src/model/mission-risk-events.ts";
import { isEnded } from "../src/model/mission-runs.ts";
import { findRisks } from "../src/risk/find-risks.ts";
import type { RiskFacts } from "../src/risk/risk-facts.ts";
import { updateEvents } from "../src/risk/update-events.ts";
import { type Books, updateBooks } from "./update-books.ts";

/**
 * Raises what the policy's rules find, and closes what is over; flags the run, and writes the
 * reports of other runs again whose events were closed.
 *
 * @param facts the run, with the status that it ends with.
 * @returns the events that changed.
 */
export async function assessRun(facts: RiskFacts, books: Books): Promise<readonly RiskEvent[]> {
  const { store, policy } = books;
  const { run, now } = facts;
  const { rules } = policy.risk;
  const findings = findRisks(facts, rules);
  const events = await store.listRiskEvents();
  // Mostly there is nothing to do, and then nobody has to wait for the lock.
  if (findings.length === 0 && events.every((event) => event.status === "closed")) return [];
  const runs = await store.listRuns();
  const missionRuns = runs
    .filter((candidate) => candidate.mission_id === run.mission_id)
    .map((candidate) => (candidate.run_id === run.run_id ? run : candidate));
  const ruledTypes = new Set(rules.map((rule) => rule.risk_type));
  const update = (all: readonly RiskEvent[]) =>
    updateEvents(all, { run, findings, ruledTypes, missionRuns, now });
  if (update(events).length === 0) return [];
  const changed = await store.changeRiskEvents(update);
  if (changed.some((event) => event.run_id === run.run_id)) {
    await store.changeRun(run.run_id, (current) => ({ ...current, risk_flagged: true }));
  }
  await rewriteReports(changed, run.run_id, books);
  return changed;
}

/** Reports of ended runs whose events changed, but of `except`. */
export async function rewriteReports(
  changed: readonly RiskEvent[],
  except: string,
  books: Books,
): Promise<void> {
  const others = new Set(changed.map((event) => event.run_id));
  others.delete(except);
  for (const runId of others) {
    const run = await books.store.findRun(runId);
    if (run !== undefined && isEnded(run))
      await updateBooks(runId, { change: (same) => same }, books);
  }
}
