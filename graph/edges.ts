/** The pure routers between nodes. */

import { END } from "@langchain/langgraph";

import { selectEntry } from "../src/execution/plan-progress.ts";
import { isEnded } from "../src/model/mission-runs.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";
import type { MissionState } from "./state.ts";

/** After A: stop on faults, make what is missing, or go on where the run stands. */
export function afterContext(state: MissionState) {
  if (isEnded({ status: state.run_status })) return END;
  if (state.plan_tasks.length === 0) return "build_mission_plan" as const;
  if (!isRouted(state)) return "build_routing_lookups" as const;
  return hasWork(state) || state.hitl_queue.length === 0
    ? ("execute_tasks" as const)
    : ("await_approvals" as const);
}

/** After B: stop on faults. */
export function afterPlan({ run_status }: MissionState) {
  return run_status === "failed" ? END : ("build_routing_lookups" as const);
}

/** After D: more tasks of a long plan, a person's answer, or the end. */
export function afterTasks(state: MissionState) {
  if (isEnded({ status: state.run_status })) return "detect_risk" as const;
  if (hasWork(state)) return "execute_tasks" as const;
  return state.hitl_queue.length > 0 ? ("await_approvals" as const) : ("detect_risk" as const);
}

/** After G: reword the summary where a model is configured. */
export function createAfterReport({ reword }: Pick<MissionGraphDependencies, "reword">) {
  return () => (reword === undefined ? END : ("polish_summary" as const));
}

/** After the gate: work on what was decided; ask again when nothing was. */
export function afterApprovals(state: MissionState) {
  if (isEnded({ status: state.run_status }) || hasWork(state)) return "execute_tasks" as const;
  return "await_approvals" as const;
}

/** True when there is a ranking of agents for each task. */
function isRouted({ plan_tasks, capability_lookup }: MissionState): boolean {
  return plan_tasks.every(({ task_id }) => Object.hasOwn(capability_lookup, task_id));
}

/** True when some task can be tried now. */
export function hasWork(state: MissionState): boolean {
  return selectEntry(state.plan_tasks, state.task_status_by_id, 1).length > 0;
}
