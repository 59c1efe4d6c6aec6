/** What is in the reference documents, for people who want to look before they run anything. Opens no database. */

import { createRuntimeLookup } from "../agents/runtimes.ts";
import { BadDocumentError, MissionError } from "../errors.ts";
import { didYouMean } from "../model/near-names.ts";
import type { Reference } from "../model/reference.ts";
import { type PlanDescription, describePlan } from "../planning/describe-plan.ts";
import { readReference } from "../store/documents/reference-files.ts";
import { requireWorkspace } from "./workspace.ts";

/** @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`. */
export function lookAtReference(folder: string): Reference {
  const { reference, faults } = readReference(requireWorkspace(folder));
  if (faults.length > 0) throw new BadDocumentError(faults);
  return reference;
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
  return describePlan(missionId, reference, createRuntimeLookup({}).hasRuntime);
}
