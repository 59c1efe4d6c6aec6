import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readAnswer } from "../../src/approvals/read-answer.ts";
import { type Asked, readKeyed } from "../../src/approvals/read-decisions.ts";
import type { ErrorCode } from "../../src/errors.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import type { Decision } from "../../src/model/decision.ts";
import { NOON, aRequest } from "../support/builders.ts";

const T1 = aRequest({ args: { instruction: "Do T1", amount: 5, urgent: true } });
const T10 = aRequest({ task_id: "T10" });
const T1_OUTPUT = aRequest({ approval_id: "APR-R1-T1-1-output", stage: "after" });
const T2_FAILURE = aRequest({
  approval_id: "APR-R1-T2-3-failure",
  task_id: "T2",
  stage: "failure",
  attempt: 3,
  allowed: ["approve", "edit", "reject", "skip"],
});
const FIXED = aRequest({
  task_id: "T3",
  allowed: ["approve", "reject"],
  args: { instruction: "Pay", amount: 5 },
});
const DECIDED = aRequest({
  task_id: "T4",
  status: "decided",
  decision: "reject",
  decided_by: "bo",
  decided_at: NOON,
});
const VOID = aRequest({ task_id: "T5", status: "void" });

const APPROVED: Decision = { type: "approve", decided_by: "unknown" };

function ask(pending: readonly ApprovalRequest[], context: Partial<Asked> = {}): Asked {
  return { pending, settled: [], ...context };
}

/** What comes out when just these approvals are decided. */
function decided(decisions: Readonly<Record<string, Decision>>) {
  return { kind: "decided", decisions: new Map(Object.entries(decisions)) };
}

function refused(code: ErrorCode, text = "") {
  return { kind: "refused", code, message: expect.stringContaining(text) };
}

/** Keeps `__proto__` as a key, which a literal would not. */
function parse(text: string): unknown {
  return JSON.parse(text);
}

function accept({ task, approval_id }: Pick<ApprovalRequest, "task" | "approval_id">, args = {}) {
  return [{ type: "accept", args: { action: `${task} [${approval_id}]`, args } }];
}

function edit({ task, approval_id }: Pick<ApprovalRequest, "task" | "approval_id">, args: object) {
  return [{ type: "edit", args: { action: `${task} [${approval_id}]`, args } }];
}

function respond(text: unknown) {
  return [{ type: "response", args: text }];
}

describe("readAnswer, whatever it is given", () => {
  it.each<{ answer: unknown }>([
    { answer: null },
    { answer: undefined },
    { answer: false },
    { answer: 0 },
    { answer: 1 },
    { answer: -1.5 },
    { answer: "" },
    { answer: "yes" },
    { answer: "ok" },
    { answer: "Approve" },
    { answer: " approve " },
    { answer: "approved" },
    { answer: "reject" },
    { answer: "T1" },
    { answer: "APR-R1-T1-1" },
    { answer: '{"T1":{"type":"approve"}}' },
    { answer: "x".repeat(100_000) },
    { answer: {} },
    { answer: [] },
    { answer: [[]] },
    { answer: [true] },
    { answer: ["approve"] },
    { answer: [null] },
    { answer: [[{ type: "accept", args: null }]] },
    { answer: [{ T1: { type: "approve" } }] },
    { answer: [{ type: "approve" }] },
    { answer: [{ type: "accept" }] },
    { answer: { type: "approve" } },
    { answer: { type: "accept", args: null } },
    { answer: { decisions: { type: "approve" } } },
    { answer: { decisions: null } },
    { answer: { resume: { T1: { type: "approve" } } } },
    { answer: parse('{"__proto__":{"T1":{"type":"approve"}}}') },
    { answer: { T1: true } },
    { answer: { T1: "approve" } },
    { answer: { T1: null } },
    { answer: { T1: [] } },
    { answer: { T1: [{ type: "approve" }] } },
    { answer: { T1: {} } },
    { answer: { T1: { type: "accept" } } },
    { answer: { T1: { type: "constructor" } } },
  ])("decides nothing on $answer, with one and with two pending", ({ answer }) => {
    const one = readAnswer(answer, ask([T1]));
    const two = readAnswer(answer, ask([T1, T10]));

    expect(one.kind).toBe("refused");
    expect(two.kind).toBe("refused");
  });

  it("says how to answer when it understands nothing, without repeating all of it", () => {
    const reading = readAnswer("y".repeat(100_000), ask([T1]));

    const message = "message" in reading ? reading.message : "";
    expect(message).toContain('{"T1": {"type": "approve"}}');
    expect(message.length).toBeLessThan(300);
  });

  it.each<{ answer: unknown }>([
    { answer: true },
    { answer: "approve" },
    { answer: { T1: { type: "approve" } } },
    { answer: { decisions: [] } },
    { answer: accept(T1) },
    { answer: respond("no") },
    { answer: {} },
    { answer: "?" },
  ])("decides nothing on $answer when nothing is pending", ({ answer }) => {
    expect(readAnswer(answer, ask([])).kind).toBe("refused");
  });
});

