/** Whatever an agent answers or throws: a result that is plain JSON, or a failure with a message. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { callAgent } from "../../src/agents/call-agent.ts";
import { type MissionControl, type RunOutcome, openMissionControl } from "../../src/index.ts";
import { agentReplySchema } from "../../src/model/agent-reply.ts";
import { jsonSchema } from "../../src/model/primitives.ts";
import type { TaskRequest, UncheckedRuntime } from "../../src/model/task-exchange.ts";
import { aPlan, aReference, aTask, anAgent } from "../support/builders.ts";
import { aCallWorld } from "../support/call-memory.ts";
import {
  OF_A_FUZZ,
  aCage,
  cases,
  expectPrototypes,
  expectSound,
  outcomeOf,
} from "../support/fuzz.ts";
import { hostileText, hostileValue, mutationsOf } from "../support/hostile-json.ts";
import { untyped } from "../support/untyped.ts";
import { writeWorkspace } from "../support/write-workspace.ts";

const REQUEST: TaskRequest = {
  run_id: "R1",
  mission_id: "M",
  task: aTask(),
  agent: anAgent(),
  attempt: 1,
  idempotency_key: "R1:T1:1",
  mission_inputs: {},
  inputs: {},
};
const USAGE = { input_tokens: 10, output_tokens: 5, cost: 0.1 };
const REPLIES = [
  { output: { done: [1, "two"] }, work_minutes: 3, kpi_observations: { days: 2 }, usage: USAGE },
  {
    kind: "failed",
    error: "no",
    retryable: false,
    ask_person: true,
    work_minutes: 1,
    usage: USAGE,
  },
  {
    kind: "needs_input",
    requests: [
      { key: "pay", title: "Pay?", args: { amount: 12.5 }, allowed: ["approve", "edit", "reject"] },
      { key: "day", title: "When?", schema: { type: "string" }, allowed: ["answer"] },
    ],
    continuation: { order: 17 },
    usage: USAGE,
  },
];

/** What only code can hand over. */
type Made = (inner: unknown) => unknown;
const CODE: readonly Made[] = [
  (inner) => [inner, 1n],
  (inner) => Promise.resolve(inner),
  (inner) => new Map([["inner", inner]]),
  (inner) => Object.create({ inner }),
  (inner) => new Proxy(Object(inner), { get: raise, ownKeys: raise }),
  (inner) => new Proxy(Object(inner), { getPrototypeOf: raise, getOwnPropertyDescriptor: raise }),
  (inner) => Object.defineProperty({}, "output", { enumerable: true, get: () => raise(inner) }),
  (inner) => having("then", inner),
  (inner) =>
    having("then", (_resolve: unknown, reject: (reason: unknown) => void) => reject(inner)),
  (inner) => Object.assign(new Error(JSON.stringify(inner)), { work_minutes: inner, usage: inner }),
  (inner) => ({ output: Object.assign([inner], { length: 1e6 }) }),
  (inner) => {
    const circle: unknown[] = [inner];
    circle.push(circle);
    return { output: circle };
  },
  () => Symbol.iterator,
  () => new Error("x".repeat(100_000)),
  () => ({ output: "x".repeat(2 ** 20), toString: raise, [Symbol.toPrimitive]: raise }),
];

function having(field: string, value: unknown): object {
  return Object.fromEntries([[field, value]]);
}

function raise(what: unknown): never {
  throw what;
}

const answers: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...REPLIES).chain(mutationsOf) },
  { weight: 1, arbitrary: hostileValue },
  { weight: 1, arbitrary: hostileText.map((output) => ({ output })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...CODE), hostileValue).map(([make, inner]) => make(inner)),
  },
);

interface Hostile {
  readonly answer: unknown;
  readonly how: "returns" | "rejects" | "throws";
}

const agents: fc.Arbitrary<Hostile> = fc.record({
  answer: answers,
  how: fc.constantFrom("returns", "rejects", "throws"),
});

function toRuntime({ answer, how }: Hostile): UncheckedRuntime {
  if (how === "throws") return () => raise(answer);
  return async () => (how === "rejects" ? raise(answer) : answer);
}

/** To the run's end, whatever is asked: who cannot be left out or refused is told something. */
async function carryOn(control: MissionControl, { run_id, pending_approvals }: RunOutcome) {
  for (let pending = pending_approvals; pending.length > 0;) {
    const decisions = pending.map(({ approval_id, allowed }) => {
      const type = (["skip", "reject", "approve"] as const).find((each) => allowed.includes(each));
      const said = type === undefined ? { type: "answer", value: "x" } : { type, reason: "no" };
      return [approval_id, said];
    });
    const decided = await outcomeOf(() => control.decide(run_id, Object.fromEntries(decisions)));
    // Its question may have a schema that "x" is not of.
    if ("refusal" in decided) await control.cancel(run_id, { reason: "no", by: "ana" });
    pending = "value" in decided ? decided.value.pending_approvals : [];
  }
}

function isChecked(answer: Awaited<ReturnType<typeof callAgent>>["answer"]): boolean {
  switch (answer.kind) {
    case "output":
      return jsonSchema.safeParse(answer.output).success;
    case "asks":
      return agentReplySchema.safeParse({ ...answer, kind: "needs_input" }).success;
    case "error":
      return answer.error.trim() !== "" && answer.error.length <= 2000;
  }
}

describe("an agent", () => {
  it("gives an answer of its schema, or has failed with a message", OF_A_FUZZ, async () => {
    const property = fc.asyncProperty(agents, async (hostile) => {
      const runtime = toRuntime(hostile);

      const called = await outcomeOf(() => callAgent(REQUEST, { ...aCallWorld(), runtime }));

      if (!("value" in called)) throw new Error("an agent's failure is a result");
      expect(called.value.work_minutes).toBeGreaterThanOrEqual(0);
      expect(called.value.answer).toSatisfy(isChecked);
      expectPrototypes();
    });
    await fc.assert(property, cases(0.14));
  });

  it("leaves a run that can be read, decided and carried to its end", OF_A_FUZZ, async () => {
    const { inside, expectShut } = aCage();
    writeWorkspace(inside, aReference(aPlan({ T: [], U: ["T"] })));
    let runtime: UncheckedRuntime = async () => ({ output: 1 });
    const control = await openMissionControl({
      workspace: inside,
      runtimes: { A1: (request, signal) => untyped(runtime(request, signal, untyped({}))) },
      policy: { execution: { max_attempts: 1, max_asks: 2 } },
    });
    const property = fc.asyncProperty(agents, async (hostile) => {
      runtime = toRuntime(hostile);

      const started = await control.start({ mission_id: "M" });
      runtime = async () => ({ output: 1 });
      await carryOn(control, started);

      const { status } = await control.run(started.run_id);
      expect(status).toMatch(/^(?:completed|failed|abandoned)$/);
      expectPrototypes();
    });
    await fc.assert(property, cases(0.015));
    await expectSound(control);
    await control.close();
    expectShut();
  });
});
