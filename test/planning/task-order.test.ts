import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { blockedMinutes, longestPathMinutes } from "../../src/planning/remaining-work.ts";
import { orderTasks } from "../../src/planning/task-order.ts";
import { aPlan } from "../support/builders.ts";

/** Any plan without cycles, its tasks shuffled. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 30 })
  .map((choices) =>
    aPlan(
      Object.fromEntries(
        choices.map((picks, number) => [
          `T${number}`,
          number === 0 ? [] : [...new Set(picks.map((pick) => `T${pick % number}`))],
        ]),
      ),
    ),
  )
  .chain((tasks) => fc.shuffledSubarray(tasks, { minLength: tasks.length }));

describe("orderTasks", () => {
  it("puts every task of any acyclic plan after all it depends on, and finds no cycle", () => {
    fc.assert(
      fc.property(acyclic, (tasks) => {
        const { ordered, cycles } = orderTasks(tasks);

        expect(cycles).toEqual([]);
        expect(ordered).toHaveLength(tasks.length);
        const position = new Map(ordered.map((task, index) => [task.task_id, index]));
        for (const task of ordered) {
          for (const id of task.depends_on) {
            expect(position.get(id)).toBeLessThan(position.get(task.task_id) ?? -1);
          }
        }
      }),
    );
  });

  it("finds a cycle in any acyclic plan that gets an edge back", () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), (tasks, pick) => {
        const withDependency = tasks.filter((task) => task.depends_on.length > 0);
        const task = withDependency[pick % Math.max(1, withDependency.length)];
        const [needed] = task?.depends_on ?? [];
        fc.pre(task !== undefined && needed !== undefined);

        const { cycles } = orderTasks(
          tasks.map((other) =>
            other.task_id === needed
              ? { ...other, depends_on: [...other.depends_on, task.task_id] }
              : other,
          ),
        );

        expect(cycles.length).toBeGreaterThan(0);
        for (const cycle of cycles) expect(cycle[0]).toBe(cycle.at(-1));
      }),
    );
  });

  it("keeps the plan's order among tasks that are free", () => {
    const { ordered } = orderTasks(aPlan({ C: [], A: [], B: [] }));

    expect(ordered.map((task) => task.task_id)).toEqual(["C", "A", "B"]);
  });
});

describe("longestPathMinutes and blockedMinutes", () => {
  const tasks = aPlan(
    { T1: [], T2: ["T1"], T3: ["T1"], T4: ["T2", "T3"], T5: [] },
    {
      T1: { estimated_duration_minutes: 1 },
      T2: { estimated_duration_minutes: 10 },
      T3: { estimated_duration_minutes: 2 },
      T4: { estimated_duration_minutes: 4 },
      T5: { estimated_duration_minutes: 3 },
    },
  );

  it("measure the longest chain that needs a task, and all that waits for it", () => {
    expect(Object.fromEntries(longestPathMinutes(tasks))).toEqual({
      T1: 15,
      T2: 14,
      T3: 6,
      T4: 4,
      T5: 3,
    });
    expect(tasks.map((task) => blockedMinutes(task.task_id, tasks))).toEqual([17, 14, 6, 4, 3]);
  });
});
