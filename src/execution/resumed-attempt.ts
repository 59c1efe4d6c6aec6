/** An attempt that goes on: after its agent has asked, or in another process than the one that called it. */

import type { AgentCall } from "../model/agent-call.ts";
import type { AgentMemory } from "../model/agent-reply.ts";
import { defined } from "../model/defined.ts";
import type { CallResult } from "../model/task-exchange.ts";
import { addMinutes, minutesBetween } from "../model/time.ts";
import { type Usage, addUsage } from "../model/usage.ts";
import { loseCall } from "./budgets.ts";
import type { KeyedAnswer } from "./task-world.ts";

const PARTLY = "It said of a part only what it cost: that counts as what was reserved.";

/** However late it is: what an agent elsewhere has done meanwhile is asked for once. In minutes. */
const SHORTEST_TURN = 0.5;

/** What a call goes on from. */
interface TakenUp {
  /** What is kept of the agent's own call. */
  readonly known: AgentCall | undefined;
  /** A process that is gone may have told the agent what it would be told now. */
  readonly mayBeTold: boolean;
  /** It is told again: nobody knows what came of the call before. */
  readonly isLost: boolean;
  /** What such calls had reserved. */
  readonly lost: AgentCall["lost"];
  /** It was, or is now, told more than once. */
  readonly wasAgain: boolean;
}

/**
 * @param found what is kept of the attempt: perhaps of another agent, which has passed a budget after a crash.
 * @param isFoundAgain its kind looks for its work by what it goes on from.
 * @param isDecided people have decided something that it has asked.
 */
export function takeUp(
  found: AgentCall | undefined,
  {
    agent_id,
    isReal,
    isFoundAgain,
    isDecided,
  }: { agent_id: string; isReal: boolean; isFoundAgain: boolean; isDecided: boolean },
): TakenUp {
  const known = (found?.agent_id ?? agent_id) === agent_id ? found : undefined;
  const hasAsked = known?.continuation !== undefined;
  const isUntold = hasAsked && known.called_at === undefined;
  const mayBeTold = isReal && known !== undefined && known.handle === undefined && !isUntold;
  const isLost = mayBeTold && !(hasAsked && isFoundAgain);
  const hasForgotten = isReal && known === undefined && isDecided;
  return {
    known,
    mayBeTold,
    isLost,
    lost: isLost ? loseCall(known) : found?.lost,
    wasAgain: isLost || hasForgotten || known?.is_again === true,
  };
}

/** What an agent goes on with, by its own names. */
export function pickAnswers(
  asked: readonly string[] | undefined,
  decided: ReadonlyMap<string, KeyedAnswer>,
): AgentMemory["answers"] {
  if (asked === undefined) return undefined;
  const picked = asked.flatMap((id) => decided.get(id) ?? []);
  return Object.fromEntries(picked.map(({ key, answer }) => [key, answer]));
}

/**
 * Minutes of work before this call: what was measured before the agent asked, and what has passed since it went on
 * elsewhere, while nobody was there to see its end; no more than an attempt may take. And how many minutes are left.
 */
export function workedBefore(
  { worked_minutes = 0, handle, called_at }: AgentCall = {},
  { now, timeoutMinutes }: { now: string; timeoutMinutes: number },
): { readonly minutes: number; readonly left: number } {
  if (handle === undefined || called_at === undefined) {
    return { minutes: worked_minutes, left: timeoutMinutes };
  }
  const elsewhere = Math.min(Math.max(0, minutesBetween(called_at, now)), timeoutMinutes);
  return {
    minutes: worked_minutes + elsewhere,
    left: Math.max(timeoutMinutes - elsewhere, SHORTEST_TURN),
  };
}

/** All that the attempt used up. Where its end does not say what it cost, nobody knows the whole. */
export function joinUsage(
  before: Usage | undefined,
  { usage, answer }: CallResult,
  warnings: readonly string[],
): { usage?: Usage; warnings?: readonly string[] } {
  const all = addUsage(before, usage);
  const isPartial =
    answer.kind !== "asks" && before?.cost !== undefined && usage?.cost === undefined;
  const told = isPartial ? [...warnings, PARTLY] : warnings;
  const { cost: _part, ...tokens } = all ?? {};
  return defined({
    usage: isPartial ? tokens : all,
    warnings: told.length === 0 ? undefined : told,
  });
}

/** Measured work with what was measured before the agent asked, as if it had been without a break. */
export function joinWork(
  { called_at, work_minutes, is_measured }: CallResult,
  before: number,
): Pick<CallResult, "called_at" | "work_minutes"> {
  if (!is_measured) return { called_at, work_minutes };
  return { called_at: addMinutes(called_at, -before), work_minutes: work_minutes + before };
}
