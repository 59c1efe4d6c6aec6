/** What `langgraph.json` names: the graph over the workspace of the environment, for Studio and its server. */

import { initWorkspace } from "../src/app/init-workspace.ts";
import { openWorld } from "../src/app/world.ts";
import { readConfig } from "../src/config.ts";
import { buildMissionGraph } from "./mission-graph.ts";

const { workspace, databaseUrl, simulation, model } = readConfig(process.env);
initWorkspace(workspace);
const { world } = await openWorld({
  workspace,
  simulation,
  ...(databaseUrl === undefined ? {} : { store: databaseUrl }),
  ...(model === undefined ? {} : { polisher: model, polishTimeoutSeconds: model.timeoutSeconds }),
});

/** Without a checkpointer: the server replaces it by its own in any case. */
export const graph = buildMissionGraph({ ...world, checkpoints: "external", showsTasks: true });
