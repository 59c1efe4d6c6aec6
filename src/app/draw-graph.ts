import { buildMissionGraph } from "../../graph/mission-graph.ts";
import { DEFAULT_POLICY } from "../model/default-policy.ts";
import { NO_TRACE } from "../model/trace.ts";
import { openMemoryStore } from "../store/sqlite/sqlite-store.ts";
import { expectListeners, sha256, systemClock, waitSeconds } from "./system.ts";

/** The graph as Mermaid, drawn by LangGraph from the compiled graph itself. */
export async function drawMissionGraph(): Promise<string> {
  // Drawing touches none of these.
  const graph = buildMissionGraph({
    store: openMemoryStore({ now: () => systemClock.now(), hash: sha256 }),
    reference: () => ({ missions: [], plans: [], agents: [], capabilities: [], kpis: [] }),
    policy: () => DEFAULT_POLICY,
    runtimeOf: () => undefined,
    hasRuntime: () => true,
    describeRuntime: () => undefined,
    checkRuntimes: async () => [],
    abandon: async () => {},
    trace: NO_TRACE,
    boundOf: () => ({}),
    lookAgain: () => {},
    checkInputs: async () => [],
    checkJson: async () => [],
    clock: systemClock,
    hash: sha256,
    wait: waitSeconds,
    expectListeners,
    reword: undefined,
    publish: async () => {},
    checkpoints: "external",
    showsTasks: true,
  });
  return (await graph.getGraphAsync()).drawMermaid();
}
