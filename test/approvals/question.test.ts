import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildQuestion, describeRequest } from "../../src/approvals/question.ts";
import { readAnswer } from "../../src/approvals/read-answer.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import { NOON, aRequest } from "../support/builders.ts";

const first = aRequest({
  task_id: "T2",
  task: "Verify documents",
  args: { instruction: "Verify" },
});
const second = aRequest({ task_id: "T10", allowed: ["approve", "reject"] });
const third = aRequest({
  approval_id: "APR-R1-T1-2-failure",
  task_id: "T1",
  stage: "failure",
  attempt: 2,
  allowed: ["approve", "edit", "reject", "skip"],
});

type Context = Parameters<typeof buildQuestion>[1];

function ask(requests: readonly ApprovalRequest[], context: Partial<Context> = {}) {
  return buildQuestion(requests, {
    run_id: "R1",
    mission_id: "M",
    mission_name: "Onboard customers",
    nameOf: (agentId) => ({ A1: "Verifier" })[agentId] ?? agentId,
    approvers: [],
    riskOf: () => "none",
    hasAskedBefore: false,
    ...context,
  });
}

describe("buildQuestion", () => {
  it("asks the inbox about the first request, whose id stands in the action", () => {
    const { action_request } = ask([first, second, third]);

    expect(action_request).toEqual({
      action: "Verify documents [APR-R1-T2-1]",
      args: { instruction: "Verify" },
    });
  });

  it("always allows accept, edit and respond, also where the task may not be edited", () => {
    const { config } = ask([second]);

    expect(config).toEqual({
      allow_accept: true,
      allow_edit: true,
      allow_respond: true,
      allow_ignore: false,
    });
  });

  it("lists every request for LangChain's readers, in the order it is given", () => {
    const { actionRequests, reviewConfigs } = ask([first, second, third]);

    expect(actionRequests.map(({ name }) => name)).toEqual([
      "Verify documents [APR-R1-T2-1]",
      "Do T10 [APR-R1-T10-1]",
      "Do T1 [APR-R1-T1-2-failure]",
    ]);
    expect(actionRequests.map(({ args }) => args)).toEqual([first.args, second.args, third.args]);
    expect(reviewConfigs).toEqual([
      {
        actionName: "Verify documents [APR-R1-T2-1]",
        allowedDecisions: ["approve", "edit", "reject"],
      },
      { actionName: "Do T10 [APR-R1-T10-1]", allowedDecisions: ["approve", "reject"] },
      {
        actionName: "Do T1 [APR-R1-T1-2-failure]",
        allowedDecisions: ["approve", "edit", "reject", "skip"],
      },
    ]);
  });

  it("lists every approval with what a program needs to decide it", () => {
    const { approvals } = ask([third], { riskOf: (taskId) => (taskId === "T1" ? "high" : "none") });

    expect(approvals).toEqual([
      {
        approval_id: "APR-R1-T1-2-failure",
        task_id: "T1",
        task: "Do T1",
        agent_id: "A1",
        attempt: 2,
        stage: "failure",
        approval_request_time: NOON,
        due_at: "2026-11-22T12:05:00Z",
        risk: "high",
        content_hash: "hash",
        allowed: ["approve", "edit", "reject", "skip"],
      },
    ]);
  });

  it("does not mix up the risks of tasks whose ids begin alike", () => {
    const { approvals } = ask([first, second, third], {
      riskOf: (taskId) => (taskId === "T1" ? "high" : "none"),
    });

    expect(approvals.map(({ task_id, risk }) => [task_id, risk])).toEqual([
      ["T2", "none"],
      ["T10", "none"],
      ["T1", "high"],
    ]);
  });

  it("names the run and the mission, and has no key that takes over the inbox's page", () => {
    const question = ask([first]);

    expect(question).toMatchObject({ run_id: "R1", mission_id: "M" });
    expect(question).not.toHaveProperty("action_requests");
  });

  it.each([{}, { last_error: undefined }, { last_error: "" }])(
    "has no last error after a good answer: %j",
    (context) => {
      const question = ask([first], context);

      expect(question).not.toHaveProperty("last_error");
      expect(question.description).not.toContain("Nothing was decided");
    },
  );

  it("leads with the mission, the agent's name, the due time and the risk", () => {
    const { description } = ask([first, second], { riskOf: () => "high" });

    expect(description.split("\n")[0]).toBe(
      "Onboard customers: Verify documents, by Verifier, due 2026-11-22 12:05 UTC, risk high (1 of 2 pending)",
    );
  });

  it("says who may decide and where, when not everybody may", () => {
    const { description } = ask([first], { approvers: ["ana", "bob"] });

    expect(description).toContain(
      "Only ana or bob may decide, by name: `mission-control approve R1 T2 --by NAME`",
    );
    expect(ask([first]).description).not.toContain("may decide");
  });

  it("says first of all why the last answer decided nothing", () => {
    const question = ask([first, second], { last_error: "APR-R1-T1-1 is not pending." });

    expect(question.last_error).toBe("APR-R1-T1-1 is not pending.");
    expect(question.description).toMatch(
      /^Nothing was decided: APR-R1-T1-1 is not pending\. Onboard customers: Verify documents/,
    );
  });

  it("begins with one line of text for the inbox's list, whatever the task is called", () => {
    const { description } = ask([aRequest({ task: "  Pay\n\n| the |\r\n\tbill " })]);

    expect(description.split("\n")[0]).toBe(
      "Onboard customers: Pay | the | bill, by Verifier, due 2026-11-22 12:05 UTC, risk none (1 of 1 pending)",
    );
  });

  it("says that a response rejects, when one approval is pending", () => {
    const { description } = ask([first]);

    expect(description).toContain("Respond rejects it, with your text as the reason.");
    expect(description).not.toContain("Also pending");
  });

  it("says how a response names its approval, when more are pending", () => {
    const { description } = ask([first, second]);

    expect(description).toContain('start your text with the approval\'s id, "APR-R1-T2-1: reason"');
  });

  it("says how a response names its approval, when the run has asked for something else before", () => {
    const { description } = ask([first], { hasAskedBefore: true });

    expect(description).toContain('start your text with the approval\'s id, "APR-R1-T2-1: reason"');
    expect(description).not.toContain("Respond rejects it");
    expect(description).not.toContain("Also pending");
  });

  it("names the other pending approvals last, as a list", () => {
    const { description } = ask([first, second, third]);

    expect(description.split("\n").slice(-3)).toEqual([
      "Also pending:",
      "- Do T10 (T10, APR-R1-T10-1)",
      "- Do T1 (T1, APR-R1-T1-2-failure)",
    ]);
  });

  it("cannot be asked about nothing", () => {
    expect(() => ask([])).toThrow("nothing to ask");
  });

  it("is plain JSON, so that a checkpoint keeps all of it", () => {
    const question = ask([first, third], { last_error: "no" });

    expect(JSON.parse(JSON.stringify(question))).toEqual(question);
  });

  it("is asked in such a way that an echoed action accepts just the approval that was shown", () => {
    fc.assert(
      fc.property(fc.array(aTaskText, { minLength: 1, maxLength: 4 }), fc.nat(), (texts, pick) => {
        const pending = texts.map((task, position) =>
          aRequest({ task_id: `T${position}`.padEnd(position + 2, "1"), task }),
        );
        const shown = pending[pick % pending.length] ?? first;
        const others = pending.filter((request) => request !== shown);
        const { action_request } = ask([shown, ...others]);

        const reading = readAnswer([{ type: "accept", args: action_request }], {
          pending,
          settled: [],
        });

        expect(reading).toEqual({
          kind: "decided",
          decisions: new Map([[shown.approval_id, { type: "approve", decided_by: "unknown" }]]),
        });
      }),
    );
  });
});

