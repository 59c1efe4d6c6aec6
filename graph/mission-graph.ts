/** The agent graph: wiring only. */

import { type BaseCheckpointSaver, START, END, StateGraph } from "@langchain/langgraph";

import { defined } from "../src/model/defined.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";
import { afterApprovals, afterContext, afterPlan, afterTasks, createAfterReport } from "./edges.ts";
import { createAwaitApprovals } from "./nodes/await-approvals.ts";
import { createBuildMissionPlan } from "./nodes/build-mission-plan.ts";
import { createBuildRoutingLookups } from "./nodes/build-routing-lookups.ts";
import { createDetectRisk } from "./nodes/detect-risk.ts";
import { createEvaluateKpis } from "./nodes/evaluate-kpis.ts";
import { createExecuteTasks } from "./nodes/execute-tasks.ts";
import { createLoadMissionContext } from "./nodes/load-mission-context.ts";
import { createPolishSummary } from "./nodes/polish-summary.ts";
import { createWriteReport } from "./nodes/write-report.ts";
import { plain } from "./plain-runnable.ts";
import {
  type MissionNode,
  graphInputSchema,
  missionStateSchema,
  onlyChanged,
  type restoredSchema,
} from "./state.ts";

/** Supersteps one call may take. Each decision takes two, each thousand tasks one. */
const RECURSION_LIMIT = 10_000;

/**
 * Builds and compiles the graph.
 *
 * Node names are frozen: a run that waits in a node that was renamed would silently never go on.
 *
 * @param options.checkpointer where runs wait; absent where a server brings its own.
 * @param options.input what a call may give: the input of a mission, or a state that was restored from the store.
 */
export function buildMissionGraph(
  dependencies: MissionGraphDependencies,
  {
    checkpointer,
    input = graphInputSchema,
  }: {
    readonly checkpointer?: BaseCheckpointSaver;
    readonly input?: typeof graphInputSchema | typeof restoredSchema;
  } = {},
) {
  return new StateGraph({ state: missionStateSchema, input })
    .addNode("load_mission_context", plain(sparingly(createLoadMissionContext(dependencies))))
    .addNode("build_mission_plan", plain(sparingly(createBuildMissionPlan(dependencies))))
    .addNode("build_routing_lookups", plain(sparingly(createBuildRoutingLookups(dependencies))))
    .addNode("execute_tasks", sparingly(createExecuteTasks(dependencies)))
    .addNode("await_approvals", sparingly(createAwaitApprovals(dependencies)))
    .addNode("detect_risk", plain(sparingly(createDetectRisk(dependencies))))
    .addNode("evaluate_kpis", plain(sparingly(createEvaluateKpis(dependencies))))
    .addNode("write_report", plain(sparingly(createWriteReport(dependencies))))
    .addNode("polish_summary", sparingly(createPolishSummary(dependencies)))
    .addEdge(START, "load_mission_context")
    .addConditionalEdges("load_mission_context", plain(afterContext), [
      "build_mission_plan",
      "build_routing_lookups",
      "execute_tasks",
      "await_approvals",
      END,
    ])
    .addConditionalEdges("build_mission_plan", plain(afterPlan), ["build_routing_lookups", END])
    .addEdge("build_routing_lookups", "execute_tasks")
    .addConditionalEdges("execute_tasks", plain(afterTasks), [
      "execute_tasks",
      "await_approvals",
      "detect_risk",
    ])
    .addConditionalEdges("await_approvals", plain(afterApprovals), [
      "await_approvals",
      "execute_tasks",
    ])
    .addEdge("detect_risk", "evaluate_kpis")
    .addEdge("evaluate_kpis", "write_report")
    .addConditionalEdges("write_report", plain(createAfterReport(dependencies)), [
      "polish_summary",
      END,
    ])
    .addEdge("polish_summary", END)
    .compile({ name: "mission_control", ...defined({ checkpointer }) })
    .withConfig({ recursionLimit: RECURSION_LIMIT, durability: "sync" });
}

export type MissionGraph = ReturnType<typeof buildMissionGraph>;

/** The node, returning only what it changes. */
function sparingly(node: MissionNode): MissionNode {
  return async (state, config) => onlyChanged(await node(state, config), state);
}
