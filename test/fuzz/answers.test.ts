/** Whatever people and programs answer at the gate: it decides what it names, or nothing. */

import { Command } from "@langchain/langgraph";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readAnswer } from "../../src/approvals/read-answer.ts";
import { type MissionControl, initWorkspace, openMissionControl } from "../../src/index.ts";
import { decisionSchema, decisionTypeSchema } from "../../src/model/decision.ts";
import { aRequest } from "../support/builders.ts";
import {
  OF_A_FUZZ,
  aCage,
  cases,
  expectPrototypes,
  expectSaid,
  expectSound,
  outcomeOf,
} from "../support/fuzz.ts";
import { hostileText, hostileValue, mutationsOf } from "../support/hostile-json.ts";
import { untyped } from "../support/untyped.ts";

const ARGS = { instruction: "Pay", amount: 5, urgent: true };
const SCHEMA = { type: "object", properties: { day: { type: "string" }, n: { type: "integer" } } };
const PENDING = [
  aRequest({ args: ARGS }),
  aRequest({ task_id: "T2", stage: "failure", allowed: ["approve", "reject", "skip"] }),
  aRequest({
    task_id: "T3",
    stage: "agent",
    allowed: ["answer", "reject"],
    question: { key: "day", title: "On which day?", schema: SCHEMA },
  }),
];
const SETTLED = [aRequest({ task_id: "T4", status: "decided", decision: "approve" })];

/** One of each form in the protocol, for a task and its approval. */
function formsOf(task_id: string, approval_id: string): readonly unknown[] {
  const approve = { type: "approve", decided_by: "ana", reason: "fine", content_hash: "hash" };
  const args = { action: `Pay [${approval_id}]`, args: ARGS };
  return [
    { [task_id]: approve },
    { [approval_id]: { type: "edit", edits: { instruction: "Pay less" } } },
    {
      [task_id]: { type: "edit", edited_action: { name: "Pay", args: ARGS } },
      T2: { type: "skip" },
    },
    { T3: { type: "answer", value: { day: "monday", n: 3 } } },
    { decisions: [approve, null, { type: "reject", message: "no" }] },
    { decisions: [approve] },
    [{ type: "accept", args }],
    [{ type: "edit", args }],
    [{ type: "response", args: `${approval_id}: no` }],
    [{ type: "ignore", args: null }],
    ...decisionTypeSchema.options.flatMap((type) => [
      { [task_id]: { type } },
      { T2: { type } },
      { T3: { type, value: { day: "monday" } } },
    ]),
    { deliver: true },
    "approve",
    true,
  ];
}

const circle: Record<string, unknown> = {};
circle["self"] = circle;
/** What a program could hand over in its own process. */
const NO_JSON = [1n, Number.NaN, Symbol("s"), () => 1, new Date(0), new Map(), circle];

function answersOf(forms: readonly unknown[]): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(...NO_JSON);
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...forms).chain(mutationsOf) },
    { weight: 1, arbitrary: hostileValue },
    {
      weight: 1,
      arbitrary: fc.oneof(
        odd,
        odd.map((value) => ({ T1: value })),
      ),
    },
  );
}

describe("an answer", () => {
  it("decides what is asked and allowed, or says why it decides nothing", OF_A_FUZZ, async () => {
    const asked = { pending: PENDING, settled: SETTLED };
    const answers = answersOf(formsOf("T1", "APR-R1-T1-1"));
    const property = fc.asyncProperty(answers, async (answer) => {
      const reading = await outcomeOf(() => readAnswer(answer, asked));

      if (!("value" in reading)) throw new Error("an answer is never an error");
      if (reading.value.kind === "refused") expectSaid(reading.value.message);
      for (const [id, decision] of reading.value.kind === "decided"
        ? reading.value.decisions
        : []) {
        const request = PENDING.find(({ approval_id }) => approval_id === id);
        expect(request?.allowed).toContain(decisionSchema.parse(decision).type);
      }
      expectPrototypes();
    });
    await fc.assert(property, cases(0.12));
  });
});

/** A run that waits, from the beginning wherever the last one was decided. */
async function waiting(control: MissionControl) {
  const [request] = await control.pendingApprovals();
  if (request !== undefined) return request;
  const { pending_approvals } = await control.start({ mission_id: "M001" });
  return pending_approvals[0] ?? aRequest();
}

describe("a run that waits", () => {
  it("takes answers from clients of the graph and of the library alike", OF_A_FUZZ, async () => {
    const { inside, expectShut } = aCage();
    initWorkspace(inside);
    const control = await openMissionControl({ workspace: inside });
    const { approval_id } = await waiting(control);
    const forms = formsOf("T2", approval_id);
    const property = fc.asyncProperty(answersOf(forms), fc.boolean(), async (resume, isOfGraph) => {
      const { run_id } = await waiting(control);

      // The gate asks again whatever it was told; null and undefined LangGraph takes for no answer at all.
      if (!isOfGraph) await outcomeOf(() => control.decide(run_id, untyped(resume)));
      else if (resume !== null && resume !== undefined) {
        const command = new Command<unknown, Record<string, never>, never>({ resume });
        await outcomeOf(() =>
          control.graph.invoke(command, { configurable: { thread_id: run_id } }),
        );
      }

      const { last_error = "." } = await control.graph
        .getState({ configurable: { thread_id: run_id } })
        .then(({ values }) => values);
      expectSaid(last_error || ".");
      expectPrototypes();
    });
    await fc.assert(property, cases(0.04));
    await expectSound(control);
    await control.close();
    expectShut();
  });

  it("is asked about, cancelled and measured only by who does it rightly", OF_A_FUZZ, async () => {
    const { inside, expectShut } = aCage();
    initWorkspace(inside);
    const control = await openMissionControl({ workspace: inside });
    const start = mutationsOf({
      mission_id: "M001",
      requested_by: "ana",
      priority: "high",
      kpi_observations: { onboarding_time_days: 3 },
      mission_inputs: { customer: "ACME", lines: [{ amount: 1 }] },
      budget: { max_cost: 5 },
      run_id: "RUN_X",
    });
    // Only what is in them: that they are objects, types say to programs.
    const because = mutationsOf({ reason: "late", by: "ana" }).map(Object);
    const figures = mutationsOf({ onboarding_time_days: 3 }).map(Object);
    const any = fc.oneof(hostileText, fc.constantFrom("RUN_2026_02_01_001", "RISK_001", "T2"));
    const asks = fc.record({ start, because, figures, id: any, chosen: fc.nat(8) });
    const property = fc.asyncProperty(asks, async ({ start: request, chosen, id, ...given }) => {
      const calls: readonly (() => Promise<unknown>)[] = [
        () => control.start(untyped(request)),
        () => control.start(untyped(request)),
        () => control.cancel(id, untyped(given.because)),
        () => control.closeRisk(id, untyped(given.because)),
        () => control.recordKpis(id, untyped(given.figures)),
        () => control.retry(id, "T2", untyped(given.because)),
        () => control.portfolio(id),
        () => control.pendingApprovals({ run_id: id }),
        () => control.report(id),
      ];

      await outcomeOf(() => calls[chosen]?.());

      expectPrototypes();
    });
    await fc.assert(property, cases(0.04));
    await expectSound(control);
    await control.close();
    expectShut();
  });
});
