/** Recorded runs again through the graph: the sample, and whatever can be run. */

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { AgentRuntime, MissionControl } from "../../src/index.ts";
import { aPlan, aReference, aRow, aRun, anAgent } from "../support/builders.ts";
import {
  aClock,
  aMissionControl,
  aWorkspace,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

/** Every file of a workspace with its content and time of change, but for what opening it makes. */
function everyFile(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(".mission-control"))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path} ${statSync(path).mtimeMs} ${readFileSync(path, "utf8")}`);
}

describe("a replay of the sample", () => {
  it("gives all rows and the five risk events again, and differs only where the record does not follow from its rows", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    const { runs, totals } = await control.replay();

    expect(totals).toEqual({
      runs: 8,
      agree: 3,
      differ: 5,
      not_replayable: 0,
      rows: 22,
      equal_rows: 22,
      risk_events: 5,
    });
    const recorded = readRecorded(workspace, "mission_risk_events").map((event) =>
      [event["run_id"], event["task_id"], event["risk_type"], event["severity"]].join(" "),
    );
    const replayed = runs.flatMap(({ run_id, risk_events }) =>
      risk_events.map((event) =>
        [run_id, event.task_id, event.risk_type, event.severity].join(" "),
      ),
    );
    expect(replayed.toSorted()).toEqual(recorded.toSorted());
    expect(runs.flatMap((run) => run.differences)).toEqual(
      [2, 0, 2, 0, 0].map((interventions) => ({
        what: "run: human_interventions",
        recorded: interventions,
        replayed: 1,
        known_at_import: true,
      })),
    );
  });

  it("is the same twice, byte for byte, touches no document and calls no agent", async () => {
    const workspace = aWorkspace();
    const calls: string[] = [];
    const runtime: AgentRuntime = async ({ task }) => {
      calls.push(task.task_id);
      return { output: null };
    };
    const runtimes = { A1: runtime, A2: runtime, A3: runtime, A4: runtime, A5: runtime };
    const control = await aMissionControl({ workspace, runtimes });
    const before = everyFile(workspace);

    const first = await control.replay();
    const second = await control.replay();

    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(everyFile(workspace)).toEqual(before);
    expect(calls).toEqual([]);
  });

  it("replays the runs that are named, and refuses one that nobody knows", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    const { runs } = await control.replay(["RUN_2026_02_04_005"]);

    expect(runs.map((run) => run.run_id)).toEqual(["RUN_2026_02_04_005"]);
    await expect(control.replay(["RUN_NONE"])).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
  });
});

describe("a back-test from code", () => {
  it("finds the recorded events again, and what another policy would have done", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    const same = await control.backtest({ policy: {} });
    const patient = await control.backtest({ policy: { approvals: { due_minutes: 10 } } });

    expect(same).toMatchObject({ events: { appear: [], vanish: [], same: 5 }, recall: 1 });
    expect(patient.events.vanish.map(({ risk_type }) => risk_type)).toEqual([
      "sla_breach_risk",
      "approval_delay",
    ]);
    await expect(
      control.backtest({ policy: { approvals: { due_minutes: -1 } } }),
    ).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
  });
});

describe("a run that cannot be replayed", () => {
  const ended = { status: "completed" as const, end_time: "2026-11-22T12:05:00Z" };

  it.each([
    ["it has no rows", aRun(ended), []],
    ["it has not ended (running)", aRun(), [aRow()]],
    ["a person cancelled it", aRun({ ...ended, status: "abandoned" }), [aRow()]],
    ["the plan has no task T9 any more", aRun(ended), [aRow({ task_id: "T9" })]],
    ["agent A9 is not registered any more", aRun(ended), [aRow({ agent_id: "A9" })]],
    ["mission X is not there any more", aRun({ ...ended, mission_id: "X" }), [aRow()]],
  ])("is listed with the reason, and does not stop the others: %s", async (reason, run, rows) => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const good = aRun({ ...ended, run_id: "R2", total_duration_minutes: 5 });
    writeDocument(workspace, "mission_runs", [run, good]);
    writeDocument(workspace, "task_execution_logs", [...rows, aRow({ run_id: "R2" })]);
    const control = await aMissionControl({ workspace });

    const { runs, totals } = await control.replay();

    expect(runs).toMatchObject([
      { run_id: "R1", status: "not_replayable", reason },
      { run_id: "R2", status: "agrees" },
    ]);
    expect(totals).toMatchObject({ not_replayable: 1, agree: 1 });
  });

  it("lacks a decision in the log", async () => {
    const tasks = aPlan({ T1: [] }, { T1: { requires_human_approval: true } });
    const workspace = aWorkspace(aReference(tasks));
    writeDocument(workspace, "mission_runs", [aRun(ended)]);
    writeDocument(workspace, "task_execution_logs", [aRow()]);
    const control = await aMissionControl({ workspace });

    const { runs } = await control.replay();

    expect(runs[0]).toMatchObject({ status: "not_replayable" });
    expect(runs[0]?.reason).toContain("T1");
  });
});

describe("run, record, replay", () => {
  /** What agents do at each attempt, and people at each question: drawn in turn. */
  const lives = fc.record({
    edges: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 6 }),
    gates: fc.array(fc.constantFrom("none", "before", "after"), { minLength: 5, maxLength: 5 }),
    works: fc.array(fc.constantFrom(true, true, true, false), { minLength: 40, maxLength: 40 }),
    minutes: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 40, maxLength: 40 }),
    answers: fc.array(fc.constantFrom("approve", "approve", "reject", "edit", "skip"), {
      minLength: 40,
      maxLength: 40,
    }),
    delays: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 40, maxLength: 40 }),
  });

  it("is the identity, failures and refusals included", async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        const dependencies: Record<string, string[]> = {};
        for (let task = 0; task < 5; task += 1) {
          const before = life.edges.filter(([from, to]) => to === task && from < task);
          dependencies[`T${task}`] = [...new Set(before.map(([from]) => `T${from}`))];
        }
        const gated = Object.fromEntries(
          life.gates.map((gate, task) => [
            `T${task}`,
            gate === "none" ? {} : { requires_human_approval: true, approval_stage: gate },
          ]),
        );
        const agents = [anAgent(), anAgent({ agent_id: "A2" })];
        const clock = aClock();
        const workspace = aWorkspace(aReference(aPlan(dependencies, gated), agents));
        let calls = 0;
        const runtime: AgentRuntime = async ({ task, attempt }) => {
          calls += 1;
          const work_minutes = (life.minutes[calls % 40] ?? 0) / 100;
          if (life.works[calls % 40] === false) {
            throw Object.assign(new Error("no luck"), { work_minutes });
          }
          return { output: { summary: `${task.task_id} ${attempt}` }, work_minutes };
        };
        const control = await aMissionControl({
          workspace,
          clock,
          runtimes: { A1: runtime, A2: runtime },
        });
        await live(control, { clock, life });

        const { runs } = await control.replay();

        expect(runs).toMatchObject([{ status: "agrees", differences: [] }]);
      }),
      { numRuns: 25 },
    );
  });

  /** Starts the mission, and answers until nothing is asked. */
  async function live(
    control: MissionControl,
    {
      clock,
      life,
    }: {
      clock: ReturnType<typeof aClock>;
      life: { answers: readonly string[]; delays: readonly number[] };
    },
  ): Promise<void> {
    let outcome = await control.start({ mission_id: "M" });
    for (let turn = 0; outcome.status === "awaiting_approval"; turn += 1) {
      const [asked] = outcome.pending_approvals;
      if (asked === undefined) throw new Error("waits for nothing");
      const drawn = life.answers[turn % 40] ?? "approve";
      const type = asked.allowed.find((allowed) => allowed === drawn) ?? asked.allowed[0];
      if (type === undefined) throw new Error("nothing is allowed");
      const [name] = Object.keys(asked.args);
      clock.advance(life.delays[turn % 40] ?? 0);
      outcome = await control.decide(outcome.run_id, {
        [asked.approval_id]: {
          type,
          decided_by: "ana",
          ...(type === "approve" || type === "edit" ? {} : { reason: `turn ${turn}` }),
          ...(type === "edit" && name !== undefined ? { edits: { [name]: `edited ${turn}` } } : {}),
        },
      });
    }
  }
});

describe("a replay of a run whose risk was over before it ended", () => {
  it("agrees, though a person closed the event, and its condition was gone only later", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({
      mission_id: "M003",
      kpi_observations: { csat: 2 },
    });
    await control.watch();
    const [raised] = await control.risks({ run_id });
    await control.closeRisk(raised?.event_id ?? "", { reason: "called the customer", by: "ana" });
    await control.recordKpis(run_id, { csat: 5 });
    await control.decide(run_id, { T8: { type: "approve", decided_by: "ana" } });

    const { runs } = await control.replay([run_id]);

    expect(raised).toMatchObject({ risk_type: "csat_risk" });
    expect(runs).toMatchObject([{ status: "agrees", differences: [] }]);
  });
});