describe("describeRequest", () => {
  it.each([
    { stage: "before", text: 'May A1 do "Do T1"? Attempt 2.' },
    { stage: "after", text: 'A1 has done "Do T1", attempt 2. Is the output good?' },
    { stage: "failure", text: 'A1 failed at "Do T1", attempt 2.' },
  ] as const)("says what is asked at stage $stage", ({ stage, text }) => {
    expect(describeRequest(aRequest({ stage, attempt: 2 }))).toContain(text);
  });

  it("says what each decision does about a failure", () => {
    expect(describeRequest(aRequest({ stage: "failure" }))).toContain(
      "Approve to try again, skip to go on without, reject to give up.",
    );
  });

  it.each(["before", "after", "failure"] as const)(
    "repeats on one line why the attempt before did not do, at stage %s",
    (stage) => {
      const text = describeRequest(aRequest({ stage, feedback: "wrong\n\n# sum" }));

      expect(text).toContain("Before: wrong # sum.");
      expect(text).not.toContain("\n");
    },
  );
});

/** Any text, also one that looks as if it carried an id. */
const aTaskText = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom("Pay [APR-R1-T0-1]", "[APR-R1-T11-1] [APR-R1-T0-1]", "Pay\n[APR-R1-T0-1]\n", "]"),
);
