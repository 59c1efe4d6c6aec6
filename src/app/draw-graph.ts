import { createRuntimeLookup } from "../agents/runtimes.ts";
import { DEFAULT_POLICY } from "../model/policy.ts";
import { createJsonTelemetryStore } from "../telemetry/json-telemetry-store.ts";
import { createEngine } from "./engine.ts";
import { systemClock } from "./system.ts";

/** The graph as Mermaid, drawn by LangGraph from the compiled graph itself. */
export async function drawMissionGraph(): Promise<string> {
  // Drawing touches none of these.
  const workspace = {
    folder: ".",
    store: createJsonTelemetryStore({ folder: "." }),
    policy: DEFAULT_POLICY,
    reference: () => ({ missions: [], plans: [], agents: [], capabilities: [], kpis: [] }),
  };
  const { graph } = createEngine(workspace, {
    runtimes: createRuntimeLookup({}),
    clock: systemClock,
  });
  return (await graph.getGraphAsync()).drawMermaid();
}