describe("readAnswer, form 1: decisions by id", () => {
  it.each([["T1"], ["APR-R1-T1-1"]])("takes %s for the name of an approval", (key) => {
    const reading = readAnswer({ [key]: { type: "approve" } }, ask([T1, T10]));

    expect(reading).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
  });

  it("decides any subset, and leaves the rest pending", () => {
    const reading = readAnswer(
      {
        T2: { type: "skip", reason: "Not needed", decided_by: "ana" },
        "APR-R1-T10-1": { type: "reject", reason: "Too dear" },
      },
      ask([T1, T10, T2_FAILURE]),
    );

    expect(reading).toEqual(
      decided({
        "APR-R1-T2-3-failure": { type: "skip", reason: "Not needed", decided_by: "ana" },
        "APR-R1-T10-1": { type: "reject", reason: "Too dear", decided_by: "unknown" },
      }),
    );
  });

  it.each([
    { key: "T1", pending: T10 },
    { key: "T10", pending: T1 },
    { key: "APR-R1-T1-1", pending: T10 },
    { key: "APR-R1-T1-1", pending: T1_OUTPUT },
    { key: "APR-R1-T1-1-output", pending: T1 },
    { key: "APR-R1-T1-10", pending: T1 },
    { key: "t1", pending: T1 },
    { key: " T1", pending: T1 },
    { key: "", pending: T1 },
    { key: "R1", pending: T1 },
    { key: "A1", pending: T1 },
    { key: "constructor", pending: T1 },
    { key: "__proto__", pending: T1 },
    { key: "hasOwnProperty", pending: T1 },
    { key: "a".repeat(32), pending: T1 },
  ])("does not take $key for $pending.approval_id", ({ key, pending }) => {
    const answer = Object.fromEntries([[key, { type: "approve" }]]);

    const reading = readAnswer(answer, ask([pending]));

    expect(reading).toEqual(refused("UNKNOWN_APPROVAL", pending.approval_id));
  });

  it.each(["__proto__", "constructor", "hasOwnProperty", "decisions", "toString"])(
    "decides a task that is called %s",
    (task_id) => {
      const pending = [aRequest({ task_id }), T1];
      const answer = Object.fromEntries([[task_id, { type: "approve" }]]);

      const reading = readAnswer(answer, ask(pending));

      expect(reading).toEqual(decided({ [`APR-R1-${task_id}-1`]: APPROVED }));
    },
  );

  it.each<{ what: string; bad: Record<string, unknown>; code: ErrorCode }>([
    { what: "unknown key", bad: { T9: { type: "approve" } }, code: "UNKNOWN_APPROVAL" },
    { what: "decided key", bad: { T4: { type: "approve" } }, code: "ALREADY_DECIDED" },
    { what: "void key", bad: { T5: { type: "approve" } }, code: "UNKNOWN_APPROVAL" },
    {
      what: "disallowed decision",
      bad: { T10: { type: "skip", reason: "x" } },
      code: "NOT_ALLOWED",
    },
    { what: "unreadable decision", bad: { T10: "approve" }, code: "NOT_ALLOWED" },
    { what: "wrong edit", bad: { T3: { type: "edit", edits: { x: 1 } } }, code: "NOT_ALLOWED" },
    {
      what: "stale hash",
      bad: { T10: { type: "approve", content_hash: "old" } },
      code: "NOT_ALLOWED",
    },
    {
      what: "second name for the same approval",
      bad: { "APR-R1-T1-1": { type: "approve" } },
      code: "NOT_ALLOWED",
    },
    {
      what: "prototype key",
      bad: Object.fromEntries([["__proto__", { type: "approve" }]]),
      code: "UNKNOWN_APPROVAL",
    },
  ])("refuses the whole answer for one $what, first or last", ({ bad, code }) => {
    const asked = ask([T1, T10, FIXED], { settled: [DECIDED, VOID] });
    const good = { T1: { type: "approve" } };
    const entries = Object.entries(bad);

    const last = readAnswer(Object.fromEntries([...Object.entries(good), ...entries]), asked);
    const first = readAnswer(Object.fromEntries([...entries, ...Object.entries(good)]), asked);

    expect(last).toEqual(refused(code));
    expect(first).toEqual(refused(code));
  });

  it.each(["T4", "APR-R1-T4-1"])("says who has decided %s, what and when", (key) => {
    const reading = readAnswer({ [key]: { type: "approve" } }, ask([T1], { settled: [DECIDED] }));

    expect(reading).toEqual(refused("ALREADY_DECIDED", `reject by bo at ${NOON}`));
  });

  it.each(["T5", "APR-R1-T5-1"])("says that %s is void", (key) => {
    const reading = readAnswer({ [key]: { type: "approve" } }, ask([T1], { settled: [VOID] }));

    expect(reading).toEqual(refused("UNKNOWN_APPROVAL", "APR-R1-T5-1 is void"));
  });

  it("means the pending request of a task whose earlier one is decided", () => {
    const again = aRequest({ approval_id: "APR-R1-T4-2", task_id: "T4", attempt: 2 });

    const reading = readAnswer({ T4: { type: "approve" } }, ask([again], { settled: [DECIDED] }));

    expect(reading).toEqual(decided({ "APR-R1-T4-2": APPROVED }));
  });

  it("tells of the latest of a task's decided requests", () => {
    const later = { ...DECIDED, approval_id: "APR-R1-T4-2", attempt: 2, decided_by: "cy" };

    const reading = readAnswer(
      { T4: { type: "approve" } },
      ask([T1], { settled: [DECIDED, later] }),
    );

    expect(reading).toEqual(refused("ALREADY_DECIDED", "APR-R1-T4-2"));
  });

  it("does not move a late decision on a decided request to the next one of its task", () => {
    const again = aRequest({ approval_id: "APR-R1-T4-2", task_id: "T4", attempt: 2 });

    const reading = readAnswer(
      { "APR-R1-T4-1": { type: "approve" } },
      ask([again], { settled: [DECIDED] }),
    );

    expect(reading).toEqual(refused("ALREADY_DECIDED", "APR-R1-T4-1"));
  });
});

