import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { OUTPUT_REF, contentHash } from "../../src/approvals/content.ts";
import { settleRow } from "../../src/execution/attempt-row.ts";
import { asksOf } from "../../src/execution/bearing-requests.ts";
import type { Overrun } from "../../src/execution/budgets.ts";
import {
  needsApprovalAfter,
  needsApprovalBefore,
  nextStep,
} from "../../src/execution/next-step.ts";
import type { Situation } from "../../src/execution/situation.ts";
import type { Step } from "../../src/execution/step.ts";
import { budgetQuestions } from "../../src/execution/within-budget.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import type { ApprovalStage, DecisionType } from "../../src/model/decision.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { Inputs } from "../../src/model/task-exchange.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { NOON, aRequest, aRow, aTask } from "../support/builders.ts";

const FREE = aTask();
const BEFORE = aTask({ requires_human_approval: true });
const AFTER = aTask({ requires_human_approval: true, approval_stage: "after" });

/** Hashes are equal just when the hashed texts are. */
const hash = (text: string) => text;

function situation(fields: Partial<Situation> = {}): Situation {
  return {
    task: FREE,
    available: ["A1", "A2", "A3"],
    preferred: "A1",
    rows: [],
    requests: [],
    inputs: {},
    mission_inputs: {},
    execution: DEFAULT_POLICY.execution,
    budgets: DEFAULT_POLICY.budgets,
    costs: new Map(),
    hash,
    ...fields,
  };
}

function execution(limits: { max_attempts?: number; retries_per_agent?: number }) {
  const { max_attempts = 3, retries_per_agent = 1 } = limits;
  const { execution: defaults } = DEFAULT_POLICY;
  return { ...defaults, max_attempts, retry: { ...defaults.retry, retries_per_agent } };
}

/** A pending request that fits what is asked, as the gate would store it. */
function request(
  stage: ApprovalStage,
  fields: Partial<ApprovalRequest> = {},
  content: Inputs = {},
): ApprovalRequest {
  const { agent_id = "A1", attempt = 1, task_id = "T1" } = fields;
  return aRequest({
    approval_id: `APR-R1-${task_id}-${attempt}${{ before: "", after: "-output", failure: "-failure", agent: "-ask-1", budget: "-budget-1" }[stage]}`,
    stage,
    content_hash: contentHash({ task_id, agent_id, stage, content, mission_inputs: {} }, hash),
    allowed: ["approve", "edit", "reject", ...(stage === "failure" ? (["skip"] as const) : [])],
    ...fields,
  });
}

function decided(
  decision: DecisionType,
  asked: ApprovalRequest,
  fields: Partial<ApprovalRequest> = {},
): ApprovalRequest {
  return { ...asked, status: "decided", decision, decided_by: "ana", ...fields };
}

function failed(fields: Partial<TaskLog> = {}): TaskLog {
  return aRow({ outcome: "failed", error: "timeout", ...fields });
}

function rejected(stage: ApprovalStage, fields: Partial<TaskLog> = {}): TaskLog {
  return aRow({
    outcome: "rejected",
    stage,
    decision: "reject",
    decided_by: "ana",
    reason: "wrong customer",
    ...fields,
  });
}

describe("nextStep, at first", () => {
  it.each([
    { what: "needs no approval", task: FREE },
    { what: "is judged after the work", task: AFTER },
  ])("calls the best agent for a task that $what", ({ task }) => {
    expect(nextStep(situation({ task }))).toEqual({ kind: "call", attempt: 1, agent_id: "A1" });
  });

  it.each([
    { what: "by default", task: BEFORE },
    { what: "explicitly", task: { ...BEFORE, approval_stage: "before" as const } },
  ])("asks before the work, $what", ({ task }) => {
    expect(nextStep(situation({ task }))).toEqual({
      kind: "ask",
      stage: "before",
      attempt: 1,
      agent_id: "A1",
    });
  });

  it("takes no stage for an approval that is not required", () => {
    const task = aTask({ approval_stage: "before" });

    expect(nextStep(situation({ task })).kind).toBe("call");
  });

  it("goes by the ranking of those that are available", () => {
    const step = nextStep(situation({ available: ["A3", "A2"], preferred: "A1" }));

    expect(step).toEqual({ kind: "call", attempt: 1, agent_id: "A3" });
  });

  it.each([FREE, BEFORE, AFTER])(
    "fails the first attempt of the preferred agent when nobody is available (%#)",
    (task) => {
      const step = nextStep(situation({ task, available: [] }));

      expect(step).toEqual({ kind: "unavailable", attempt: 1, agent_id: "A1" });
    },
  );
});

