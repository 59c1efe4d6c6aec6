/** What every store does with its tables; adapters differ in where these are and how a change becomes durable. */

import { MissionError, UnknownRunError } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { linkDecision } from "../model/decision-chain.ts";
import type { History } from "../model/history.ts";
import { isEnded } from "../model/mission-runs.ts";
import { applyDecisions } from "./apply-decisions.ts";
import { nextRunId } from "./run-id.ts";
import { type Tables, approvalKey, taskKey, threadKey } from "./tables.ts";
import type { TelemetryStore } from "./telemetry-store.ts";

/** Makes a change while nobody else writes; resolves when it is durable. */
type Write = <T>(change: () => T) => Promise<T>;

type Operations = Omit<
  TelemetryStore,
  | "saveReport"
  | "refreshBoard"
  | "saveOutput"
  | "loadOutput"
  | "lockRun"
  | "settle"
  | "settleSoon"
  | "close"
>;

/**
 * @param atOnce reads several tables with one look at what others have written.
 * @param hash SHA-256 as hexadecimal.
 */
export function createOperations(
  tables: Tables,
  {
    write,
    atOnce = (work) => work(),
    hash,
  }: { write: Write; atOnce?: <T>(work: () => T) => T; hash: (text: string) => string },
): Operations {
  const { runs, logs, approvals, risks, stats, snapshots } = tables;

  /** Puts a decision at the end of its run's chain, and the chain's head into the run. */
  function record(request: ApprovalRequest): ApprovalRequest {
    const { run_id } = request;
    const last = approvals
      .readBy(run_id)
      .reduce<ApprovalRequest | undefined>(
        (latest, each) =>
          (each.decision_number ?? 0) > (latest?.decision_number ?? 0) ? each : latest,
        undefined,
      );
    const linked = linkDecision(request, last, hash);
    approvals.put(linked);
    const run = runs.find(run_id);
    if (run !== undefined && linked.decision_hash !== undefined) {
      runs.put({ ...run, decisions_head: linked.decision_hash });
    }
    return linked;
  }

  return {
    openRun: (draft) =>
      write(() => {
        const { thread_id: thread } = draft;
        const onThread = thread === undefined ? undefined : runs.readBy(threadKey(thread)).at(-1);
        if (onThread !== undefined && !isEnded(onThread)) return onThread;
        const runId = draft.run_id ?? nextRunId(runs.read(), draft.start_time);
        if (runs.find(runId) !== undefined) {
          throw new MissionError("RUN_EXISTS", `There is a run "${runId}" already.`, {
            details: { run_id: runId },
          });
        }
        const run = { ...draft, run_id: runId, thread_id: draft.thread_id ?? runId };
        runs.put(run);
        return run;
      }),
    findRun: async (runId) => runs.find(runId),
    findRunByThread: async (threadId) => runs.readBy(threadKey(threadId)).at(-1),
    readRun: async (runId) => {
      const read = () => ({
        run: runs.find(runId),
        rows: logs.readBy(runId).slice(),
        requests: approvals.readBy(runId).slice(),
        risks: risks.readBy(runId).slice(),
      });
      const { run, ...rest } = atOnce(read);
      return run === undefined ? undefined : { run, ...rest };
    },
    listRuns: async () => runs.read().slice(),
    changeRun: (runId, change) =>
      write(() => {
        const run = runs.find(runId);
        if (run === undefined) throw new UnknownRunError(runId);
        const changed = change(run);
        if (changed !== run) runs.put(changed);
        return changed;
      }),

    listTaskLogs: async (runId) => (runId === undefined ? logs.read() : logs.readBy(runId)).slice(),
    listTaskLogsOf: async (run_id, task_id) => logs.readBy(taskKey({ run_id, task_id })).slice(),
    putTaskLog: (row) => write(() => logs.put(row)),

    listApprovals: async (runId) =>
      (runId === undefined ? approvals.read() : approvals.readBy(runId)).slice(),
    listApprovalsOf: async (run_id, task_id) =>
      approvals.readBy(taskKey({ run_id, task_id })).slice(),
    requestApproval: (request) =>
      write(() => {
        const present = approvals.find(approvalKey(request));
        if (present === undefined) approvals.put(request);
        return present ?? request;
      }),
    decideApprovals: (decisions) =>
      write(() => {
        const decided = applyDecisions(decisions, (decision) =>
          approvals.find(approvalKey(decision)),
        );
        return decided.map((request) => record(request));
      }),
    voidApprovals: (run_id, ids) =>
      write(() => {
        for (const approval_id of ids) {
          const request = approvals.find(approvalKey({ run_id, approval_id }));
          if (request?.status === "pending") approvals.put({ ...request, status: "void" });
        }
      }),

    listRiskEvents: async (runId) =>
      (runId === undefined ? risks.read() : risks.readBy(runId)).slice(),

    changeRiskEvents: (change) =>
      write(() => {
        const changed = change(risks.read());
        for (const event of changed) risks.put(event);
        return changed;
      }),

    readHistory: async () => atOnce(() => readHistory(tables)),
    refreshSnapshots: (compute) =>
      write(() => {
        for (const snapshot of compute(readHistory(tables))) snapshots.put(snapshot);
      }),

    listAgentStats: async () => stats.read().slice(),
    refreshAgentStats: (compute) =>
      write(() => {
        const refreshed = compute(logs.read(), stats.read());
        for (const row of refreshed) stats.put(row);
        return stats.read().slice();
      }),
  };
}

export function readHistory({ runs, logs, risks, approvals, snapshots }: Tables): History {
  return {
    runs: runs.read(),
    rows: logs.read(),
    events: risks.read(),
    requests: approvals.read(),
    snapshots: snapshots.read(),
  };
}
