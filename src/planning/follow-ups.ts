/** Faults that only come from what could not be read. */

import type { Fault } from "../model/fault.ts";
import type { Gap } from "../model/gap.ts";

const MISSIONS = "business_missions.json";
const PLANS = "decomposed_mission_tasks.json";
const AGENTS = "specialized_agents.json";
const CAPABILITIES = "agent_capabilities_matrix.json";
const KPIS = "mission_kpis.json";

type Cause = readonly [document: string, ...fields: string[]];

/**
 * What each kind of fault may come from: a record of the document that could not be read at all, or
 * one of these fields of the record that it is about. What is not listed is wrong whatever the gaps held.
 */
const CAUSES: Readonly<Record<string, readonly Cause[]>> = {
  UNKNOWN_MISSION: [[MISSIONS]],
  NO_PLAN: [[PLANS]],
  NO_KPIS: [[KPIS]],
  EMPTY_PLAN: [[PLANS, "tasks", "task_id"]],
  MISSING_DEPENDENCY: [[PLANS, "tasks", "task_id"]],
  ORDER_AGAINST_DEPENDENCY: [[PLANS, "order"]],
  BAD_CONDITION: [[PLANS, "depends_on"]],
  NO_CAPABLE_AGENT: [[CAPABILITIES, "capable_agents"]],
  UNUSED_CAPABILITY: [[PLANS, "tasks", "task_id"]],
  UNREGISTERED_AGENT: [[AGENTS]],
  NO_AVAILABLE_AGENT: [[CAPABILITIES, "capable_agents"], [AGENTS]],
  NO_RUNTIME: [[AGENTS, "runtime"]],
  UNUSABLE_RUNTIME: [[AGENTS, "runtime", "token_env"]],
  BAD_KPI: [[KPIS, "kpis", "definitions"]],
  UNKNOWN_KPI: [[KPIS, "kpis"]],
};

/** The faults that stand whatever the gaps held. */
export function leaveOutFollowUps(
  faults: readonly Fault[],
  gaps: readonly Gap[],
): readonly Fault[] {
  if (gaps.length === 0) return faults;
  return faults.filter((fault) => {
    const causes = CAUSES[fault.code] ?? [];
    return !causes.some((cause) => gaps.some((gap) => mayCause(gap, cause, fault)));
  });
}

function mayCause(gap: Gap, [document, ...fields]: Cause, fault: Fault): boolean {
  if (gap.document !== document) return false;
  if (gap.record === "") return true;
  // A task's faults name its mission first; those of other documents are about any record.
  const isOfRecord = gap.record === fault.record.split(" ")[0] || fault.document !== document;
  return isOfRecord && fields.includes(gap.field);
}
