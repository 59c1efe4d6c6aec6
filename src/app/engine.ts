/** The graph, compiled over a workspace: what both the library and Studio build on. */

import type { BaseCheckpointSaver } from "@langchain/langgraph";

import type { MissionGraphDependencies } from "../../graph/dependencies.ts";
import { type MissionGraph, buildMissionGraph } from "../../graph/mission-graph.ts";
import type { RuntimeLookup } from "../agents/runtimes.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Clock } from "../model/time.ts";
import type { Reword } from "../summary/reword.ts";
import { expectListeners, sha256, waitSeconds } from "./system.ts";
import type { Workspace } from "./workspace.ts";

export interface Engine {
  readonly graph: MissionGraph;
  readonly dependencies: MissionGraphDependencies;
}

/** @param checkpointer where runs wait; absent where a server brings its own. */
export function createEngine(
  { store, reference, policy }: Workspace,
  {
    runtimes,
    clock,
    checkpointer,
    polisher,
  }: {
    runtimes: RuntimeLookup;
    clock: Clock;
    checkpointer?: BaseCheckpointSaver;
    polisher?: Reword | undefined;
  },
): Engine {
  const dependencies: MissionGraphDependencies = {
    store,
    reference,
    policy,
    policyHash: sha256(canonicalJson(policy)),
    runtimeOf: runtimes.runtimeOf,
    hasRuntime: runtimes.hasRuntime,
    clock,
    hash: sha256,
    wait: waitSeconds,
    expectListeners,
    polisher,
    checkpoints: checkpointer === undefined ? "external" : "workspace",
  };
  const graph = buildMissionGraph(dependencies, checkpointer === undefined ? {} : { checkpointer });
  return { graph, dependencies };
}
