/** The graph, compiled over a workspace's store: what runs are driven with. Loading this loads LangGraph. */

import { CheckpointSaver } from "../../graph/checkpoint-saver.ts";
import type { MissionGraphDependencies } from "../../graph/dependencies.ts";
import { type MissionGraph, buildMissionGraph } from "../../graph/mission-graph.ts";
import type { CheckpointTables } from "../store/checkpoint-tables.ts";
import { type RunDriver, createRunDriver } from "./drive-run.ts";

export interface Engine {
  readonly graph: MissionGraph;
  readonly driver: RunDriver;
}

/** The graph with its checkpoints in the store's database. */
export function createEngine(
  dependencies: Omit<MissionGraphDependencies, "checkpoints">,
  { checkpoints }: { checkpoints: CheckpointTables },
): Engine {
  const checkpointer = new CheckpointSaver(checkpoints, { keepsHistory: false });
  const graph = buildMissionGraph({ ...dependencies, checkpoints: "workspace" }, { checkpointer });
  return { graph, driver: createRunDriver(graph, dependencies) };
}
