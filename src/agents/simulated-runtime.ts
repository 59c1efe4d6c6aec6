/** Agents that only pretend: for trying plans, for demonstrations and for tests. */

import { defined } from "../model/defined.ts";
import type { Observations } from "../model/primitives.ts";
import type { AgentRuntime } from "../model/task-exchange.ts";
import { roundMinutes } from "../model/time.ts";

/** Simulated work takes between these shares of its estimate. */
const FASTEST = 0.8;
const SLOWEST = 1.3;

export interface Simulation {
  readonly seed?: string;
  readonly failureRate?: number;
  readonly observe?: (
    task: { readonly mission_id: string; readonly task_id: string },
    slowness: number,
  ) => Observations;
}

/**
 * A runtime whose every answer follows from (seed, mission, task, attempt) alone.
 *
 * It takes no time: it reports the minutes that the work would have taken.
 *
 * @param failureRate share of attempts that fail, in [0, 1]; 0 unless asked for.
 * @param observe the business figures it reports, by how slow its work was, from 0 to 1.
 */
export function createSimulatedRuntime({
  seed = "mission-control",
  failureRate = 0,
  observe = () => ({}),
}: Simulation = {}): AgentRuntime {
  return async ({ mission_id, task, agent, attempt, feedback, edits }) => {
    const chance = (purpose: string) =>
      uniform([seed, mission_id, task.task_id, attempt, purpose].join("/"));
    if (chance("failure") < failureRate) {
      throw new Error(`simulated failure of ${agent.agent_id} at attempt ${attempt}`);
    }
    const slowness = chance("speed");
    const share = FASTEST + (SLOWEST - FASTEST) * slowness;
    const kpi_observations = observe({ mission_id, task_id: task.task_id }, slowness);
    return {
      output: {
        summary: `${edits?.["instruction"] ?? task.task}: done by ${agent.name}.`,
        ...defined({ feedback_used: feedback }),
      },
      work_minutes: roundMinutes(task.estimated_duration_minutes * share),
      ...(Object.keys(kpi_observations).length === 0 ? {} : { kpi_observations }),
    };
  };
}

/** A number in [0, 1) that is always the same for the same text (FNV-1a, then a finalizer). */
function uniform(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
