/** Agents that note each call before they work, for whoever counts; and what people decide, by chance. */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { chance } from "./random-mission.ts";

const LONGEST_MS = 60;

/** Each by its own luck: it takes its time, fails a third of the time, and may leave its work to be measured. */
export function faultyRuntime({ folder, seed }: { folder: string; seed: number }): AgentRuntime {
  return async ({ task, attempt, idempotency_key: key }) => {
    const luck = (what: string) => chance(seed, key, what);
    appendFileSync(logOf(folder), `${key}\n`);
    await delay(luck("takes") * LONGEST_MS);
    if (luck("fails") < 0.33) throw new Error("out of luck");
    const output = `${task.task_id} ${attempt}`;
    return luck("reports") < 0.5 ? { output, work_minutes: 1 } : { output };
  };
}

/** The keys of all calls, in their order. */
export function readCalls(folder: string): readonly string[] {
  const log = logOf(folder);
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").filter(Boolean) : [];
}

const logOf = (folder: string) => join(folder, "calls.log");
