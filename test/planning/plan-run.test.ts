import { describe, expect, it } from "vitest";

import type { Reference } from "../../src/model/reference.ts";
import { runPlanSchema } from "../../src/model/run-record.ts";
import { planRun } from "../../src/planning/plan-run.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";

const tasks = aPlan({ T2: ["T1"], T1: [] });
const base = aReference(tasks);

/** Missions M and N; A1 can do T1, A2 can do T2 and what N needs, A3 is able to do nothing. */
const reference: Reference = {
  ...base,
  missions: [...base.missions, { mission_id: "N", mission_name: "Next" }],
  plans: [...base.plans, { mission_id: "N", tasks: aPlan({ T9: [] }) }],
  agents: ["A1", "A2", "A3"].map((agent_id) => anAgent({ agent_id, status: "unavailable" })),
  capabilities: [
    { task_id: "T1", capable_agents: ["A1"] },
    { task_id: "T2", capable_agents: ["A2", "GONE"] },
    { task_id: "T9", capable_agents: ["A2"] },
  ],
};

describe("planRun", () => {
  it("has the mission, its tasks in dependency order, its figures and who can do what", () => {
    expect(planRun("M", reference)).toEqual({
      mission: { mission_id: "M", mission_name: "Mission" },
      tasks: [tasks[1], tasks[0]],
      kpis: { target_days: 2, baseline_days: 5 },
      agents: [
        { agent_id: "A1", name: "Agent" },
        { agent_id: "A2", name: "Agent" },
      ],
      capable: { T1: ["A1"], T2: ["A2", "GONE"] },
    });
  });

  it("does not say who is available: that is asked each time", () => {
    const agents = reference.agents.map((agent) => ({ ...agent, status: "available" as const }));
    const away = { ...reference, agents };

    expect(planRun("M", reference)).toEqual(planRun("M", away));
  });

  it("is empty where the documents say nothing, and passes its schema", () => {
    const empty = planRun("X", reference);

    expect(empty).toEqual({
      mission: { mission_id: "X", mission_name: "X" },
      tasks: [],
      kpis: {},
      agents: [],
      capable: {},
    });
    expect(runPlanSchema.parse(empty)).toEqual(empty);
  });

  it("is the same value as long as the documents are", () => {
    expect(planRun("M", reference)).toBe(planRun("M", reference));
    expect(planRun("N", reference)).not.toBe(planRun("M", reference));
    expect(planRun("M", { ...reference })).not.toBe(planRun("M", reference));
  });
});