describe("nextStep, at the gate before the work", () => {
  const asked = request("before");

  it("waits for the person that is asked", () => {
    expect(nextStep(situation({ task: BEFORE, requests: [asked] }))).toEqual({
      kind: "wait",
      requests: [asked],
    });
  });

  it.each(["approve", "edit"] as const)("calls the agent that a person said %s to", (decision) => {
    const consent = decided(
      decision,
      asked,
      decision === "edit" ? { edits: { instruction: "x" } } : {},
    );

    const step = nextStep(situation({ task: BEFORE, requests: [consent] }));

    expect(step).toEqual({
      kind: "call",
      attempt: 1,
      agent_id: "A1",
      decided: consent,
      approved: consent,
    });
  });

  it("calls the approved agent though another is ranked higher by now", () => {
    const consent = decided("approve", asked);

    const step = nextStep(
      situation({ task: BEFORE, available: ["A2", "A1"], requests: [consent] }),
    );

    expect(step).toMatchObject({ kind: "call", agent_id: "A1", attempt: 1 });
  });

  it("ends the attempt that a person rejects, without a call", () => {
    const refusal = decided("reject", asked, { reason: "No" });

    expect(nextStep(situation({ task: BEFORE, requests: [refusal] }))).toEqual({
      kind: "conclude",
      attempt: 1,
      outcome: "rejected",
      decided: refusal,
    });
  });

  it("keeps a rejection although its agent is gone", () => {
    const refusal = decided("reject", asked, { reason: "No" });

    const step = nextStep(situation({ task: BEFORE, available: ["A2"], requests: [refusal] }));

    expect(step).toMatchObject({ kind: "conclude", attempt: 1, outcome: "rejected" });
  });

  it.each<{ what: string; inputs: Inputs }>([
    { what: "another value", inputs: { T0: { amount: 6 } } },
    { what: "another type", inputs: { T0: { amount: "5" } } },
    { what: "an additional value", inputs: { T0: { amount: 5, to: "Bo" } } },
    { what: "no inputs", inputs: {} },
    { what: "an additional input", inputs: { T0: { amount: 5 }, T9: 1 } },
    { what: "another large input", inputs: { T0: { [OUTPUT_REF]: "abc" } } },
  ])("asks again under a new number when the approved inputs become $what", ({ inputs }) => {
    const consent = decided("approve", request("before", {}, { T0: { amount: 5 } }));
    const changed = { task: BEFORE, requests: [consent], inputs };
    const error = "what was agreed to has changed since";

    const step = nextStep(situation(changed));
    const next = nextStep(situation({ ...changed, rows: [failed({ stage: "before", error })] }));

    expect(step).toEqual({ kind: "lapsed", decided: consent, error });
    const question = { stage: "before", attempt: 2, agent_id: "A1", feedback: error };
    expect(next).toEqual({ kind: "ask", ...question });
  });

  it("holds on to a consent to equal inputs, whatever the order of their keys", () => {
    const consent = decided("approve", request("before", {}, { T0: { a: 1, b: 2 }, T9: 3 }));

    const step = nextStep(
      situation({ task: BEFORE, requests: [consent], inputs: { T9: 3, T0: { b: 2, a: 1 } } }),
    );

    expect(step).toMatchObject({ kind: "call", attempt: 1, approved: consent });
  });

  it.each([["A2"], []])("lapses when the agent it was given for is gone (left: %s)", (...left) => {
    const consent = decided("approve", asked);

    const step = nextStep(situation({ task: BEFORE, available: left, requests: [consent] }));

    const error = "A1 is not available";
    expect(step).toEqual({ kind: "lapsed", decided: consent, error, retryable: false });
  });

  it("asks about the next agent when it has lapsed", () => {
    const error = "A1 is not available";
    const row = failed({ stage: "before", decision: "approve", error, retryable: false });
    const requests = [decided("approve", asked)];

    const step = nextStep(situation({ task: BEFORE, available: ["A2"], rows: [row], requests }));

    const next = { stage: "before", attempt: 2, agent_id: "A2", feedback: error };
    expect(step).toEqual({ kind: "ask", ...next });
  });

  it("takes no consent to a task whose id begins alike", () => {
    const other = decided("approve", request("before", { task_id: "T10" }));

    const step = nextStep(situation({ task: BEFORE, requests: [other] }));

    expect(step).toMatchObject({ kind: "lapsed", decided: other });
  });

  it("asks under a new number when the request was taken back", () => {
    const taken = request("before", { status: "void" });

    const step = nextStep(situation({ task: BEFORE, requests: [taken] }));

    expect(step).toEqual({ kind: "ask", stage: "before", attempt: 2, agent_id: "A1" });
  });

  it("takes lapsed consents one after the other", () => {
    const first = decided("approve", request("before", {}, { T0: 1 }));
    const second = decided("approve", request("before", { attempt: 2 }, { T0: 2 }));
    const changed = { task: BEFORE, requests: [second, first], inputs: { T0: 3 } };

    const step = nextStep(situation(changed));
    const next = nextStep(situation({ ...changed, rows: [failed({ stage: "before" })] }));

    const error = "what was agreed to has changed since";
    expect([step, next]).toEqual([
      { kind: "lapsed", decided: first, error },
      { kind: "lapsed", decided: second, error },
    ]);
  });
});

