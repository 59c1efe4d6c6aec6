/** Now and then another agent than the favourite, so that there is evidence of the others too. */

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { RouteCandidate } from "../model/task-execution-logs.ts";

/** Digits kept of a probability. */
const PRECISION = 1_000_000;

/** Never where a person decides: who is asked must not wonder why it is not the best. */
export function mayTry({ requires_human_approval }: PlanTask): boolean {
  return !requires_human_approval;
}

/**
 * The ranking with the agent first that has the first attempt, and with everybody's chance of that.
 *
 * @param ranked best first.
 * @param options.share of first attempts that the others have among them, each the same; 0 to 1.
 * @param options.luck 0 up to 1, drawn for this run and task.
 */
export function drawTrial(
  ranked: readonly RouteCandidate[],
  { share, luck }: { share: number; luck: number },
): readonly RouteCandidate[] {
  const others = ranked.length - 1;
  if (share === 0 || others < 1) return ranked;
  const each = share / others;
  const candidates = ranked.map((candidate, rank) => ({
    ...candidate,
    propensity: Math.round((rank === 0 ? 1 - share : each) * PRECISION) / PRECISION,
  }));
  if (luck >= share) return candidates;
  const tried = candidates[1 + Math.min(others - 1, Math.floor(luck / each))];
  if (tried === undefined) return candidates;
  return [tried, ...candidates.filter((candidate) => candidate !== tried)];
}

/** 0 up to 1, the same for the same SHA-256. */
export function luckOf(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 12), 16) / 2 ** 48;
}
