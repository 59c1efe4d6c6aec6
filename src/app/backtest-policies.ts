/** A policy over what is on record: reads, compares, writes nothing. */

import { type Backtest, backtest } from "../history/backtest/backtest.ts";
import { parseSweep } from "../history/backtest/sweep-range.ts";
import { type ThresholdSweep, sweepThreshold } from "../history/backtest/sweep.ts";
import type { GivenPolicy } from "../model/policy.ts";
import type { RunReading } from "../runs/world.ts";
import { parsePolicy, requireSoundRules } from "./workspace.ts";

export interface BacktestQuery {
  /** The tested policy; the one in force when absent. What it leaves out has its default. */
  readonly policy?: GivenPolicy | undefined;
  /** What it is compared with; the one in force when absent. */
  readonly against?: GivenPolicy | undefined;
  /** `RULE.METRIC=FROM..TO:STEP`, of the tested policy. */
  readonly sweep?: string | undefined;
}

/** @throws MissionError `USAGE` for a sweep that makes no sense, `BAD_DOCUMENT`. */
export async function backtestPolicies(
  { policy: tested, against, sweep }: BacktestQuery,
  { store, reference, policy, clock, folder }: RunReading & { readonly folder: string },
): Promise<Backtest & { readonly sweep?: ThresholdSweep }> {
  const sound = (given: GivenPolicy | undefined) =>
    given === undefined ? policy() : requireSoundRules(parsePolicy(given) ?? policy(), folder);
  const under = sound(tested);
  const range = sweep === undefined ? undefined : parseSweep(sweep, under.risk);
  const record = {
    history: await store.readHistory(),
    stats: await store.listAgentStats(),
    reference: reference(),
    now: clock.now(),
  };
  const result = backtest(record, { under, against: sound(against) });
  if (range === undefined) return result;
  return { ...result, sweep: sweepThreshold(record, { range, policy: under }) };
}
