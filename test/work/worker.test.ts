import { describe, expect, it, onTestFinished } from "vitest";

import { sha256 } from "../../src/app/system.ts";
import { BusyError } from "../../src/errors.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { planRun } from "../../src/planning/plan-run.ts";
import { openMemoryStore } from "../../src/store/sqlite/sqlite-store.ts";
import { startWorker } from "../../src/work/worker.ts";
import { NOON, aReference, aRun, aTask } from "../support/builders.ts";

const plan = planRun("M", aReference([aTask()]));

/** A store with runs to go on with. */
async function aStoreWith(...runs: readonly string[]) {
  const store = openMemoryStore({ now: () => NOON, hash: sha256 });
  onTestFinished(() => store.close());
  for (const run_id of runs) {
    await store.openRun({
      draft: aRun({ run_id, status: "running" }),
      plan,
      policy: DEFAULT_POLICY,
      admit: () => {},
    });
  }
  return store;
}

/** Carries on what it is told to by `drive`; its time is moved by hand, and rests end when news come. */
async function aWorker(
  runs: readonly string[],
  drive: (runId: string) => Promise<void>,
  {
    concurrency = 1,
    findObstacle = async (_runId: string): Promise<string | undefined> => undefined,
  } = {},
) {
  const store = await aStoreWith(...runs);
  const stop = new AbortController();
  const failures: string[] = [];
  let now = 0;
  const worker = startWorker(
    {
      store,
      driver: {
        // As the real one: what was done is settled with the lease.
        async drive(runId) {
          const lease = await store.takeLease(runId);
          let isDone = false;
          try {
            await drive(runId);
            isDone = true;
          } finally {
            await lease.release(isDone);
          }
        },
      },
      limits: () => DEFAULT_POLICY.workers.most_at_once,
      findObstacle,
      onFailure: (runId, error) => failures.push(`${runId}: ${String(error)}`),
      time: () => now,
      rest: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted || ms === 0) resolve();
          signal.addEventListener("abort", () => resolve());
        }),
    },
    { concurrency, graceMs: 0, signal: stop.signal },
  );
  return {
    store,
    worker,
    failures,
    advance: (ms: number) => (now += ms),
    end: async () => {
      stop.abort();
      await worker.ended;
    },
  };
}

describe("a worker", () => {
  it("carries on as many runs at once as it may, and what is left when a place is free", async () => {
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    let isTold: () => void = () => {};
    const third = new Promise<void>((resolve) => (isTold = resolve));
    const drive = (runId: string) => {
      begun.push(runId);
      if (begun.length === 3) isTold();
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const { worker, end } = await aWorker(["R1", "R2", "R3"], drive, { concurrency: 2 });
    await expect.poll(() => begun.length).toBe(2);
    expect(worker.counts().in_flight).toBe(2);

    ends[0]?.();
    await third;

    expect(new Set(begun).size).toBe(3);
    for (const resolve of ends) resolve();
    await end();
  });

  it("leaves a run alone for longer each time that it cannot be carried on, and says why", async () => {
    const tries: number[] = [];
    const { worker, failures, advance, end } = await aWorker(["R1"], async () => {
      tries.push(tries.length);
      throw new Error("no plan");
    });
    await expect.poll(() => failures.length).toBe(1);
    advance(999);
    await expect.poll(() => worker.counts().in_flight).toBe(0);
    expect(tries).toHaveLength(1);

    advance(1);
    await expect.poll(() => tries.length).toBe(2);
    advance(1999);
    await expect.poll(() => worker.counts().in_flight).toBe(0);
    expect(tries).toHaveLength(2);
    await end();

    expect(failures).toEqual(["R1: Error: no plan", "R1: Error: no plan"]);
    expect(worker.counts()).toMatchObject({ failed: 2, carried_on: 0 });
  });

  it("reaches what is for it behind any number of runs that are not, and says once why those are left", async () => {
    const foreign = Array.from({ length: 30 }, (_, number) => `F${10 + number}`);
    const done: string[] = [];
    const { failures, end } = await aWorker(
      [...foreign, "R1"],
      async (runId) => {
        done.push(runId);
      },
      { findObstacle: async (runId) => (runId === "R1" ? undefined : "for others") },
    );
    await expect.poll(() => done).toEqual(["R1"]);
    await end();

    expect(failures).toEqual(["F10: for others"]);
  });

  it("thinks nothing of it when another is faster", async () => {
    let tries = 0;
    const { worker, failures, end } = await aWorker(["R1"], async () => {
      tries += 1;
      throw new BusyError("R1 is being worked on.", {});
    });
    await expect.poll(() => tries).toBeGreaterThan(0);
    await end();

    expect(failures).toEqual([]);
    expect(worker.counts()).toMatchObject({ failed: 0, carried_on: 0 });
  });

  it("ends when it is told to, and hands back what is still under way", async () => {
    let isBegun = false;
    const { store, worker, end } = await aWorker(["R1"], () => {
      isBegun = true;
      return new Promise(() => {});
    });
    await expect.poll(() => isBegun).toBe(true);

    await end();

    expect(worker.counts().in_flight).toBe(1);
    expect(await store.listHeldWakes()).toMatchObject([{ run_id: "R1" }]);
  });

  it("takes over from one that has died while it is not yet certain of another", async () => {
    const wakes = { R1: "slow", R2: "dead" };
    const held = Object.entries(wakes).map(([run_id, holder]) => ({
      run_id,
      mission_id: "M",
      since_ms: 0,
      holder,
    }));
    let isCertain: () => void = () => {};
    const certain = new Promise<void>((resolve) => (isCertain = resolve));
    const store = await aStoreWith();
    const taken: string[] = [];
    const looks = [held.slice(0, 1), held];
    const stop = new AbortController();
    const worker = startWorker(
      {
        store: {
          ...store,
          listHeldWakes: async () => looks.shift() ?? [],
          async takeLease(runId) {
            if (runId === "R1") await certain;
            taken.push(runId);
            return { release: async () => {} };
          },
        },
        driver: { drive: async () => {} },
        limits: () => DEFAULT_POLICY.workers.most_at_once,
        findObstacle: async () => undefined,
        onFailure: () => {},
        time: () => 0,
        rest: () => new Promise<void>((resolve) => setImmediate(resolve)),
      },
      { concurrency: 1, graceMs: 0, signal: stop.signal },
    );

    await expect.poll(() => taken).toEqual(["R2"]);
    isCertain();
    await expect.poll(() => taken).toEqual(["R2", "R1"]);
    stop.abort();
    await worker.ended;
  });
});
