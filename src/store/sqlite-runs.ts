/** Runs and the attempts at their tasks. */

import type { z } from "zod";

import { MissionError, UnknownRunError } from "../errors.ts";
import { agentCallSchema } from "../model/agent-call.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { policySchema } from "../model/policy.ts";
import { routingSchema, runPlanSchema } from "../model/run-record.ts";
import type { SqlValue } from "./sqlite-driver.ts";
import type { Session } from "./sqlite-session.ts";
import { numberOf, parseStored, textOf } from "./sqlite-tables.ts";
import type { Opening, RunFilter, Store } from "./store.ts";

type RunCommands = Pick<
  Store,
  | "openRun"
  | "findRun"
  | "findRunByThread"
  | "readRun"
  | "listRuns"
  | "changeRun"
  | "endRun"
  | "reopenRun"
  | "keepRouting"
  | "readTask"
  | "putTaskLog"
  | "keepCall"
  | "findCall"
  | "listCalls"
  | "reserve"
  | "warnOfAttempt"
>;

export function createRunCommands(session: Session): RunCommands {
  const { database, outbox, hash, write, put, read, readRun, findRun, request } = session;
  const { readSpending } = session;
  const byThread = database.prepare(
    "SELECT run_id FROM runs WHERE thread_id = ? ORDER BY seq DESC LIMIT 1",
  );
  const highest = database.prepare(
    "SELECT max(number) AS number FROM runs WHERE number IS NOT NULL",
  );
  const keep = database.prepare("INSERT OR IGNORE INTO kept (hash, record) VALUES (?, ?)");
  const hashOf = createHashMemory(hash);
  const callsOfRun = database.prepare("SELECT record FROM calls WHERE run_id = ?");
  const putCall = database.prepare(
    "INSERT OR REPLACE INTO calls (run_id, task_id, attempt, record) VALUES (?, ?, ?, ?)",
  );
  const oneCall = database.prepare(
    "SELECT record FROM calls WHERE run_id = ? AND task_id = ? AND attempt = ?",
  );
  const dropCall = database.prepare(
    "DELETE FROM calls WHERE run_id = ? AND task_id = ? AND attempt = ?",
  );

  const runOnThread = (threadId: string): MissionRun | undefined => {
    const runId = textOf(byThread.get(threadId), "run_id");
    return runId === undefined ? undefined : readRun(runId)?.run;
  };

  function open({ draft, plan, policy }: Opening): MissionRun {
    const { thread_id } = draft;
    const onThread = thread_id === undefined ? undefined : runOnThread(thread_id);
    if (onThread !== undefined && !isEnded(onThread)) return onThread;
    const run_id = draft.run_id ?? nextRunId(numberOf(highest.get(), "number"), draft.start_time);
    if (readRun(run_id) !== undefined) {
      throw new MissionError("RUN_EXISTS", `There is a run "${run_id}" already.`, {
        details: { run_id },
      });
    }
    const [planned, ruled] = [hashOf(plan, runPlanSchema), hashOf(policy, policySchema)];
    keep.run(planned.hash, planned.text);
    keep.run(ruled.hash, ruled.text);
    const run: MissionRun = {
      ...draft,
      run_id,
      thread_id: thread_id ?? run_id,
      plan_hash: planned.hash,
      policy_hash: ruled.hash,
    };
    put.run(run);
    outbox.add({ event: "run-opened", run_id });
    return run;
  }

  function replace(runId: string, change: (run: MissionRun) => MissionRun): MissionRun {
    const run = readRun(runId)?.run;
    if (run === undefined) throw new UnknownRunError(runId);
    const changed = change(run);
    if (changed === run) return run;
    put.run(changed);
    if (changed.status === "awaiting_approval" && run.status !== "awaiting_approval") {
      outbox.add({ event: "run-waits", run_id: runId });
    }
    return changed;
  }

  return {
    openRun: (opening) => write(undefined, () => open(opening)),
    findRun: async (runId) => (await findRun(runId))?.run,
    findRunByThread: (threadId) => read(() => runOnThread(threadId)),
    readRun: findRun,
    listRuns: (filter = {}) => read(() => listRuns(session, filter)),
    changeRun: (runId, change) => write(runId, () => replace(runId, change)),
    endRun: (runId, change) => write(runId, () => replace(runId, change), { isDurable: true }),
    reopenRun: (row, change) =>
      write(
        row.run_id,
        () => {
          put.row(row);
          const run = replace(row.run_id, change);
          outbox.add({ event: "run-reopened", run_id: row.run_id, subject: row.task_id });
          return run;
        },
        { isDurable: true },
      ),
    keepRouting: (runId, routing) =>
      write(runId, () => {
        const record = readRun(runId);
        if (record === undefined) throw new UnknownRunError(runId);
        if (record.routing !== undefined) return record.routing;
        const kept = routingSchema.parse(routing);
        put.routing(runId, kept);
        return kept;
      }),

    async readTask(runId, taskId) {
      const { rows = [], requests = [] } = (await findRun(runId)) ?? {};
      const isOwn = ({ task_id }: { task_id: string }) => task_id === taskId;
      return { rows: rows.filter(isOwn), requests: requests.filter(isOwn) };
    },
    keepCall: ({ run_id, task_id, attempt }, call, requests = []) =>
      write(run_id, () => {
        putCall.run(run_id, task_id, attempt, JSON.stringify(agentCallSchema.parse(call)));
        return requests.map(request);
      }),
    reserve: ({ run_id, task_id, attempt }, call, scopes, refuse) =>
      write(run_id, () => {
        const refused = refuse(scopes.map(readSpending));
        if (refused === undefined) {
          putCall.run(run_id, task_id, attempt, JSON.stringify(agentCallSchema.parse(call)));
        }
        return refused;
      }),
    listCalls: (runId) =>
      read(() =>
        callsOfRun.all(runId).map((row) => parseStored(row["record"], agentCallSchema, "calls")),
      ),
    warnOfAttempt: ({ run_id, task_id, attempt }, warning) =>
      write(run_id, () => {
        const row = readRun(run_id)?.rows.find(
          (one) => one.task_id === task_id && (one.attempt ?? 1) === attempt,
        );
        if (row === undefined) return;
        put.row({ ...row, warnings: [...(row.warnings ?? []), warning] });
      }),
    findCall: ({ run_id, task_id, attempt }) =>
      read(() => {
        const record = oneCall.get(run_id, task_id, attempt)?.["record"];
        return record === undefined ? undefined : parseStored(record, agentCallSchema, "calls");
      }),
    putTaskLog: (row) =>
      write(row.run_id, () => {
        put.row(row);
        dropCall.run(row.run_id, row.task_id, row.attempt ?? 1);
        outbox.add({ event: "task-ended", run_id: row.run_id, subject: row.task_id });
      }),
  };
}

