/** What would mislead whoever reads one line: found from outside, each as it was. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { aPlan, aReference, aTask, anAgent } from "../support/builders.ts";
import { untyped } from "../support/untyped.ts";
import {
  aClock,
  aFolder,
  aMissionControl,
  aWorkspace,
  writeDocument,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;
const works: AgentRuntime = async () => ({ output: "done", work_minutes: 5 });

/** T1, then T2 behind a gate, only where the amount is large. */
async function aBusiness({
  runtimes = { A1: works },
}: { runtimes?: Record<string, AgentRuntime> } = {}) {
  const clock = aClock();
  const workspace = aWorkspace(
    aReference(
      aPlan(
        { T1: [], T2: ["T1"] },
        {
          T2: {
            requires_human_approval: true,
            only_if: { all: [{ at: "/mission_inputs/amount", op: ">", value: 5 }] },
          },
        },
      ),
    ),
  );
  const control = await aMissionControl({ workspace, clock, runtimes });
  const start = async (amount: number) => {
    const { run_id } = await control.start({ mission_id: "M", mission_inputs: { amount } });
    clock.advance(1);
    return run_id;
  };
  return { control, clock, start };
}

describe("a failure", () => {
  it("is not made good by a run that did not need the task", async () => {
    const { control, start } = await aBusiness();
    const large = await start(9);
    await control.decide(large, { T2: { type: "reject", reason: "no", decided_by: "ana" } });

    await start(1);

    expect(await control.risks({ status: "open" })).toMatchObject([
      { run_id: large, risk_type: "task_failure" },
    ]);
    expect(await control.portfolio()).toMatchObject({ verdict: "high" });
  });

  it("is made good by a run that did the task", async () => {
    const { control, start } = await aBusiness();
    await control.decide(await start(9), {
      T2: { type: "reject", reason: "no", decided_by: "ana" },
    });

    await control.decide(await start(9), { T2: approve });

    expect(await control.risks({ status: "open" })).toEqual([]);
  });

  it("after a retry is a new event, whatever had closed the one before", async () => {
    const { control, start, clock } = await aBusiness();
    const failed = await start(9);
    await control.decide(failed, { T2: { type: "reject", reason: "no", decided_by: "ana" } });
    await control.decide(await start(9), { T2: approve });
    const [first] = await control.risks();
    expect(first).toMatchObject({ status: "closed" });
    clock.advance(60);

    await control.retry(failed, "T2", { by: "ana", reason: "again" });
    clock.advance(1);
    await control.decide(failed, { T2: { type: "reject", reason: "still no", decided_by: "ana" } });

    expect(await control.risks({ status: "open" })).toMatchObject([
      { run_id: failed, risk_type: "task_failure", recurrence_of: first?.event_id },
    ]);
    await control.watch();
    expect(await control.risks({ status: "open" })).toHaveLength(1);
    expect((await control.audit()).counts["error"]).toBe(0);
  });
});

describe("figures of a day that is over", () => {
  it("stay what they were, whatever runs later", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const dates = ["2026-02-02", "2026-02-04", "2026-02-05", "2026-02-06", "2026-03-20"];
    const read = () =>
      Promise.all(dates.map(async (date) => (await control.portfolio(date)).snapshot));
    const before = await read();
    const countOf = async () => (await control.audit()).counts["SNAPSHOT_DIFFERS"];
    const differing = await countOf();

    for (const mission_id of ["M001", "M002", "M003"]) {
      const { run_id, pending_approvals } = await control.start({ mission_id });
      for (const { task_id } of pending_approvals)
        await control.decide(run_id, { [task_id]: approve });
    }

    expect(await read()).toEqual(before);
    expect(await countOf()).toBe(differing);
  });

  it("balance as they did when a figure arrives late for a run that was imported", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    await control.recordKpis("RUN_2026_02_06_008", { csat: 3 });

    expect((await control.audit()).counts["error"]).toBe(0);
  });
});