describe("nextStep, after a rejection before the work", () => {
  const refusal = decided("reject", request("before"), { reason: "wrong customer" });
  const row = rejected("before");

  it("asks about the next-ranked agent, with the reason and a new number", () => {
    const step = nextStep(situation({ task: BEFORE, rows: [row], requests: [refusal] }));

    expect(step).toEqual({
      kind: "ask",
      stage: "before",
      attempt: 2,
      agent_id: "A2",
      feedback: "wrong customer",
    });
  });

  it("skips agents that are unavailable", () => {
    const step = nextStep(
      situation({ task: BEFORE, available: ["A1", "A3"], rows: [row], requests: [refusal] }),
    );

    expect(step).toMatchObject({ kind: "ask", agent_id: "A3" });
  });

  it("hands the reason to the next agent when a person agrees to it", () => {
    const consent = decided(
      "approve",
      request("before", { agent_id: "A2", attempt: 2, feedback: "wrong customer" }),
      { reason: "Good idea" },
    );

    const step = nextStep(situation({ task: BEFORE, rows: [row], requests: [refusal, consent] }));

    expect(step).toEqual({
      kind: "call",
      attempt: 2,
      agent_id: "A2",
      decided: consent,
      approved: consent,
      feedback: "wrong customer",
    });
  });

  it("fails when nobody is left, and says who refused and why", () => {
    const step = nextStep(
      situation({ task: BEFORE, available: ["A1"], rows: [row], requests: [refusal] }),
    );

    expect(step).toMatchObject({ kind: "failed", row });
    expect(step).toMatchObject({ reason: expect.stringContaining("rejected by ana") });
    expect(step).toMatchObject({ reason: expect.stringContaining("wrong customer") });
  });

  it.each([
    { max_attempts: 1, kind: "failed" },
    { max_attempts: 2, kind: "ask" },
  ])(
    "with $max_attempts attempts allowed, one refusal leads to: $kind",
    ({ max_attempts, kind }) => {
      const step = nextStep(
        situation({
          task: BEFORE,
          rows: [row],
          requests: [refusal],
          execution: execution({ max_attempts }),
        }),
      );

      expect(step.kind).toBe(kind);
    },
  );

  it("never goes back to an agent that was refused, though it was once approved", () => {
    const consent = decided("approve", request("before", {}, { T0: "old" }));
    const again = decided("reject", request("before", { attempt: 2 }), { reason: "No" });
    const second = rejected("before", { attempt: 2 });

    const step = nextStep(situation({ task: BEFORE, rows: [second], requests: [consent, again] }));

    expect(step).toMatchObject({ kind: "ask", agent_id: "A2", attempt: 3 });
  });
});