function listRuns(
  { database, tables }: Session,
  { mission_id, status, limit }: RunFilter,
): readonly MissionRun[] {
  const values: SqlValue[] = [];
  const conditions: string[] = [];
  if (mission_id !== undefined) {
    conditions.push("mission_id = ?");
    values.push(mission_id);
  }
  if (status !== undefined) {
    conditions.push(`status IN (${status.map(() => "?").join(", ")})`);
    values.push(...status);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const last = limit === undefined ? "" : "LIMIT ?";
  if (limit !== undefined) values.push(limit);
  return database
    .prepare(`SELECT record FROM runs ${where} ORDER BY seq DESC ${last}`)
    .all(...values)
    .map((row) => tables.runs.parse(row["record"]))
    .toReversed();
}

/** The next id: `RUN_2026_11_22_009` after eight runs. Numbers go on, whatever the date. */
function nextRunId(highest: number, startTime: string): string {
  const date = startTime.slice(0, 10).replaceAll("-", "_");
  return `RUN_${date}_${String(highest + 1).padStart(3, "0")}`;
}

/** Plans and policies are the same objects from run to run: each is hashed once. */
function createHashMemory(hash: (text: string) => string) {
  const known = new WeakMap<object, { readonly hash: string; readonly text: string }>();
  return (given: object, schema: z.ZodType<object>) => {
    const before = known.get(given);
    if (before !== undefined) return before;
    const value = schema.parse(given);
    // The text keeps the order that people gave to KPIs; the hash does not depend on it.
    const made = { hash: hash(canonicalJson(value)), text: JSON.stringify(value) };
    known.set(given, made);
    return made;
  };
}
