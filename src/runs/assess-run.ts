/** Brings the risk events of a run, and of its mission, up to date (node E). Safe to repeat. */

import type { RunFigures } from "../kpi/run-figures.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { isEnded } from "../model/mission-runs.ts";
import { findRisks, kpisByType } from "../risk/find-risks.ts";
import { updateEvents } from "../risk/update-events.ts";
import { renewSummary } from "./summarize-run.ts";
import type { RunWorld } from "./world.ts";

/**
 * Raises what the run's policy finds, and closes what is over; flags the run, and renews the summaries of ended runs whose
 * events have changed.
 *
 * @param figures the run, with the status that it ends with.
 * @returns the events that changed.
 */
export async function assessRun(
  figures: RunFigures,
  world: RunWorld,
): Promise<readonly RiskEvent[]> {
  const { store } = world;
  const { run, now, events, rows } = figures;
  const { rules } = figures.policy.risk;
  const findings = findRisks(figures, rules);
  const isClear = findings.length === 0 && events.every((event) => event.status === "closed");
  // Mostly there is nothing to do, and then nobody has to wait for a write.
  if (isClear && !(await mayCloseOthers(figures, world))) return [];
  const assessment = {
    run,
    findings,
    ruledTypes: new Set(rules.map((rule) => rule.risk_type)),
    kpisByType: kpisByType(rules),
    measured: new Set(
      figures.kpis.filter((result) => result.observed !== null).map((result) => result.kpi),
    ),
    runWide: new Set(rules.filter((rule) => rule.scope === "run").map((rule) => rule.risk_type)),
    done: new Set(
      rows
        .filter(({ outcome }) => outcome === "completed" || outcome === "approved")
        .map((row) => row.task_id),
    ),
    reopened_at: rows
      .flatMap((row) => row.reopened?.at ?? [])
      .toSorted()
      .at(-1),
    now,
  };
  // A sweep looks at runs that others go on with meanwhile: what it has found may be over.
  const renew = renewSummary(world);
  return store.changeRisks(
    run.run_id,
    (known) =>
      known.rows === rows.length && (isEnded(run) || !known.hasEnded)
        ? updateEvents(known, assessment)
        : [],
    (own, stored) => {
      const mustFlag = own.run_id === run.run_id && !own.risk_flagged;
      return renew(mustFlag ? { ...own, risk_flagged: true } : own, stored);
    },
  );
}

/** Only a completed run can end what earlier ones raised. */
async function mayCloseOthers({ run }: RunFigures, { store }: RunWorld): Promise<boolean> {
  if (run.status !== "completed") return false;
  const open = await store.listEvents({ mission_id: run.mission_id, status: "open" });
  return open.length > 0;
}
