import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { orderByUrgency } from "../../src/approvals/urgency.ts";
import { PRIORITIES } from "../../src/model/mission-runs.ts";
import { afterNoon } from "../kpi/histories.ts";
import { aRequest, aRun } from "../support/builders.ts";
import { withStoreOf } from "../support/portfolio-record.ts";

const minutes = fc.constantFrom(-1, -0.001, 0, 0.001, 1).map(afterNoon);

const runsArbitrary = fc.uniqueArray(
  fc.record({
    run_id: fc.constantFrom("R1", "R2", "R10", "r3"),
    status: fc.constantFrom("running", "running", "awaiting_approval", "failed"),
    priority: fc.option(fc.constantFrom(...PRIORITIES), { nil: undefined }),
  }),
  { selector: ({ run_id }) => run_id },
);

const requestsArbitrary = fc.uniqueArray(
  fc.record({
    run_id: fc.constantFrom("R1", "R2", "R10", "r3"),
    task_id: fc.constantFrom("T1", "T2", "T10", "t1", "T-1", "T_1"),
    status: fc.constantFrom("pending", "pending", "pending", "decided", "void"),
    due_at: minutes,
    approval_request_time: minutes,
    blocked_minutes: fc.constantFrom(0, 5, 5.01, 10),
  }),
  { selector: ({ run_id, task_id }) => `${run_id}/${task_id}`, maxLength: 12 },
);

describe("listPending", () => {
  it("has what waits with the more important run first, then by urgency, as many as are wanted", async () => {
    await fc.assert(
      fc.asyncProperty(
        runsArbitrary,
        requestsArbitrary,
        minutes,
        fc.integer({ min: 1, max: 4 }),
        async (someRuns, someRequests, now, limit) => {
          const runs = someRuns.map(aRun);
          const requests = someRequests.map((request) =>
            aRequest({ ...request, approval_id: `APR-${request.run_id}-${request.task_id}-1` }),
          );
          const open = runs.filter((run) => run.status !== "failed");
          const waiting = requests.filter(
            ({ run_id, status }) =>
              status === "pending" && open.some((run) => run.run_id === run_id),
          );
          const priorities = new Map(runs.map((run) => [run.run_id, run.priority]));
          const rank = ({ run_id }: { run_id: string }) =>
            PRIORITIES.indexOf(priorities.get(run_id) ?? "normal");
          const expected = orderByUrgency(waiting, now).toSorted((a, b) => rank(b) - rank(a));

          await withStoreOf({ runs, requests }, async (store) => {
            expect(await store.listPending({ now })).toEqual(expected);
            expect(await store.listPending({ now, limit })).toEqual(expected.slice(0, limit));
            const ofRun = expected.filter((request) => request.run_id === "R1");
            expect(await store.listPending({ now, run_id: "R1" })).toEqual(ofRun);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
