/** A policy over what a workspace has on record: reads, compares, writes nothing. */

import { join } from "node:path";

import { BadDocumentError } from "../errors.ts";
import { defineKpis } from "../kpi/define-kpis.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import type { Clock } from "../model/time.ts";
import { type Advice, adviseGates } from "../replay/advise.ts";
import { type Backtest, type BacktestRecord, backtest } from "../replay/backtest.ts";
import { parseSweep } from "../replay/sweep-range.ts";
import { type Sweep, sweepThreshold } from "../replay/sweep.ts";
import { findRuleFaults } from "../risk/policy-faults.ts";
import { readPolicy } from "../telemetry/reference-files.ts";
import type { Workspace } from "./workspace.ts";

/** A policy over the history, without the graph; what it leaves out has its default. Writes nothing. */
export async function comparePolicies(
  { store, reference }: Pick<Workspace, "store" | "reference">,
  { under, against }: { under: Policy; against: Policy },
  { clock }: { clock: Clock },
): Promise<Backtest> {
  const [history, stats] = await Promise.all([store.readHistory(), store.listAgentStats()]);
  const record = { history, stats, reference: reference(), now: clock.now() };
  return backtest(record, { under, against });
}

export interface BacktestOptions {
  /** A policy file; default is the workspace's own policy. */
  readonly against?: string | undefined;
  /** `RULE.METRIC=FROM..TO:STEP`, of the tested policy. */
  readonly sweep?: string | undefined;
}

/**
 * Tests the policy that the workspace was opened with.
 *
 * @throws MissionError `USAGE` for a sweep that makes no sense or a file that is not there, `BAD_DOCUMENT`.
 */
export async function backtestPolicies(
  workspace: Workspace,
  { against, sweep }: BacktestOptions,
  { clock }: { clock: Clock },
): Promise<Backtest & { readonly sweep?: Sweep }> {
  const { policy: under, store } = workspace;
  const reference = workspace.reference();
  const other = readOther(against, workspace.folder, reference);
  const range = sweep === undefined ? undefined : parseSweep(sweep, under.risk);
  const record: BacktestRecord = {
    history: await store.readHistory(),
    stats: await store.listAgentStats(),
    reference,
    now: clock.now(),
  };
  const result = backtest(record, { under, against: other });
  if (range === undefined) return result;
  return { ...result, sweep: sweepThreshold(record, { range, policy: under }) };
}

/** What the log says of every planned gate. */
export async function adviseWorkspace({ store, reference }: Workspace): Promise<readonly Advice[]> {
  return adviseGates(await store.listTaskLogs(), reference().plans);
}

function readOther(file: string | undefined, folder: string, reference: Reference): Policy {
  const policy =
    file === undefined
      ? readPolicy(join(folder, "policy.json"), { required: false })
      : readPolicy(file, { required: true });
  const kpis = new Set(
    reference.kpis.flatMap((document) => defineKpis(document.kpis)).map(({ kpi }) => kpi),
  );
  const faults = findRuleFaults(policy.risk.rules, { kpis, document: file ?? "policy.json" });
  if (faults.length > 0) throw new BadDocumentError(faults);
  return policy;
}