describe("readAnswer, form 2: decisions by position", () => {
  it("decides in the order of the queue, and leaves what is null", () => {
    const reading = readAnswer(
      { decisions: [{ type: "approve" }, null, { type: "reject", reason: "No" }] },
      ask([T10, T1, T2_FAILURE]),
    );

    expect(reading).toEqual(
      decided({
        "APR-R1-T10-1": APPROVED,
        "APR-R1-T2-3-failure": { type: "reject", reason: "No", decided_by: "unknown" },
      }),
    );
  });

  it.each<{ decisions: unknown[] }>([
    { decisions: [] },
    { decisions: [{ type: "approve" }] },
    { decisions: [null] },
    { decisions: [{ type: "approve" }, null, null] },
    { decisions: [null, null] },
    { decisions: [{ type: "approve" }, undefined] },
    { decisions: [{ type: "approve" }, false] },
    { decisions: [{ type: "approve" }, {}] },
    { decisions: [{ type: "approve" }, "approve"] },
    { decisions: [true, true] },
    { decisions: [[{ type: "approve" }], null] },
    { decisions: [{ type: "approve" }, { type: "skip", reason: "x" }] },
  ])("decides nothing on $decisions with two pending", ({ decisions }) => {
    expect(readAnswer({ decisions }, ask([T1, T10]))).toEqual(refused("NOT_ALLOWED"));
  });

  it.each<{ decisions: unknown[] }>([
    { decisions: [] },
    { decisions: [{ type: "approve" }] },
    { decisions: [{ type: "approve" }, null, null] },
  ])("says how long the list has to be instead of $decisions.length", ({ decisions }) => {
    const reading = readAnswer({ decisions }, ask([T1, T10]));

    expect(reading).toEqual(refused("NOT_ALLOWED", "2 approvals are pending"));
    expect(reading).toEqual(refused("NOT_ALLOWED", `has ${decisions.length} decisions`));
  });

  it.each([
    { answer: { decisions: [{ type: "approve" }], T1: { type: "approve" } } },
    { answer: { decisions: [{ type: "approve" }], decided_by: "ana" } },
    { answer: parse('{"decisions":[{"type":"approve"}],"__proto__":{}}') },
  ])("refuses a list with anything beside it: $answer", ({ answer }) => {
    expect(readAnswer(answer, ask([T1])).kind).toBe("refused");
  });
});