describe("nextStep, after a failure", () => {
  it("tries again with the same agent, and tells it the error", () => {
    const step = nextStep(situation({ rows: [failed()] }));

    expect(step).toEqual({ kind: "call", attempt: 2, agent_id: "A1", feedback: "timeout" });
  });

  it.each([
    { retries_per_agent: 0, failures: 1, agent_id: "A2" },
    { retries_per_agent: 1, failures: 1, agent_id: "A1" },
    { retries_per_agent: 1, failures: 2, agent_id: "A2" },
    { retries_per_agent: 2, failures: 2, agent_id: "A1" },
    { retries_per_agent: 2, failures: 3, agent_id: "A2" },
  ])(
    "with $retries_per_agent retries, $failures failures lead to $agent_id",
    ({ retries_per_agent, failures, agent_id }) => {
      const rows = Array.from({ length: failures }, (_, at) => failed({ attempt: at + 1 }));
      const limits = execution({ max_attempts: 10, retries_per_agent });

      const step = nextStep(situation({ rows, execution: limits }));

      expect(step).toMatchObject({ kind: "call", agent_id, attempt: failures + 1 });
    },
  );

  it.each(["approve", "edit"] as const)(
    "repeats an attempt that a person said %s to, without asking again",
    (decision) => {
      const consent = decided(decision, request("before"));

      const step = nextStep(situation({ task: BEFORE, rows: [failed()], requests: [consent] }));

      expect(step).toEqual({
        kind: "call",
        attempt: 2,
        agent_id: "A1",
        approved: consent,
        feedback: "timeout",
      });
    },
  );

  it("stays with the agent that may try again, though a better one has come", () => {
    const row = failed({ agent_id: "A2" });

    const step = nextStep(situation({ available: ["A1", "A2"], rows: [row] }));

    expect(step).toMatchObject({ kind: "call", attempt: 2, agent_id: "A2" });
  });

  it("asks again before another agent tries", () => {
    const consent = decided("approve", request("before"));

    const step = nextStep(
      situation({
        task: BEFORE,
        rows: [failed()],
        requests: [consent],
        execution: execution({ retries_per_agent: 0 }),
      }),
    );

    expect(step).toEqual({
      kind: "ask",
      stage: "before",
      attempt: 2,
      agent_id: "A2",
      feedback: "timeout",
    });
  });

  it("asks again before it is repeated with other inputs", () => {
    const consent = decided("approve", request("before"));

    const step = nextStep(
      situation({ task: BEFORE, rows: [failed()], requests: [consent], inputs: { T0: 1 } }),
    );

    expect(step).toMatchObject({ kind: "ask", stage: "before", attempt: 2, agent_id: "A1" });
  });

  it.each([
    { max_attempts: 2, kind: "ask" },
    { max_attempts: 3, kind: "call" },
  ])(
    "with $max_attempts attempts allowed, two failures lead to: $kind",
    ({ max_attempts, kind }) => {
      const rows = [failed(), failed({ attempt: 2 })];

      const step = nextStep(situation({ rows, execution: execution({ max_attempts }) }));

      expect(step.kind).toBe(kind);
    },
  );

  it("asks a person when every agent is used up, about the last attempt and its error", () => {
    const rows = [failed(), failed({ attempt: 2, agent_id: "A2", error: "no access" })];

    const step = nextStep(
      situation({
        available: ["A1", "A2"],
        rows,
        execution: execution({ retries_per_agent: 0 }),
      }),
    );

    expect(step).toEqual({
      kind: "ask",
      stage: "failure",
      attempt: 2,
      agent_id: "A2",
      feedback: "no access",
    });
  });

  it("asks a person when the agent that was not there stays away", () => {
    const row = failed({ error: "A1 is not available" });

    const step = nextStep(situation({ available: [], rows: [row] }));

    expect(step).toMatchObject({ kind: "ask", stage: "failure", attempt: 1, agent_id: "A1" });
  });

  it("goes on with another agent when the one that failed has gone", () => {
    const step = nextStep(situation({ available: ["A2"], rows: [failed()] }));

    expect(step).toMatchObject({ kind: "call", attempt: 2, agent_id: "A2" });
  });

  it("counts a row from before attempts were numbered as the first", () => {
    const { attempt: _first, ...row } = failed();

    expect(nextStep(situation({ rows: [row] }))).toMatchObject({ kind: "call", attempt: 2 });
  });
});

describe("nextStep, when a person was asked about a failure", () => {
  const rows = [failed(), failed({ attempt: 2 })];
  const limits = execution({ max_attempts: 2 });
  const asked = request("failure", { attempt: 2, feedback: "timeout" });
  const at = (fields: Partial<Situation>) => situation({ rows, execution: limits, ...fields });
  /** What a person said is in the row of the attempt that failed, and is acted upon. */
  const after = (answer: ApprovalRequest, fields: Partial<Situation> = {}) => {
    const [first, last] = [failed(), settleRow(failed({ attempt: 2 }), answer)];
    return at({ rows: [first, last], requests: [answer], ...fields });
  };

  it("waits for the answer", () => {
    expect(nextStep(at({ requests: [asked] }))).toEqual({ kind: "wait", requests: [asked] });
  });

  it.each(["approve", "edit", "reject", "skip"] as const)(
    "first puts %s into the row of the attempt that failed",
    (decision) => {
      const answer = decided(decision, asked);

      expect(nextStep(at({ requests: [answer] }))).toEqual({
        kind: "settle",
        row: rows[1],
        decided: answer,
      });
    },
  );

  it.each(["approve", "edit"] as const)("tries once more on %s, under a new number", (decision) => {
    const consent = decided(decision, asked);

    expect(nextStep(after(consent))).toEqual({
      kind: "call",
      attempt: 3,
      agent_id: "A1",
      approved: consent,
      feedback: "timeout",
    });
  });

  it("hands on what the person says rather than the error", () => {
    const consent = decided("approve", asked, { reason: "Use the other account" });

    const step = nextStep(after(consent));

    expect(step).toMatchObject({ kind: "call", feedback: "Use the other account" });
  });

  it("does not ask before the work as well", () => {
    const consent = decided("approve", asked);

    const step = nextStep(after(consent, { task: BEFORE }));

    expect(step).toMatchObject({ kind: "call", attempt: 3, approved: consent });
  });

  it("ends a new attempt as skipped on skip", () => {
    const answer = decided("skip", asked, { reason: "Not needed" });

    expect(nextStep(after(answer))).toEqual({
      kind: "conclude",
      attempt: 3,
      outcome: "skipped",
      decided: answer,
    });
  });

  it("fails on reject, though attempts and agents are left", () => {
    const answer = decided("reject", asked, { reason: "Not needed" });

    const step = nextStep(after(answer, { execution: execution({ max_attempts: 10 }) }));

    expect(step).toEqual({
      kind: "failed",
      row: settleRow(failed({ attempt: 2 }), answer),
      reason: "failed: timeout (given up by ana: Not needed)",
    });
  });

  it("is completed by a skip", () => {
    const row = aRow({ attempt: 3, outcome: "skipped", stage: "failure" });

    const step = nextStep(at({ rows: [...rows, row], requests: [decided("skip", asked)] }));

    expect(step).toEqual({ kind: "completed", row });
  });

  it("fails on a rejection that older histories have as an attempt of its own", () => {
    const row = rejected("failure", { attempt: 3 });
    const requests = [decided("reject", asked, { reason: "wrong customer" })];

    const step = nextStep(
      at({ rows: [...rows, row], requests, execution: execution({ max_attempts: 10 }) }),
    );

    expect(step).toMatchObject({ kind: "failed", row });
    expect(step).toMatchObject({ reason: expect.stringContaining("wrong customer") });
  });

  it("asks anew, about the new attempt, when that fails too", () => {
    const row = failed({ attempt: 3, error: "no access" });
    const consent = decided("approve", asked);
    const before = after(consent).rows;

    const step = nextStep(at({ rows: [...before, row], requests: [consent] }));

    expect(step).toEqual({
      kind: "ask",
      stage: "failure",
      attempt: 3,
      agent_id: "A1",
      feedback: "no access",
    });
  });

  it("fails the new attempt when the agent is not available for it", () => {
    const consent = decided("approve", asked);

    expect(nextStep(after(consent, { available: ["A2"] }))).toEqual({
      kind: "unavailable",
      attempt: 3,
      agent_id: "A1",
    });
  });

  it("does not take the request about another failure for this one", () => {
    const other = decided("approve", request("failure", { attempt: 1 }));

    const step = nextStep(at({ requests: [other] }));

    expect(step).toMatchObject({ kind: "ask", stage: "failure", attempt: 2 });
  });
});

