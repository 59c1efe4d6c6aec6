/** What every store must do. Adapters call this with a way to open themselves. */

import { describe, expect, it, onTestFinished } from "vitest";

import type { RecordedDecision } from "../../src/model/decision.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { defined } from "../../src/model/defined.ts";
import { planRun } from "../../src/planning/plan-run.ts";
import type { ImportedRecord, Opening, Store } from "../../src/store/store.ts";
import {
  NOON,
  aReference,
  aRequest,
  aRow,
  aRun,
  aSnapshot,
  aTask,
  anEvent,
  asItIs,
} from "../support/builders.ts";
import { untyped } from "../support/untyped.ts";

const { run_id: _unnamed, ...draft } = aRun();
const plan = planRun("M", aReference([aTask()]));

const opening = (fields: Partial<Opening["draft"]> = {}): Opening => ({
  draft: { ...draft, ...fields },
  plan,
  policy: DEFAULT_POLICY,
});
const decision = (fields: Partial<RecordedDecision> = {}): RecordedDecision => ({
  run_id: "R1",
  approval_id: "APR-R1-T1-1",
  decision: "approve",
  decided_at: NOON,
  decided_by: "ana",
  source: "library",
  ...fields,
});
const aStat = (agent_id: string) => ({
  agent_id,
  avg_task_duration_minutes: 5,
  approval_rate: 1,
  escalation_rate: 0,
  last_updated: "2026-11-22",
});

const NO_LIMITS = DEFAULT_POLICY.workers.most_at_once;

type Open = () => Store | Promise<Store>;

/** @returns a way to open the same storage, at first empty, within one test. */
type Prepare = () => Open | Promise<Open>;

/** Opens one that is closed when the test ends. */
async function use(open: Open): Promise<Store> {
  const store = await open();
  onTestFinished(() => store.close());
  return store;
}

/** The state of each request of a run, in the order in which they were made. */
async function statusesOf(store: Store, runId: string): Promise<readonly string[]> {
  const { requests } = await store.readHistory();
  return requests.filter(({ run_id }) => run_id === runId).map(({ status }) => status);
}

