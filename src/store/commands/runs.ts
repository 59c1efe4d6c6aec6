/** Runs and the attempts at their tasks. */

import type { z } from "zod";

import { MissionError, UnknownRunError } from "../../errors.ts";
import { type AgentCall, agentCallSchema } from "../../model/agent-call.ts";
import { amend } from "../../model/amend.ts";
import type { ApprovalRequest } from "../../model/approval-requests.ts";
import type { Amounts } from "../../model/budget.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { defined } from "../../model/defined.ts";
import { SELDOM } from "../../model/lazily.ts";
import { type MissionRun, isEnded } from "../../model/mission-runs.ts";
import { policySchema } from "../../model/policy.ts";
import { routingSchema, runPlanSchema } from "../../model/run-record.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { findArchived } from "../archived.ts";
import type { Session } from "../session.ts";
import { spentByCall } from "../spending.ts";
import { type Sql, type SqlRow, type SqlValue, numberOf, sql, textOf } from "../sql.ts";
import type { Attempt, Opening, RunChange, RunFilter, Store } from "../store.ts";
import { parseStored } from "../tables.ts";

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
  | "readUnsettled"
  | "reserve"
  | "warnOfAttempt"
>;

const BY_THREAD = sql("SELECT run_id FROM runs WHERE thread_id = $1 ORDER BY seq DESC LIMIT 1");
const HIGHEST = sql("SELECT max(number) AS number FROM runs WHERE number IS NOT NULL");
const KEEP = sql("INSERT INTO kept (hash, record) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const CALLS_OF_RUN = sql("SELECT record FROM calls WHERE run_id = $1");
const PUT_CALL = sql(
  `INSERT INTO calls (run_id, task_id, attempt, agent_id, is_working, cost, tokens, agent_minutes, attempts, record)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (run_id, task_id, attempt) DO UPDATE SET
  agent_id = excluded.agent_id, is_working = excluded.is_working, cost = excluded.cost, tokens = excluded.tokens,
  agent_minutes = excluded.agent_minutes, attempts = excluded.attempts, record = excluded.record`,
);
const CALL = sql("SELECT record FROM calls WHERE run_id = $1 AND task_id = $2 AND attempt = $3");
/** Of runs that have not ended: the end of a run ends what is under way in it. */
const UNDER_WAY =
  sql(`SELECT calls.record FROM calls JOIN runs USING (run_id) WHERE agent_id = $1 AND is_working = 1
  AND status IN ('running', 'awaiting_approval') AND NOT (run_id = $2 AND task_id = $3 AND attempt = $4)`);
const DROP_CALL = sql(
  "DELETE FROM calls WHERE run_id = $1 AND task_id = $2 AND attempt = $3 RETURNING record",
);

export function createRunCommands(session: Session): RunCommands {
  const { outbox, hash, write, put, ask, readRun, findRun, request, spending, wakes } = session;
  const hashMemory = createHashMemory(hash);
  const [hashOfPlan, hashOfPolicy] = [hashMemory(runPlanSchema), hashMemory(policySchema)];

  function* runOnThread(threadId: string): Sql<MissionRun | undefined> {
    const runId = textOf(yield* BY_THREAD.get(threadId), "run_id");
    return runId === undefined ? undefined : (yield* readRun(runId))?.run;
  }

  function* open({ draft, plan, policy, admit }: Opening): Sql<MissionRun> {
    const { thread_id } = draft;
    const onThread = thread_id === undefined ? undefined : yield* runOnThread(thread_id);
    if (onThread !== undefined && !isEnded(onThread)) return onThread;
    const run_id =
      draft.run_id ?? nextRunId(numberOf(yield* HIGHEST.get(), "number"), draft.start_time);
    const archived = draft.run_id === undefined ? undefined : yield* findArchived(run_id);
    if (archived !== undefined || (yield* readRun(run_id)) !== undefined) {
      const where = archived === undefined ? "already" : `in the archive ${archived.archive}`;
      throw new MissionError("RUN_EXISTS", `There is a run "${run_id}" ${where}.`, {
        details: { run_id },
      });
    }
    admit?.(yield* wakes.countWaiting(draft.mission_id));
    const [planned, ruled] = [hashOfPlan(plan), hashOfPolicy(policy)];
    yield* KEEP.run(planned.hash, planned.text);
    yield* KEEP.run(ruled.hash, ruled.text);
    const run: MissionRun = amend(draft, {
      run_id,
      thread_id: thread_id ?? run_id,
      plan_hash: planned.hash,
      policy_hash: ruled.hash,
    });
    yield* put.newRun(run, { plan: planned.value, policy: ruled.value });
    if (admit !== undefined) yield* wakes.wake(run);
    yield* outbox.add({ event: "run-opened", run_id });
    return run;
  }

  function* replace(runId: string, change: RunChange): Sql<MissionRun> {
    const record = yield* readRun(runId);
    if (record === undefined) throw new UnknownRunError(runId);
    const { run } = record;
    const changed = change(run, record);
    if (changed === run) return run;
    yield* put.run(changed);
    if (isEnded(changed)) yield* wakes.end(runId);
    if (changed.status === "awaiting_approval" && run.status !== "awaiting_approval") {
      yield* outbox.add({ event: "run-waits", run_id: runId });
    }
    return changed;
  }

  return {
    openRun: (opening) => write(undefined, () => open(opening)),
    findRun: async (runId) => (await findRun(runId))?.run,
    async findRunByThread(threadId) {
      const runId = textOf(await ask(() => BY_THREAD.get(threadId)), "run_id");
      return runId === undefined ? undefined : (await findRun(runId))?.run;
    },
    readRun: findRun,
    listRuns: (filter = {}) => ask(() => listRuns(session, filter)),
    changeRun: (runId, change) => write(runId, () => replace(runId, change)),
    endRun(runId, change, rows = []) {
      function* end() {
        for (const row of rows) {
          yield* put.row(row);
          yield* outbox.add({ event: "task-ended", run_id: runId, subject: row.task_id });
        }
        return yield* replace(runId, change);
      }
      return write(runId, end, { isDurable: true });
    },
    reopenRun(row, change) {
      function* reopen() {
        yield* put.row(row);
        const run = yield* replace(row.run_id, change);
        yield* wakes.wake(run);
        yield* outbox.add({ event: "run-reopened", run_id: row.run_id, subject: row.task_id });
        return run;
      }
      return write(row.run_id, reopen, { isDurable: true });
    },
    keepRouting: (runId, routing) =>
      write(runId, function* keep() {
        const record = yield* readRun(runId);
        if (record === undefined) throw new UnknownRunError(runId);
        if (record.routing !== undefined) return record.routing;
        const kept = routingSchema.parse(routing);
        const seal = yield* put.routing(runId, kept);
        yield* outbox.add({ event: "run-routed", run_id: runId, seal });
        return kept;
      }),

    async readTask(runId, taskId) {
      const { rows = [], requests = [] } = (await findRun(runId)) ?? {};
      const isOwn = ({ task_id }: { task_id: string }) => task_id === taskId;
      return { rows: rows.filter(isOwn), requests: requests.filter(isOwn) };
    },
    keepCall: (attempt, call, requests = []) =>
      write(attempt.run_id, function* keep() {
        yield* putCall(attempt, call);
        const kept: ApprovalRequest[] = [];
        for (const asked of requests) kept.push(yield* request(asked));
        return kept;
      }),
    reserve: (attempt, call, scopes, refuse) =>
      write(attempt.run_id, function* reserve() {
        const spent: Amounts[] = [];
        for (const scope of scopes) spent.push(yield* spending.read(scope));
        const { run_id, task_id, attempt: number } = attempt;
        const others = yield* UNDER_WAY.all(call.agent_id ?? null, run_id, task_id, number);
        const refused = refuse(spent, others.map(parseCall));
        if (refused === undefined) yield* putCall(attempt, call);
        return refused;
      }),
    listCalls: (runId) =>
      ask(function* list() {
        const rows = yield* CALLS_OF_RUN.all(runId);
        return rows.map(parseCall).filter(({ is_over }) => is_over !== true);
      }),
    readUnsettled: (runId) => ask(() => spending.unsettled(runId)),
    warnOfAttempt: ({ run_id, task_id, attempt }, warning) =>
      write(run_id, function* warn() {
        const row = (yield* readRun(run_id))?.rows.find(
          (one) => one.task_id === task_id && (one.attempt ?? 1) === attempt,
        );
        if (row === undefined) return;
        yield* put.row({ ...row, warnings: [...(row.warnings ?? []), warning] });
      }),
    findCall: ({ run_id, task_id, attempt }) =>
      ask(function* find() {
        const row = yield* CALL.get(run_id, task_id, attempt);
        const call = row && parseCall(row);
        return call?.is_over === true ? undefined : call;
      }),
    putTaskLog: (row) =>
      write(row.run_id, function* end() {
        yield* put.row(row);
        yield* endCall(row);
        yield* outbox.add({ event: "task-ended", run_id: row.run_id, subject: row.task_id });
      }),
  };
}

/** What it had reserved, its row settles; what earlier calls of it had is still used up. */
function* endCall({ run_id, task_id, attempt = 1 }: TaskLog): Sql<void> {
  const row = yield* DROP_CALL.get(run_id, task_id, attempt);
  if (row === undefined) return;
  const { agent_id, lost } = parseCall(row);
  if (lost === undefined) return;
  const left = { ...defined({ agent_id }), lost, is_over: true } as const;
  yield* putCall({ run_id, task_id, attempt }, left);
}

function parseCall(row: SqlRow): AgentCall {
  return parseStored(row["record"], agentCallSchema, "calls");
}

function* putCall({ run_id, task_id, attempt }: Attempt, call: AgentCall): Sql<void> {
  const kept = agentCallSchema.parse(call);
  const { cost, tokens, agent_minutes, attempts } = spentByCall(kept);
  const place = [run_id, task_id, attempt, kept.agent_id ?? null] as const;
  const spent = [cost, tokens, agent_minutes, attempts] as const;
  // One that waits for people is told when it was called once it goes on.
  const isWorking = kept.is_over === undefined && kept.called_at !== undefined;
  yield* PUT_CALL.run(...place, Number(isWorking), ...spent, JSON.stringify(kept));
}

function* listRuns(
  { tables }: Session,
  { mission_id, status, limit }: RunFilter,
): Sql<readonly MissionRun[]> {
  const values: SqlValue[] = [];
  const place = (value: SqlValue) => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (mission_id !== undefined) conditions.push(`mission_id = ${place(mission_id)}`);
  if (status !== undefined) conditions.push(`status IN (${status.map(place).join(", ")})`);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const last = limit === undefined ? "" : `LIMIT ${place(limit)}`;
  const rows = yield* sql(`SELECT record FROM runs ${where} ORDER BY seq DESC ${last}`).all(
    ...values,
  );
  return rows.map((row) => tables.runs.parse(row["record"])).toReversed();
}

/** The next id: `RUN_2026_11_22_009` after eight runs. Numbers go on, whatever the date. */
function nextRunId(highest: number, startTime: string): string {
  const date = startTime.slice(0, 10).replaceAll("-", "_");
  return `RUN_${date}_${String(highest + 1).padStart(3, "0")}`;
}

/** Plans and policies are the same objects from run to run: each is hashed once. */
function createHashMemory(hash: (text: string) => string) {
  return <T extends object>(schema: z.ZodType<T>) => {
    const known = new WeakMap<object, Kept<T>>();
    return (given: object): Kept<T> => {
      const before = known.get(given);
      if (before !== undefined) return before;
      const parsed = schema.parse(given, SELDOM);
      // The text keeps the order that people gave to KPIs; the hash does not depend on it.
      const text = JSON.stringify(parsed);
      const value = schema.parse(JSON.parse(text), SELDOM);
      const made = { hash: hash(canonicalJson(parsed)), text, value };
      known.set(given, made);
      return made;
    };
  };
}

/** What is kept under its hash, and as which it is read. */
interface Kept<T> {
  readonly hash: string;
  readonly text: string;
  readonly value: T;
}
