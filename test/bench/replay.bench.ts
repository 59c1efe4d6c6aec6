/**
 * Replays of the sample's three-task runs beside a bare graph of the same shape, both without a
 * checkpointer, on one core; then many of them over all cores. 100,000 take a quarter of an hour:
 * REPLAY_RUNS=100000 asks for them.
 */

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { replayAll } from "../../src/app/replay-pool.ts";
import { createReplayer } from "../../src/app/replay-runs.ts";
import { sha256, systemClock } from "../../src/app/system.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { planRun } from "../../src/planning/plan-run.ts";
import { listRecords } from "../../src/store/documents/import-documents.ts";
import { readReference } from "../../src/store/documents/read-reference.ts";
import { openMemoryStore } from "../../src/store/sqlite/sqlite-store.ts";
import { buildBareMissionGraph } from "./bare-graph.ts";
import { report, timed } from "./measure.ts";

const RUNS = Number(process.env["REPLAY_ROUND"] ?? 600);
const ROUNDS = 3;
const FEW = 1000;
const MANY = Number(process.env["REPLAY_RUNS"] ?? 10_000);

const folder = fileURLToPath(new URL("../../../../data", import.meta.url));
const { reference } = readReference(folder);
const store = openMemoryStore({ now: () => systemClock.now(), hash: sha256 });
await store.importRecords(listRecords(folder));
const history = await store.readHistory();
await store.close();
const recorded: readonly RunRecord[] = history.runs
  .filter((run) => run.mission_id === "M001")
  .map((run) => ({
    run,
    plan: planRun(run.mission_id, reference),
    policy: DEFAULT_POLICY,
    routing: undefined,
    rows: history.rows.filter((row) => row.run_id === run.run_id),
    requests: [],
    events: history.events.filter((event) => event.run_id === run.run_id),
  }));
const replay = createReplayer(DEFAULT_POLICY);
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

/** The sample's runs again and again, under new ids. */
function* repeat(count: number): Generator<RunRecord, void> {
  for (let number = 0; number < count; number += 1) {
    const one = recorded[number % recorded.length];
    if (one === undefined) return;
    const run_id = `RUN_${number}`;
    const renamed = <T extends object>(records: readonly T[]) =>
      records.map((record) => ({ ...record, run_id }));
    yield {
      ...one,
      run: { ...one.run, run_id },
      rows: renamed(one.rows),
      events: renamed(one.events),
    };
  }
}

async function costOf(count: number): Promise<number> {
  const runs = [...repeat(count)];
  const agreeing = new Set(["agrees", "differs"]);
  const time = await timed(async () => {
    const results = await replayAll({ runs, policy: DEFAULT_POLICY });
    const done = results.filter((result) => agreeing.has(result.status));
    if (done.length !== count) throw new Error(`${count - done.length} runs were not replayed`);
  });
  return time / count;
}

// The first starts threads and warms up: it does not count.
await costOf(FEW);
const few = Math.min(await costOf(FEW), await costOf(FEW), await costOf(FEW));
const many = await costOf(MANY);
report(`replay of ${MANY} runs over ${availableParallelism()} cores`, {
  "runs/s": 1000 / many,
  "runs/s for each core": 1000 / many / availableParallelism(),
  [`cost of a run, beside that at ${FEW}`]: many / few,
  "limit of that": 1.3,
  "peak memory, MB": process.resourceUsage().maxRSS / 1024,
});
