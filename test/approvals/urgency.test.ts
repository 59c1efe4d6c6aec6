import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isOverdue, orderByUrgency } from "../../src/approvals/urgency.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import { NOON, aRequest } from "../support/builders.ts";

const DUE = "2026-11-22T12:05:00Z";
const ids = (requests: readonly ApprovalRequest[]) =>
  requests.map((request) => request.approval_id);
const tasks = (requests: readonly ApprovalRequest[]) => requests.map((request) => request.task_id);

describe("isOverdue", () => {
  it.each([
    { now: "2026-11-22T12:04:59.999Z", expected: false },
    { now: DUE, expected: true }, // from this moment on
    { now: "2026-11-22T12:05:00.001Z", expected: true },
  ])("is $expected at $now for what is due at 12:05", ({ now, expected }) => {
    expect(isOverdue(aRequest({ due_at: DUE }), now)).toBe(expected);
  });
});

describe("orderByUrgency", () => {
  it("puts what is overdue before what delays more and before what is older", () => {
    const overdue = aRequest({
      task_id: "T9",
      due_at: NOON,
      blocked_minutes: 0,
      approval_request_time: "2026-11-22T11:59:00Z",
    });
    const heavy = aRequest({
      task_id: "T1",
      due_at: DUE,
      blocked_minutes: 100,
      approval_request_time: "2026-11-22T10:00:00Z",
    });

    expect(tasks(orderByUrgency([heavy, overdue], NOON))).toEqual(["T9", "T1"]);
  });

  it("does not rank the longer overdue before what delays more", () => {
    const longest = aRequest({ task_id: "T1", due_at: "2026-11-20T12:00:00Z", blocked_minutes: 1 });
    const heavy = aRequest({ task_id: "T2", due_at: NOON, blocked_minutes: 2 });

    expect(tasks(orderByUrgency([longest, heavy], NOON))).toEqual(["T2", "T1"]);
  });

  it("puts what delays more of the plan before what is older", () => {
    const old = aRequest({
      task_id: "T1",
      blocked_minutes: 5,
      approval_request_time: "2026-11-22T11:00:00Z",
    });
    const heavy = aRequest({ task_id: "T2", blocked_minutes: 5.01 });

    expect(tasks(orderByUrgency([old, heavy], NOON))).toEqual(["T2", "T1"]);
  });

  it("puts the oldest first where the delay is the same, by time and not by text", () => {
    const second = aRequest({ task_id: "T1", approval_request_time: "2026-11-22T12:00:00.500Z" });
    const first = aRequest({ task_id: "T2", approval_request_time: "2026-11-22T12:00:00Z" });

    expect(tasks(orderByUrgency([second, first], NOON))).toEqual(["T2", "T1"]);
  });

  it("breaks ties by approval id", () => {
    const requests = ["T2", "T10", "T1"].map((task_id) => aRequest({ task_id }));

    expect(ids(orderByUrgency(requests, NOON))).toEqual([
      "APR-R1-T1-1",
      "APR-R1-T10-1",
      "APR-R1-T2-1",
    ]);
  });

  it("leaves the list that it was given alone", () => {
    const requests = [aRequest({ task_id: "T2" }), aRequest({ task_id: "T1" })];

    orderByUrgency(requests, NOON);

    expect(tasks(requests)).toEqual(["T2", "T1"]);
  });

  it("has nothing to order in an empty list", () => {
    expect(orderByUrgency([], NOON)).toEqual([]);
  });

  it("gives the same order whatever the input order", () => {
    fc.assert(
      fc.property(someRequests, fc.func(fc.nat()), (requests, weight) => {
        const shuffled = requests.toSorted((a, b) => weight(a.approval_id) - weight(b.approval_id));

        const order = orderByUrgency(requests, NOON);

        expect(order).toEqual(orderByUrgency(shuffled, NOON));
        expect(order.toSorted(byId)).toEqual(requests.toSorted(byId));
      }),
    );
  });

  it("keeps the overdue together at the front, each part by falling delay", () => {
    fc.assert(
      fc.property(someRequests, (requests) => {
        const order = orderByUrgency(requests, NOON);

        const late = order.filter((request) => isOverdue(request, NOON));
        const rest = order.filter((request) => !isOverdue(request, NOON));
        expect(order).toEqual([...late, ...rest]);
        for (const part of [late, rest]) {
          const delays = part.map((request) => request.blocked_minutes);
          expect(delays).toEqual(delays.toSorted((a, b) => b - a));
        }
      }),
    );
  });
});

function byId(a: ApprovalRequest, b: ApprovalRequest): number {
  return a.approval_id < b.approval_id ? -1 : 1;
}

const anInstant = fc.constantFrom(
  "2026-11-22T11:59:59.999Z",
  NOON,
  "2026-11-22T12:00:00.001Z",
  DUE,
);
const someRequests = fc
  .uniqueArray(
    fc.record({
      task_id: fc.constantFrom("T1", "T10", "T2", "T1-1", "constructor", "__proto__"),
      due_at: anInstant,
      approval_request_time: anInstant,
      blocked_minutes: fc.constantFrom(0, 0.01, 5),
    }),
    { selector: (fields) => fields.task_id },
  )
  .map((list) => list.map((fields) => aRequest(fields)));
