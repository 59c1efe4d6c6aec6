import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { validateWorkspace } from "../../src/app/validate-workspace.ts";
import type { Reference } from "../../src/model/reference.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

/** Two missions' worth of nothing wrong. */
const sound: Reference = aReference(aPlan({ T1: [], T2: ["T1"], T3: ["T2"] }), [
  anAgent({ runtime: "simulated" }),
]);

const NAMES = {
  missions: "business_missions",
  plans: "decomposed_mission_tasks",
  agents: "specialized_agents",
  capabilities: "agent_capabilities_matrix",
  kpis: "mission_kpis",
} as const;

/** What is said of documents, with others in the place of some. */
async function faultsOf(
  changes: Partial<Record<keyof Reference, unknown>>,
): Promise<readonly string[]> {
  const workspace = aWorkspace(sound);
  for (const [part, name] of Object.entries(NAMES)) {
    const changed = new Map(Object.entries(changes)).get(part);
    if (changed !== undefined)
      writeFileSync(join(workspace, `${name}.json`), JSON.stringify(changed));
  }
  const { faults } = await validateWorkspace(workspace, undefined);
  return faults.map(({ message }) => message);
}

const [T1, T2, T3] = aPlan({ T1: [], T2: ["T1"], T3: ["T2"] });
const planOf = (...tasks: readonly unknown[]) => [{ mission_id: "M", tasks }];