export function describeStore(name: string, prepare: Prepare): void {
  describe(`${name} as a store`, () => {
    it("numbers runs, and refuses an id that is taken", async () => {
      const store = await use(await prepare());

      const first = await store.openRun(opening());
      const named = await store.openRun(opening({ run_id: "MINE" }));
      const next = await store.openRun(opening());

      expect([first.run_id, named.run_id, next.run_id]).toEqual([
        "RUN_2026_11_22_001",
        "MINE",
        "RUN_2026_11_22_002",
      ]);
      await expect(store.openRun(opening({ run_id: "MINE" }))).rejects.toMatchObject({
        code: "RUN_EXISTS",
      });
    });

    it("has one unended run on a thread at most, and finds the newest", async () => {
      const store = await use(await prepare());
      const first = await store.openRun(opening({ thread_id: "thread" }));

      const same = await store.openRun(opening({ thread_id: "thread" }));
      await store.endRun(first.run_id, (run) => ({ ...run, status: "failed" }));
      const second = await store.openRun(opening({ thread_id: "thread" }));

      expect(same).toEqual(first);
      expect(second.run_id).not.toBe(first.run_id);
      expect(await store.findRunByThread("thread")).toEqual(second);
      expect(await store.findRunByThread("other")).toBeUndefined();
    });

    it("gives a run without a thread one of its own name", async () => {
      const store = await use(await prepare());

      const { run_id, thread_id } = await store.openRun(opening());

      expect(thread_id).toBe(run_id);
    });

    it("reads all that is recorded of one run, with what it was opened with", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.openRun(opening({ run_id: "R2" }));
      await store.putTaskLog(aRow());
      await store.putTaskLog(aRow({ run_id: "R2" }));
      await store.requestApproval(aRequest());
      await store.changeRisks("R1", () => [anEvent()], asItIs);
      await store.changeRisks("R2", () => [anEvent({ event_id: "E2", run_id: "R2" })], asItIs);

      expect(await store.readRun("R1")).toEqual({
        run: await store.findRun("R1"),
        plan,
        policy: DEFAULT_POLICY,
        routing: undefined,
        rows: [aRow()],
        requests: [aRequest()],
        events: [anEvent()],
      });
      expect(await store.readRun("R3")).toBeUndefined();
    });

    it("keeps the order that people gave to the KPIs of a plan", async () => {
      const store = await use(await prepare());
      const kpis = { target_z: 1, baseline_z: 2, target_a: 3 };
      await store.openRun({ ...opening({ run_id: "R1" }), plan: { ...plan, kpis } });

      const record = await store.readRun("R1");

      expect(Object.keys(record?.plan?.kpis ?? {})).toEqual(["target_z", "baseline_z", "target_a"]);
    });

    it("keeps the ranking that a run was given first", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      const known = { agent_id: "A1", executions: 1, escalated_executions: 0, waiting_requests: 0 };
      const routing = { routes: {}, evidence: [known] };

      await store.keepRouting("R1", routing);
      const kept = await store.keepRouting("R1", { routes: {}, evidence: [] });

      expect(kept).toEqual(routing);
      expect((await store.readRun("R1"))?.routing).toEqual(routing);
      await expect(store.keepRouting("R9", routing)).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    });

    it("lists the runs that meet every condition, the newest of them in order of opening", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.openRun(opening({ run_id: "R2", mission_id: "N" }));
      await store.openRun(opening({ run_id: "R3", status: "failed" }));
      await store.openRun(opening({ run_id: "R4" }));

      const list = async (filter: Parameters<Store["listRuns"]>[0]) =>
        (await store.listRuns(filter)).map((run) => run.run_id);

      expect(await list({})).toEqual(["R1", "R2", "R3", "R4"]);
      expect(await list({ mission_id: "M" })).toEqual(["R1", "R3", "R4"]);
      expect(await list({ mission_id: "M", status: ["running"] })).toEqual(["R1", "R4"]);
      expect(await list({ status: ["failed", "abandoned"] })).toEqual(["R3"]);
      expect(await list({ limit: 2 })).toEqual(["R3", "R4"]);
    });

    it("replaces a row with the same key, and keeps the order of first writing", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.putTaskLog(aRow());
      await store.putTaskLog(aRow({ attempt: 2 }));

      await store.putTaskLog(aRow({ outcome: "failed" }));

      const { rows } = await store.readTask("R1", "T1");
      expect(rows.map((row) => [row.attempt, row.outcome])).toEqual([
        [1, "failed"],
        [2, "completed"],
      ]);
      expect(await store.readTask("R2", "T1")).toEqual({ rows: [], requests: [] });
      expect(await store.readTask("R1", "T2")).toEqual({ rows: [], requests: [] });
    });

    it("never stores a record that its schema refuses, whatever else is written in that turn", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));

      const results = await Promise.allSettled([
        store.putTaskLog(aRow()),
        store.putTaskLog(aRow({ attempt: 2, actual_duration_minutes: -1 })),
        store.changeRun("R1", (run) => ({ ...run, status: untyped("odd") })),
        store.putTaskLog(aRow({ attempt: 3 })),
      ]);

      expect(results).toMatchObject([
        { status: "fulfilled" },
        { status: "rejected", reason: { code: "BAD_DOCUMENT" } },
        { status: "rejected", reason: { code: "BAD_DOCUMENT" } },
        { status: "fulfilled" },
      ]);
      const record = await store.readRun("R1");
      expect(record?.rows.map((row) => row.attempt)).toEqual([1, 3]);
      expect(record?.run.status).toBe("running");
    });

    it("changes a run in one step, and refuses an unknown one", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      const increment = () =>
        store.changeRun("R1", (run) => ({ ...run, escalations: run.escalations + 1 }));

      await Promise.all([increment(), increment(), increment()]);

      expect(await store.findRun("R1")).toMatchObject({ escalations: 3 });
      const unknown = { code: "UNKNOWN_RUN" };
      await expect(store.changeRun("R9", (run) => run)).rejects.toMatchObject(unknown);
      await expect(store.endRun("R9", (run) => run)).rejects.toMatchObject(unknown);
    });

    it("keeps the request that was made first", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.requestApproval(aRequest());

      const kept = await store.requestApproval(aRequest({ agent_id: "A2" }));

      expect(kept.agent_id).toBe("A1");
      expect((await store.readTask("R1", "T1")).requests).toEqual([aRequest()]);
    });

    it("lets the first decision win, and anchors it in the run", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.requestApproval(aRequest());

      const results = await Promise.allSettled([
        store.decideApprovals([decision()]),
        store.decideApprovals([decision({ decided_by: "bob", decision: "reject" })]),
      ]);

      expect(results).toMatchObject([
        { status: "fulfilled", value: [{ status: "decided", decided_by: "ana" }] },
        { status: "rejected", reason: { code: "ALREADY_DECIDED" } },
      ]);
      const record = await store.readRun("R1");
      const [request] = record?.requests ?? [];
      expect(request).toMatchObject({ decided_by: "ana", decision_number: 1 });
      expect(record?.run.decisions_head).toBe(request?.decision_hash);
    });

    it("keeps two requests apart whose approval ids are the same", async () => {
      const store = await use(await prepare());
      const approval_id = "APR-R-A-B-1";
      await store.requestApproval(aRequest({ run_id: "R", task_id: "A-B", approval_id }));
      const request = aRequest({ run_id: "R-A", task_id: "B", approval_id });

      const other = await store.requestApproval(request);
      await store.decideApprovals([decision({ run_id: "R-A", approval_id })]);

      expect(other).toEqual(request);
      expect(await statusesOf(store, "R")).toEqual(["pending"]);
      expect(await statusesOf(store, "R-A")).toEqual(["decided"]);
    });

    it("records several decisions all or none", async () => {
      const store = await use(await prepare());
      await store.requestApproval(aRequest());

      const both = store.decideApprovals([decision(), decision({ approval_id: "APR-R1-T9-1" })]);

      await expect(both).rejects.toMatchObject({ code: "UNKNOWN_APPROVAL" });
      expect(await statusesOf(store, "R1")).toEqual(["pending"]);
    });

    it("takes back what is pending, and nothing that is decided", async () => {
      const store = await use(await prepare());
      await store.requestApproval(aRequest());
      await store.requestApproval(aRequest({ task_id: "T2" }));
      await store.decideApprovals([decision()]);

      await store.voidApprovals("R1", ["APR-R1-T1-1", "APR-R1-T2-1", "APR-R1-T9-1"]);

      expect(await statusesOf(store, "R1")).toEqual(["decided", "void"]);
      const late = store.decideApprovals([decision({ approval_id: "APR-R1-T2-1" })]);
      await expect(late).rejects.toMatchObject({ code: "ALREADY_DECIDED" });
    });

    it("lists what waits in runs under way: important, overdue, holding up most, oldest", async () => {
      const store = await use(await prepare());
      const runs = { R1: {}, R2: { priority: "critical" }, R3: { status: "failed" } } as const;
      for (const [run_id, fields] of Object.entries(runs)) {
        await store.openRun(opening({ run_id, ...fields }));
      }
      const ask = (run_id: string, task_id: string, fields: object = {}) =>
        store.requestApproval(
          aRequest({ run_id, task_id, approval_id: `APR-${run_id}-${task_id}`, ...fields }),
        );
      await ask("R1", "young", { approval_request_time: "2026-11-22T12:01:00Z" });
      await ask("R1", "old");
      await ask("R1", "long", { blocked_minutes: 60 });
      await ask("R1", "overdue", { due_at: "2026-11-22T11:00:00Z", blocked_minutes: 0 });
      await ask("R2", "important", { blocked_minutes: 0 });
      await ask("R3", "ended");
      await ask("R1", "void");
      await store.voidApprovals("R1", ["APR-R1-void"]);

      const list = async (query: object) =>
        (await store.listPending({ now: NOON, ...query })).map(({ task_id }) => task_id);

      expect(await list({})).toEqual(["important", "overdue", "long", "old", "young"]);
      expect(await list({ run_id: "R1", limit: 2 })).toEqual(["overdue", "long"]);
    });

    it("changes risk events by what bears on the run, and returns just what changed", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.openRun(opening({ run_id: "R2", start_time: "2026-11-22T13:00:00Z" }));
      await store.openRun(opening({ run_id: "R3", mission_id: "N" }));
      const other = anEvent({ event_id: "RISK_002", risk_type: "other" });
      await store.changeRisks("R1", () => [anEvent(), other], asItIs);
      const elsewhere = anEvent({ event_id: "RISK_007", run_id: "R3", mission_id: "N" });
      await store.changeRisks("R3", () => [elsewhere], asItIs);
      await store.endRun("R2", (run) => ({ ...run, status: "completed", end_time: NOON }));

      const changed = await store.changeRisks(
        "R2",
        ({ own, earlier, next }) => {
          expect({ own, earlier, next }).toEqual({ own: [], earlier: [anEvent(), other], next: 8 });
          return earlier.slice(0, 1).map((event) => ({ ...event, status: "closed" as const }));
        },
        asItIs,
      );
      let later: readonly unknown[] = [];
      await store.changeRisks(
        "R1",
        ({ own, completedWithout }) => {
          later = own.map(({ risk_type }) => completedWithout({ risk_type, kpis: [] }));
          return [];
        },
        asItIs,
      );

      const list = async (filter: object) =>
        (await store.listEvents(filter)).map(({ event_id, status }) => `${event_id} ${status}`);
      expect(later).toEqual(["R2", "R2"]);
      expect(changed).toEqual([anEvent({ status: "closed" })]);
      expect(await list({})).toEqual(["RISK_001 closed", "RISK_002 open", "RISK_007 open"]);
      expect(await list({ run_id: "R1", status: "open" })).toEqual(["RISK_002 open"]);
      expect(await list({ mission_id: "N" })).toEqual(["RISK_007 open"]);
      expect(await list({ mission_id: "M", status: "open" })).toEqual(["RISK_002 open"]);
    });

    it("knows which runs somebody has to go on with, until that is done", async () => {
      const store = await use(await prepare());
      const free = async () => (await store.listWakes(10, NO_LIMITS)).map(({ run_id }) => run_id);
      await store.openRun({ ...opening({ run_id: "R1" }), admit: () => {} });
      const external = opening({ run_id: "R2", checkpoints: "external" });
      await store.openRun({ ...external, admit: () => {} });
      await store.openRun(opening({ run_id: "R3" }));
      expect(await free()).toEqual(["R1"]);
      const own = await store.takeLease("R3", "drive");
      expect(await store.listHeldWakes()).toMatchObject([{ run_id: "R3" }]);
      await own.release(true);

      const first = await store.takeLease("R1");
      expect(await free()).toEqual([]);
      expect(await store.listHeldWakes()).toMatchObject([{ run_id: "R1" }]);
      expect(await store.countWakes()).toMatchObject({ free: 0, held: 1 });
      await first.release();
      expect(await free()).toEqual(["R1"]);

      const second = await store.takeLease("R1");
      await store.requestApproval(aRequest());
      await second.release(true);
      expect(await free()).toEqual([]);
      await store.decideApprovals([decision()]);
      expect(await free()).toEqual(["R1"]);

      const third = await store.takeLease("R1");
      await store.requestApproval(aRequest({ approval_id: "APR-R1-T1-2" }));
      await store.decideApprovals([decision({ approval_id: "APR-R1-T1-2" })]);
      await third.release(true);
      expect(await free()).toEqual(["R1"]);

      await store.endRun("R1", (run) => ({ ...run, status: "completed", end_time: NOON }));
      expect(await free()).toEqual([]);
      expect(await store.countWakes()).toMatchObject({ free: 0, held: 0, oldest_ms: undefined });
      await store.reopenRun(aRow(), (run) => ({ ...run, status: "running" }));
      expect(await free()).toEqual(["R1"]);
    });

    it("lists them by importance, and each mission in its turn", async () => {
      const store = await use(await prepare());
      const leave = (fields: Parameters<typeof opening>[0]) =>
        store.openRun({ ...opening(fields), admit: () => {} });
      for (const run_id of ["A1", "A2", "A3"]) await leave({ run_id });
      await leave({ run_id: "B1", mission_id: "N" });
      await leave({ run_id: "A4", priority: "critical" });

      const listed = (await store.listWakes(4, NO_LIMITS)).map(({ run_id }) => run_id);

      expect(listed).toEqual(["A4", "A1", "B1", "A2"]);
    });

    it("lets as many be carried on of a mission, and of a priority, as may be", async () => {
      const store = await use(await prepare());
      const leave = (fields: Parameters<typeof opening>[0]) =>
        store.openRun({ ...opening(fields), admit: () => {} });
      for (const run_id of ["A1", "A2", "A3"]) await leave({ run_id });
      for (const run_id of ["B1", "B2"]) await leave({ run_id, mission_id: "N", priority: "low" });
      const limits = { ...NO_LIMITS, mission: 2, low: 1 };
      const listed = async () =>
        (await store.listWakes(9, limits)).map(({ run_id }) => run_id).toSorted();
      const [first] = [
        await store.takeLease("A1", { drive: limits }),
        await store.takeLease("A2", { drive: limits }),
        await store.takeLease("B1", { drive: limits }),
      ];

      expect(await listed()).toEqual([]);
      const full = { code: "BUSY", details: { most: 2 } };
      await expect(store.takeLease("A3", { drive: limits })).rejects.toMatchObject(full);
      await expect(store.takeLease("B2", { drive: limits })).rejects.toThrow(/priority low/);
      // Whoever is there in person is not refused.
      const own = await store.takeLease("A3", "drive");
      await own.release();
      await first.release(true);
      expect(await listed()).toEqual(["A3"]);
      await expect(store.takeLease("A3", { drive: limits })).resolves.toBeDefined();
      const seen: unknown[] = [];
      const admit = (waiting: object) => {
        seen.push(waiting);
        throw new Error("no place");
      };
      await expect(store.openRun({ ...opening(), admit })).rejects.toThrow("no place");
      // What is there is not in the way.
      const again = store.openRun({ ...opening({ run_id: "A2" }), admit });
      await expect(again).rejects.toMatchObject({ code: "RUN_EXISTS" });
      expect(seen).toEqual([{ all: 4, mission: 2 }]);
    });

    it("knows of a call that is under way, until the attempt has its row", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      const attempt = { run_id: "R1", task_id: "T1", attempt: 2 };

      expect(await store.findCall(attempt)).toBeUndefined();
      await store.keepCall(attempt, {});
      expect(await store.findCall(attempt)).toEqual({});
      await store.keepCall(attempt, { handle: { run: "7" } });
      await store.putTaskLog(aRow({ attempt: 1 }));

      expect(await store.findCall(attempt)).toEqual({ handle: { run: "7" } });
      expect(await store.findCall({ ...attempt, task_id: "T2" })).toBeUndefined();
      await store.putTaskLog(aRow({ attempt: 2 }));
      expect(await store.findCall(attempt)).toBeUndefined();
    });

    it("counts calls that are under way as load, until they have a row, wait for a person or their run has ended", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      const load = async () => (await store.readAgents(["A1"], 1)).waiting.get("A1");
      const attempt = { run_id: "R1", task_id: "T1", attempt: 1 };

      await store.keepCall(attempt, { agent_id: "A1", called_at: NOON });
      expect(await load()).toBe(1);
      await store.keepCall(attempt, { agent_id: "A1", called_at: NOON, continuation: 1 });
      expect(await load()).toBe(1);
      await store.keepCall(attempt, { agent_id: "A1", continuation: 1 });
      expect(await load()).toBe(0);
      await store.keepCall(attempt, { agent_id: "A1", called_at: NOON, handle: 1 });
      expect(await load()).toBe(1);
      await store.endRun("R1", (run) => ({ ...run, status: "abandoned", end_time: NOON }));
      expect(await load()).toBe(0);
    });

    it("keeps what an agent goes on from with what it asks, and asks nothing twice", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      const attempt = { run_id: "R1", task_id: "T1", attempt: 1 };
      const asked = aRequest({ approval_id: "APR-R1-T1-1-ask-1", stage: "agent" });

      expect(await store.keepCall(attempt, { continuation: 1 }, [asked])).toEqual([asked]);
      const [decided] = await store.decideApprovals([decision({ approval_id: asked.approval_id })]);
      expect(await store.keepCall(attempt, { continuation: 2 }, [asked])).toEqual([decided]);

      expect(await store.findCall(attempt)).toEqual({ continuation: 2 });
      expect(await store.listCalls("R1")).toEqual([{ continuation: 2 }]);
      const told = (await store.readOutbox(0)).map(({ event }) => event);
      expect(told.filter((event) => event === "approval-requested")).toHaveLength(1);
    });

    it("lets an attempt begin, and remembers what it reserves, unless there is something against it", async () => {
      const store = await use(await prepare());
      const begun = { start_time: "2026-11-05T00:00:00Z" };
      for (const [run_id, mission_id] of [
        ["R1", "M"],
        ["R2", "M"],
        ["R3", "N"],
      ] as const) {
        await store.openRun(opening({ ...begun, run_id, mission_id }));
      }
      await store.openRun(
        opening({ run_id: "R0", mission_id: "M", start_time: "2026-10-31T23:59:59Z" }),
      );
      const row = {
        runtime: "function",
        actual_duration_minutes: 3,
        human_delay_minutes: 1,
      } as const;
      const used = { input_tokens: 5, output_tokens: 2 };
      const reserved = { cost: 4, tokens: 9, agent_minutes: 5, attempts: 1 } as const;
      await store.putTaskLog(aRow({ ...row, run_id: "R0", cost: 1000 }));
      await store.putTaskLog(aRow({ ...row, run_id: "R1", cost: 2, usage: used, reserved }));
      await store.putTaskLog(aRow({ ...row, run_id: "R2", reserved }));
      await store.putTaskLog(aRow({ ...row, run_id: "R3", mission_id: "N", cost: 100 }));
      const month = { from: Date.UTC(2026, 10), to: Date.UTC(2026, 11) };
      const scopes = [{ run_id: "R1" }, { ...month, mission_id: "M" }, month];
      const attempt = { run_id: "R1", task_id: "T2", attempt: 1 };
      const seen: unknown[] = [];
      const ask = (against?: string) =>
        store.reserve(attempt, { reserved }, scopes, (spent) => {
          seen.push(spent);
          return against;
        });

      expect(await ask("no")).toBe("no");
      expect(await store.findCall(attempt)).toBeUndefined();
      expect(await ask()).toBeUndefined();
      expect(await store.findCall(attempt)).toEqual({ reserved });
      await store.putTaskLog(aRow({ ...row, run_id: "R2", attempt: 2, cost: 1 }));
      await ask("no");

      const before = [
        { cost: 2, tokens: 7, agent_minutes: 2, attempts: 1 },
        { cost: 6, tokens: 16, agent_minutes: 4, attempts: 2 },
        { cost: 106, tokens: 16, agent_minutes: 6, attempts: 3 },
      ];
      expect(seen).toEqual([
        before,
        before,
        [
          { cost: 6, tokens: 16, agent_minutes: 7, attempts: 2 },
          { cost: 11, tokens: 25, agent_minutes: 11, attempts: 4 },
          { cost: 111, tokens: 25, agent_minutes: 13, attempts: 5 },
        ],
      ]);
    });

    it("adds a warning to the row of an attempt that has one", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      const attempt = { run_id: "R1", task_id: "T1", attempt: 1 };

      await store.warnOfAttempt(attempt, "early");
      await store.putTaskLog(aRow({ attempt: 1, warnings: ["one"] }));
      await store.warnOfAttempt(attempt, "late");

      expect((await store.readRun("R1"))?.rows).toMatchObject([{ warnings: ["one", "late"] }]);
    });

    it("changes one event, and refuses an unknown one", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.changeRisks("R1", () => [anEvent()], asItIs);

      const closed = await store.changeEvent(
        "RISK_001",
        (event) => ({ ...event, status: "closed" }),
        (run, { events }) => ({ ...run, rule_summary: events[0]?.status ?? "" }),
      );

      // Its run with it, at once.
      expect((await store.findRun("R1"))?.rule_summary).toBe("closed");
      expect(closed.status).toBe("closed");
      expect(await store.listEvents()).toEqual([closed]);
      const unknown = store.changeEvent("RISK_404", (event) => event, asItIs);
      await expect(unknown).rejects.toMatchObject({ code: "UNKNOWN_EVENT" });
    });

    it("reads what is known of agents: statistics, last attempts, what waits", async () => {
      const store = await use(await prepare());
      for (const attempt of [1, 2, 3]) await store.putTaskLog(aRow({ attempt }));
      await store.putTaskLog(aRow({ attempt: 4, outcome: "skipped" }));
      await store.requestApproval(aRequest());

      await store.refreshAgentStats({ window: 2 }, (recent) => [...recent.keys()].map(aStat));
      const { stats, recent, waiting } = await store.readAgents(["A1", "A2"], 2);

      expect(await store.listAgentStats()).toEqual([aStat("A1")]);
      expect(stats).toEqual([aStat("A1")]);
      expect(recent.get("A1")?.map((row) => row.attempt)).toEqual([3, 2]);
      expect([waiting.get("A1"), waiting.get("A2")]).toEqual([1, 0]);
    });

    it("refreshes the statistics of some agents, and leaves the others' as they are", async () => {
      const store = await use(await prepare());
      for (const agent_id of ["A1", "A2"]) {
        await store.putTaskLog(aRow({ agent_id, task_id: agent_id }));
      }
      const seen: unknown[] = [];
      const refresh = (figures: object, agentIds?: readonly string[]) =>
        store.refreshAgentStats({ window: 2, ...defined({ agentIds }) }, (recent, current) => {
          seen.push(current);
          return [...recent.keys()].map((id) => ({ ...aStat(id), ...figures }));
        });

      await refresh({});
      await refresh({ executions: 7 }, ["A2"]);

      expect(seen).toEqual([[], [aStat("A2")]]);
      expect(await store.listAgentStats()).toEqual([
        aStat("A1"),
        { ...aStat("A2"), executions: 7 },
      ]);
    });

    it("replaces a snapshot of the same date and period, and keeps the other period's", async () => {
      const store = await use(await prepare());
      await store.saveSnapshots([aSnapshot(), aSnapshot({ period: "week" })]);

      await store.saveSnapshots([aSnapshot({ completed_runs: 2 })]);

      expect(await store.listSnapshots()).toEqual([
        aSnapshot({ completed_runs: 2 }),
        aSnapshot({ period: "week" }),
      ]);
    });

    it("gives a large output back unchanged", async () => {
      const store = await use(await prepare());
      const output = { text: "ä".repeat(20_000), list: [1, null, { deep: true }] };

      const reference = await store.saveOutput(output);
      await store.saveOutput(output);

      expect(await store.loadOutput(reference)).toEqual(output);
      expect(await store.listOutputs(0)).toHaveLength(1);
      const gone = { ...reference, sha256: "0".repeat(64) };
      await expect(store.loadOutput(gone)).rejects.toMatchObject({ code: "STORE_FAILED" });
    });

    it("tells what happened, in order and without gaps, and nothing of what was refused", async () => {
      const store = await use(await prepare());
      await store.openRun(opening({ run_id: "R1" }));
      await store.requestApproval(aRequest());
      await store.changeRun("R1", (run) => ({ ...run, status: "awaiting_approval" }));
      await store.decideApprovals([decision()]);
      await store.decideApprovals([decision()]).catch(() => {});
      await store.putTaskLog(aRow());
      await store.endRun("R1", (run) => ({ ...run, status: "completed", end_time: NOON }));
      await store.changeRun("R1", (run) => ({ ...run, kpis: { days: 3 } }));

      const events = await store.readOutbox(0);

      expect(events.map(({ event, subject }) => `${event} ${subject}`)).toEqual([
        "run-opened ",
        "approval-requested APR-R1-T1-1",
        "run-waits ",
        "approval-decided APR-R1-T1-1",
        "task-ended T1",
        "run-ended ",
        "run-changed ",
      ]);
      expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(await store.readOutbox(5, 1)).toEqual([events[5]]);
    });

    it("imports records all or none, and once under a mark", async () => {
      const store = await use(await prepare());
      const rows = [aRow(), aRow({ attempt: 2 })];
      function* torn(): Generator<ImportedRecord, void> {
        yield { document: "task_execution_logs", record: aRow({ attempt: 9 }) };
        throw new Error("torn");
      }
      const records = rows.map((record) => ({ document: "task_execution_logs", record }) as const);

      await expect(
        store.importRecords(torn(), { mark: { name: "first", value: "1" } }),
      ).rejects.toThrow("torn");
      const before = await store.findMark("first");
      await store.importRecords(records, { mark: { name: "first", value: "1" } });
      await store.importRecords(torn(), { mark: { name: "first", value: "1" } });

      expect(before).toBeUndefined();
      expect(await store.findMark("first")).toBeDefined();
      expect((await store.readHistory()).rows).toEqual(rows);
    });

    it("remembers nothing of before what it has imported", async () => {
      const store = await use(await prepare());
      const { run_id } = await store.openRun(opening());
      await store.putTaskLog(aRow({ run_id }));
      const window = 5;
      const before = [await store.findRun(run_id), await store.readAgents(["A1"], window)] as const;

      await store.importRecords([
        { document: "mission_runs", record: { ...before[0], requested_by: "ana" } },
        { document: "task_execution_logs", record: aRow({ run_id, attempt: 2 }) },
      ]);

      const { recent } = await store.readAgents(["A1"], window);
      expect(before[1].recent.get("A1")).toHaveLength(1);
      expect(recent.get("A1")).toHaveLength(2);
      expect((await store.findRun(run_id))?.requested_by).toBe("ana");
      expect((await store.readRun(run_id))?.rows).toHaveLength(2);
    });

    it("gives many runs as documents in the order of their records, a page at a time", async () => {
      const store = await use(await prepare());
      const runIds = Array.from({ length: 1050 }, (_, position) => `R${position}`);
      const asRow = (run_id: string, attempt = 1) => ({
        document: "task_execution_logs" as const,
        record: aRow({ run_id, attempt }),
      });
      await store.importRecords([
        ...runIds.map((run_id) => ({
          document: "mission_runs" as const,
          record: aRun({ run_id, thread_id: run_id }),
        })),
        ...runIds.toReversed().map((run_id) => asRow(run_id)),
        // One of a run that is not shown any more, and one of a run that is.
        asRow("R5", 2),
        asRow("R1049", 2),
      ]);

      const { idsOf } = await takeDocuments(store, 1040);

      expect(idsOf("mission_runs")).toEqual(runIds.slice(10));
      expect(idsOf("task_execution_logs")).toEqual([...runIds.slice(10).toReversed(), "R1049"]);
    });

    it("gives the newest runs as documents, with all that is theirs and unknown fields", async () => {
      const store = await use(await prepare());
      for (const run_id of ["R1", "R2", "R3"]) {
        await store.openRun(opening({ run_id }));
        await store.putTaskLog(untyped({ ...aRow({ run_id }), colour: "red" }));
      }

      const { number, textsOf, idsOf } = await takeDocuments(store, 2);
      const all = await takeDocuments(store, 1000);

      expect(idsOf("mission_runs")).toEqual(["R2", "R3"]);
      expect(idsOf("task_execution_logs")).toEqual(["R2", "R3"]);
      expect(textsOf("task_execution_logs")[0]).toContain('"colour":"red"');
      expect(all.idsOf("mission_runs")).toEqual(["R1", "R2", "R3"]);
      expect(all.idsOf("task_execution_logs")).toEqual(["R1", "R2", "R3"]);
      expect(number).toBe((await store.readOutbox(0)).at(-1)?.number);
    });

    it("holds a name against itself, until it is released", async () => {
      const store = await use(await prepare());
      const lease = await store.takeLease("R1");

      await expect(store.takeLease("R1")).rejects.toMatchObject({ code: "BUSY" });
      await lease.release();
      const again = await store.takeLease("R1");

      await again.release();
    });
  });
}

