/** A process that works on a mission and kills itself at a chosen point, or `in` a task. Arguments: folder, point. */

import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { sha256, systemClock } from "../../src/app/system.ts";
import { openMissionControl } from "../../src/index.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { type SqliteStore, openSqliteStore } from "../../src/store/sqlite-store.ts";

const [folder = "", point = ""] = process.argv.slice(2);
let passed = 0;

/** One of the places where this process may die. */
function mayDie(): void {
  passed += 1;
  if (passed === Number(point)) process.kill(process.pid, "SIGKILL");
}

/** The store, with a place to die before and after each of its writes. */
function dangerous(store: SqliteStore): SqliteStore {
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
    endRun: around(store.endRun.bind(store)),
    keepRouting: around(store.keepRouting.bind(store)),
    putTaskLog: around(store.putTaskLog.bind(store)),
    requestApproval: around(store.requestApproval.bind(store)),
    decideApprovals: around(store.decideApprovals.bind(store)),
    refreshAgentStats: around(store.refreshAgentStats.bind(store)),
    changeRisks: around(store.changeRisks.bind(store)),
    setMark: around(store.setMark.bind(store)),
    checkpoints: {
      ...store.checkpoints,
      put: around(store.checkpoints.put.bind(store.checkpoints)),
      replace: around(store.checkpoints.replace.bind(store.checkpoints)),
      putWrites: around(store.checkpoints.putWrites.bind(store.checkpoints)),
    },
  };
}

const runtime: AgentRuntime = async ({ task }) => {
  mayDie();
  appendFileSync(join(folder, "calls.log"), `${task.task_id}\n`);
  if (point === `in ${task.task_id}`) process.kill(process.pid, "SIGKILL");
  mayDie();
  return { output: task.task_id, work_minutes: 1 };
};

const control = await openMissionControl({
  workspace: folder,
  store: dangerous(openSqliteStore(folder, { now: () => systemClock.now(), hash: sha256 })),
  runtimes: { A1: runtime },
});
const { run_id } = await control.start({ mission_id: "M" });
await control.decide(run_id, { B: { type: "approve", decided_by: "ana" } });
await control.close();
process.stdout.write(`survived ${passed}\n`);
