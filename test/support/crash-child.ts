/** A process that works on a mission and kills itself at a chosen point, or `in` a task. Arguments: folder, point. */

import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { sha256, systemClock } from "../../src/app/system.ts";
import { openMissionControl } from "../../src/index.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { dieAt, dyingStore } from "./dying-store.ts";

const [folder = "", point = ""] = process.argv.slice(2);
const { mayDie, passed } = dieAt(Number(point));

const runtime: AgentRuntime = async ({ task }) => {
  mayDie();
  appendFileSync(join(folder, "calls.log"), `${task.task_id}\n`);
  if (point === `in ${task.task_id}`) process.kill(process.pid, "SIGKILL");
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
process.stdout.write(`survived ${passed()}\n`);