/** The documents of a store, as they are given. */
async function takeDocuments(store: Store, keepRuns: number) {
  const taken: [document: string, record: string][] = [];
  const number = await store.readDocuments(keepRuns, () => {
    taken.length = 0;
    return (document, record) => taken.push([document, record]);
  });
  const textsOf = (document: string) =>
    taken.flatMap(([name, record]) => (name === document ? [record] : []));
  const idsOf = (document: string): string[] =>
    textsOf(document).map((text) => JSON.parse(text).run_id);
  return { number, textsOf, idsOf };
}

/** What only a storage can promise that several open at once, or one after another. */
export function describeSharedStore(name: string, prepare: Prepare): void {
  describe(`${name} as a store of several`, () => {
    it("gives runs that are opened at once an id each", async () => {
      const open = await prepare();
      const stores = [await use(open), await use(open), await use(open)];

      const runs = await Promise.all(
        stores.flatMap((store) => Array.from({ length: 10 }, () => store.openRun(opening()))),
      );

      expect(new Set(runs.map((run) => run.run_id)).size).toBe(30);
    });

    it("lets another see at once what was written", async () => {
      const open = await prepare();
      const [writer, reader] = [await use(open), await use(open)];
      await writer.openRun(opening({ run_id: "R1" }));
      expect(await reader.readRun("R1")).toMatchObject({ rows: [] });

      await writer.putTaskLog(aRow());

      expect(await reader.readRun("R1")).toMatchObject({ rows: [aRow()] });
    });

    it("has everything when it is opened again", async () => {
      const open = await prepare();
      const before = await open();
      await before.openRun(opening({ run_id: "R1" }));
      await before.putTaskLog(aRow());
      const record = await before.readRun("R1");
      await before.close();

      expect(await (await use(open)).readRun("R1")).toEqual(record);
    });

    it("lets the first decision win between two who decide at once", async () => {
      const open = await prepare();
      const [one, other] = [await use(open), await use(open)];
      await one.requestApproval(aRequest());

      const results = await Promise.allSettled([
        one.decideApprovals([decision()]),
        other.decideApprovals([decision({ decided_by: "bob", decision: "reject" })]),
      ]);

      expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
      const [failed] = results.filter((result) => result.status === "rejected");
      expect(failed?.reason).toMatchObject({ code: "ALREADY_DECIDED" });
      expect(await one.readTask("R1", "T1")).toEqual(await other.readTask("R1", "T1"));
    });

    it("changes a run in one step, whoever else does", async () => {
      const open = await prepare();
      const [one, other] = [await use(open), await use(open)];
      await one.openRun(opening({ run_id: "R1" }));
      const increment = (store: Store) =>
        store.changeRun("R1", (run) => ({ ...run, escalations: run.escalations + 1 }));

      await Promise.all([increment(one), increment(other), increment(one), increment(other)]);

      expect(await one.findRun("R1")).toMatchObject({ escalations: 4 });
      expect(await other.findRun("R1")).toMatchObject({ escalations: 4 });
    });

    it("holds a name against everybody, until it is released", async () => {
      const open = await prepare();
      const [one, other] = [await use(open), await use(open)];
      const lease = await one.takeLease("R1");

      await expect(other.takeLease("R1")).rejects.toMatchObject({ code: "BUSY" });
      const elsewhere = await other.takeLease("R2");
      await lease.release();
      const again = await other.takeLease("R1");

      await Promise.all([elsewhere.release(), again.release()]);
    });
  });
}
