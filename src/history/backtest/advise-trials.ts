/** Agents that were never tried at a task they could do, and what it would cost to find out. */

import type { MissionPlan } from "../../model/decomposed-mission-tasks.ts";
import { workMinutes } from "../../model/minutes.ts";
import { groupBy } from "../../model/order.ts";
import type { Policy } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { roundMinutes } from "../../model/time.ts";
import { mayTry } from "../../routing/draw-trial.ts";
import { isExecution } from "../../routing/evidence.ts";

/** The share that a trial is reckoned with where the policy has none. */
const USUAL_SHARE = 0.1;

export interface Untried {
  readonly mission_id: string;
  readonly task_id: string;
  readonly task: string;
  readonly agent_id: string;
  readonly agent: string;
  /** Who has done it most often; null when nobody has. */
  readonly favourite: string | null;
  /** False where a person decides: there nobody is tried out. */
  readonly may_try: boolean;
  /** Executions after which an agent's own record counts for as much as what is assumed of a new one. */
  readonly trials: number;
  /** Runs in which so many trials are to be expected; null where nobody is tried out. */
  readonly runs: number | null;
  /** Work beyond that of the favourite that these trials are expected to take, in minutes. */
  readonly extra_minutes: number;
}

/** In the order of the plans and of the registry. Linear in the rows. */
export function listUntried(
  rows: readonly TaskLog[],
  { plans, agents, capabilities }: Pick<Reference, "plans" | "agents" | "capabilities">,
  { prior, trial_share }: Policy["routing"],
): readonly Untried[] {
  const byTask = groupBy(rows.filter(isExecution), (row) => `${row.mission_id}/${row.task_id}`);
  const able = new Map(capabilities.map((row) => [row.task_id, new Set(row.capable_agents)]));
  const available = agents.filter(({ status }) => status !== "unavailable");
  const trials = Math.max(1, Math.ceil(prior.strength));
  const describeTask = (mission_id: string, task: MissionPlan["tasks"][number]): Untried[] => {
    const candidates = available.filter(({ agent_id }) => able.get(task.task_id)?.has(agent_id));
    const byAgent = groupBy(
      byTask.get(`${mission_id}/${task.task_id}`) ?? [],
      (row) => row.agent_id,
    );
    const untried = candidates.filter(({ agent_id }) => !byAgent.has(agent_id));
    if (candidates.length < 2) return [];
    const favourite = mostOften(byAgent);
    const assumed = prior.work_ratio * task.estimated_duration_minutes;
    const extra = Math.max(0, assumed - (favourite?.minutes ?? assumed));
    const share = (trial_share === 0 ? USUAL_SHARE : trial_share) / (candidates.length - 1);
    return untried.map(({ agent_id, name }) => ({
      mission_id,
      task_id: task.task_id,
      task: task.task,
      agent_id,
      agent: name,
      favourite: favourite?.agent_id ?? null,
      may_try: mayTry(task),
      trials,
      runs: mayTry(task) ? Math.ceil(trials / share) : null,
      extra_minutes: roundMinutes(extra * trials),
    }));
  };
  return plans.flatMap(({ mission_id, tasks }) =>
    tasks.flatMap((task) => describeTask(mission_id, task)),
  );
}

/** Who has done a task most often, and its mean minutes of work at it. */
function mostOften(byAgent: ReadonlyMap<string, readonly TaskLog[]>) {
  const [first] = [...byAgent].toSorted(([, a], [, b]) => b.length - a.length);
  if (first === undefined) return undefined;
  const [agent_id, own] = first;
  const minutes = own.reduce((sum, row) => sum + workMinutes(row), 0) / own.length;
  return { agent_id, minutes };
}