describe("what is exported while a run waits", () => {
  it("has the statistics of what was done so far", async () => {
    const { control, start } = await aBusiness();
    await start(9);
    const folder = aFolder();

    await control.exportDocuments({ folder, force: true });

    const text = readFileSync(join(folder, "agent_performance_stats.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject([{ agent_id: "A1", executions: 1 }]);
  });
});

describe("a task that a person had the run go on without", () => {
  it("was not done", async () => {
    const fails: AgentRuntime = async () => {
      throw new Error("down");
    };
    const workspace = aWorkspace(aReference(aPlan({ T1: [], T2: [] })));
    const control = await aMissionControl({
      workspace,
      runtimes: {
        A1: async (request, signal) =>
          request.task.task_id === "T1" ? fails(request, signal) : works(request, signal),
      },
    });
    const { run_id } = await control.start({ mission_id: "M" });

    const { executive_summary } = await control.decide(run_id, {
      T1: { type: "skip", reason: "not today", decided_by: "ana" },
    });

    expect(executive_summary).toContain("1 of 2 tasks done, 1 skipped by a person");
    const { tasks, tasks_done, tasks_skipped } = await control.report(run_id);
    expect({ tasks_done, tasks_skipped }).toEqual({ tasks_done: 1, tasks_skipped: 1 });
    expect(tasks[0]?.status).toBe("skipped");
  });
});

describe("a run that is simulated in part", () => {
  it("keeps what was measured, and says that it is in part", async () => {
    const agents = [anAgent({ agent_id: "A1" }), anAgent({ agent_id: "A2" })];
    const reference = aReference(aPlan({ T1: [], T2: ["T1"] }), agents);
    const simulated = {
      mission_id: "M",
      kpis: { target_days: 2, baseline_days: 5 },
      definitions: { days: { simulate: { best: 4, worst: 4 } } },
    };
    const workspace = aWorkspace({
      ...reference,
      kpis: [simulated],
      capabilities: [
        { task_id: "T1", capable_agents: ["A1"] },
        { task_id: "T2", capable_agents: ["A2"] },
      ],
    });
    const control = await aMissionControl({
      workspace,
      runtimes: {
        A1: async () => ({ output: "done", work_minutes: 5, kpi_observations: { days: 3 } }),
      },
    });

    const { kpi_gap_summary } = await control.start({ mission_id: "M" });

    expect(kpi_gap_summary).toMatchObject([{ kpi: "days", observed: 3 }]);
    expect((await control.portfolio()).so_what).toContain(
      "the one run behind these figures was simulated in part",
    );
  });
});

describe("an event about a run as a whole", () => {
  it("names no task", async () => {
    const fails: AgentRuntime = async () => {
      throw new Error("down");
    };
    const agents = ["A1", "A2"].map((agent_id) => anAgent({ agent_id }));
    const workspace = aWorkspace(aReference(aPlan({ T1: [], T2: [] }), agents));
    const control = await aMissionControl({ workspace, runtimes: { A1: fails, A2: fails } });
    const { run_id } = await control.start({ mission_id: "M" });
    await control.decide(run_id, {
      T1: { type: "reject", reason: "no", decided_by: "ana" },
      T2: { type: "reject", reason: "no", decided_by: "ana" },
    });

    const { next_steps, risks } = await control.report(run_id);

    expect(risks.find(({ risk_type }) => risk_type === "too_many_failures")).toMatchObject({
      scope: "run",
    });
    expect(next_steps.map(({ what }) => what)).toContain(
      "look into the too many failures (medium)",
    );
  });
});

describe("what cannot be meant", () => {
  it.each([5, [], null, { A1: 5 }, { A1: null }])(
    "as runtimes is refused: %j",
    async (runtimes) => {
      const workspace = aWorkspace(aReference([aTask()]));

      await expect(
        aMissionControl({ workspace, runtimes: untyped(runtimes) }),
      ).rejects.toMatchObject({ code: "BAD_INPUT" });
    },
  );

  it.each([
    { documents: { missions: "twice" }, document: "business_missions.json" },
    { documents: { kpis: "twice" }, document: "mission_kpis.json" },
  ])(
    "as documents is refused when a mission is run: $document",
    async ({ documents, document }) => {
      const reference = aReference([aTask()]);
      const workspace = aWorkspace({
        ...reference,
        ...("missions" in documents
          ? { missions: [...reference.missions, ...reference.missions] }
          : {}),
        ...("kpis" in documents ? { kpis: [...reference.kpis, ...reference.kpis] } : {}),
      });
      const control = await aMissionControl({ workspace });

      await expect(control.start({ mission_id: "M" })).rejects.toThrow(document);
    },
  );

  it.each([
    { schema: { $ref: "#" }, why: "goes round in a circle" },
    { schema: { type: "array" }, why: "inputs are an object" },
  ])("as an input_schema is refused: $why", async ({ schema, why }) => {
    const reference = aReference([aTask()]);
    const workspace = aWorkspace({
      ...reference,
      missions: reference.missions.map((mission) => ({ ...mission, input_schema: schema })),
    });
    const control = await aMissionControl({ workspace });

    await expect(control.start({ mission_id: "M" })).rejects.toThrow(why);
  });

  it("as a condition is refused: an input that the mission does not have", async () => {
    const only_if = { all: [{ at: "/mission_inputs/amuont", op: ">" as const, value: 1 }] };
    const reference = aReference([aTask({ only_if })]);
    const input_schema = { properties: { amount: {} }, additionalProperties: false };
    const workspace = aWorkspace({
      ...reference,
      missions: reference.missions.map((mission) => ({ ...mission, input_schema })),
    });
    const control = await aMissionControl({ workspace });

    await expect(control.start({ mission_id: "M" })).rejects.toThrow(
      "/mission_inputs/amuont, which input_schema does not have; did you mean amount?",
    );
  });

  it("as an input is refused: one called __proto__", async () => {
    const control = await aMissionControl({ workspace: aWorkspace(aReference([aTask()])) });
    const mission_inputs = untyped<Record<string, string>>(JSON.parse('{"__proto__": 1}'));

    await expect(control.start({ mission_id: "M", mission_inputs })).rejects.toThrow("__proto__");
  });
});

describe("a mission that was added a moment ago", () => {
  it("can be run at once, in Studio's graph too", async () => {
    const reference = aReference([aTask()]);
    const workspace = aWorkspace(reference);
    const control = await aMissionControl({ workspace, runtimes: { A1: works } });
    await control.graph.invoke({ mission_id: "M" }, { configurable: { thread_id: "one" } });

    writeDocument(workspace, "mission_kpis", [...reference.kpis, { mission_id: "N", kpis: {} }]);
    writeDocument(workspace, "decomposed_mission_tasks", [
      ...reference.plans,
      { mission_id: "N", tasks: [aTask()] },
    ]);
    writeDocument(workspace, "business_missions", [
      ...reference.missions,
      { mission_id: "N", mission_name: "New" },
    ]);
    const state = await control.graph.invoke(
      { mission_id: "N" },
      { configurable: { thread_id: "two" } },
    );

    expect(state).toMatchObject({ mission_id: "N", run_status: "completed", last_error: "" });
  });
});
