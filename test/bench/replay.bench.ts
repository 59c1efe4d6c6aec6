/** Replays of the sample's three-task runs beside a bare graph of the same shape, both without a checkpointer, on one core. */

import { fileURLToPath } from "node:url";

import { createReplayer } from "../../src/app/replay-runs.ts";
import { DEFAULT_POLICY } from "../../src/model/policy.ts";
import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import { readReference } from "../../src/telemetry/reference-files.ts";
import { buildBareMissionGraph } from "./bare-graph.ts";
import { report, timed } from "./measure.ts";

const RUNS = 600;
const ROUNDS = 3;

const folder = fileURLToPath(new URL("../../../../data", import.meta.url));
const { reference } = readReference(folder);
const history = await createJsonTelemetryStore({ folder }).readHistory();
const recorded = history.runs
  .filter((run) => run.mission_id === "M001")
  .map((run) => ({
    run,
    rows: history.rows.filter((row) => row.run_id === run.run_id),
    requests: [],
    events: history.events.filter((event) => event.run_id === run.run_id),
  }));
const replay = createReplayer(reference, DEFAULT_POLICY);
const bare = buildBareMissionGraph();

const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  theirs.push(
    await timed(async () => {
      for (let number = 0; number < RUNS; number += 1) {
        await bare.invoke({}, { configurable: { thread_id: `bare-${number}` } });
      }
    }),
  );
  ours.push(
    await timed(async () => {
      for (let number = 0; number < RUNS; number += 1) {
        const run = recorded[number % recorded.length];
        if (run !== undefined) await replay(run);
      }
    }),
  );
}
report("replay through the graph, one core", {
  "ours, runs/s": (RUNS / Math.min(...ours)) * 1000,
  "bare graph of the same shape, runs/s": (RUNS / Math.min(...theirs)) * 1000,
  ratio: Math.min(...theirs) / Math.min(...ours),
  floor: 0.4,
});