describe("readAnswer, form 3: the inbox", () => {
  it("accepts the approval whose id is echoed, first or not", () => {
    const pending = [T10, T1_OUTPUT, T1];

    expect(readAnswer(accept(T10), ask(pending))).toEqual(decided({ "APR-R1-T10-1": APPROVED }));
    expect(readAnswer(accept(T1), ask(pending))).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
    expect(readAnswer(accept(T1_OUTPUT), ask(pending))).toEqual(
      decided({ "APR-R1-T1-1-output": APPROVED }),
    );
  });

  it("approves what was asked after edit and reset, when every value comes as text", () => {
    const reading = readAnswer(
      accept(T1, { instruction: "Do T1", amount: "5", urgent: "true" }),
      ask([T1, T10]),
    );

    expect(reading).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
  });

  it("never takes over values that an accept echoes", () => {
    const reading = readAnswer(accept(T1, { instruction: "Pay Bo", extra: "1" }), ask([T1]));

    expect(reading).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
  });

  it.each([
    { what: "decided", stale: DECIDED },
    { what: "void", stale: VOID },
    { what: "unknown", stale: aRequest({ task_id: "T9" }) },
    { what: "longer by a digit", stale: T10 },
    { what: "longer by a stage", stale: T1_OUTPUT },
  ])("decides nothing from a page whose id is $what, though one other is pending", ({ stale }) => {
    const asked = ask([T1], { settled: [DECIDED, VOID] });
    const message = `${stale.approval_id} is not pending: page out of date?`;

    expect(readAnswer(accept(stale), asked)).toEqual(refused("UNKNOWN_APPROVAL", message));
    expect(readAnswer(edit(stale, stale.args), asked)).toEqual(
      refused("UNKNOWN_APPROVAL", message),
    );
  });

  it.each<{ action: unknown }>([
    { action: "Do T1" },
    { action: "APR-R1-T1-1" },
    { action: "[]" },
    { action: "[APR-]" },
    { action: "[T1]" },
    { action: "" },
    { action: null },
    { action: ["APR-R1-T1-1"] },
    { action: "Do T1 [APR-R1-T1-1] and more" },
  ])("decides nothing when the action is $action, with one pending", ({ action }) => {
    const args = { action, args: T1.args };

    expect(readAnswer([{ type: "accept", args }], ask([T1])).kind).toBe("refused");
    expect(readAnswer([{ type: "edit", args }], ask([T1])).kind).toBe("refused");
  });

  it.each<{ answer: unknown }>([
    { answer: [{ type: "accept", args: null }] },
    { answer: [{ type: "edit", args: null }] },
    { answer: [{ type: "accept", args: "APR-R1-T1-1" }] },
    { answer: [{ type: "ignore", args: null }] },
    { answer: [{ type: "ignore", args: "Do T1 [APR-R1-T1-1]" }] },
    { answer: [{ type: "approve", args: { action: "Do T1 [APR-R1-T1-1]", args: {} } }] },
    { answer: [...accept(T1), ...accept(T10)] },
    { answer: [...accept(T1), null] },
    { answer: [accept(T1)] },
  ])("decides nothing on $answer", ({ answer }) => {
    expect(readAnswer(answer, ask([T1])).kind).toBe("refused");
  });

  it("reads the id at the end of the action, not one that the task's text has", () => {
    const sly = aRequest({ task: "Confirm [APR-R1-T1-1]", task_id: "T7" });

    const reading = readAnswer(accept(sly), ask([T1, sly]));

    expect(reading).toEqual(decided({ "APR-R1-T7-1": APPROVED }));
  });

  it("turns edited text back into the types that were asked, and keeps the changes", () => {
    const reading = readAnswer(
      edit(T1, { instruction: "Do T1 well", amount: "6", urgent: "false" }),
      ask([T10, T1]),
    );

    expect(reading).toEqual(
      decided({
        "APR-R1-T1-1": {
          type: "edit",
          decided_by: "unknown",
          edits: { instruction: "Do T1 well", amount: 6, urgent: false },
        },
      }),
    );
  });

  it("takes an edit without a change for an approval", () => {
    const reading = readAnswer(
      edit(T1, { instruction: "Do T1", amount: "5", urgent: "true" }),
      ask([T1]),
    );

    expect(reading).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
  });

  it.each([
    { field: "amount", value: "five" },
    { field: "amount", value: "" },
    { field: "amount", value: null },
    { field: "amount", value: ["6"] },
    { field: "amount", value: { value: 6 } },
    { field: "urgent", value: "yes" },
    { field: "urgent", value: null },
    { field: "instruction", value: null },
  ])("refuses the edit of $field to $value, naming the field", ({ field, value }) => {
    const reading = readAnswer(edit(T1, { ...T1.args, [field]: value }), ask([T1]));

    expect(reading).toEqual(refused("NOT_ALLOWED", field));
  });

  it.each<{ what: string; args: object; named: string }>([
    { what: "a missing value", args: { instruction: "Do T1", amount: "6" }, named: "urgent" },
    { what: "no values", args: {}, named: "instruction" },
    { what: "an extra value", args: { ...T1.args, note: "x" }, named: "note" },
    { what: "an inherited name", args: { ...T1.args, constructor: "x" }, named: "constructor" },
  ])("refuses an edit with $what, naming it", ({ args, named }) => {
    expect(readAnswer(edit(T1, args), ask([T1]))).toEqual(refused("NOT_ALLOWED", named));
  });

  it("does not take an inherited property for a value that is there", () => {
    const request = aRequest({ args: { toString: "asked" } });

    const reading = readAnswer(edit(request, {}), ask([request]));

    expect(reading).toEqual(refused("NOT_ALLOWED", "toString"));
  });

  it("rejects with the text of a response when one approval is pending", () => {
    const reading = readAnswer(respond("  Too dear.\nAsk Bo. "), ask([T1]));

    expect(reading).toEqual(
      decided({
        "APR-R1-T1-1": { type: "reject", reason: "Too dear.\nAsk Bo.", decided_by: "unknown" },
      }),
    );
  });

  it.each(["ok", "approve", "yes", "true", "APPROVED"])(
    "does not take the response %j for an approval",
    (text) => {
      const reading = readAnswer(respond(text), ask([T1]));

      expect(reading).toEqual(
        decided({ "APR-R1-T1-1": { type: "reject", reason: text, decided_by: "unknown" } }),
      );
    },
  );

  it.each([DECIDED, VOID])(
    "takes no response without an id once the run has asked for something else, $status",
    (before) => {
      const reading = readAnswer(respond("Too dear."), ask([T1], { settled: [before] }));

      expect(reading).toEqual(refused("NOT_ALLOWED", "APR-R1-T1-1"));
    },
  );

  it("rejects what a response names, whatever else the run has asked for", () => {
    const reading = readAnswer(
      respond("APR-R1-T1-1: Too dear."),
      ask([T1], { settled: [DECIDED, VOID] }),
    );

    expect(reading).toEqual(
      decided({ "APR-R1-T1-1": { type: "reject", reason: "Too dear.", decided_by: "unknown" } }),
    );
  });

  it.each(["No", "T1: no", "Not APR-R1-T1-1: no", "ok", "[APR-R1-T1-1]: no"])(
    "decides nothing on the response %j with two pending, and says how to name one",
    (text) => {
      const reading = readAnswer(respond(text), ask([T1, T10]));

      expect(reading).toEqual(refused("NOT_ALLOWED", "APR-R1-T1-1, APR-R1-T10-1"));
    },
  );

  it.each([
    { text: "APR-R1-T10-1: No", id: "APR-R1-T10-1" },
    { text: "  APR-R1-T10-1:No  ", id: "APR-R1-T10-1" },
    { text: "APR-R1-T10-1 No", id: "APR-R1-T10-1" },
    { text: "APR-R1-T10-1\nNo", id: "APR-R1-T10-1" },
    { text: "APR-R1-T1-1: No", id: "APR-R1-T1-1" },
    { text: "APR-R1-T1-1-output: No", id: "APR-R1-T1-1-output" },
    { text: "APR-R1-T2-3-failure: No", id: "APR-R1-T2-3-failure" },
  ])("rejects the approval that the response $text begins with", ({ text, id }) => {
    const reading = readAnswer(respond(text), ask([T1, T10, T1_OUTPUT, T2_FAILURE]));

    expect(reading).toEqual(
      decided({ [id]: { type: "reject", reason: "No", decided_by: "unknown" } }),
    );
  });

  it.each([
    { text: "APR-R1-T4-1: No", code: "ALREADY_DECIDED" },
    { text: "APR-R1-T5-1: No", code: "UNKNOWN_APPROVAL" },
    { text: "APR-R1-T10-1: No", code: "UNKNOWN_APPROVAL" },
    { text: "APR-R1-T1-10: No", code: "UNKNOWN_APPROVAL" },
    { text: "APR-R1-T1-1-output: No", code: "UNKNOWN_APPROVAL" },
    { text: "APR-R1-T1: No", code: "UNKNOWN_APPROVAL" },
  ] as const)("does not let $text reject the one that is pending", ({ text, code }) => {
    const reading = readAnswer(respond(text), ask([T1], { settled: [DECIDED, VOID] }));

    expect(reading).toEqual(refused(code));
  });

  it.each<{ args: unknown }>([
    { args: "" },
    { args: "  \n " },
    { args: "APR-R1-T1-1" },
    { args: "APR-R1-T1-1:" },
    { args: "APR-R1-T1-1:   " },
    { args: null },
    { args: 5 },
    { args: true },
    { args: ["No"] },
    { args: { text: "No" } },
  ])("needs a reason in a response, and finds none in $args", ({ args }) => {
    expect(readAnswer(respond(args), ask([T1]))).toEqual(refused("NOT_ALLOWED"));
  });
});

