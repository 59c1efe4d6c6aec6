/** Random missions, killed again and again, so many on each store: `npm run test:crash` for 300, CRASH_SEED for others. */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { historyOf } from "../support/any-store.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { prepareScript } from "../support/processes.ts";
import { carryThrough, chance, randomReference, randomRuntime } from "../support/random-mission.ts";
import { aMissionControl, aWorkspace, readDocument, readRecorded } from "../support/workspace.ts";

const CHILD = fileURLToPath(new URL("../support/random-crash-child.ts", import.meta.url));
const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 10);
const FIRST_SEED = Number(process.env["CRASH_SEED"] ?? 1);
/** Some seeds are killed while they go on after a kill. */
const killsOf = (seed: number) => 1 + (seed % 2);

const linesOf = (folder: string, name: string): readonly string[] => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];
};

const keyOf = ({ task_id, attempt }: { task_id: string; attempt?: number | undefined }) =>
  `${task_id} ${attempt ?? 1}`;

async function playRound(
  seed: number,
  runChild: Awaited<ReturnType<typeof prepareScript>>,
  /** Where the store is; undefined for the workspace's own. */
  url: string | undefined,
): Promise<void> {
  const folder = aWorkspace(randomReference(seed));
  const place = url ?? folder;
  for (let kill = 0; kill < killsOf(seed); kill += 1) {
    const point = 1 + Math.floor(chance(seed, kill, "point") * 90);
    const finished = new Set((await historyOf(place)).rows.map(keyOf));
    const calls = linesOf(folder, "calls.log").length;
    const { code, stderr } = await runChild([folder, String(seed), String(point), place]);
    expect([code, stderr]).toEqual([code === null ? null : 0, ""]);
    const repeated = linesOf(folder, "calls.log")
      .slice(calls)
      .filter((call) => finished.has(call));
    expect(repeated).toEqual([]);
  }
  const { rows: before } = await historyOf(place);
  const runtime = randomRuntime({ folder, seed });
  const control = await aMissionControl({
    workspace: folder,
    store: place,
    runtimes: { A1: runtime, A2: runtime },
  });
  const status = await carryThrough(control, { folder, seed });
  const { findings } = await control.audit();
  await control.close();

  expect(["completed", "failed"]).toContain(status);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  const { runs, rows, requests } = await historyOf(place);
  expect(runs).toMatchObject([{ status }]);
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
  const decided = requests.filter((request) => request.status === "decided");
  const recorded = decided.map(({ approval_id, decision }) => `${approval_id} ${decision}`);
  expect(recorded).toEqual(expect.arrayContaining([...linesOf(folder, "decisions.log")]));
  expect(runs).toMatchObject([{ human_interventions: decided.length }]);
  if (url !== undefined) return;
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

/** @param addresses of a store for each; none for the workspace's own. */
async function playRounds(addresses?: () => Promise<string>): Promise<readonly string[]> {
  const runChild = await prepareScript(CHILD);
  const seeds = Array.from({ length: ROUNDS }, (_, round) => FIRST_SEED + round);
  const next = seeds.values();
  const failures: string[] = [];
  const work = async () => {
    for (const seed of next) {
      await playRound(seed, runChild, await addresses?.()).catch((error: unknown) =>
        failures.push(`seed ${seed}: ${inspect(error, { depth: 9 })}`),
      );
    }
  };
  await Promise.all([work(), work()]);
  return failures;
}

describe("a random mission that is killed again and again", () => {
  it(`ends, with each decision and each attempt once: ${ROUNDS} seeds from ${FIRST_SEED}`, async () => {
    expect(await playRounds()).toEqual([]);
  }, 3_600_000);

  it("ends so on Postgres too", async () => {
    const server = await startPostgres();
    onTestFinished(server.stop);

    expect(await playRounds(server.aDatabase)).toEqual([]);
  }, 3_600_000);
});
