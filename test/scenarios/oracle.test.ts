/** Every figure that people read, recomputed from the documents by code that shares nothing with ours. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MissionControl } from "../../src/index.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import {
  agentFigures,
  kpiFigures,
  lostMinutes,
  portfolioFigures,
  readDocuments,
  runFigures,
} from "../support/oracle.ts";
import { chance, decideByChance, randomReference } from "../support/random-mission.ts";
import { aClock, aMissionControl, aWorkspace } from "../support/workspace.ts";

const RUNS = 5;

/** Works for a while, fails now and then, and observes what the mission is measured by. */
function aWorker(seed: number): AgentRuntime {
  return async ({ run_id, task, attempt, agent }) => {
    const luck = (what: string) =>
      chance(seed, run_id, task.task_id, attempt, agent.agent_id, what);
    if (luck("fails") < 0.25) throw new Error("out of luck");
    const days = luck("days");
    return {
      output: `${task.task_id} ${attempt}`,
      work_minutes: Math.round(luck("work") * 1200) / 100,
      kpi_observations: {
        ...(days < 0.5 ? { cycle_days: Math.round(days * 1000) / 100 } : {}),
        ...(luck("csat") < 0.3 ? { csat: Math.round(luck("csat stars") * 50) / 10 } : {}),
      },
    };
  };
}

/** Runs a mission again and again over some days, with people who take their time; some runs are left waiting. */
async function play(seed: number) {
  const clock = aClock();
  const reference = {
    ...randomReference(seed),
    kpis: [
      {
        mission_id: "M",
        kpis: { baseline_cycle_days: 5, target_cycle_days: 2, min_csat: 4, max_steps: 7 },
      },
    ],
  };
  const workspace = aWorkspace(reference);
  const worker = aWorker(seed);
  const control = await aMissionControl({ workspace, clock, runtimes: { A1: worker, A2: worker } });
  for (let number = 0; number < RUNS; number += 1) {
    await playRun(control, { seed, number, wait: (minutes) => clock.advance(minutes) });
    clock.advance(Math.floor(chance(seed, number, "days between") * 3 * 24 * 60));
  }
  return { control, workspace, today: clock.now().slice(0, 10) };
}

async function playRun(
  control: MissionControl,
  { seed, number, wait }: { seed: number; number: number; wait: (minutes: number) => void },
): Promise<void> {
  let outcome = await control.start({ mission_id: "M" });
  const patience = chance(seed, number, "patience") < 0.2 ? 1 : Number.POSITIVE_INFINITY;
  for (let decisions = 0; decisions < patience; decisions += 1) {
    const [request] = outcome.pending_approvals;
    if (request === undefined) break;
    wait(Math.floor(chance(seed, number, request.approval_id, "wait") * 30));
    const decision = decideByChance(request, seed);
    outcome = await control.decide(outcome.run_id, { [request.approval_id]: decision });
  }
  const [failed] = Object.entries(outcome.task_status_by_id).filter(
    ([, status]) => status === "failed",
  );
  if (outcome.status === "failed" && failed !== undefined && chance(seed, number, "again") < 0.4) {
    wait(Math.floor(chance(seed, number, "later") * 300));
    await control.retry(outcome.run_id, failed[0], { by: "ben" });
  }
}

/** What is stored is rounded: to 0.1 minutes, to 0.0001 of a rate, to 0.01 of all else. */
function digitsOf(name: string): number {
  if (name === "avg_task_duration_minutes") return 0;
  return /_(?:rate|ratio)$/u.test(name) ? 3 : 1;
}

function near(figures: object): object {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isInteger(value)
        ? expect.closeTo(value, digitsOf(name))
        : value,
    ]),
  );
}

describe("an oracle that knows the documents only", () => {
  it("comes to the same figures", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const { control, workspace, today } = await play(seed);
        const reports = await Promise.all(
          (await control.runs()).map(({ run_id }) => control.report(run_id)),
        );
        const stats = await control.stats();
        const { snapshot } = await control.portfolio(today);
        const week = await control.portfolio(today, "week");
        await control.close();
        const documents = readDocuments(workspace);

        for (const run of documents.runs.filter((each) => each.end_time !== undefined)) {
          const { end, ...figures } = runFigures(run, documents);
          expect(run).toMatchObject(figures);
          expect(Date.parse(run.end_time ?? "")).toBe(end);
        }
        for (const report of reports) {
          const run = documents.runs.find(({ run_id }) => run_id === report.run_id);
          if (run === undefined) throw new Error(`${report.run_id} is in no document`);
          expect(report.kpis).toMatchObject(kpiFigures(run, documents).map(near));
          // Where a person is waited for still, the wait grows with the clock.
          if (run.end_time === undefined) continue;
          const lost = [...lostMinutes(new Set([run.run_id]), documents)];
          const fixes = Object.fromEntries(
            report.what_to_fix.map(({ kind, task_id, minutes }) => [`${kind} ${task_id}`, minutes]),
          );
          for (const [task_id, { waiting, work }] of lost) {
            expect(fixes[`approval ${task_id}`] ?? 0).toBeCloseTo(waiting, 1);
            expect(fixes[`task ${task_id}`] ?? 0).toBeCloseTo(work, 1);
          }
          const ledger = report.delay_ledger;
          expect(
            ledger.agent_work_minutes +
              ledger.human_wait_minutes +
              ledger.idle_minutes +
              ledger.unexplained_minutes,
          ).toBeCloseTo(ledger.wall_clock_minutes, 1);
        }
        for (const { last_updated: _date, ...figures } of stats) {
          expect(figures).toEqual(near(agentFigures(figures.agent_id, documents)));
        }
        expect(snapshot).toMatchObject(near(portfolioFigures(today, documents)));
        expect(week.snapshot.completed_runs).toBe(snapshot.completed_runs);
      }),
      { numRuns: Number(process.env["ORACLE_RUNS"] ?? 12) },
    );
  });
});