describe("readAnswer, form 4: a bare approval", () => {
  it.each([true, "approve"])("takes %j for the only approval that is pending", (answer) => {
    const reading = readAnswer(answer, ask([T1], { settled: [DECIDED] }));

    expect(reading).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
  });

  it.each([true, "approve"])("decides nothing on %j with two pending", (answer) => {
    expect(readAnswer(answer, ask([T1, T10]))).toEqual(refused("NOT_ALLOWED", "2 approvals"));
  });
});

describe("readAnswer, woken by the library", () => {
  it.each([
    ["nothing", ask([])],
    ["one", ask([T1])],
    ["two", ask([T1, T10], { settled: [DECIDED], approvers: ["ana"] })],
  ])("says that what is decided is in the store, with %s pending", (_what, asked) => {
    expect(readAnswer({ deliver: true }, asked)).toEqual({ kind: "delivered" });
  });

  it.each<{ answer: unknown }>([
    { answer: { deliver: false } },
    { answer: { deliver: "true" } },
    { answer: { deliver: 1 } },
    { answer: { deliver: { type: "approve" } } },
    { answer: { deliver: true, T1: { type: "approve" } } },
    { answer: [{ deliver: true }] },
    { answer: "deliver" },
  ])("decides nothing on $answer", ({ answer }) => {
    expect(readAnswer(answer, ask([T1])).kind).toBe("refused");
  });
});

