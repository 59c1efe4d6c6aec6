/** Random missions, killed again and again: `npm run test:crash` for 300, CRASH_SEED for others. */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { type TaskLog, taskLogSchema } from "../../src/model/task-execution-logs.ts";
import { prepareScript } from "../support/processes.ts";
import { carryThrough, chance, randomReference, randomRuntime } from "../support/random-mission.ts";
import {
  aMissionControl,
  aWorkspace,
  databaseOf,
  readDocument,
  readRecorded,
} from "../support/workspace.ts";

const CHILD = fileURLToPath(new URL("../support/random-crash-child.ts", import.meta.url));
const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 20);
const FIRST_SEED = Number(process.env["CRASH_SEED"] ?? 1);
const KILLS = 2;

const linesOf = (folder: string, name: string): readonly string[] => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];
};

const rowsOf = (folder: string) =>
  existsSync(databaseOf(folder))
    ? readRecorded(folder, "task_execution_logs").map((row) => taskLogSchema.parse(row))
    : [];

const keyOf = ({ task_id, attempt }: { task_id: string; attempt?: number | undefined }) =>
  `${task_id} ${attempt ?? 1}`;

async function playRound(
  seed: number,
  runChild: Awaited<ReturnType<typeof prepareScript>>,
): Promise<void> {
  const folder = aWorkspace(randomReference(seed));
  for (let kill = 0; kill < KILLS; kill += 1) {
    const point = 1 + Math.floor(chance(seed, kill, "point") * 90);
    const finished = new Set(rowsOf(folder).map(keyOf));
    const calls = linesOf(folder, "calls.log").length;
    const { code, stderr } = await runChild([folder, String(seed), String(point)]);
    expect([code, stderr]).toEqual([code === null ? null : 0, ""]);
    const repeated = linesOf(folder, "calls.log")
      .slice(calls)
      .filter((call) => finished.has(call));
    expect(repeated).toEqual([]);
  }
  const before = rowsOf(folder);
  const runtime = randomRuntime({ folder, seed });
  const control = await aMissionControl({
    workspace: folder,
    runtimes: { A1: runtime, A2: runtime },
  });
  const status = await carryThrough(control, { folder, seed });
  const { findings } = await control.audit();
  await control.close();

  expect(["completed", "failed"]).toContain(status);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(readRecorded(folder, "mission_runs")).toMatchObject([{ status }]);
  const rows = rowsOf(folder);
  expect(new Set(rows.map(keyOf)).size).toBe(rows.length);
  // What people decide about a failure is added to its row; what was done stays as it was.
  const asWorked = ({
    task_id,
    attempt,
    agent_id,

    outcome,
    output,
    error,
  }: TaskLog) => [task_id, attempt, agent_id, outcome, output, error];
  expect(rows.slice(0, before.length).map(asWorked)).toEqual(before.map(asWorked));
  const decided = readRecorded(folder, "approval_requests").filter(
    (request) => request["status"] === "decided",
  );
  const recorded = decided.map(
    ({ approval_id, decision }) => `${String(approval_id)} ${String(decision)}`,
  );
  expect(recorded).toEqual(expect.arrayContaining([...linesOf(folder, "decisions.log")]));
  expect(readRecorded(folder, "mission_runs")).toMatchObject([
    { human_interventions: decided.length },
  ]);
  expect(readDocument(folder, "task_execution_logs")).toEqual(
    readRecorded(folder, "task_execution_logs"),
  );
  expect(listLeftovers(folder)).toEqual([]);
}

/** Drafts and other files of a writer that died. */
function listLeftovers(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".tmp") || /drafts.|holders./.test(name),
  );
}

describe("a random mission that is killed again and again", () => {
  it(`ends, with each decision and each attempt once: ${ROUNDS} seeds from ${FIRST_SEED}`, async () => {
    const runChild = await prepareScript(CHILD);
    const seeds = Array.from({ length: ROUNDS }, (_, round) => FIRST_SEED + round);
    const next = seeds.values();
    const failures: string[] = [];
    const work = async () => {
      for (const seed of next) {
        await playRound(seed, runChild).catch((error: unknown) =>
          failures.push(`seed ${seed}: ${inspect(error, { depth: 9 })}`),
        );
      }
    };
    await Promise.all([work(), work()]);

    expect(failures).toEqual([]);
  }, 3_600_000);
});
