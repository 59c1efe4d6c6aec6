/** Every figure that people read, recomputed from the documents by code that shares nothing with ours. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MissionControl, RunOutcome } from "../../src/index.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import {
  agentFigures,
  decisionsOn,
  kpiFigures,
  lostMinutes,
  portfolioFigures,
  readDocuments,
  runFigures,
} from "../support/oracle.ts";
import { chance, decideByChance, randomReference } from "../support/random-mission.ts";
import { aClock, aMissionControl, aWorkspace, writeDocument } from "../support/workspace.ts";

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
  /** Agents go, and come back. */
  const shuffleAgents = (...words: readonly (string | number)[]) => {
    const agents = reference.agents.map((agent) => ({
      ...agent,
      status: chance(seed, agent.agent_id, ...words) < 0.8 ? "available" : "unavailable",
    }));
    writeDocument(workspace, "specialized_agents", agents);
  };
  for (let number = 0; number < RUNS; number += 1) {
    // Nobody starts a mission that no agent can work on.
    writeDocument(workspace, "specialized_agents", reference.agents);
    const wait = (minutes: number) => clock.advance(minutes);
    await playRun(control, { seed, number, wait, shuffleAgents });
    clock.advance(Math.floor(chance(seed, number, "days between") * 3 * 24 * 60));
  }
  return { control, workspace, today: clock.now().slice(0, 10) };
}

interface Playing {
  readonly seed: number;
  readonly number: number;
  readonly wait: (minutes: number) => void;
  readonly shuffleAgents: (...words: readonly (string | number)[]) => void;
}

/** Some runs are left waiting, or cancelled; a task that has failed for good may be tried again. */
async function playRun(control: MissionControl, playing: Playing): Promise<void> {
  const { seed, number, wait } = playing;
  const isLeft = chance(seed, number, "left") < 0.2;
  let outcome = await control.start({ mission_id: "M" });
  for (let retries = 0; ; retries += 1) {
    for (const request of outcome.pending_approvals.slice(0, isLeft ? 0 : 1)) {
      wait(Math.floor(chance(seed, number, request.approval_id, "wait") * 30));
      outcome = await decide(control, request, playing);
    }
    if (outcome.status === "awaiting_approval" && !isLeft) continue;
    const statuses = Object.entries(outcome.task_status_by_id);
    const failed = statuses.find(([, status]) => status === "failed")?.[0];
    if (outcome.status !== "failed" || failed === undefined || retries > 12) return;
    if (chance(seed, number, retries, "again") < 0.4) return;
    wait(Math.floor(chance(seed, number, "later") * 300));
    outcome = await control.retry(outcome.run_id, failed, { by: "ben" });
  }
}

/** Now and then a decision is only recorded, and the run goes on later, or is cancelled. */
async function decide(
  control: MissionControl,
  request: ApprovalRequest,
  { seed, shuffleAgents }: Playing,
): Promise<RunOutcome> {
  const { run_id, approval_id } = request;
  const decisions = { [approval_id]: decideByChance(request, seed) };
  const luck = chance(seed, approval_id, "way");
  shuffleAgents(approval_id);
  if (luck > 0.3) return control.decide(run_id, decisions);
  await control.decide(run_id, decisions, { detach: true });
  if (luck > 0.1) return control.resume(run_id);
  return control.cancel(run_id, { reason: "as the seed says", by: "bo" });
}

/** What is stored is rounded: to 0.1 minutes, to 0.0001 of a rate, to 0.01 of all else. */
function digitsOf(name: string): number {
  if (name === "avg_task_duration_minutes") return 0;
  return /_(?:rate|ratio)$/u.test(name) ? 3 : 1;
}

function near(figures: object): object {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]: [string, unknown]) => {
      const close: unknown = expect.closeTo(Number(value), digitsOf(name));
      return [name, typeof value === "number" ? close : value];
    }),
  );
}

describe("an oracle that knows the documents only", () => {
  it("comes to the same figures", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const { control, workspace, today } = await play(seed);
        const reports = new Map(
          await Promise.all(
            (await control.runs()).map(
              async ({ run_id }) => [run_id, await control.report(run_id)] as const,
            ),
          ),
        );
        const stats = await control.stats();
        const { findings } = await control.audit();
        const { snapshot } = await control.portfolio(today);
        await control.close();
        const documents = readDocuments(workspace);

        expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
        const ended = documents.runs.filter((run) => run.end_time !== undefined);
        for (const run of ended) {
          const { end, ...figures } = runFigures(run, documents);
          expect(run).toMatchObject(figures);
          expect(Date.parse(run.end_time ?? "")).toBe(end);
          const { count, last } = decisionsOn(run, documents);
          expect(run).toMatchObject({ human_interventions: count });
          expect(end).toBeGreaterThanOrEqual(last);
        }
        for (const run of documents.runs) {
          const kpis = reports.get(run.run_id)?.kpis;
          expect(kpis).toMatchObject(kpiFigures(run, documents).map(near));
        }
        // Where a person is waited for still, the wait grows with the clock.
        for (const run of ended) {
          const { what_to_fix = [], delay_ledger: ledger } = reports.get(run.run_id) ?? {};
          const minutes = (kind: string, task: string) =>
            what_to_fix.find((fix) => fix.kind === kind && fix.task_id === task)?.minutes ?? 0;
          for (const [task_id, { waiting, work }] of lostMinutes(
            new Set([run.run_id]),
            documents,
          )) {
            expect(minutes("approval", task_id)).toBeCloseTo(waiting, 1);
            expect(minutes("task", task_id)).toBeCloseTo(work, 1);
          }
          const { agent_work_minutes = 0, human_wait_minutes = 0 } = ledger ?? {};
          const { idle_minutes = 0, unexplained_minutes = 0 } = ledger ?? {};
          expect(
            agent_work_minutes + human_wait_minutes + idle_minutes + unexplained_minutes,
          ).toBeCloseTo(runFigures(run, documents).total_duration_minutes, 1);
        }
        for (const { last_updated: _date, ...figures } of stats) {
          expect(figures).toEqual(near(agentFigures(figures.agent_id, documents)));
        }
        expect(snapshot).toMatchObject(near(portfolioFigures(today, documents)));
      }),
      { numRuns: Number(process.env["ORACLE_RUNS"] ?? 12) },
    );
  });
});