describe("readAnswer, one decision", () => {
  it.each([
    { request: T1, type: "skip" },
    { request: T1_OUTPUT, type: "skip" },
    { request: FIXED, type: "skip" },
  ])("does not let $request.approval_id be decided by $type", ({ request, type }) => {
    const answer = { [request.approval_id]: { type, reason: "x" } };

    expect(readAnswer(answer, ask([request]))).toEqual(refused("NOT_ALLOWED", `"${type}"`));
  });

  it("takes an edit equal to what was asked for an approval where editing is not allowed", () => {
    const same = { instruction: "Pay", amount: "5" };

    const keyed = readAnswer({ T3: { type: "edit", edits: same } }, ask([FIXED]));
    const inbox = readAnswer(edit(FIXED, same), ask([FIXED]));

    expect(keyed).toEqual(decided({ "APR-R1-T3-1": APPROVED }));
    expect(inbox).toEqual(decided({ "APR-R1-T3-1": APPROVED }));
  });

  it("refuses an edit that changes something where editing is not allowed", () => {
    const other = { instruction: "Pay", amount: "6" };

    const keyed = readAnswer({ T3: { type: "edit", edits: other } }, ask([FIXED]));
    const inbox = readAnswer(edit(FIXED, other), ask([FIXED]));

    expect(keyed).toEqual(refused("NOT_ALLOWED", '"edit"'));
    expect(inbox).toEqual(refused("NOT_ALLOWED", '"edit"'));
  });

  it("edits some of the values by id, and keeps the reason and the name", () => {
    const reading = readAnswer(
      { T1: { type: "edit", edits: { amount: 6 }, reason: " Rounded ", decided_by: " ana " } },
      ask([T1]),
    );

    expect(reading).toEqual(
      decided({
        "APR-R1-T1-1": {
          type: "edit",
          edits: { amount: 6 },
          reason: "Rounded",
          decided_by: "ana",
        },
      }),
    );
  });

  it.each(["approve", "reject"])("refuses edits with the type %s", (type) => {
    const answer = { T1: { type, reason: "x", edits: { amount: 6 } } };

    expect(readAnswer(answer, ask([T1]))).toEqual(refused("NOT_ALLOWED", "Edits"));
  });

  it.each<{ edits: unknown }>([
    { edits: { amount: "six" } },
    { edits: { amount: null } },
    { edits: { amount: { value: 6 } } },
    { edits: { total: 6 } },
    { edits: { constructor: "x" } },
    { edits: { hasOwnProperty: "x" } },
    { edits: [] },
    { edits: "amount" },
    { edits: null },
  ])("refuses the edits $edits", ({ edits }) => {
    expect(readAnswer({ T1: { type: "edit", edits } }, ask([T1]))).toEqual(refused("NOT_ALLOWED"));
  });

  it.each([
    { decision: { type: "approve", resaon: "typo" } },
    { decision: { type: "approve", approved: true } },
    { decision: parse('{"type":"approve","__proto__":{"type":"reject"}}') },
    { decision: { type: "approve", decided_by: "" } },
    { decision: { type: "approve", decided_by: "  " } },
    { decision: { type: "approve", decided_by: "x".repeat(201) } },
    { decision: { type: "approve", decided_by: null } },
    { decision: { type: "approve", decided_by: ["ana"] } },
    { decision: { type: "reject", reason: "" } },
    { decision: { type: "reject", reason: " \n " } },
    { decision: { type: "reject", reason: 5 } },
    { decision: { type: "approve", content_hash: null } },
    { decision: { type: ["approve"] } },
    { decision: { type: "APPROVE" } },
  ])("refuses the decision $decision", ({ decision }) => {
    expect(readAnswer({ T1: decision }, ask([T1]))).toEqual(refused("NOT_ALLOWED", "APR-R1-T1-1"));
  });

  it("takes a reason of 10,000 characters", () => {
    const reason = "x".repeat(10_000);

    const keyed = readAnswer({ T1: { type: "reject", reason } }, ask([T1]));
    const inbox = readAnswer(respond(`APR-R1-T1-1: ${reason}`), ask([T1, T10]));

    const rejected: Decision = { type: "reject", reason, decided_by: "unknown" };
    expect(keyed).toEqual(decided({ "APR-R1-T1-1": rejected }));
    expect(inbox).toEqual(decided({ "APR-R1-T1-1": rejected }));
  });

  it("refuses a reason of 10,001 characters, without repeating it", () => {
    const reason = "x".repeat(10_001);

    const keyed = readAnswer({ T1: { type: "reject", reason } }, ask([T1]));
    const inbox = readAnswer(respond(reason), ask([T1]));

    expect(keyed).toEqual(refused("NOT_ALLOWED", "reason"));
    expect(inbox).toEqual(refused("NOT_ALLOWED", "reason"));
    expect(JSON.stringify([keyed, inbox]).length).toBeLessThan(1000);
  });

  it.each([
    { decision: { type: "approve", content_hash: "hash" } },
    { decision: { type: "reject", reason: "No", content_hash: "hash" } },
  ])("takes a decision on the content that is still asked: $decision", ({ decision }) => {
    expect(readAnswer({ T1: decision }, ask([T1])).kind).toBe("decided");
    expect(readAnswer({ decisions: [decision] }, ask([T1])).kind).toBe("decided");
  });

  it.each(["", "Hash", "hash ", "other"])("refuses the content hash %j as changed", (seen) => {
    const decision = { type: "approve", content_hash: seen };
    const message = "APR-R1-T1-1 has changed";

    const keyed = readAnswer({ T1: decision }, ask([T1]));
    const positional = readAnswer({ decisions: [decision] }, ask([T1]));

    expect(keyed).toEqual(refused("NOT_ALLOWED", message));
    expect(positional).toEqual(refused("NOT_ALLOWED", message));
  });

  it.each(["editedAction", "edited_action"])("reads the edits from LangChain's %s", (alias) => {
    const decision = {
      type: "edit",
      [alias]: { name: "Do T1 [APR-R1-T1-1]", args: { amount: 6 } },
    };
    const edited: Decision = { type: "edit", edits: { amount: 6 }, decided_by: "unknown" };

    expect(readAnswer({ T1: decision }, ask([T1]))).toEqual(decided({ "APR-R1-T1-1": edited }));
    expect(readAnswer({ decisions: [null, decision] }, ask([T10, T1]))).toEqual(
      decided({ "APR-R1-T1-1": edited }),
    );
  });

  it("reads the reason from LangChain's message", () => {
    const reading = readAnswer({ decisions: [{ type: "reject", message: "No" }] }, ask([T1]));

    expect(reading).toEqual(
      decided({ "APR-R1-T1-1": { type: "reject", reason: "No", decided_by: "unknown" } }),
    );
  });

  it.each([
    { decision: { type: "approve", editedAction: { name: "x", args: { amount: 6 } } } },
    { decision: { type: "edit", editedAction: { name: "x", args: { total: 6 } } } },
    { decision: { type: "edit", edited_action: { name: "x", args: null } } },
    { decision: { type: "edit", editedAction: { name: "x", args: "amount" } } },
    { decision: { type: "reject", message: "" } },
    { decision: { type: "reject", message: null } },
    { decision: { type: "reject", message: ["No"] } },
  ])("refuses in LangChain's words what it refuses in ours: $decision", ({ decision }) => {
    expect(readAnswer({ T1: decision }, ask([T1]))).toEqual(refused("NOT_ALLOWED"));
  });
});

