/** Graphs that do nothing, with the shapes of ours: what LangGraph itself costs. */

import {
  type BaseCheckpointSaver,
  END,
  START,
  StateGraph,
  StateSchema,
  interrupt,
  task,
} from "@langchain/langgraph";
import { z } from "zod";

const DURABLE = { durability: "sync", recursionLimit: 10_000 } as const;

/**
 * The same nodes, edges and nested tasks as the mission graph on the three-task mission.
 *
 * @param checkpointer without one, as in a replay, the gate finds its answer and does not ask.
 */
export function buildBareMissionGraph(checkpointer?: BaseCheckpointSaver) {
  const state = new StateSchema({ waiting: z.boolean(), done: z.boolean() });
  const input = z.object({ waiting: z.boolean().default(false), done: z.boolean().default(false) });
  return new StateGraph({ state, input })
    .addNode("load_mission_context", async () => ({ done: false }))
    .addNode("build_mission_plan", async () => ({ done: false }))
    .addNode("build_routing_lookups", async () => ({ done: false }))
    .addNode("execute_tasks", async ({ waiting }) => {
      const names = waiting ? ["T2", "T3"] : ["T1", "T2", "T3"];
      await Promise.all(names.map(small));
      return waiting ? { waiting: false, done: true } : { waiting: true };
    })
    .addNode("await_approvals", async () => {
      await small("look");
      if (checkpointer === undefined) return { done: false };
      interrupt({ question: "approve?" });
      await small("record");
      return { done: false };
    })
    .addNode("detect_risk", async () => ({ done: true }))
    .addNode("evaluate_kpis", async () => ({ done: true }))
    .addNode("write_report", async () => ({ done: true }))
    .addNode("polish_summary", async () => ({ done: true }))
    .addEdge(START, "load_mission_context")
    .addConditionalEdges("load_mission_context", () => "build_mission_plan" as const, [
      "build_mission_plan",
      END,
    ])
    .addConditionalEdges("build_mission_plan", () => "build_routing_lookups" as const, [
      "build_routing_lookups",
      END,
    ])
    .addEdge("build_routing_lookups", "execute_tasks")
    .addConditionalEdges(
      "execute_tasks",
      ({ done }) => (done ? ("detect_risk" as const) : ("await_approvals" as const)),
      ["await_approvals", "detect_risk"],
    )
    .addConditionalEdges("await_approvals", () => "execute_tasks" as const, ["execute_tasks"])
    .addEdge("detect_risk", "evaluate_kpis")
    .addEdge("evaluate_kpis", "write_report")
    .addConditionalEdges("write_report", () => END, ["polish_summary", END])
    .addEdge("polish_summary", END)
    .compile(checkpointer === undefined ? {} : { checkpointer })
    .withConfig(DURABLE);
}

/** A durable task with a small result. */
async function small(name: string): Promise<object> {
  return task({ name }, async () => ({ status: "completed", name }))();
}

/** Three nodes in a row, one of them with an interrupt. */
export function buildThreeNodeGraph(checkpointer: BaseCheckpointSaver) {
  const state = new StateSchema({ done: z.boolean() });
  return new StateGraph({ state })
    .addNode("first", async () => ({ done: false }))
    .addNode("second", async () => {
      interrupt({ question: "approve?" });
      return { done: false };
    })
    .addNode("third", async () => ({ done: true }))
    .addEdge(START, "first")
    .addEdge("first", "second")
    .addEdge("second", "third")
    .addEdge("third", END)
    .compile({ checkpointer })
    .withConfig(DURABLE);
}
