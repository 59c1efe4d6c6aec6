/** Node A (§6): finds the run of this thread, or checks that a new one may start. */

import { isEnded } from "../../src/model/mission-runs.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { planRun } from "../../src/planning/plan-run.ts";
import { reportRun } from "../../src/runs/end-run.ts";
import { requireGraphVersion, requireSoundRequest } from "../../src/runs/open-run.ts";
import { readFigures, readRun } from "../../src/runs/read-run.ts";
import { type MissionGraphDependencies, threadIdOf } from "../dependencies.ts";
import { refuseOn } from "../refusals.ts";
import { restoreInput, restoreKpis, restoreRun } from "../restore-state.ts";
import { FRESH_STATE, type MissionNode, type MissionState, type MissionUpdate } from "../state.ts";

/**
 * A new thread, or one whose run has ended, gets a fresh state; one whose run waits or was cut short
 * goes on where the store says that it stands. The run is found by thread, never by `run_id`.
 */
export function createLoadMissionContext(dependencies: MissionGraphDependencies): MissionNode {
  return async (state, config) => {
    const { store } = dependencies;
    const run = await store.findRunByThread(threadIdOf(config));
    if (run === undefined || isEnded(run)) {
      // An empty input asks for nothing: whoever sends it to a finished thread finds all as it was.
      if (run !== undefined && state.mission_id === "") {
        return leaveAsIs(run.run_id, dependencies);
      }
      const { mission_id, priority, run_id, kpi_observations, mission_inputs } = state;
      const requested_by = state.requested_by.trim();
      const input = { mission_id, requested_by, priority, run_id, kpi_observations };
      return {
        ...FRESH_STATE,
        ...input,
        mission_inputs,
        budget: state.budget,
        ...(await loadContext(state, dependencies)),
      };
    }
    requireGraphVersion(run);
    return goOn(await readRun(run.run_id, dependencies), state, dependencies);
  };
}

/** All that an ended run's state says; where it says so already, nothing changes. */
async function leaveAsIs(
  runId: string,
  dependencies: MissionGraphDependencies,
): Promise<MissionUpdate> {
  const { run, report, markdown } = await reportRun(runId, dependencies);
  const { executive_summary, rule_summary } = report;
  return {
    ...restoreInput({ run }),
    ...restoreKpis(await readFigures(runId, dependencies)),
    run_status: run.status,
    executive_summary,
    rule_summary: executive_summary === rule_summary ? "" : rule_summary,
    report: markdown,
  };
}

async function goOn(
  record: RunRecord,
  state: MissionState,
  dependencies: MissionGraphDependencies,
): Promise<MissionUpdate> {
  const { run_id, mission_id, status } = record.run;
  // An empty input only wakes the thread.
  const isSame =
    state.mission_id === "" || (state.run_id === run_id && state.mission_id === mission_id);
  const ignored = `The input was ignored: ${run_id} of ${mission_id} on this thread has not ended (${status}).`;
  const last_error = isSame ? "" : ignored;
  return { ...(await restoreRun(record, dependencies)), last_error };
}

/** The mission's KPI targets and open risks, or why there can be no run. */
async function loadContext(
  state: MissionState,
  { lookAgain, reference, store }: MissionGraphDependencies,
): Promise<MissionUpdate> {
  const { mission_id } = state;
  try {
    lookAgain();
    const documents = reference();
    requireSoundRequest(state, documents);
    const open = await store.listEvents({ mission_id, status: "open" });
    return { kpi_targets: { ...planRun(mission_id, documents).kpis }, risk_events: [...open] };
  } catch (error) {
    return refuseOn(error);
  }
}
