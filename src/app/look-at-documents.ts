/** What is in the reference documents, for people who want to look before they run anything. Opens no database. */

import { createRuntimeLookup } from "../agents/runtimes.ts";
import { BadDocumentError, MissionError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import { didYouMean } from "../model/near-names.ts";
import type { Reference } from "../model/reference.ts";
import { findUnnamedRuntimes } from "../planning/agent-faults.ts";
import { type PlanDescription, describePlan } from "../planning/describe-plan.ts";
import { readReference } from "../store/documents/read-reference.ts";
import { createOpenKind } from "./open-kinds.ts";
import { requireWorkspace } from "./require-workspace.ts";

/** @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`. */
export function lookAtReference(folder: string): Reference {
  const { reference, faults } = readReference(requireWorkspace(folder));
  if (faults.length > 0) throw new BadDocumentError(faults);
  return reference;
}

/** The agents that could get a task of the mission and name no runtime. None where the documents cannot be read. */
export function lookAtUnnamedRuntimes(folder: string, missionId: string): readonly Fault[] {
  const { plans, capabilities, agents } = readReference(requireWorkspace(folder)).reference;
  const tasks = new Set(
    plans
      .filter((plan) => plan.mission_id === missionId)
      .flatMap((plan) => plan.tasks.map((task) => task.task_id)),
  );
  const capable = new Set(
    capabilities.flatMap((row) => (tasks.has(row.task_id) ? row.capable_agents : [])),
  );
  return findUnnamedRuntimes(agents.filter((agent) => capable.has(agent.agent_id)));
}

/** @throws MissionError `UNKNOWN_MISSION` and as {@link lookAtReference}. */
export function lookAtPlan(folder: string, missionId: string): PlanDescription {
  const reference = lookAtReference(folder);
  const ids = reference.missions.map((mission) => mission.mission_id);
  if (!ids.includes(missionId)) {
    const known = ids.length === 0 ? "there is none yet" : `there are ${ids.join(", ")}`;
    const hint = didYouMean(missionId, ids) || ".";
    throw new MissionError(
      "UNKNOWN_MISSION",
      `There is no mission "${missionId.slice(0, 100)}": ${known}${hint}`,
    );
  }
  return describePlan(
    missionId,
    reference,
    createRuntimeLookup({}, { openKind: createOpenKind(folder, () => reference.agents) })
      .hasRuntime,
  );
}
