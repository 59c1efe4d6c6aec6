/** The graph, compiled over a workspace's store: what runs are driven with. Loading this loads LangGraph. */

import { CheckpointSaver } from "../../graph/checkpoint-saver.ts";
import type { GraphWorld } from "../../graph/dependencies.ts";
import { type MissionGraph, buildMissionGraph } from "../../graph/mission-graph.ts";
import { restoredSchema } from "../../graph/state.ts";
import type { Checkpoints } from "../store/checkpoints.ts";
import { type RunDriver, createRunDriver } from "./drive-run.ts";

export interface Engine {
  /** For callers of their own, who may look into a run on its way. */
  readonly graph: MissionGraph;
  readonly driver: RunDriver;
}

/** The graph with its checkpoints in the store's database. */
export function createEngine(
  world: GraphWorld,
  { checkpoints }: { checkpoints: Checkpoints },
): Engine {
  const checkpointer = new CheckpointSaver(checkpoints, { keepsHistory: false });
  const inWorkspace = { ...world, checkpoints: "workspace" } as const;
  const graph = buildMissionGraph({ ...inWorkspace, showsTasks: true }, { checkpointer });
  const driven = buildMissionGraph(
    { ...inWorkspace, showsTasks: false },
    { checkpointer, input: restoredSchema },
  );
  return { graph, driver: createRunDriver(driven, world) };
}