describe("nextStep, when the output is judged", () => {
  const asked = request("after");

  it("waits for the person that judges", () => {
    expect(nextStep(situation({ task: AFTER, requests: [asked] }))).toEqual({
      kind: "wait",
      requests: [asked],
    });
  });

  it.each(["approve", "edit"] as const)("ends the attempt as approved on %s", (decision) => {
    const consent = decided(decision, asked);

    expect(nextStep(situation({ task: AFTER, requests: [consent] }))).toEqual({
      kind: "conclude",
      attempt: 1,
      outcome: "approved",
      decided: consent,
    });
  });

  it.each(["approve", "reject"] as const)(
    "keeps the judgement %s although the agent has gone and the inputs have changed",
    (decision) => {
      const judgement = decided(decision, asked, { reason: "x" });

      const step = nextStep(
        situation({ task: AFTER, available: [], requests: [judgement], inputs: { T0: 1 } }),
      );

      expect(step).toMatchObject({ kind: "conclude", attempt: 1, decided: judgement });
    },
  );

  it("has the same agent do a rejected output again, with the reason", () => {
    const refusal = decided("reject", asked, { reason: "wrong customer" });

    const step = nextStep(
      situation({ task: AFTER, rows: [rejected("after")], requests: [refusal] }),
    );

    expect(step).toEqual({
      kind: "call",
      attempt: 2,
      agent_id: "A1",
      feedback: "wrong customer",
    });
  });

  it("has another agent do it when that one has gone", () => {
    const step = nextStep(situation({ task: AFTER, available: ["A3"], rows: [rejected("after")] }));

    expect(step).toMatchObject({ kind: "call", attempt: 2, agent_id: "A3" });
  });

  it.each([
    { max_attempts: 2, kind: "failed" },
    { max_attempts: 3, kind: "call" },
  ])(
    "with $max_attempts attempts allowed, two bad outputs lead to: $kind",
    ({ max_attempts, kind }) => {
      const rows = [rejected("after"), rejected("after", { attempt: 2 })];

      const step = nextStep(
        situation({ task: AFTER, rows, execution: execution({ max_attempts }) }),
      );

      expect(step.kind).toBe(kind);
    },
  );

  it("waits for the judgement of an attempt that a person had asked for after a failure", () => {
    const retry = decided("approve", request("failure"));
    const judged = request("after", { attempt: 2 });

    const step = nextStep(
      situation({
        task: AFTER,
        rows: [failed()],
        requests: [retry, judged],
        execution: execution({ max_attempts: 1 }),
      }),
    );

    expect(step).toEqual({ kind: "wait", requests: [judged] });
  });
});

describe("nextStep, at the end", () => {
  it.each(["completed", "approved", "skipped"] as const)("is done after %s", (outcome) => {
    const row = aRow({ attempt: 2, outcome });
    const requests = [request("before", { attempt: 3 })];

    const step = nextStep(situation({ task: BEFORE, rows: [failed(), row], requests }));

    expect(step).toEqual({ kind: "completed", row });
  });

  it("stays completed when nobody is available any more and the inputs have changed", () => {
    const row = aRow({ outcome: "approved" });
    const requests = [decided("approve", request("before"))];

    const step = nextStep(
      situation({ task: BEFORE, available: [], rows: [row], requests, inputs: { T0: 1 } }),
    );

    expect(step).toEqual({ kind: "completed", row });
  });
});

