import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createSlots } from "../../src/execution/slots.ts";
import { walkPlan } from "../../src/execution/walk-plan.ts";
import { aPlan } from "../support/builders.ts";

/** A promise to be kept by hand. */
function aPromise() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

/** Lets everything happen that can happen now. */
const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe("walkPlan", () => {
  it("gets a task going when its own dependencies are done, while a slow sibling still works", async () => {
    const slow = aPromise();
    const done: string[] = [];
    const tasks = aPlan({ slow: [], quick: [], next: ["quick"], last: ["slow", "next"] });

    const walk = walkPlan(tasks, async (task, dependencies) => {
      await Promise.all(dependencies.values());
      if (task.task_id === "slow") await slow.promise;
      done.push(task.task_id);
    });
    await turn();

    expect(done).toEqual(["quick", "next"]);
    slow.resolve();
    await walk;
    expect(done).toEqual(["quick", "next", "slow", "last"]);
  });

  it("starts in the order given, each once, whatever ends first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat(), { minLength: 1, maxLength: 15 }),
        async (scheduler, picks) => {
          const ids = picks.map((_, number) => `T${number}`);
          const tasks = aPlan(
            Object.fromEntries(
              ids.map((id, number) => [
                id,
                number === 0 ? [] : [`T${(picks[number] ?? 0) % number}`],
              ]),
            ),
          );
          const started: string[] = [];

          const walk = walkPlan(tasks, async (task, dependencies) => {
            started.push(task.task_id);
            await Promise.all(dependencies.values());
            await scheduler.schedule(Promise.resolve(), task.task_id);
            return task.task_id;
          });
          const results = await scheduler.waitFor(walk);

          expect(started).toEqual(ids);
          expect([...results]).toEqual(ids.map((id) => [id, id]));
        },
      ),
    );
  });

  it("does not start what nobody needs yet", async () => {
    const first = aPromise();
    const started: string[] = [];

    const walk = walkPlan(aPlan({ T1: [], T2: ["T1"], T3: ["T2"] }), async (task) => {
      started.push(task.task_id);
      await first.promise;
    });
    await turn();

    expect(started).toEqual(["T1"]);
    first.resolve();
    await walk;
    expect(started).toEqual(["T1", "T2", "T3"]);
  });
});

describe("createSlots", () => {
  it("never lets more than the limit work at once, and lets all work", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 20 }),
        async (limit, count) => {
          const slots = createSlots(limit);
          let working = 0;
          let most = 0;

          await Promise.all(
            Array.from({ length: count }, (_, number) =>
              slots.run({ urgency: 0, name: String(number) }, async () => {
                working += 1;
                most = Math.max(most, working);
                await turn();
                working -= 1;
              }),
            ),
          );

          expect(most).toBe(Math.min(limit, count));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("lets the most urgent of those that wait go first, ties by name", async () => {
    const slots = createSlots(1);
    const order: string[] = [];
    const work = (name: string) => async () => {
      await turn();
      order.push(name);
    };

    await Promise.all([
      slots.run({ urgency: 0, name: "first" }, work("first")),
      slots.run({ urgency: 1, name: "b" }, work("b")),
      slots.run({ urgency: 1, name: "a" }, work("a")),
      slots.run({ urgency: 9, name: "urgent" }, work("urgent")),
    ]);

    expect(order).toEqual(["first", "urgent", "a", "b"]);
  });

  it("gives the place back when the work fails", async () => {
    const slots = createSlots(1);
    const failing = slots.run({ urgency: 0, name: "a" }, () => Promise.reject(new Error("no")));

    await expect(failing).rejects.toThrow("no");
    expect(await slots.run({ urgency: 0, name: "b" }, async () => "yes")).toBe("yes");
  });
});
