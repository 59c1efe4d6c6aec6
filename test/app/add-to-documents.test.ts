import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { addToDocuments } from "../../src/app/add-to-documents.ts";
import { validateWorkspace } from "../../src/app/validate-workspace.ts";
import { REFERENCE_DOCUMENT_NAMES } from "../../src/model/documents.ts";
import {
  type NewKpi,
  type NewTask,
  addAgent,
  addKpi,
  addMission,
  addTask,
} from "../../src/planning/new-records.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { aFolder, aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

const textsOf = (workspace: string) =>
  REFERENCE_DOCUMENT_NAMES.map((name) => readFileSync(join(workspace, `${name}.json`), "utf8"));

/** The sample has M001 with T1 to T8, and agents A1 to A5. */
const aNewTask = (fields: Partial<NewTask["task"]> = {}, rest: Partial<NewTask> = {}): NewTask => ({
  missionId: "M001",
  agents: ["A1"],
  task: {
    task_id: "N1",
    task: "Say thanks",
    depends_on: [],
    estimated_duration_minutes: 3,
    requires_human_approval: false,
    ...fields,
  },
  ...rest,
});

const aNewKpi = (fields: Partial<NewKpi> = {}): NewKpi => ({
  missionId: "M001",
  kpi: "complaints",
  figures: { baseline_complaints: 9, target_complaints: 4 },
  declaration: {},
  ...fields,
});