describe("validateWorkspace", () => {
  it("reports what is wrong in a record beside what is wrong between records", async () => {
    const faults = await faultsOf({
      plans: planOf(
        T1,
        { ...T2, estimated_duration_minutes: -4 },
        { ...T3, depends_on: ["T2", "T9"], order: 1 },
      ),
      capabilities: [
        { task_id: "T1", capable_agents: ["A9"] },
        { task_id: "T2", capable_agents: ["A1"] },
        { task_id: "T3", capable_agents: ["A1"] },
      ],
    });

    expect(faults).toEqual([
      "decomposed_mission_tasks.json: M: tasks.T2.estimated_duration_minutes: found -4; expected a number ≥ 0.01.",
      "decomposed_mission_tasks.json: M T3: order: order 1, but it depends on T2 with order 2; expected more than 2.",
      'decomposed_mission_tasks.json: M T3: depends_on: a dependency on "T9", which is no task of this mission; expected a task of the plan.',
      'agent_capabilities_matrix.json: T1: capable_agents: agent "A9", which is not registered; expected agents of specialized_agents.json.',
    ]);
  });

  it("finds a cycle beside a word that is none", async () => {
    const faults = await faultsOf({
      plans: planOf({ ...T1, depends_on: ["T3"], task: "" }, T2, {
        ...T3,
        approval_stage: "later",
      }),
    });

    expect(faults).toEqual([
      expect.stringContaining("M: tasks.T1.task: found an empty text"),
      expect.stringContaining(
        'tasks.T3.approval_stage: found "later"; expected "before" or "after"',
      ),
      expect.stringContaining("order 1, but it depends on T3"),
      expect.stringContaining("a cycle T1 → T2 → T3 → T1"),
    ]);
  });

  it.each<[string, Partial<Record<keyof Reference, unknown>>, string]>([
    ["an order", { plans: planOf(T1, { ...T2, order: "2" }, T3) }, "tasks.T2.order"],
    ["the id of a task", { plans: planOf(T1, { ...T2, task_id: "a b" }, T3) }, "tasks.a b.task_id"],
    [
      "what a task waits for",
      { plans: planOf(T1, { ...T2, depends_on: "T1" }, T3) },
      "T2.depends_on",
    ],
    ["a task that is none", { plans: planOf(T1, 7, { ...T3, depends_on: ["X"] }) }, "tasks.2"],
    ["the list of tasks", { plans: [{ mission_id: "M", tasks: {} }] }, "tasks: found an object"],
    [
      "the id of a plan",
      { plans: [{ mission_id: 5, tasks: [T1] }] },
      "record 1: mission_id: found 5",
    ],
    ["a mission", { missions: [{ mission_id: "M" }] }, "M: mission_name: found nothing"],
    [
      "the id of a mission",
      { missions: [{ mission_id: "", mission_name: "x" }] },
      "mission_id: found an empty text",
    ],
    [
      "the agents of a task",
      { capabilities: [{ task_id: "T1", capable_agents: [""] }, ...rest()] },
      "capable_agents.1",
    ],
    [
      "the id of an agent",
      { agents: [{ agent_id: null, name: "x" }] },
      "record 1: agent_id: found null",
    ],
    [
      "the state of an agent",
      { agents: [anAgent({ runtime: "simulated" })].map((agent) => ({ ...agent, status: "ill" })) },
      'A1: status: found "ill"',
    ],
    [
      "a figure",
      { kpis: [{ mission_id: "M", kpis: { target_x: "2", baseline_x: 5 } }] },
      'kpis.target_x: found "2"',
    ],
    [
      "a whole document",
      { agents: {} },
      "specialized_agents.json: found an object; expected a list",
    ],
  ])("says of %s that cannot be read no more than that", async (_name, changes, words) => {
    const faults = await faultsOf(changes);

    expect(faults).toEqual([expect.stringContaining(words)]);
  });

  it("checks what is left when a document is missing or cut off", async () => {
    const workspace = aWorkspace(sound);
    writeDocument(workspace, "decomposed_mission_tasks", planOf({ ...T1, depends_on: ["T9"] }));
    rmSync(join(workspace, "specialized_agents.json"));
    writeFileSync(join(workspace, "mission_kpis.json"), "[{");

    const { faults } = await validateWorkspace(workspace, undefined);

    expect(faults.map(({ code }) => code)).toEqual([
      "MISSING_DOCUMENT",
      "MALFORMED_JSON",
      "MISSING_DEPENDENCY",
    ]);
  });

  it("does not hold a rule's KPI against a policy while KPIs cannot be read", async () => {
    const workspace = aWorkspace();
    const policy: { risk: { rules: { when: { all: object[] } }[] } } = JSON.parse(
      readFileSync(join(workspace, "policy.json"), "utf8"),
    );
    const rule = { ...policy.risk.rules[0], rule_id: "own", scope: "run" };
    const when = { all: [{ metric: "kpi.csat.gap_pct", op: ">", value: 5 }] };
    policy.risk.rules.push({ ...rule, when });
    writeFileSync(join(workspace, "policy.json"), JSON.stringify(policy));
    const codes = async () =>
      (await validateWorkspace(workspace, undefined)).faults.map(({ code }) => code);
    writeDocument(workspace, "mission_kpis", []);
    expect(await codes()).toContain("UNKNOWN_KPI");

    writeFileSync(join(workspace, "mission_kpis.json"), "[");

    expect(await codes()).toEqual(["MALFORMED_JSON"]);
  });

  it("warns of agents that are simulated because they name no runtime", async () => {
    const workspace = aWorkspace({ ...sound, agents: [anAgent()] });

    const { faults, warnings } = await validateWorkspace(workspace, undefined);

    expect(faults).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual(["A1 has no runtime: it is simulated."]);
  });

  it("warns of agents for a task that no plan has, unless a task could not be read", async () => {
    const rows = [...rest(), { task_id: "T1", capable_agents: ["A1"] }];
    const row = { task_id: "T9", capable_agents: ["A1"] };
    const workspace = aWorkspace({ ...sound, capabilities: [...rows, row] });
    const codes = async () =>
      (await validateWorkspace(workspace, undefined)).warnings.map(({ code }) => code);

    expect(await codes()).toEqual(["UNUSED_CAPABILITY"]);
    writeDocument(workspace, "decomposed_mission_tasks", planOf(T1, T2, T3, { task_id: "T 9" }));
    expect(await codes()).toEqual([]);
  });

  it("warns of nothing in the sample", async () => {
    const workspace = aWorkspace();

    expect(await validateWorkspace(workspace, undefined)).toMatchObject({
      faults: [],
      warnings: [],
    });
    expect(readDocument(workspace, "specialized_agents")).not.toEqual([]);
  });
});

function rest(): readonly { task_id: string; capable_agents: string[] }[] {
  return ["T2", "T3"].map((task_id) => ({ task_id, capable_agents: ["A1"] }));
}
