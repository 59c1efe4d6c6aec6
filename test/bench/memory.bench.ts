/**
 * The most memory that a process takes with fifty missions in flight, beside bare LangGraph of the same shape: each in
 * processes of its own, by turns, as the system counts it.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { inFlight, median, report } from "./measure.ts";

const MISSIONS = Number(process.env["BENCH_MISSIONS"] ?? 750);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
const WIDTH = 50;

// What one of the processes needs is not loaded in the others.

async function runOurs(folder: string): Promise<void> {
  const { initWorkspace, openMissionControl } = await import("../../src/index.ts");
  initWorkspace(folder);
  const control = await openMissionControl({ workspace: folder });
  await inFlight(MISSIONS, WIDTH, async () => {
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.decide(run_id, { T2: { type: "approve", decided_by: "bench" } });
  });
  await control.close();
}

async function runBare(folder: string): Promise<void> {
  const { Command } = await import("@langchain/langgraph");
  const { buildBareMissionGraph } = await import("./bare-graph.ts");
  const { openBareSaver } = await import("./bare-saver.ts");
  const saver = await openBareSaver(join(folder, "checkpoints.sqlite"));
  const graph = buildBareMissionGraph(saver);
  await inFlight(MISSIONS, WIDTH, async (number) => {
    const config = { configurable: { thread_id: `bare-${number}` } };
    await graph.invoke({}, config);
    await graph.invoke(new Command({ resume: { ok: true } }), config);
  });
  saver.db.close();
}

const kinds = { ours: runOurs, bare: runBare } as const;

/** Megabytes at the most of a process that runs all missions. */
async function measure(kind: keyof typeof kinds): Promise<number> {
  const { runProcess } = await import("../support/processes.ts");
  const args = [fileURLToPath(import.meta.url), kind];
  const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: process.cwd() });
  if (code !== 0) throw new Error(stderr);
  return Number(stdout);
}

const [, , asked] = process.argv;
if (asked === "ours" || asked === "bare") {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  await kinds[asked](folder);
  await rm(folder, { recursive: true });
  process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
} else {
  const rounds: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ bare: await measure("bare"), ours: await measure("ours") });
  }
  const ratios = rounds.map(({ ours, bare }) => ours / bare);
  report(`memory at the most, ${MISSIONS} missions, ${WIDTH} in flight`, {
    "ours, MB": median(rounds.map(({ ours }) => ours)),
    "bare graph of the same shape, MB": median(rounds.map(({ bare }) => bare)),
    "ratio (at most 1.2)": median(ratios),
    "ratios of the rounds": ratios.map((ratio) => ratio.toFixed(2)).join(" "),
  });
}