describe("nextStep, for any history", () => {
  it("comes to an end, with attempt numbers that strictly increase", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const { rows, steps } = play(story);

        expect(steps.at(-1)?.kind).toMatch(/^(completed|failed)$/);
        const attempts = rows.map((row) => row.attempt ?? 0);
        expect(attempts).toEqual([...new Set(attempts)].toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  it("has a row for each attempt that a person decided about, whoever comes and goes", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const { rows, requests } = play(story);

        const about = requests.filter(
          ({ stage, status }) => stage !== "failure" && status === "decided",
        );
        const attempts = rows.map((row) => row.attempt ?? 1);
        expect(attempts).toEqual(expect.arrayContaining(about.map(({ attempt }) => attempt)));
      }),
      { numRuns: 500 },
    );
  });

  it("has the agent that asked go on, once all that it asked is decided", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        for (const { step, asked } of play(story).told) {
          expect(step.asks ?? []).toEqual(asked);
          expect(asked.map(({ status }) => status)).not.toContain("pending");
          expect([step.agent_id, ...asked.map(({ agent_id }) => agent_id)]).toEqual(
            Array.from({ length: asked.length + 1 }, () => step.agent_id),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it("completes a task only by its work, a judgement or a skip", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const { rows, steps } = play(story);

        const last = rows.at(-1)?.outcome;
        const isDone = last === "completed" || last === "approved" || last === "skipped";
        expect(steps.at(-1)?.kind).toBe(isDone ? "completed" : "failed");
      }),
    );
  });

  it("calls nobody without consent to just this where a person must agree before the work", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const { calls } = play({ ...story, task: BEFORE });

        for (const { agent_id, approved } of calls) {
          expect(approved?.status).toBe("decided");
          expect(["approve", "edit"]).toContain(approved?.decision);
          expect(approved?.agent_id).toBe(agent_id);
          expect(approved?.content_hash).toBe(
            request(approved?.stage ?? "before", { agent_id }).content_hash,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never calls an agent after a person has refused it", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const { rows } = play({ ...story, task: BEFORE });

        rows.forEach((row, position) => {
          if (row.outcome !== "rejected" || row.stage !== "before") return;
          const later = rows.slice(position + 1).filter(({ stage }) => stage !== "failure");
          expect(later.map(({ agent_id }) => agent_id)).not.toContain(row.agent_id);
        });
      }),
    );
  });

  it("uses no more attempts than allowed, besides those a person asks for after a failure", () => {
    fc.assert(
      fc.property(aStory, (story) => {
        const { rows, requests } = play(onlyLeaving(story));

        const extra = requests.filter(({ stage }) => stage === "failure").length;
        expect(rows.length).toBeLessThanOrEqual(story.execution.max_attempts + extra);
      }),
      { numRuns: 500 },
    );
  });
});

describe("settleRow", () => {
  const row = failed({ actual_duration_minutes: 5, ended_at: "2026-11-22T12:05:00Z" });
  const answer = (asked: string, decided_at: string) =>
    decided("reject", request("failure", { approval_request_time: asked }), {
      decided_at,
      reason: "Not needed",
      source: "library",
    });

  it("adds the decision and the wait for it to the attempt that failed", () => {
    const settled = settleRow(row, answer("2026-11-22T12:05:00Z", "2026-11-22T12:12:30Z"));

    expect(settled).toEqual({
      ...row,
      actual_duration_minutes: 12.5,
      human_delay_minutes: 7.5,
      human_approval_required: true,
      started_at: NOON,
      ended_at: "2026-11-22T12:12:30Z",
      failure_decision: {
        approval_request_time: "2026-11-22T12:05:00Z",
        decided_at: "2026-11-22T12:12:30Z",
        decided_by: "ana",
        decision: "reject",
        delay_minutes: 7.5,
        reason: "Not needed",
        source: "library",
      },
    });
  });

  it("adds to a wait before the work", () => {
    const waited = { ...row, human_delay_minutes: 2 };

    const settled = settleRow(waited, answer("2026-11-22T12:05:00Z", "2026-11-22T12:06:00Z"));

    expect(settled).toMatchObject({ actual_duration_minutes: 6, human_delay_minutes: 3 });
  });

  it("tells an attempt that was asked about late as that much later", () => {
    const settled = settleRow(row, answer("2026-11-22T12:35:00Z", "2026-11-22T12:36:00Z"));

    expect(settled).toMatchObject({
      actual_duration_minutes: 6,
      started_at: "2026-11-22T12:30:00Z",
      ended_at: "2026-11-22T12:36:00Z",
    });
  });
});

