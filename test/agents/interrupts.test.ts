import { describe, expect, it } from "vitest";

import { answerInterrupts, readInterrupts } from "../../src/agents/kinds/interrupts.ts";
import { agentRequestSchema } from "../../src/model/agent-reply.ts";
import type { Json } from "../../src/model/primitives.ts";

const ID = "ca6bb187ce7b1aa72ed043c5efb2ae9b";
const ask = (value: Json) => readInterrupts([{ id: ID, value }]);

const CAMEL = {
  actionRequests: [
    { name: "pay", args: { amount: 5 }, description: "Pay 5?" },
    { name: "mail", args: { to: "ACME" } },
  ],
  reviewConfigs: [
    { actionName: "pay", allowedDecisions: ["approve", "edit", "reject"] },
    { actionName: "mail", allowedDecisions: ["approve", "reject"] },
  ],
};
const SNAKE = {
  action_requests: [{ name: "pay", args: { amount: 5 } }],
  review_configs: [{ action_name: "pay", allowed_decisions: ["edit"] }],
};
const INBOX = {
  action_request: { action: "pay", args: { amount: 5 } },
  config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: true },
  description: "Pay 5?",
};

describe("what a graph asks", () => {
  it("is a request for each action of LangChain's human in the loop", () => {
    expect(ask(CAMEL)).toEqual([
      {
        key: `${ID}/0`,
        title: "Pay 5?",
        args: { amount: 5 },
        allowed: ["approve", "edit", "reject"],
      },
      { key: `${ID}/1`, title: "mail", args: { to: "ACME" }, allowed: ["approve", "reject"] },
    ]);
    expect(ask(SNAKE)).toEqual([
      { key: `${ID}/0`, title: "pay", args: { amount: 5 }, allowed: ["edit"] },
    ]);
  });

  it.each([
    { name: "alone", value: INBOX },
    { name: "as a list of one", value: [INBOX] },
  ])("is what the Agent Inbox would show, $name", ({ value }) => {
    expect(ask(value)).toEqual([
      {
        key: ID,
        title: "Pay 5?",
        args: { amount: 5 },
        allowed: ["approve", "edit", "answer", "reject"],
      },
    ]);
  });

  it.each<{ value: Json; title: string }>([
    { value: "May I?", title: "May I?" },
    { value: { question: "May I?", why: "it costs" }, title: "May I?" },
    { value: 7, title: "7" },
    { value: null, title: "null" },
    { value: "", title: "The agent asks" },
    { value: "x".repeat(9999), title: `${"x".repeat(499)}…` },
  ])("is a free question otherwise: $title", ({ value, title }) => {
    expect(ask(value)).toMatchObject([{ key: ID, title, allowed: ["answer", "reject"] }]);
  });

  it("is always a request that can be asked", () => {
    const nothing = { ...INBOX, config: {} };
    for (const value of [CAMEL, SNAKE, INBOX, nothing, "", null, [], {}, [1, 2]]) {
      for (const request of ask(value)) {
        expect(agentRequestSchema.safeParse(request).success).toBe(true);
      }
    }
  });
});

describe("what a graph is resumed with", () => {
  const resume = (value: Json, answers: Parameters<typeof answerInterrupts>[1]) =>
    answerInterrupts([{ id: ID, value }], answers)[ID];

  it("is a decision on each action, in their order and spelling", () => {
    expect(
      resume(CAMEL, {
        [`${ID}/1`]: { type: "reject", reason: "no" },
        [`${ID}/0`]: { type: "edit", args: { amount: 4 } },
      }),
    ).toEqual({
      decisions: [
        { type: "edit", editedAction: { name: "pay", args: { amount: 4 } } },
        { type: "reject", message: "no" },
      ],
    });
    expect(resume(SNAKE, { [`${ID}/0`]: { type: "edit", args: { amount: 4 } } })).toEqual({
      decisions: [{ type: "edit", edited_action: { name: "pay", args: { amount: 4 } } }],
    });
  });

  it.each([
    {
      answer: { type: "approve" } as const,
      becomes: { type: "accept", args: { action: "pay", args: { amount: 5 } } },
    },
    {
      answer: { type: "edit", args: { amount: 4 } } as const,
      becomes: { type: "edit", args: { action: "pay", args: { amount: 4 } } },
    },
    {
      answer: { type: "answer", value: "later" } as const,
      becomes: { type: "response", args: "later" },
    },
    {
      answer: { type: "reject", reason: "no" } as const,
      becomes: { type: "ignore", args: null },
    },
  ])("is the Agent Inbox's answer: $answer.type", ({ answer, becomes }) => {
    expect(resume(INBOX, { [ID]: answer })).toEqual([becomes]);
  });

  it("says no in words where the graph cannot be told otherwise", () => {
    const no = { type: "reject", reason: "too dear" } as const;
    const cannotIgnore = { ...INBOX, config: { allow_respond: true } };

    expect(resume("May I?", { [ID]: no })).toBe("Rejected: too dear");
    expect(resume(cannotIgnore, { [ID]: no })).toEqual([
      { type: "response", args: "Rejected: too dear" },
    ]);
  });

  it("allows nothing that nobody decided", () => {
    expect(resume(CAMEL, {})).toEqual({
      decisions: [
        { type: "reject", message: "nobody decided it" },
        { type: "reject", message: "nobody decided it" },
      ],
    });
    expect(resume(INBOX, {})).toEqual([{ type: "ignore", args: null }]);
  });
});
