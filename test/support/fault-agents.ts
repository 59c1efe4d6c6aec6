/** Agents that note each call before they work, for whoever counts; and what people decide, by chance. */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { type Fault, ofKind } from "./faults.ts";
import { chance } from "./random-mission.ts";

const LONGEST_MS = 60;
/** Of slow agents: some take longer than they may. */
const SLOWEST_MS = 1200;
/** How long an agent may take, in minutes. */
export const TIMEOUT_MINUTES = 0.015;
const TROUBLED = 0.25;

interface AgentsWorld {
  readonly folder: string;
  readonly seed: number;
  readonly faults: readonly Fault[];
}

/** Each by its own luck: it takes its time, fails a third of the time, and may leave its work to be measured. */
export function faultyRuntime({ folder, seed, faults }: AgentsWorld): AgentRuntime {
  const hows = new Set(ofKind(faults, "agents").map(({ how }) => how));
  return async ({ task, attempt, idempotency_key: key }) => {
    const luck = (what: string) => chance(seed, key, what);
    const isTroubled = luck("trouble") < TROUBLED;
    const isFirst = !readCalls(folder).includes(key);
    appendFileSync(logOf(folder), `${key}\n`);
    await delay(luck("takes") * (isTroubled && hows.has("slow") ? SLOWEST_MS : LONGEST_MS));
    // Whoever calls it again lives.
    if (isTroubled && isFirst && hows.has("deadly")) process.kill(process.pid, "SIGKILL");
    if (isTroubled && hows.has("silent")) return new Promise(() => {});
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
