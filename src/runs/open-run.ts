/** Opens a run: the one place where a run record is made. */

import { FaultsError, MissionError } from "../errors.ts";
import { requireUsableFigures } from "../kpi/observations.ts";
import { measuresOf } from "../kpi/plan-measures.ts";
import type { Budget } from "../model/budget.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import { defined } from "../model/defined.ts";
import { type MissionInputs, keepInputs } from "../model/mission-inputs.ts";
import type { MissionRun, Priority } from "../model/mission-runs.ts";
import {
  type Observations,
  RUN_ID_RULE,
  newRunIdSchema,
  requesterSchema,
} from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import type { RunPlan } from "../model/run-record.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { describeUnusable } from "../planning/agent-faults.ts";
import { findMissionFaults } from "../planning/mission-faults.ts";
import { planRun } from "../planning/plan-run.ts";
import type { Opening } from "../store/store.ts";
import { pinRuntimes } from "./run-runtimes.ts";
import type { RunWorld } from "./world.ts";

/** Written into every run: checkpoints of another version must not be resumed by this one. */
export const GRAPH_VERSION = "1";

export interface RunRequest {
  readonly mission_id: string;
  readonly priority: Priority;
  readonly kpi_observations: Observations;
  readonly budget: Budget;
  /** What the run is about; empty when nothing was given. */
  readonly mission_inputs: MissionInputs;
  /** Empty when nobody said. */
  readonly requested_by: string;
  /** Empty to have one chosen. */
  readonly run_id: string;
  /** The thread it belongs to; absent for one named like the run. */
  readonly thread_id?: string;
  /** Where its checkpoints live. */
  readonly checkpoints: "workspace" | "external";
  /** Where it is left to workers: see {@link Opening}. */
  readonly admit?: Opening["admit"];
}

/**
 * @throws FaultsError with every reason why the mission cannot be run; MissionError `BAD_INPUT`,
 *   `RUN_EXISTS`.
 */
export async function openRun(request: RunRequest, world: RunWorld): Promise<MissionRun> {
  const { store, reference, policy, hasRuntime, clock, checkInputs } = world;
  const { mission_id, priority, kpi_observations, requested_by, run_id, thread_id } = request;
  const { mission_inputs, budget } = request;
  const documents = reference();
  requireSoundRequest(request, documents);
  const faults = findMissionFaults(mission_id, documents, hasRuntime);
  if (faults.length > 0) throw new FaultsError(faults);
  const plan = planRun(mission_id, documents);
  await requireInputs(mission_inputs, plan.mission, checkInputs);
  await requireUsableRuntimes(plan, world);
  const now = clock.now();
  const isObserved = Object.keys(kpi_observations).length > 0;
  const draft = {
    mission_id,
    start_time: now,
    status: "running" as const,
    kpis: kpi_observations,
    human_interventions: 0,
    escalations: 0,
    risk_flagged: false,
    priority,
    created_at: now,
    checkpoints: request.checkpoints,
    graph_version: GRAPH_VERSION,
    runtimes: pinRuntimes(plan, world),
    ...defined({
      run_id: run_id || undefined,
      thread_id,
      mission_inputs: keepInputs(mission_inputs),
      kpis_recorded: isObserved ? kpi_observations : undefined,
      requested_by: requested_by.trim() || undefined,
      budget: Object.keys(budget).length === 0 ? undefined : budget,
    }),
  };
  return store.openRun({ draft, plan, policy: policy(), ...defined({ admit: request.admit }) });
}

/** @throws MissionError `BAD_INPUT` with all that the mission's `input_schema` says against the inputs. */
async function requireInputs(
  inputs: MissionInputs,
  mission: BusinessMission,
  checkInputs: RunWorld["checkInputs"],
): Promise<void> {
  const found = await checkInputs(inputs, mission);
  if (found.length === 0) return;
  const { mission_id } = mission;
  const message = `mission_inputs are not what ${mission_id} asks for: ${found.join("; ")}.`;
  throw new MissionError("BAD_INPUT", message, { details: { mission_id, found } });
}

/** @throws FaultsError naming every agent that is reached as the registry says, and cannot be. */
async function requireUsableRuntimes(
  { agents, capable }: RunPlan,
  { checkRuntimes }: RunWorld,
): Promise<void> {
  const needed = new Set(Object.values(capable).flat());
  const unusable = await checkRuntimes(
    agents.filter(({ agent_id }) => needed.has(agent_id)),
    "load",
  );
  if (unusable.length > 0) throw new FaultsError(unusable.map(describeUnusable));
}

/** What is wrong with the request itself. @throws MissionError `BAD_INPUT`; FaultsError for an unknown mission. */
export function requireSoundRequest(
  {
    mission_id,
    run_id,
    requested_by,
    kpi_observations,
  }: Pick<RunRequest, "mission_id" | "run_id" | "requested_by" | "kpi_observations">,
  documents: Reference,
): void {
  if (run_id !== "" && !newRunIdSchema.safeParse(run_id).success) {
    const found = JSON.stringify(run_id.slice(0, 100));
    throw new MissionError("BAD_INPUT", `run_id ${found} is not ${RUN_ID_RULE}.`);
  }
  const requester = requesterSchema.safeParse(requested_by);
  if (!requester.success) {
    throw new MissionError(
      "BAD_INPUT",
      `requested_by: ${sayFirstIssue(requester.error, { value: requested_by })}.`,
    );
  }
  const faults = findMissionFaults(mission_id, documents, () => true);
  if (faults.some((fault) => fault.code === "UNKNOWN_MISSION")) throw new FaultsError(faults);
  const { definitions } = measuresOf(planRun(mission_id, documents));
  requireUsableFigures(kpi_observations, mission_id, definitions);
}

/** @throws MissionError `UNKNOWN_GRAPH_VERSION` when another version of the graph wrote its checkpoints. */
export function requireGraphVersion({ run_id, graph_version = "unknown" }: MissionRun): void {
  if (graph_version === GRAPH_VERSION) return;
  const message = `${run_id} was started by graph version ${graph_version}; this is version ${GRAPH_VERSION}, which cannot go on with it.`;
  throw new MissionError("UNKNOWN_GRAPH_VERSION", message, { details: { run_id } });
}