describe("readAnswer, where the policy lists approvers", () => {
  const asked = ask([T1], { approvers: ["ana", "bo"] });

  it.each<{ answer: unknown }>([
    { answer: { T1: { type: "approve", decided_by: "ana" } } },
    { answer: { T1: { type: "approve", decided_by: " bo " } } },
    { answer: { "APR-R1-T1-1": { type: "reject", reason: "No", decided_by: "bo" } } },
    { answer: { T1: { type: "edit", edits: { amount: 6 }, decided_by: "ana" } } },
    { answer: { decisions: [{ type: "approve", decided_by: "ana" }] } },
  ])("takes the decision of one of them: $answer", ({ answer }) => {
    expect(readAnswer(answer, asked).kind).toBe("decided");
  });

  it.each<{ answer: unknown }>([
    { answer: { T1: { type: "approve" } } },
    { answer: { T1: { type: "approve", decided_by: "eve" } } },
    { answer: { T1: { type: "approve", decided_by: "Ana" } } },
    { answer: { T1: { type: "approve", decided_by: "an" } } },
    { answer: { T1: { type: "approve", decided_by: "ana, bo" } } },
    { answer: { T1: { type: "approve", decided_by: "unknown" } } },
    { answer: { T1: { type: "reject", reason: "No", decided_by: "eve" } } },
    { answer: { T1: { type: "edit", edits: { amount: 6 }, decided_by: "eve" } } },
    { answer: { T1: { type: "edit", edits: T1.args, decided_by: "eve" } } },
    { answer: { decisions: [{ type: "approve" }] } },
    { answer: { decisions: [{ type: "approve", decided_by: "eve" }] } },
    { answer: accept(T1) },
    { answer: edit(T1, { ...T1.args, amount: "6" }) },
    { answer: edit(T1, T1.args) },
    { answer: respond("No") },
    { answer: respond("APR-R1-T1-1: No") },
    { answer: true },
    { answer: "approve" },
  ])("refuses everybody else in every form: $answer", ({ answer }) => {
    expect(readAnswer(answer, asked)).toEqual(refused("NOT_AN_APPROVER", "ana, bo"));
  });

  it("refuses the whole answer when one decision is somebody else's", () => {
    const answer = {
      T1: { type: "approve", decided_by: "ana" },
      T10: { type: "approve", decided_by: "eve" },
    };

    const reading = readAnswer(answer, ask([T1, T10], { approvers: ["ana"] }));

    expect(reading).toEqual(refused("NOT_AN_APPROVER", "APR-R1-T10-1"));
  });
});