describe("needsApprovalBefore and needsApprovalAfter", () => {
  it.each([
    { task: FREE, before: false, after: false },
    { task: BEFORE, before: true, after: false },
    { task: AFTER, before: false, after: true },
    { task: { ...BEFORE, approval_stage: "before" as const }, before: true, after: false },
    { task: { ...AFTER, requires_human_approval: false }, before: false, after: false },
  ])("are $before and $after for $task", ({ task, before, after }) => {
    expect(needsApprovalBefore(task)).toBe(before);
    expect(needsApprovalAfter(task)).toBe(after);
  });
});

/** What the world will do: each list is used up in turn, then the worst happens. */
interface Story {
  readonly task: PlanTask;
  readonly execution: Situation["execution"];
  /** Whether each agent call succeeds. */
  readonly successes: readonly boolean[];
  readonly decisions: readonly DecisionType[];
  readonly at_limit: Situation["budgets"]["at_limit"];
  /** Whether a budget is in the way of each call that begins an attempt. */
  readonly overruns: readonly boolean[];
  /** How many things the agent asks at each call before it comes to an end. */
  readonly asks: readonly number[];
  /** Who is available at each turn; then it stays as it is. */
  readonly available: readonly (readonly string[])[];
}

const EVERYBODY = ["A1", "A2", "A3"];

const aStory: fc.Arbitrary<Story> = fc.record({
  task: fc.constantFrom(FREE, BEFORE, AFTER),
  execution: fc
    .record({
      max_attempts: fc.integer({ min: 1, max: 5 }),
      retries_per_agent: fc.integer({ min: 0, max: 2 }),
    })
    .map(execution),
  successes: fc.array(fc.boolean(), { maxLength: 10 }),
  decisions: fc.array(fc.constantFrom("approve", "edit", "reject", "skip"), { maxLength: 12 }),
  at_limit: fc.constantFrom("ask" as const, "cheaper" as const, "stop" as const),
  overruns: fc.array(fc.boolean(), { maxLength: 6 }),
  asks: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 8 }),
  available: fc.array(fc.subarray(EVERYBODY), { maxLength: 20 }),
});

/** The same story, but agents that have gone do not come back. */
function onlyLeaving(story: Story): Story {
  const gone = (id: string, turn: number) =>
    story.available.slice(0, turn + 1).some((present) => !present.includes(id));
  const available = story.available.map((_, turn) => EVERYBODY.filter((id) => !gone(id, turn)));
  return { ...story, available };
}

const OVERRUN: Overrun = { scope: "run", measure: "cost", limit: 1, spent: 1, wanted: 1 };

