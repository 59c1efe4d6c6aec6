/** As many at once as may be: calls of an agent, and runs of a mission, over all processes. */

import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

/** Counts how many calls there are at once. */
function aCrowd() {
  let now = 0;
  let most = 0;
  return {
    most: () => most,
    runtime: async () => {
      now += 1;
      most = Math.max(most, now);
      await delay(20);
      now -= 1;
      return { output: "done" };
    },
  };
}

describe("an agent that may have so many calls at once", () => {
  it("has no more of them, whatever runs and processes there are, and all are carried out", async () => {
    const plan = aPlan({ T1: [], T2: [], T3: [] });
    const workspace = aWorkspace(aReference(plan, [anAgent({ max_concurrency: 2 })]));
    const crowd = aCrowd();
    const control = async () => aMissionControl({ workspace, runtimes: { A1: crowd.runtime } });
    const [one, other] = [await control(), await control()];

    const ended = await Promise.all(
      [one, other, one, other].map((each) => each.start({ mission_id: "M" })),
    );

    expect(ended.map(({ status }) => status)).toEqual(Array(4).fill("completed"));
    expect(crowd.most()).toBe(2);
  });

  it("does not stand in the way of the run's other agents", async () => {
    const plan = aPlan({ T1: [], T2: [], T3: [] });
    const agents = [anAgent({ agent_id: "A1", max_concurrency: 1 }), anAgent({ agent_id: "A2" })];
    const capabilities = [
      { task_id: "T1", capable_agents: ["A1"] },
      { task_id: "T2", capable_agents: ["A1"] },
      { task_id: "T3", capable_agents: ["A2"] },
    ];
    let isOtherDone: () => void = () => {};
    const otherDone = new Promise<void>((resolve) => (isOtherDone = resolve));
    const control = await aMissionControl({
      workspace: aWorkspace({ ...aReference(plan, agents), capabilities }),
      policy: { execution: { max_concurrency: 2 } },
      runtimes: {
        A1: async () => {
          await otherDone;
          return { output: "done" };
        },
        A2: async () => {
          isOtherDone();
          return { output: "done" };
        },
      },
    });

    const { status } = await control.start({ mission_id: "M" });

    expect(status).toBe("completed");
  });
});

describe("a mission of which so many runs may be carried on at once", () => {
  it("leaves room for the others, and all come to their end", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), [anAgent()]));
    const crowd = aCrowd();
    const control = await aMissionControl({
      workspace,
      policy: { workers: { most_at_once: { mission: 2 } } },
      runtimes: { A1: crowd.runtime },
    });
    const runs = [1, 2, 3, 4, 5, 6, 7].map(() => control.enqueue({ mission_id: "M" }));
    await Promise.all(runs);
    const stop = new AbortController();
    const how = { concurrency: 5, graceSeconds: 1, signal: stop.signal, onFailure: () => {} };
    const worker = await control.work(how);
    await expect
      .poll(() => control.waiting(), { timeout: 20_000 })
      .toMatchObject({ free: 0, held: 0 });
    stop.abort();
    await worker.ended;

    expect(crowd.most()).toBe(2);
    expect(worker.counts()).toMatchObject({ carried_on: 7, failed: 0 });
    expect((await control.runs({ status: ["completed"] })).length).toBe(7);
  });

  it("takes no more than its part of the places of those that wait", async () => {
    const control = await aMissionControl({
      workspace: aWorkspace(aReference(aPlan({ T1: [] }), [anAgent()])),
      policy: { workers: { most_waiting: { mission: 1 } } },
    });
    await control.enqueue({ mission_id: "M" });

    await expect(control.enqueue({ mission_id: "M" })).rejects.toMatchObject({
      code: "RETRY_LATER",
      message: expect.stringMatching(/^1 run of M waits/),
    });
  });
});
