/** This process as a worker: it carries on what others have started or decided. */

import { setTimeout as delay } from "node:timers/promises";

import { BusyError, MissionError } from "../errors.ts";
import { count } from "../model/count.ts";
import type { Policy } from "../model/policy.ts";
import { readRun } from "../runs/read-run.ts";
import { findMissingRuntimes } from "../runs/run-runtimes.ts";
import { type Worker, type WorkerOptions, startWorker } from "../work/worker.ts";
import { createPartWorker } from "./replay-parts.ts";
import { sweep } from "./sweep.ts";
import type { OpenedWorld } from "./world.ts";

/** How often risks and what is overdue are looked at, by one worker at a time, in milliseconds. */
const SWEEP_MS = 60_000;

/** How often is looked for replays that were left to workers, in milliseconds. */
const REPLAYS_MS = 2000;

const RETRY_AFTER_SECONDS = 60;

export async function runWorker(
  opened: OpenedWorld,
  { concurrency, kinds, graceSeconds, signal, onFailure }: WorkerOptions,
): Promise<Worker> {
  const { world, workspace, loadEngine } = opened;
  const { driver } = await loadEngine();
  const told = (runId: string, error: unknown) =>
    onFailure(runId, error instanceof Error ? error.message : String(error));
  const allowed = kinds === undefined ? undefined : new Set<string>(kinds);

  async function findObstacle(runId: string): Promise<string | undefined> {
    workspace.lookAgain();
    const record = await readRun(runId, world);
    const needed = Object.values(record.run.runtimes ?? {}).map(({ kind }) => kind);
    const others = allowed === undefined ? [] : needed.filter((kind) => !allowed.has(kind));
    if (others.length > 0) return `left to others: its agents are of other kinds (${others[0]})`;
    const missing = await findMissingRuntimes(record, world);
    return missing.length === 0
      ? undefined
      : `left to others: this worker cannot reach ${missing.join(", ")}`;
  }

  async function sweepUntilTold(): Promise<void> {
    while (!signal.aborted) {
      await sweep(opened).catch((error: unknown) => {
        if (!(error instanceof BusyError)) told("", error);
      });
      await rest(SWEEP_MS, signal);
    }
  }

  const worker = startWorker(
    {
      store: world.store,
      driver,
      limits: () => world.policy().workers.most_at_once,
      findObstacle,
      onFailure: told,
      time,
      rest,
    },
    { concurrency, graceMs: graceSeconds * 1000, signal },
  );

  /** Replays have the time that missions leave. */
  async function replayUntilTold(): Promise<void> {
    const parts = createPartWorker(opened.store, (message) => told("", message));
    const next = async () =>
      worker.counts().in_flight < concurrency && (await parts.doNext(signal));
    while (!signal.aborted) {
      const isDone = await next().catch((error: unknown) => told("", error));
      if (isDone !== true) await rest(REPLAYS_MS, signal);
    }
  }

  const ended = Promise.all([worker.ended, sweepUntilTold(), replayUntilTold()]);
  return { counts: worker.counts, ended: ended.then(() => {}) };
}

/**
 * So that nobody waits for what never comes, and no mission takes the places of the others.
 *
 * @returns what throws MissionError `RETRY_LATER` when so much waits already that one more would wait for long.
 */
export function admitBy(
  missionId: string,
  { most_waiting: most }: Policy["workers"],
): (waiting: { readonly all: number; readonly mission: number }) => void {
  return ({ all, mission }) => {
    if (all < most.all && mission < most.mission) return;
    const isWhole = all >= most.all;
    const waiting = isWhole ? all : mission;
    const what = `${count(waiting, "run")}${isWhole ? "" : ` of ${missionId}`}`;
    const message = `${what} ${waiting === 1 ? "waits" : "wait"} for a worker already. Try again in ${RETRY_AFTER_SECONDS} seconds, or add workers.`;
    throw new MissionError("RETRY_LATER", message, {
      details: { retry_after_seconds: RETRY_AFTER_SECONDS, waiting },
    });
  };
}

/** It only goes forward. */
function time(): number {
  return performance.now();
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
