/** A run keeps the runtimes that it was opened with: nobody else's agents, and no simulation, do its work. */

import { MissionError } from "../errors.ts";
import { deriveStatuses } from "../execution/derive-statuses.ts";
import { isDone } from "../execution/plan-progress.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { personSchema } from "../model/primitives.ts";
import type { RunPlan, RunRecord } from "../model/run-record.ts";
import { readRun } from "./read-run.ts";
import type { RunWorld } from "./world.ts";

/** The runtimes of a plan's agents in this process, by agent: what a run that is opened now keeps. */
export function pinRuntimes(
  { agents }: RunPlan,
  { describeRuntime }: Pick<RunWorld, "describeRuntime">,
): NonNullable<MissionRun["runtimes"]> {
  return Object.fromEntries(
    agents.flatMap((agent) => {
      const described = describeRuntime(agent);
      return described === undefined ? [] : [[agent.agent_id, described] as const];
    }),
  );
}

type RuntimeCheck = Pick<RunWorld, "hasRuntime" | "checkRuntimes">;

/**
 * Agents that what is left of a run may need, and whose runtime this process lacks or cannot use. None for a run from
 * before runtimes were kept.
 */
export async function findMissingRuntimes(
  record: RunRecord,
  { hasRuntime, checkRuntimes }: RuntimeCheck,
): Promise<readonly string[]> {
  const { run, plan, routing } = record;
  if (isEnded(run)) return [];
  const pinned = new Map(Object.entries(run.runtimes ?? {}));
  const statuses = deriveStatuses(plan.tasks, record);
  const left = plan.tasks.filter(({ task_id }) => !isDone(statuses[task_id]));
  const needed = new Set(
    left.flatMap(({ task_id }) =>
      routing === undefined
        ? (plan.capable[task_id] ?? [])
        : (routing.routes[task_id] ?? []).map((candidate) => candidate.agent_id),
    ),
  );
  const agents = plan.agents.filter(({ agent_id }) => needed.has(agent_id) && pinned.has(agent_id));
  const missing = agents
    .filter((agent) => !hasRuntime(agent, pinned.get(agent.agent_id)))
    .map((agent) => agent.agent_id);
  if (missing.length > 0) return missing;
  const unusable = await checkRuntimes(agents, "load");
  return unusable.map(({ agent_id, why }) => `${agent_id} (${why})`);
}

/** @throws MissionError `RUNTIME_MISSING` saying who can go on, and how. */
export async function requireRuntimes(record: RunRecord, world: RuntimeCheck): Promise<void> {
  const missing = await findMissingRuntimes(record, world);
  if (missing.length === 0) return;
  const { run } = record;
  throw new MissionError("RUNTIME_MISSING", describeMissing(run, missing), {
    details: { run_id: run.run_id, missing },
  });
}

export function describeMissing({ run_id }: MissionRun, missing: readonly string[]): string {
  const agents = `agent${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`;
  return (
    `${run_id} was opened with runtimes for ${agents} that this program does not have, or cannot use. ` +
    "A program that has them goes on with it (`resume`), or " +
    `\`mission-control resume ${run_id} --adopt-runtimes --by NAME\` has it go on with the agents of this one.`
  );
}

/**
 * Has a run go on with the runtimes of this process, from now on.
 *
 * @param by who answers for it.
 * @throws UnknownRunError; MissionError `BAD_INPUT` without a name.
 */
export async function adoptRuntimes(runId: string, by: string, world: RunWorld): Promise<void> {
  const person = personSchema.safeParse(by);
  if (!person.success) {
    throw new MissionError("BAD_INPUT", "Say who answers for it: --by NAME.");
  }
  const { plan } = await readRun(runId, world);
  const runtimes = pinRuntimes(plan, world);
  const runtimes_adopted = { by: person.data, at: world.clock.now() };
  await world.store.changeRun(runId, (run) =>
    isEnded(run) ? run : { ...run, runtimes, runtimes_adopted },
  );
}

/** @throws MissionError `EXTERNAL_RUN` saying where the run can go on. */
export function refuseExternal({ run_id, thread_id, checkpoints }: MissionRun): void {
  if (checkpoints !== "external") return;
  const where = `Its checkpoints live with the server it was started on: send any input to thread ${thread_id} there.`;
  throw new MissionError("EXTERNAL_RUN", `${run_id} cannot go on here. ${where}`, {
    details: { run_id, thread_id },
  });
}
