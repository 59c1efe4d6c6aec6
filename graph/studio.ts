/** What `langgraph.json` names: the graph over the workspace of the environment, for Studio and its server. */

import { createRuntimeLookup } from "../src/agents/runtimes.ts";
import { createEngine } from "../src/app/engine.ts";
import { openPolisher } from "../src/app/open-polisher.ts";
import { simulate } from "../src/app/simulate.ts";
import { systemClock } from "../src/app/system.ts";
import { initWorkspace, openWorkspace } from "../src/app/workspace.ts";
import { readConfig } from "../src/config.ts";

const { workspace: folder, simulation, model } = readConfig();
initWorkspace(folder);
const workspace = openWorkspace({ folder });

/** Without a checkpointer: the server replaces it by its own in any case. */
export const { graph } = createEngine(workspace, {
  runtimes: createRuntimeLookup({}, simulate(simulation, workspace)),
  clock: systemClock,
  polisher: openPolisher(model, model?.timeoutSeconds),
});