describe("readAnswer, for any answer", () => {
  it("never throws, and decides nothing that any JSON value does not name", () => {
    fc.assert(
      fc.property(fc.jsonValue(), someAsked, (answer, asked) => {
        expectNamed(answer, asked);
      }),
    );
  });

  it("never throws, and decides nothing that an answer in one of the forms does not name", () => {
    fc.assert(
      fc.property(anyAnswer, someAsked, (answer, asked) => {
        expectNamed(answer, asked);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads the same answer in the same way again, and leaves it alone", () => {
    fc.assert(
      fc.property(anyAnswer, someAsked, (answer, asked) => {
        const text = JSON.stringify(answer);

        const reading = readAnswer(answer, asked);

        expect(readAnswer(answer, asked)).toEqual(reading);
        expect(JSON.stringify(answer)).toBe(text);
      }),
    );
  });

  it("decides only what is allowed, and by approvers alone", () => {
    fc.assert(
      fc.property(anyAnswer, someAsked, (answer, asked) => {
        const reading = readAnswer(answer, asked);

        const isDelivery = JSON.stringify(answer) === '{"deliver":true}';
        expect(reading.kind === "delivered").toBe(isDelivery);
        if (reading.kind !== "decided") return;
        expect(reading.decisions.size).toBeGreaterThan(0);
        for (const [id, { type, decided_by = "", edits = {} }] of reading.decisions) {
          const request = asked.pending.find(({ approval_id }) => approval_id === id);
          expect(request?.allowed).toContain(type);
          expect(asked.approvers ?? [decided_by]).toContain(decided_by);
          expect(Object.keys(edits).length > 0).toBe(type === "edit");
          for (const [name, value] of Object.entries(edits)) {
            expect(typeof value).toBe(typeof request?.args[name]);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("readKeyed", () => {
  it("reads the entries of a map, which names nothing when it is empty", () => {
    const entries = new Map([["T1", { type: "approve" }]]);

    expect(readKeyed(entries, ask([T1]))).toEqual(decided({ "APR-R1-T1-1": APPROVED }));
    expect(readKeyed(new Map(), ask([T1]))).toEqual(refused("NOT_ALLOWED", "T1"));
  });

  it("takes decisions for a task id, not for a list of positions", () => {
    const entries = new Map([["decisions", [{ type: "approve" }]]]);

    expect(readKeyed(entries, ask([T1]))).toEqual(refused("UNKNOWN_APPROVAL", "decisions"));
  });
});

function expectNamed(answer: unknown, asked: Asked): void {
  const reading = readAnswer(answer, asked);

  const ids = reading.kind === "decided" ? [...reading.decisions.keys()] : [];
  const unnamed = ids.filter((id) => {
    const position = asked.pending.findIndex(({ approval_id }) => approval_id === id);
    return position < 0 || !isNamed(answer, position, asked);
  });
  expect(unnamed).toEqual([]);
}

/** Whether an answer names the approval at this place of the queue, told without the code under test. */
function isNamed(answer: unknown, position: number, { pending, settled }: Asked): boolean {
  const { approval_id, task_id } = pending[position] ?? T1;
  const isOnly = pending.length === 1;
  const isAlone = isOnly && settled.length === 0;
  if (answer === true || answer === "approve") return isOnly;
  if (typeof answer !== "object" || answer === null) return false;
  if (Array.isArray(answer)) {
    const item: unknown = answer.length === 1 ? answer[0] : undefined;
    return (
      hasText(item, ["args", "action"], (text) => text.trimEnd().endsWith(`[${approval_id}]`)) ||
      hasText(item, ["args"], (text) => isAlone || text.trimStart().startsWith(approval_id))
    );
  }
  if (Object.hasOwn(answer, approval_id) || Object.hasOwn(answer, task_id)) return true;
  const decisions: unknown = "decisions" in answer ? answer.decisions : undefined;
  return (
    Array.isArray(decisions) &&
    decisions.length === pending.length &&
    typeof decisions[position] === "object" &&
    decisions[position] !== null
  );
}

function hasText(value: unknown, path: string[], test: (text: string) => boolean): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "string" && test(value);
  if (typeof value !== "object" || value === null) return false;
  return hasText(new Map(Object.entries(value)).get(key), rest, test);
}

const known = [
  T1,
  T10,
  T2_FAILURE,
  FIXED,
  aRequest({ task_id: "T1-1" }),
  aRequest({ task_id: "__proto__" }),
  aRequest({ task_id: "constructor" }),
  aRequest({ task_id: "decisions" }),
];
/** Some requests wait; the others are decided, void or not there at all. */
const someAsked: fc.Arbitrary<Asked> = fc
  .record({
    pending: fc.shuffledSubarray(known),
    settled: fc.shuffledSubarray(known),
    status: fc.constantFrom("decided" as const, "void" as const),
    approvers: fc.option(fc.constant(["ana"]), { nil: undefined, freq: 5 }),
  })
  .map(({ pending, settled, status, approvers }) => ({
    pending,
    settled: settled
      .filter((request) => !pending.includes(request))
      .map((request) => ({ ...request, status })),
    approvers,
  }));

const aKey = fc.oneof(
  fc.constantFrom(...known.flatMap(({ approval_id, task_id }) => [approval_id, task_id])),
  fc.constantFrom("hasOwnProperty", "toString", "APR-R1-T1-10", "T", ""),
);
const anEdit = fc.oneof(
  fc.constantFrom<unknown>("Do T1", "Pay", 5, "5", "6", true, "false", null, ""),
  fc.jsonValue({ maxDepth: 1 }),
);
const someEdits = fc
  .array(fc.tuple(fc.constantFrom("instruction", "amount", "urgent", "constructor"), anEdit), {
    maxLength: 3,
  })
  .map((entries): object => Object.fromEntries(entries));
const aDecision = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom<unknown>(
      { type: "approve" },
      { type: "approve", decided_by: "ana" },
    ),
  },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        type: fc.constantFrom("approve", "reject", "edit", "skip", "accept"),
        reason: fc.constantFrom("No", "", 5),
        decided_by: fc.constantFrom("ana", "eve", ""),
        edits: someEdits,
        content_hash: fc.constantFrom("hash", "other"),
        edited_action: fc.record({ name: fc.string(), args: someEdits }),
        message: fc.constantFrom("No", ""),
      },
      { requiredKeys: ["type"] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const anyAnswer: fc.Arbitrary<unknown> = fc.oneof(
  fc
    .array(fc.tuple(aKey, aDecision), { maxLength: 3 })
    .map((entries): unknown => Object.fromEntries(entries)),
  fc.record({ decisions: fc.array(fc.option(aDecision), { maxLength: 4 }) }),
  fc
    .record({
      type: fc.constantFrom("accept", "edit", "ignore", "response"),
      action: fc.oneof(
        aKey.map((key) => `Do it [${key}]`),
        fc.string(),
      ),
      args: fc.oneof(someEdits, fc.constantFrom(...known.map((request) => request.args))),
    })
    .map(({ type, action, args }): unknown => [{ type, args: { action, args } }]),
  fc
    .tuple(aKey, fc.constantFrom(": ", " ", "", "x"), fc.string())
    .map((parts): unknown => respond(parts.join(""))),
  fc.constantFrom<unknown>(true, "approve", "yes", false, null, undefined, 0, "", [], {}),
  fc.constant<unknown>({ deliver: true }),
);

describe("readAnswer, on answers that look like others", () => {
  const lookalike = aRequest({ task_id: "APR-R1-T1-1", approval_id: "APR-R1-APR-R1-T1-1-1" });
  const meant = aRequest({ approval_id: "APR-R1-T1-1" });
  const both = { pending: [lookalike, meant], settled: [] };

  it.each([
    ["a key", { "APR-R1-T1-1": { type: "approve" } }],
    ["a position", { decisions: [null, { type: "approve" }] }],
    ["an echo", [{ type: "accept", args: { action: "Do T1 [APR-R1-T1-1]" } }]],
    ["a response", [{ type: "response", args: "APR-R1-T1-1: no" }]],
  ])("prefers the approval's id to a task of the same name in %s", (_name, answer) => {
    const reading = readAnswer(answer, both);

    expect(reading.kind === "decided" && [...reading.decisions.keys()]).toEqual(["APR-R1-T1-1"]);
  });

  it.each([
    ["no edits", { type: "edit" }],
    ["an empty edit", { type: "edit", edits: {} }],
    ["an edited action that is none", { type: "edit", editedAction: "garbage" }],
    ["an edited action without arguments", { type: "edit", editedAction: { name: "x" } }],
    ["a prototype key alone", JSON.parse('{"type":"edit","edits":{"__proto__":"x"}}')],
  ])("does not take an edit with %s for an approval", (_name, decision) => {
    const reading = readAnswer({ T1: decision }, { pending: [meant], settled: [] });

    expect(reading.kind).toBe("refused");
  });

  it("finds the id behind a task text that looks like the start of one", () => {
    const odd = aRequest({ task: "Fix list [APR- items" });
    const answer = [
      { type: "accept", args: { action: `${odd.task} [${odd.approval_id}]`, args: odd.args } },
    ];

    expect(readAnswer(answer, { pending: [odd], settled: [] }).kind).toBe("decided");
  });

  it("says in one line of readable length why it refuses", () => {
    const edits = { [`a\n# b${"x".repeat(5000)}`]: "1" };
    const reading = readAnswer({ T1: { type: "edit", edits } }, { pending: [meant], settled: [] });

    expect(reading).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(/^.{1,1000}$/),
    });
  });
});