describe("addToDocuments", () => {
  it("adds a task at the end of its plan, and who can do it first", async () => {
    const workspace = aWorkspace();
    const [before = ""] = textsOf(workspace).slice(1);

    const written = await addToDocuments(workspace, (reference) =>
      addTask(aNewTask({ depends_on: ["T1"] }), reference),
    );

    const [plan] = readDocument(workspace, "decomposed_mission_tasks");
    const after = textsOf(workspace)[1] ?? "";
    expect(written).toEqual(["agent_capabilities_matrix.json", "decomposed_mission_tasks.json"]);
    expect(plan?.["tasks"]).toContainEqual(expect.objectContaining({ task_id: "N1", order: 4 }));
    expect(readDocument(workspace, "agent_capabilities_matrix").at(-1)).toEqual({
      task_id: "N1",
      capable_agents: ["A1"],
    });
    // Letter by letter: what was there is there, around what is new.
    const lines = after.split("\n");
    const kept = before.split("\n").filter((line) => !lines.includes(line));
    expect(kept.every((line) => lines.includes(`${line},`))).toBe(true);
    expect((await validateWorkspace(workspace, undefined)).faults).toEqual([]);
  });

  it("adds what stands under names, whether there were any before or not", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const declaration = { label: "Complaints", unit: "calls" };
    const addKpiOf = (fields: Partial<NewKpi>) =>
      addToDocuments(workspace, (reference) =>
        addKpi(aNewKpi({ missionId: "M", ...fields }), reference),
      );

    await addKpiOf({ declaration });
    await addKpiOf({ kpi: "csat", figures: { min_csat: 4 }, declaration: { decimals: 1 } });

    expect(readDocument(workspace, "mission_kpis")).toEqual([
      {
        mission_id: "M",
        kpis: {
          target_days: 2,
          baseline_days: 5,
          baseline_complaints: 9,
          target_complaints: 4,
          min_csat: 4,
        },
        definitions: { complaints: declaration, csat: { decimals: 1 } },
      },
    ]);
  });

  it.each<[string, (workspace: string) => Promise<unknown>, RegExp]>([
    [
      "a mission that is there",
      (workspace) =>
        addToDocuments(workspace, (reference) =>
          addMission({ mission_id: "M001", mission_name: "x" }, reference),
        ),
      /^M001 is there already: the mission "Reduce Customer Onboarding Time" with 3 tasks\. Nothing was changed/,
    ],
    [
      "an agent that is there",
      (workspace) =>
        addToDocuments(workspace, (reference) =>
          addAgent({ agent_id: "A1", name: "x" }, reference),
        ),
      /^A1 is there already: the agent "Data Collection Agent"/,
    ],
    ["a task that is there", add(aNewTask({ task_id: "T1" })), /^T1 is there already: the task "/],
    [
      "other agents of a task of another mission",
      add(aNewTask({ task_id: "T6" }, { agents: ["A1"] })),
      /^T6 is there already: a row of agent_capabilities_matrix\.json for A5/,
    ],
    [
      "a KPI that is there",
      addOne(aNewKpi({ kpi: "onboarding_time_days" })),
      /already: a KPI of M001: target_onboarding_time_days 2/,
    ],
    [
      "a task of no mission",
      add(aNewTask({}, { missionId: "M01" })),
      /^There is no mission "M01": there are M001, M002, M003; did you mean/,
    ],
    ["a KPI of no mission", addOne(aNewKpi({ missionId: "X" })), /^There is no mission "X"/],
    [
      "an id that is none",
      add(aNewTask({ task_id: "a b" })),
      /tasks\.a b\.task_id: found "a b"; expected an id of 1 to 80/,
    ],
    [
      "no minutes",
      add(aNewTask({ estimated_duration_minutes: -4 })),
      /N1\.estimated_duration_minutes: found -4; expected a number ≥ 0\.01/,
    ],
    [
      "a task after one that is not there",
      add(aNewTask({ depends_on: ["T77"] })),
      /a dependency on "T77", which is no task/,
    ],
    ["a task after itself", add(aNewTask({ depends_on: ["N1"] })), /a dependency of N1 on itself/],
    [
      "an agent that is not there",
      add(aNewTask({}, { agents: ["A77"] })),
      /agent "A77", which is not registered/,
    ],
    [
      "nobody who can do it",
      add(aNewTask({}, { agents: undefined })),
      /no agent is capable of task N1/,
    ],
    [
      "a condition on a task that it does not wait for",
      add(aNewTask({ only_if: { all: [{ at: "/tasks/T1/output", op: "exists", value: true }] } })),
      /N1: only_if: \/tasks\/T1\/output, but N1 does not depend on T1/,
    ],
    [
      "a time of nothing",
      addOne(aNewKpi({ kpi: "x_days", figures: { target_x_days: 0 } })),
      /a time of 0 to be reached/,
    ],
    [
      "a schema that is none",
      (workspace) =>
        addToDocuments(workspace, (reference) =>
          addMission(
            { mission_id: "M9", mission_name: "x", input_schema: { type: "objekt" } },
            reference,
          ),
        ),
      /M9: input_schema: no JSON Schema/,
    ],
  ])("refuses %s, and writes nothing", async (_name, act, words) => {
    const workspace = aWorkspace();
    const before = textsOf(workspace);

    await expect(act(workspace)).rejects.toMatchObject({ message: expect.stringMatching(words) });

    expect(textsOf(workspace)).toEqual(before);
  });

  it("refuses a cycle through a task that was waited for before it was there", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: ["N1"] })));

    const added = addToDocuments(workspace, (reference) =>
      addTask(aNewTask({ depends_on: ["T1"] }, { missionId: "M" }), reference),
    );

    await expect(added).rejects.toMatchObject({ message: expect.stringContaining("a cycle") });
  });

  it("does not mind faults that were there before", async () => {
    const workspace = aWorkspace();
    writeDocument(workspace, "mission_kpis", [{ mission_id: "X", kpis: {} }]);
    const mission = { mission_id: "M9", mission_name: "Ninth" };

    await addToDocuments(workspace, (reference) => addMission(mission, reference));

    expect(readDocument(workspace, "business_missions").at(-1)).toEqual(mission);
  });

  it("adds nothing to documents that cannot be read", async () => {
    const workspace = aWorkspace();
    writeFileSync(join(workspace, "mission_kpis.json"), "[{");

    await expect(add(aNewTask())(workspace)).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
    await expect(add(aNewTask())(aFolder())).rejects.toMatchObject({ code: "NO_WORKSPACE" });
  });

  it("writes over nobody who was faster", async () => {
    const workspace = aWorkspace();

    const added = addToDocuments(workspace, (reference) => {
      writeDocument(workspace, "specialized_agents", []);
      return addTask(aNewTask(), reference);
    });

    await expect(added).rejects.toMatchObject({ code: "BUSY" });
    expect(readDocument(workspace, "specialized_agents")).toEqual([]);
  });

  it("goes on from where a crash left it", async () => {
    const workspace = aWorkspace();
    const rows = readDocument(workspace, "agent_capabilities_matrix");
    const row = { task_id: "N1", capable_agents: ["A1"] };
    writeDocument(workspace, "agent_capabilities_matrix", [...rows, row]);
    const { warnings } = await validateWorkspace(workspace, undefined);

    await add(aNewTask())(workspace);

    expect(warnings.map(({ code, record }) => [code, record])).toEqual([
      ["UNUSED_CAPABILITY", "N1"],
    ]);
    expect(await validateWorkspace(workspace, undefined)).toMatchObject({
      faults: [],
      warnings: [],
    });
  });
});

function add(task: NewTask) {
  return (workspace: string) => addToDocuments(workspace, (reference) => addTask(task, reference));
}

function addOne(kpi: NewKpi) {
  return (workspace: string) => addToDocuments(workspace, (reference) => addKpi(kpi, reference));
}
