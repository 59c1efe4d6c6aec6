/** A process that works on a mission and kills itself at a chosen point. Arguments: folder, point. */

import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { openMissionControl } from "../../src/index.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import type { TelemetryStore } from "../../src/telemetry/telemetry-store.ts";

const [folder = "", point = ""] = process.argv.slice(2);
let passed = 0;

/** One of the places where this process may die. */
function mayDie(): void {
  passed += 1;
  if (passed === Number(point)) process.kill(process.pid, "SIGKILL");
}

/** The store, with a place to die before and after each of its writes. */
function dangerous(store: TelemetryStore): TelemetryStore {
  const around =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      mayDie();
      const result = await write(...args);
      mayDie();
      return result;
    };
  return {
    ...store,
    openRun: around(store.openRun.bind(store)),
    changeRun: around(store.changeRun.bind(store)),
    putTaskLog: around(store.putTaskLog.bind(store)),
    requestApproval: around(store.requestApproval.bind(store)),
    decideApprovals: around(store.decideApprovals.bind(store)),
    refreshAgentStats: around(store.refreshAgentStats.bind(store)),
    saveReport: around(store.saveReport.bind(store)),
    settle: around(store.settle.bind(store)),
  };
}

const runtime: AgentRuntime = async ({ task }) => {
  mayDie();
  appendFileSync(join(folder, "calls.log"), `${task.task_id}\n`);
  mayDie();
  return { output: task.task_id, work_minutes: 1 };
};

const control = await openMissionControl({
  workspace: folder,
  store: dangerous(createJsonTelemetryStore({ folder })),
  runtimes: { A1: runtime },
});
const { run_id } = await control.start({ mission_id: "M" });
await control.decide(run_id, { B: { type: "approve", decided_by: "ana" } });
await control.close();
process.stdout.write(`survived ${passed}\n`);
