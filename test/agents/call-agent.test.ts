import { describe, expect, it } from "vitest";

import { callAgent } from "../../src/agents/call-agent.ts";
import { createSimulatedRuntime } from "../../src/agents/simulated-runtime.ts";
import type { AgentRuntime, TaskRequest } from "../../src/model/task-exchange.ts";
import { aTask, anAgent } from "../support/builders.ts";
import { aCallWorld, aMemory } from "../support/call-memory.ts";
import { untyped } from "../support/untyped.ts";
import { aClock } from "../support/workspace.ts";

const request: TaskRequest = {
  run_id: "R1",
  mission_id: "M",
  task: aTask({ estimated_duration_minutes: 10 }),
  agent: anAgent(),
  attempt: 1,
  idempotency_key: "R1:T1:1",
  mission_inputs: {},
  inputs: {},
};
type Runtime = Parameters<typeof callAgent>[1]["runtime"];
const neverAborted = new AbortController().signal;
const call = (runtime: Runtime, fields: Partial<Parameters<typeof callAgent>[1]> = {}) =>
  callAgent(request, {
    runtime,
    ...aCallWorld(),
    clock: aClock(),
    ...fields,
  });

describe("callAgent", () => {
  it("takes the reported minutes, or measures them", async () => {
    const clock = aClock();
    const reported = await call(async () => ({ output: 1, work_minutes: 7 }), { clock });
    const measured = await call(
      async () => {
        clock.advance(3);
        return { output: 1 };
      },
      { clock },
    );

    expect(reported).toMatchObject({ work_minutes: 7, is_measured: false });
    expect(measured).toMatchObject({ work_minutes: 3, is_measured: true });
  });

  it("turns a rejection into an error, and a thrown word too", async () => {
    const failed = await call(() => Promise.reject(new Error("no connection")));
    const odd = await call(() => Promise.reject(new Error("")));

    expect(failed.answer).toEqual({ kind: "error", error: "no connection" });
    expect(odd.answer).toEqual({ kind: "error", error: "failed without a message" });
  });

  it.each([
    ["negative minutes", { output: 1, work_minutes: -1 }, /work_minutes/],
    ["minutes that are none", { output: 1, work_minutes: Number.NaN }, /work_minutes/],
    [
      "a figure that is text",
      { output: 1, kpi_observations: { csat: "high" } },
      /kpi_observations\.csat/,
    ],
    ["an output that is no JSON", { output: () => 1 }, /output/],
    ["nothing", undefined, /the answer/],
  ])("refuses an answer with %s", async (_name, response, message) => {
    const { answer } = await call(async () => response);

    expect(answer).toMatchObject({ kind: "error", error: expect.stringMatching(message) });
  });

  it("gives up on an agent that does not answer in time, and tells it to stop", async () => {
    let stopped: unknown;
    const hanging: AgentRuntime = (_request, signal) =>
      new Promise(() => {
        signal.addEventListener("abort", () => {
          stopped = signal.reason;
        });
      });

    const { answer } = await call(hanging, { timeoutMinutes: 0.0001 });

    expect(answer).toEqual({ kind: "error", error: "no answer within 0.0001 minutes" });
    expect(stopped).toBeInstanceOf(Error);
  });

  it("does not blame the agent when the whole run is stopped", async () => {
    const stop = new AbortController();
    const calling = call(() => new Promise(() => {}), { signal: stop.signal });

    stop.abort(new Error("shutting down"));

    await expect(calling).rejects.toThrow("shutting down");
  });

  it("hears of a stop that comes in the very moment of the call", async () => {
    const stop = new AbortController();
    const calling = call(
      () => {
        stop.abort(new Error("shutting down"));
        return new Promise(() => {});
      },
      { signal: stop.signal },
    );

    await expect(calling).rejects.toThrow("shutting down");
  });

  it.each([
    ["answers", () => ({ output: "late" })],
    [
      "fails",
      () => {
        throw new Error("late");
      },
    ],
  ])("does not listen to an agent that %s after the stop", async (_how, ending) => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const stop = new AbortController();
    const { promise, release } = aPause();
    const calling = call(() => promise.then(ending), { signal: stop.signal });

    stop.abort(new Error("shutting down"));
    await expect(calling).rejects.toThrow("shutting down");
    release();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", listen);

    expect(unhandled).toEqual([]);
  });

  it("never measures less than nothing, when the clock is set back", async () => {
    const clock = aClock();
    const setBack = (end: () => unknown) => async () => {
      clock.advance(-5);
      return end();
    };

    const answered = await call(
      setBack(() => ({ output: 1 })),
      { clock },
    );
    const failed = await call(
      setBack(() => {
        throw new Error("no");
      }),
      { clock },
    );

    expect(answered).toMatchObject({ work_minutes: 0, is_measured: true });
    expect(failed).toMatchObject({ work_minutes: 0, is_measured: true });
  });

  it("takes a million minutes of work and no more", async () => {
    const reply = (work_minutes: number) => call(async () => ({ output: 1, work_minutes }));
    const failing = await call(() =>
      Promise.reject(Object.assign(new Error("no"), { work_minutes: 1e6 })),
    );
    const boasting = await call(() =>
      Promise.reject(Object.assign(new Error("no"), { work_minutes: 1e7 })),
    );

    expect(await reply(1_000_000)).toMatchObject({ work_minutes: 1_000_000 });
    expect((await reply(1_000_000.01)).answer).toMatchObject({
      kind: "error",
      error: expect.stringMatching(
        /work_minutes: found 1000000.01; expected at most the 1000000 minutes/,
      ),
    });
    expect(failing).toMatchObject({ work_minutes: 1e6, answer: { error: "no" } });
    expect(boasting).toMatchObject({
      work_minutes: 0,
      is_measured: true,
      answer: { error: expect.stringMatching(/^no \(.*1000000 minutes/) },
    });
  });

  it("hands the agent a copy of the request that it cannot change", async () => {
    let seen: TaskRequest | undefined;

    await call(async (own) => {
      seen = own;
      return { output: 1 };
    });

    expect(seen).toEqual(request);
    expect(seen).not.toBe(request);
    expect(Object.isFrozen(seen?.task.depends_on)).toBe(true);
    expect(Object.isFrozen(request.task)).toBe(false);
  });

  it("fails when what should be a runtime is none", async () => {
    const { answer } = await call(untyped("not a function"));

    expect(answer).toMatchObject({ kind: "error", error: expect.stringContaining("function") });
  });
});

