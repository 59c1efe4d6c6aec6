/** What inputs and a condition add to a mission: the same plan with them and without, by turns. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { initWorkspace, openMissionControl } from "../../src/index.ts";
import { inFlight, median, report } from "./measure.ts";

const MISSIONS = Number(process.env["BENCH_MISSIONS"] ?? 200);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 9);

const INPUTS = { customer: "ACME", claim: { amount: 1250, currency: "EUR" } };
const CONDITION = {
  all: [
    { at: "/mission_inputs/claim/amount", op: ">", value: 1000 },
    { at: "/tasks/T1/output/summary", op: "exists", value: true },
  ],
};

const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
initWorkspace(folder, { from: "empty" });
const ids = ["T1", "T2", "T3"];
const tasks = ids.map((task_id, place) => ({
  task_id,
  task: `Do ${task_id}`,
  order: place + 1,
  depends_on: ids.slice(Math.max(0, place - 1), place),
  estimated_duration_minutes: 5,
  requires_human_approval: task_id === "T2",
}));
const conditional = tasks.map((task) =>
  task.task_id === "T3" ? { ...task, only_if: CONDITION, depends_on: ["T1", "T2"] } : task,
);
const plain = tasks.map((task) =>
  task.task_id === "T3" ? { ...task, depends_on: ["T1", "T2"] } : task,
);
const documents = {
  business_missions: ["PLAIN", "ABOUT"].map((mission_id) => ({
    mission_id,
    mission_name: "Mission",
  })),
  decomposed_mission_tasks: [
    { mission_id: "PLAIN", tasks: plain },
    { mission_id: "ABOUT", tasks: conditional },
  ],
  specialized_agents: [{ agent_id: "A1", name: "Agent", runtime: "simulated" }],
  agent_capabilities_matrix: ids.map((task_id) => ({ task_id, capable_agents: ["A1"] })),
  mission_kpis: ["PLAIN", "ABOUT"].map((mission_id) => ({ mission_id, kpis: { max_steps: 5 } })),
};
for (const [name, records] of Object.entries(documents)) {
  await writeFile(join(folder, `${name}.json`), JSON.stringify(records));
}

const control = await openMissionControl({ workspace: folder });

async function play(request: Parameters<typeof control.start>[0]): Promise<number> {
  return inFlight(MISSIONS, 1, async () => {
    const { run_id } = await control.start(request);
    const { status } = await control.decide(run_id, { T2: { type: "approve", decided_by: "b" } });
    if (status !== "completed") throw new Error(`${run_id} is ${status}`);
  });
}

const ratios: number[] = [];
// Each round compares neighbours in time; the first warms up.
for (let round = 0; round <= ROUNDS; round += 1) {
  const before = await play({ mission_id: "PLAIN" });
  const own = await play({ mission_id: "ABOUT", mission_inputs: INPUTS });
  const after = await play({ mission_id: "PLAIN" });
  if (round > 0) ratios.push(own / ((before + after) / 2));
}
await control.close();
await rm(folder, { recursive: true });
report("a mission about something, beside the same without inputs and condition", {
  "cost, ratio (at most 1.02)": median(ratios),
  "lowest round": Math.min(...ratios),
  "highest round": Math.max(...ratios),
});