/** Plays a story to its end, as node D and the gate would, and checks every step on the way. */
function play(story: Story) {
  const { task, execution: limits, successes, decisions, asks, available, at_limit } = story;
  const inTheWay = [...story.overruns];
  const overruns = new Map<string, Overrun>();
  const rows: TaskLog[] = [];
  const requests: ApprovalRequest[] = [];
  const steps: Step[] = [];
  const calls: Extract<Step, { kind: "call" }>[] = [];
  const told: { step: Extract<Step, { kind: "call" }>; asked: readonly ApprovalRequest[] }[] = [];
  let decisionsUsed = 0;

  const addRow = (step: { attempt: number }, fields: Partial<TaskLog>) => {
    expect(rows.map((row) => row.attempt)).not.toContain(step.attempt);
    rows.push(aRow({ attempt: step.attempt, ...fields }));
  };
  const addRequest = (asked: ApprovalRequest) => {
    expect(requests.map(({ approval_id }) => approval_id)).not.toContain(asked.approval_id);
    requests.push(asked);
  };

  for (let turn = 0; turn < 300; turn += 1) {
    const now = situation({
      task,
      execution: limits,
      available: available[turn] ?? available.at(-1) ?? EVERYBODY,
      rows: [...rows],
      requests: [...requests],
      budgets: { at_limit },
      ...(overruns.size === 0 ? {} : { overruns: new Map(overruns) }),
    });
    const step = nextStep(now);
    // What a process finds after a crash is what was recorded, and it does the same with it.
    expect(
      nextStep({ ...now, rows: structuredClone(rows), requests: structuredClone(requests) }),
    ).toEqual(step);
    expect(now.available).toEqual(
      expect.arrayContaining(step.kind === "call" ? [step.agent_id] : []),
    );
    expect(step.kind === "settle" ? step.row : rows.at(-1)).toEqual(rows.at(-1));
    steps.push(step);
    switch (step.kind) {
      case "completed":
      case "failed":
        return { rows, requests, steps, calls, told };
      case "ask":
        addRequest(request(step.stage, { agent_id: step.agent_id, attempt: step.attempt }));
        break;
      case "wait": {
        const given = decisions[decisionsUsed] ?? "reject";
        const [asked] = step.requests;
        const decision = asked.allowed.includes(given) ? given : "reject";
        decisionsUsed += 1;
        requests[requests.indexOf(asked)] = decided(decision, asked, {
          reason: `said ${decision}`,
        });
        break;
      }
      case "ask-budget": {
        const { agent_id, attempt } = step;
        const number = budgetQuestions(requests, attempt).length + 1;
        const approval_id = `APR-R1-T1-${attempt}-budget-${number}`;
        const allowed = ["approve", "reject", "skip"] as const;
        addRequest(request("budget", { approval_id, agent_id, attempt, allowed: [...allowed] }));
        overruns.clear();
        break;
      }
      case "overrun":
        addRow(step, { agent_id: step.agent_id, outcome: "failed", over_budget: true });
        break;
      case "call": {
        const { agent_id, attempt } = step;
        if (step.asks === undefined && step.isLet === undefined && inTheWay.shift() === true) {
          overruns.set(agent_id, OVERRUN);
          break;
        }
        overruns.clear();
        const stage = step.decided?.stage;
        const isGood = successes[calls.length] ?? false;
        const asked = asks[calls.length] ?? 0;
        calls.push(step);
        told.push({ step, asked: asksOf(requests, attempt) });
        for (let number = 1; number <= asked; number += 1) {
          const approval_id = `APR-R1-T1-${attempt}-ask-${(step.asks?.length ?? 0) + number}`;
          addRequest(request("agent", { approval_id, agent_id, attempt }));
        }
        if (asked > 0) break;
        if (isGood && needsApprovalAfter(task)) {
          addRequest(request("after", { agent_id, attempt }));
          break;
        }
        addRow(step, {
          agent_id,
          ...(isGood ? { outcome: "completed" } : { outcome: "failed", error: "timeout" }),
          ...(stage === undefined ? {} : { stage }),
        });
        break;
      }
      case "unavailable": {
        const stage = step.decided?.stage;
        addRow(step, {
          agent_id: step.agent_id,
          outcome: "failed",
          error: `${step.agent_id} is not available`,
          ...(stage === undefined ? {} : { stage }),
        });
        break;
      }
      case "lapsed": {
        const { agent_id, stage, attempt } = step.decided;
        const { error, retryable } = step;
        const said = {
          outcome: "failed" as const,
          error,
          ...(retryable === undefined ? {} : { retryable }),
        };
        addRow({ ...step, attempt }, { agent_id, stage, ...said });
        break;
      }
      case "settle":
        rows[rows.length - 1] = settleRow(step.row, step.decided);
        break;
      case "conclude": {
        const { agent_id, stage, reason = "" } = step.decided;
        addRow(step, { agent_id, outcome: step.outcome, stage, reason, decided_by: "ana" });
        break;
      }
    }
  }
  return { rows, requests, steps, calls, told };
}

describe("nextStep, when a budget is kept", () => {
  it.each([
    ["reject", "rejected"],
    ["skip", "skipped"],
  ] as const)("ends the attempt on %s, though the agent has gone", (decision, outcome) => {
    const kept = decided(decision, request("budget", { agent_id: "A1" }), { reason: "too dear" });
    const consent = decided("approve", request("before", { agent_id: "A1" }));

    for (const available of [["A1", "A2"], ["A2"], []]) {
      const step = nextStep(situation({ task: FREE, available, requests: [kept] }));
      const gated = nextStep(situation({ task: BEFORE, available, requests: [consent, kept] }));

      expect(step).toEqual({ kind: "conclude", attempt: 1, outcome, decided: kept });
      expect(gated).toEqual({ ...step, consent });
    }
  });
});

describe("nextStep, after a consent has lapsed", () => {
  const lapsed = decided("approve", request("before", { agent_id: "A1", attempt: 1 }));

  it("follows the newer question when the first agent is back", () => {
    const refusal = decided("reject", request("before", { agent_id: "A2", attempt: 2 }));

    const known = { task: BEFORE, requests: [lapsed, refusal] };

    const step = nextStep(situation(known));
    const next = nextStep(situation({ ...known, rows: [failed({ stage: "before" })] }));

    expect(step).toMatchObject({ kind: "lapsed", decided: lapsed });
    expect(next).toMatchObject({ kind: "conclude", attempt: 2, outcome: "rejected" });
  });

  it("asks anew for the agent that is back, instead of using the lapsed consent", () => {
    const refusal = request("before", { agent_id: "A2", attempt: 2 });
    const row = rejected("before", { agent_id: "A2", attempt: 2 });

    const step = nextStep(
      situation({ task: BEFORE, rows: [row], requests: [lapsed, decided("reject", refusal)] }),
    );

    expect(step).toMatchObject({ kind: "ask", stage: "before", agent_id: "A1", attempt: 3 });
  });

  it("hands a retried agent the error, not the approver's remark", () => {
    const row = failed({
      decision: "approve",
      stage: "before",
      reason: "looks fine",
      error: "timeout",
    });

    const step = nextStep(situation({ rows: [row] }));

    expect(step).toMatchObject({ kind: "call", feedback: "timeout" });
  });
});
