/**
 * A process that works on a mission and kills itself `in` a task; or leaves, at every point at which it could die, what it
 * would leave behind, in folders with the numbers of the points. Arguments: folder, where to kill itself or put these folders.
 */

import { appendFileSync, cpSync } from "node:fs";
import { join } from "node:path";

import { sha256, systemClock } from "../../src/app/system.ts";
import { openMissionControl } from "../../src/index.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { dyingStore } from "./dying-store.ts";

const [folder = "", end = ""] = process.argv.slice(2);
let points = 0;

/** Nothing of it is in the memory of this process alone: what is in its files then is what a kill would leave. */
function mayDie(): void {
  if (end.startsWith("in ")) return;
  points += 1;
  cpSync(folder, join(end, String(points)), { recursive: true });
}

const runtime: AgentRuntime = async ({ task }) => {
  mayDie();
  appendFileSync(join(folder, "calls.log"), `${task.task_id}\n`);
  if (end === `in ${task.task_id}`) process.kill(process.pid, "SIGKILL");
  mayDie();
  return { output: task.task_id, work_minutes: 1 };
};

const control = await openMissionControl({
  workspace: folder,
  store: dyingStore(
    openSqliteStore(folder, { now: () => systemClock.now(), hash: sha256 }),
    mayDie,
  ),
  runtimes: { A1: runtime },
});
const { run_id } = await control.start({ mission_id: "M" });
await control.decide(run_id, { B: { type: "approve", decided_by: "ana" } });
await control.close();