function aPause(): { readonly promise: Promise<void>; readonly release: () => void } {
  let release = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

describe("createSimulatedRuntime", () => {
  const answers = (seed: string, attempt = 1) =>
    createSimulatedRuntime({ seed })({ ...request, attempt }, neverAborted);

  it("answers the same for the same seed, mission, task and attempt", async () => {
    expect(await answers("a")).toEqual(await answers("a"));
    expect(await answers("a")).not.toEqual(await answers("b"));
    expect(await answers("a")).not.toEqual(await answers("a", 2));
  });

  it("works between 0.8 and 1.3 of the estimate", async () => {
    const minutes = await Promise.all(
      Array.from(
        { length: 200 },
        async (_, number) => (await answers(`seed ${number}`)).work_minutes ?? 0,
      ),
    );

    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(13);
    expect(Math.max(...minutes) - Math.min(...minutes)).toBeGreaterThan(4);
  });

  it("never fails unless asked to, and then as often as asked", async () => {
    const fails = async (failureRate: number) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 300 }, (_, attempt) =>
          createSimulatedRuntime({ failureRate })({ ...request, attempt }, neverAborted),
        ),
      );
      return outcomes.filter((outcome) => outcome.status === "rejected").length;
    };

    expect(await fails(0)).toBe(0);
    expect(await fails(1)).toBe(300);
    expect(await fails(0.5)).toBeGreaterThan(100);
    expect(await fails(0.5)).toBeLessThan(200);
  });
});

describe("callAgent, with an agent that takes long", () => {
  it("calls it again with its handle, not before it said, until it is done", async () => {
    const waits: number[] = [];
    const memory = aMemory();
    const known: unknown[] = [];
    const { answer } = await call(
      async (_request, _signal, { handle }) => {
        known.push(handle);
        return typeof handle === "number" && handle > 1
          ? { kind: "done", output: "done" }
          : { kind: "working", handle: known.length, poll_after_seconds: 60 };
      },
      {
        memory,
        wait: async (seconds) => {
          waits.push(seconds);
        },
      },
    );

    expect(answer).toEqual({ kind: "output", output: "done" });
    expect(known).toEqual([undefined, 1, 2]);
    expect(waits).toEqual([60, 60]);
    expect(memory.handle).toBe(2);
  });

  it("stores what it is found by before it waits", async () => {
    const order: string[] = [];
    await call(
      async (_request, _signal, { handle }) =>
        handle === undefined
          ? { kind: "working", handle: "H", poll_after_seconds: 1 }
          : { output: 1 },
      {
        memory: {
          keep: async (handle) => void order.push(`kept ${JSON.stringify(handle)}`),
          tell: async () => {},
        },
        wait: async () => void order.push("waited"),
      },
    );

    expect(order).toEqual(['kept "H"', "waited"]);
  });

  it("gives up at the deadline though it says that it works, and does not hang on one in a hurry", async () => {
    const { answer } = await call(
      async () => ({ kind: "working", handle: 1, poll_after_seconds: 0 }),
      { timeoutMinutes: 0.002 },
    );

    expect(answer).toEqual({ kind: "error", error: "no answer within 0.002 minutes" });
  });

  it.each([
    { name: "no handle", reply: { kind: "working", poll_after_seconds: 1 }, says: /handle/ },
    { name: "no pause", reply: { kind: "working", handle: 1 }, says: /poll_after_seconds/ },
    { name: "no requests", reply: { kind: "needs_input", continuation: 1 }, says: /requests/ },
    {
      name: "no request",
      reply: { kind: "needs_input", requests: [], continuation: 1 },
      says: /requests/,
    },
    {
      name: "a request that allows nothing",
      reply: {
        kind: "needs_input",
        requests: [{ key: "a", title: "A", allowed: [] }],
        continuation: 1,
      },
      says: /allowed/,
    },
    {
      name: "two requests of one key",
      reply: {
        kind: "needs_input",
        requests: [
          { key: "a", title: "A", allowed: ["approve"] },
          { key: "a", title: "B", allowed: ["approve"] },
        ],
        continuation: 1,
      },
      says: /key of its own/,
    },
    {
      name: "a schema that never ends",
      reply: {
        kind: "needs_input",
        requests: [
          { key: "a", title: "A", schema: { items: { pattern: "(a+)+$" } }, allowed: ["answer"] },
        ],
        continuation: 1,
      },
      says: /JSON Schema without `pattern`/,
    },
    { name: "a failure without words", reply: { kind: "failed" }, says: /error/ },
  ])("takes $name for a failure", async ({ reply, says }) => {
    const { answer } = await call(untyped(async () => reply));

    expect(answer).toMatchObject({ kind: "error", error: expect.stringMatching(says) });
  });

  it("takes a result for what it is, whatever else it is called", async () => {
    const { answer } = await call(async () => ({ kind: "report", output: 5 }));

    expect(answer).toEqual({ kind: "output", output: 5 });
  });
});
