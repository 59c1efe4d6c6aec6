/** Telemetry as the specification's JSON documents in a folder. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { MissionError, StoreFailedError, UnknownRunError } from "../errors.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { TELEMETRY_DOCUMENTS } from "../model/documents.ts";
import type { History } from "../model/history.ts";
import { isEnded } from "../model/mission-runs.ts";
import { jsonSchema } from "../model/primitives.ts";
import { applyDecisions } from "./apply-decisions.ts";
import { replaceFile, writeAtomically } from "./files.ts";
import { type Journal, createJournal } from "./journal.ts";
import { createJsonDocument } from "./json-document.ts";
import { parseJson } from "./json-text.ts";
import { readIfPresent } from "./reference-files.ts";
import { nextRunId } from "./run-id.ts";
import type { TelemetryStore } from "./telemetry-store.ts";
import { createWorkspaceLock } from "./workspace-lock.ts";
import { createWriteQueue } from "./write-queue.ts";

/** Joins parts of a key; cannot occur in an id. */
const SEPARATOR = "/";

/** Opens the telemetry of a folder; makes nothing until something is written. */
export function createJsonTelemetryStore({ folder }: { folder: string }): TelemetryStore {
  const internal = join(folder, ".mission-control");
  const lock = createWorkspaceLock(internal);
  const journal = createJournal(join(internal, "journal.jsonl"));
  const documents = openDocuments(folder, journal);
  const { runs, logs, approvals, risks, stats, snapshots } = documents;
  let runsUnderWay = 0;
  const { write, settle, settleSoon } = createWriteQueue({
    exclusively: lock.exclusively,
    documents: Object.values(documents),
    journal,
    isCrowded: () => runsUnderWay > 1,
  });

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
        for (const request of decided) approvals.put(request);
        return decided;
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

    readHistory: async () => readHistory(documents),
    refreshSnapshots: (compute) =>
      write(() => {
        for (const snapshot of compute(readHistory(documents))) snapshots.put(snapshot);
      }),

    listAgentStats: async () => stats.read().slice(),
    refreshAgentStats: (compute) =>
      write(() => {
        const refreshed = compute(logs.read(), stats.read());
        for (const row of refreshed) stats.put(row);
        return stats.read().slice();
      }),

    saveReport: async (name, markdown) => {
      const path = join(folder, "reports", `${name}.md`);
      await replaceFile(path, [Buffer.from(markdown)]);
      return path;
    },
    saveOutput: async (output) => {
      const text = canonicalJson(output);
      const sha256 = createHash("sha256").update(text).digest("hex");
      const file = `${sha256}.json`;
      const path = join(folder, "outputs", file);
      if (!existsSync(path)) writeAtomically(path, text);
      return { file, sha256, bytes: Buffer.byteLength(text) };
    },
    loadOutput: async ({ sha256 }) => {
      // The name is made from the hash, never taken from the reference.
      const name = `${Buffer.from(sha256, "hex").toString("hex")}.json`;
      const path = join(folder, "outputs", name);
      const text = readIfPresent(path);
      if (text === undefined || createHash("sha256").update(text).digest("hex") !== sha256) {
        const why = new Error(text === undefined ? "it is gone" : "it was changed");
        throw new StoreFailedError("read", path, why);
      }
      const parsed = parseJson(name, text);
      return jsonSchema.parse("value" in parsed ? parsed.value : undefined);
    },

    async lockRun(runId) {
      const release = await lock.lease(runId);
      runsUnderWay += 1;
      return async () => {
        runsUnderWay -= 1;
        await release();
      };
    },
    settle,
    settleSoon,
    async close() {
      // A store that was only read from makes nothing, locks included.
      if (journal.read().id !== undefined) await settle();
      await lock.close();
    },
  };
}

function readHistory({ runs, logs, risks, approvals, snapshots }: Documents): History {
  return {
    runs: runs.read(),
    rows: logs.read(),
    events: risks.read(),
    requests: approvals.read(),
    snapshots: snapshots.read(),
  };
}

/** Thread names are free text, ids are not: with the separator in front they cannot be confused. */
function threadKey(threadId: string): string {
  return SEPARATOR + threadId;
}

function taskKey({ run_id, task_id }: { run_id: string; task_id: string }): string {
  return run_id + SEPARATOR + task_id;
}

/** With its run: ids may contain "-", so that two runs can make the same approval id. */
function approvalKey({ run_id, approval_id }: { run_id: string; approval_id: string }): string {
  return run_id + SEPARATOR + approval_id;
}

type Documents = ReturnType<typeof openDocuments>;

function openDocuments(folder: string, journal: Journal) {
  const entry = TELEMETRY_DOCUMENTS;
  return {
    runs: createJsonDocument({ folder, name: "mission_runs", journal }, entry.mission_runs, {
      keyOf: (run) => run.run_id,
      indexesOf: ({ thread_id }) => (thread_id === undefined ? [] : [threadKey(thread_id)]),
    }),
    approvals: createJsonDocument(
      { folder, name: "approval_requests", journal },
      entry.approval_requests,
      {
        keyOf: approvalKey,
        indexesOf: (request) => [request.run_id, taskKey(request)],
      },
    ),
    logs: createJsonDocument(
      { folder, name: "task_execution_logs", journal },
      entry.task_execution_logs,
      {
        keyOf: (row) => taskKey(row) + SEPARATOR + (row.attempt ?? 1),
        indexesOf: (row) => [row.run_id, taskKey(row)],
      },
    ),
    risks: createJsonDocument(
      { folder, name: "mission_risk_events", journal },
      entry.mission_risk_events,
      {
        keyOf: (event) => event.event_id,
        indexesOf: (event) => [event.run_id],
      },
    ),
    stats: createJsonDocument(
      { folder, name: "agent_performance_stats", journal },
      entry.agent_performance_stats,
      { keyOf: (row) => row.agent_id, indexesOf: () => [] },
    ),
    snapshots: createJsonDocument(
      { folder, name: "mission_portfolio_snapshot", journal },
      entry.mission_portfolio_snapshot,
      {
        keyOf: ({ snapshot_date, period = "day" }) => snapshot_date + SEPARATOR + period,
        indexesOf: () => [],
      },
    ),
  };
}
