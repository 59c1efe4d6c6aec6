/** Node A (§6): finds the run of this thread, or checks that a new one may start. */

import { FaultsError, MissionError } from "../../src/errors.ts";
import { requireKnownKpis } from "../../src/kpi/observations.ts";
import { type MissionRun, isEnded } from "../../src/model/mission-runs.ts";
import {
  type Observations,
  RUN_ID_RULE,
  newRunIdSchema,
  requesterSchema,
} from "../../src/model/primitives.ts";
import { findMissionFaults } from "../../src/planning/mission-faults.ts";
import { type MissionGraphDependencies, threadIdOf } from "../dependencies.ts";
import { requireGraphVersion } from "../draft-run.ts";
import { hasWork } from "../edges.ts";
import { refuseOn } from "../refusals.ts";
import { FRESH_STATE, type MissionNode, type MissionState, type MissionUpdate } from "../state.ts";

/**
 * A new or ended thread gets a fresh state; a thread whose run waits or was cut short gets its
 * input keys back from the record, and goes on. The run is found by thread, never by `run_id`.
 */
export function createLoadMissionContext(dependencies: MissionGraphDependencies): MissionNode {
  return async (state, config) => {
    const { store } = dependencies;
    const run = await store.findRunByThread(threadIdOf(config));
    const mission = run === undefined || isEnded(run) ? state.mission_id : run.mission_id;
    const events = await store.listRiskEvents();
    const risk_events = events.filter(
      (event) => event.mission_id === mission && event.status === "open",
    );
    if (run === undefined || isEnded(run)) {
      const { mission_id, priority, run_id, kpi_observations } = state;
      const requested_by = state.requested_by.trim();
      const input = { mission_id, requested_by, priority, run_id, kpi_observations };
      return { ...FRESH_STATE, ...input, ...loadContext(state, dependencies), risk_events };
    }
    return { ...continueRun(run, state, dependencies), risk_events };
  };
}

function continueRun(
  run: MissionRun,
  state: MissionState,
  dependencies: MissionGraphDependencies,
): MissionUpdate {
  const { run_id, mission_id, requested_by = "", priority = "normal", kpis = {} } = run;
  requireGraphVersion(run);
  const isSame = state.run_id === run_id && state.mission_id === mission_id;
  const ignored = `The input was ignored: ${run_id} of ${mission_id} on this thread has not ended (${run.status}).`;
  const last_error = isSame ? "" : ignored;
  const input = { mission_id, run_id, requested_by, priority, kpi_observations: kpis };
  // The plan in the state may be an earlier run's, when this one was cut short before its own.
  const hasPlan = state.created_at === run.created_at && state.plan_tasks.length > 0;
  if (hasPlan) {
    // Not what the state says: it may have ended there, and in the record not yet.
    const waits = state.hitl_queue.length > 0 && !hasWork(state);
    return { ...input, last_error, run_status: waits ? "awaiting_approval" : "running" };
  }
  const context = loadContext(run, dependencies);
  return { ...FRESH_STATE, ...input, ...context, last_error: context.last_error || last_error };
}

/** The mission header's KPI block, or why there can be no run. */
function loadContext(
  {
    mission_id,
    run_id,
    requested_by = "",
    kpi_observations = {},
  }: {
    mission_id: string;
    run_id: string;
    requested_by?: string | undefined;
    kpi_observations?: Observations;
  },
  { reference, hasRuntime }: MissionGraphDependencies,
): Pick<MissionState, "last_error" | "run_status"> & { kpi_targets?: Record<string, number> } {
  try {
    if (run_id !== "" && !newRunIdSchema.safeParse(run_id).success) {
      const found = JSON.stringify(run_id.slice(0, 100));
      throw new MissionError("BAD_INPUT", `run_id ${found} is not ${RUN_ID_RULE}.`);
    }
    const requester = requesterSchema.safeParse(requested_by);
    if (!requester.success) {
      const [issue] = requester.error.issues;
      throw new MissionError("BAD_INPUT", `requested_by: ${issue?.message}.`);
    }
    const documents = reference();
    const faults = findMissionFaults(mission_id, documents, hasRuntime);
    if (faults.some((fault) => fault.code === "UNKNOWN_MISSION")) throw new FaultsError(faults);
    requireKnownKpis(Object.keys(kpi_observations), mission_id, documents);
    const kpis = documents.kpis.find((record) => record.mission_id === mission_id)?.kpis;
    return { kpi_targets: kpis ?? {}, last_error: "", run_status: "running" };
  } catch (error) {
    return refuseOn(error);
  }
}
