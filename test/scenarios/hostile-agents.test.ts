/** Agents that answer, throw and act in every way they should not: each is a failure like another. */

import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { AgentRuntime, MissionControl } from "../../src/index.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { untyped } from "../support/untyped.ts";
import { aClock, aMissionControl, aWorkspace, readRecorded } from "../support/workspace.ts";

class Thing {
  readonly name = "thing";
}

/** A runtime as plain JavaScript may have it. */
type Hostile = (...call: Parameters<AgentRuntime>) => unknown;

const good: AgentRuntime = async ({ task }) => ({
  output: { done: task.task_id },
  work_minutes: 1,
});
const rows = (workspace: string) => readRecorded(workspace, "task_execution_logs");

/** T is what agents A and B are hostile about; S goes on beside it, and U after that. */
function aPlanWithSiblings() {
  const agents = [anAgent({ agent_id: "A" }), anAgent({ agent_id: "B" })];
  return aReference(aPlan({ T: [], S: [], U: ["S"] }), agents);
}

/** Hostile at task T for as long as `isHostile`. */
function atTask(hostile: Hostile, isHostile: () => boolean): AgentRuntime {
  const called = untyped<AgentRuntime>(hostile);
  return (request, signal) =>
    request.task.task_id === "T" && isHostile() ? called(request, signal) : good(request, signal);
}

async function expectReadable(control: MissionControl, runs: number): Promise<void> {
  const { findings } = await control.audit();

  expect(findings.filter((finding) => finding.severity === "error")).toEqual([]);
  expect(await control.runs()).toHaveLength(runs);
}

const circle: Record<string, unknown> = { name: "round" };
circle["self"] = circle;
const throwing = (what: string) => () => {
  throw new Error(what);
};
const answers: readonly (readonly [string, unknown, RegExp])[] = [
  ["a circle", { output: circle }, /output\.self refers back/],
  ["a BigInt", { output: { n: 1n } }, /output\.n is a bigint/],
  ["a number that is none", { output: [Number.NaN] }, /output\[0\] is NaN/],
  ["infinity", { output: { a: { b: -Infinity } } }, /output\.a\.b is -Infinity/],
  ["a date", { output: { at: new Date(0) } }, /output\.at is of type Date/],
  ["a date that is none", { output: new Date(Number.NaN) }, /output is of type Date/],
  ["a map", { output: new Map() }, /output is of type Map/],
  ["a function", { output: { go: () => 1 } }, /output\.go is a function/],
  ["a symbol", { output: Symbol("s") }, /output is a symbol/],
  ["a promise inside", { output: { later: Promise.resolve(1) } }, /output\.later is a Promise/],
  ["an object of a class", { output: new Thing() }, /output is an object of a class/],
  ["nothing in a list", { output: [undefined] }, /output\[0\] is missing/],
  ["no output", { result: 1 }, /output is missing/],
  ["a toJSON that throws", { output: { toJSON: throwing("no") } }, /output\.toJSON is a function/],
  [
    "a getter that throws",
    Object.defineProperty({}, "output", { enumerable: true, get: throwing("no output today") }),
    /output cannot be read: no output today/,
  ],
  [
    "a getter inside that throws",
    { output: Object.defineProperty({}, "x", { enumerable: true, get: throwing("boom") }) },
    /output\.x cannot be read: boom/,
  ],
  ["a proxy that throws", { output: new Proxy({}, { ownKeys: throwing("trap") }) }, /trap/],
  ["a proxy as a whole", new Proxy({}, { get: throwing("trap") }), /trap/],
  ["a revoked proxy", { output: revoked() }, /revoked/],
  ["101 levels", { output: nested(101) }, /more than 100 levels deep/],
  ["a million levels", { output: nested(1_000_000) }, /more than 100 levels deep/],
  ["17 MB", { output: "x".repeat(17 * 1024 * 1024) }, /larger than 16777216 characters/],
  ["a list that says to be long", { output: Array(2 ** 32 - 1) }, /larger than/],
  ["many faces of one object", { output: laughs() }, /larger than/],
  ["a name that changes objects", { output: JSON.parse('{"__proto__": {}}') }, /reserved/],
  [
    "what a checkpoint would load",
    { output: { lc: 1, type: "constructor", id: ["x"], kwargs: {} } },
    /LangChain's serialized form/,
  ],
  [
    "what a checkpoint would take for its own",
    { output: { steps: [{ lg_name: "Send", node: "n", args: {} }] } },
    /LangGraph's Send/,
  ],
  ["minutes without end", { output: 1, work_minutes: 1e12 }, /work_minutes: .*1000000 minutes/],
  ["negative minutes", { output: 1, work_minutes: -1 }, /work_minutes/],
  ["minutes as text", { output: 1, work_minutes: "5" }, /work_minutes/],
  ["a figure of 1e308", { output: 1, kpi_observations: { days: 1e308 } }, /kpi_observations\.days/],
  ["text", "done", /the answer is no object/],
  ["nothing", undefined, /the answer is no object/],
];
const throws: readonly (readonly [string, Hostile, RegExp])[] = [
  ["at once", throwing("no"), /^no$/],
  ["an object without anything", () => raise(Object.create(null)), /without a message/],
  ["a message that is no text", () => raise({ message: 42 }), /message is no text/],
  ["a message that cannot be read", () => raise(unreadable("message")), /cannot be read/],
  ["nothing", () => raise(undefined), /^undefined$/],
  ["a message of blanks", () => raise(new Error(" \n ")), /^failed without a message$/],
  ["a BigInt", () => raise(12n), /^12$/],
  ["a symbol", () => raise(Symbol("s")), /^Symbol\(s\)$/],
  ["a revoked proxy", () => raise(revoked()), /cannot be read/],
  ["100,000 characters", () => raise(new Error("é".repeat(100_000))), /^é{2000}$/],
  ["minutes without end", () => raise({ message: "x", work_minutes: 1e12 }), /x .*1000000 minutes/],
  ["unreadable minutes", () => raise(unreadable("work_minutes")), /without a message/],
  ["a promise that fails", async () => raise(new Error("later")), /^later$/],
  ["a then that throws", () => having("then", throwing("then")), /^then$/],
  ["a then that cannot be read", () => unreadable("then"), /^unreadable then$/],
  [
    "a change of its request",
    (request) => {
      untyped<{ requires_human_approval: boolean }>(request.task).requires_human_approval = true;
      return good(request, new AbortController().signal);
    },
    /read only/,
  ],
];

describe("a hostile agent", () => {
  it.each([
    ...answers.map(([name, answer, error]) => [`answers ${name}`, () => answer, error] as const),
    ...throws.map(([name, hostile, error]) => [`throws ${name}`, hostile, error] as const),
  ])("that %s fails as others do", async (_name, hostile, error) => {
    let isHostile = true;
    const runtime = atTask(hostile, () => isHostile);
    const workspace = aWorkspace(aPlanWithSiblings());
    const control = await aMissionControl({ workspace, runtimes: { A: runtime, B: runtime } });

    const first = await control.start({ mission_id: "M" });

    expect(first.task_status_by_id).toEqual({
      T: "awaiting_approval",
      S: "completed",
      U: "completed",
    });
    expect(first.pending_approvals).toMatchObject([{ task_id: "T", stage: "failure" }]);
    const failed = rows(workspace).filter((row) => row["task_id"] === "T");
    expect(failed.map((row) => [row["agent_id"], row["outcome"]])).toEqual([
      ["A", "failed"],
      ["A", "failed"],
      ["B", "failed"],
    ]);
    for (const row of failed) {
      expect(row["error"]).toMatch(error);
      expect(String(row["error"]).length).toBeLessThanOrEqual(2000);
    }
    await expectReadable(control, 1);
    isHostile = false;
    const done = await control.decide(first.run_id, { T: { type: "approve", decided_by: "ana" } });
    expect(done.status).toBe("completed");
    expect((await control.start({ mission_id: "M" })).status).toBe("completed");
    await expectReadable(control, 2);
  });

  it("is followed by the next one, which is told why", async () => {
    const told: (string | undefined)[] = [];
    const workspace = aWorkspace(aPlanWithSiblings());
    const runtimes = {
      A: atTask(
        () => ({ output: circle }),
        () => true,
      ),
      B: (...[request, signal]: Parameters<AgentRuntime>) => {
        if (request.task.task_id === "T") told.push(request.feedback);
        return good(request, signal);
      },
    };
    const control = await aMissionControl({ workspace, runtimes });

    const { status } = await control.start({ mission_id: "M" });

    expect(status).toBe("completed");
    expect(told).toEqual([expect.stringContaining("output.self refers back")]);
  });

  it("opens no gate by what it writes into its request", async () => {
    const gate = { requires_human_approval: true, approval_stage: "after" as const };
    const meddling: Hostile = (request) => {
      untyped<{ requires_human_approval: boolean }>(request.task).requires_human_approval = false;
      return { output: 1 };
    };
    const sly: Hostile = (request) => {
      Reflect.set(request.task, "requires_human_approval", false);
      return { output: 1 };
    };
    const workspace = aWorkspace(aReference(aPlan({ T: [], U: [] }, { T: gate, U: gate })));
    const at = (id: string) => (id === "T" ? meddling : sly);
    const runtime = (...call: Parameters<AgentRuntime>) =>
      untyped<AgentRuntime>(at(call[0].task.task_id))(...call);
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    const { status, pending_approvals } = await control.start({ mission_id: "M" });

    expect(status).toBe("awaiting_approval");
    expect(pending_approvals.map(({ task_id, stage }) => [task_id, stage])).toEqual(
      expect.arrayContaining([
        ["T", "failure"],
        ["U", "after"],
      ]),
    );
  });

  it("cannot change what another agent is handed", async () => {
    const seen: unknown[] = [];
    const runtime: AgentRuntime = async ({ task, inputs }) => {
      const made: unknown = Reflect.get(inputs, "T");
      if (typeof made === "object" && made !== null) Reflect.set(made, "done", task.task_id);
      seen.push(JSON.parse(JSON.stringify(inputs)));
      return { output: { done: "T" }, work_minutes: 1 };
    };
    const reference = aReference(aPlan({ T: [], U: ["T"], V: ["T"] }));
    const control = await aMissionControl({
      workspace: aWorkspace(reference),
      runtimes: { A1: runtime },
    });

    await control.start({ mission_id: "M" });

    expect(seen).toEqual([{}, { T: { done: "T" } }, { T: { done: "T" } }]);
  });

  it("is not listened to when it answers, or fails, after its time", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const late: Hostile = async ({ attempt }) => {
      await delay(60);
      if (attempt % 2 === 0) throw new Error("too late to fail");
      return { output: "too late" };
    };
    const workspace = aWorkspace(aPlanWithSiblings());
    const runtime = atTask(late, () => true);
    const control = await aMissionControl({
      workspace,
      runtimes: { A: runtime, B: runtime },
      policy: { execution: { timeout_minutes: 0.0005 } },
    });

    const { pending_approvals } = await control.start({ mission_id: "M" });
    await delay(120);
    process.off("unhandledRejection", listen);

    expect(pending_approvals).toMatchObject([
      { stage: "failure", feedback: "no answer within 0.0005 minutes" },
    ]);
    expect(unhandled).toEqual([]);
    expect(JSON.stringify(rows(workspace))).not.toContain("too late");
    await expectReadable(control, 1);
  });

  it("has its output kept as a copy that nothing can change afterwards", async () => {
    const output = { list: [1, -0], text: "half \uD83D", left_out: undefined };
    const runtime: AgentRuntime = async () => {
      void delay(1).then(() => output.list.push(2));
      return { output: untyped(output), work_minutes: 1 };
    };
    const workspace = aWorkspace(aReference(aPlan({ T: [] })));
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    await control.start({ mission_id: "M" });
    await delay(10);

    expect(rows(workspace)[0]).toMatchObject({ output: { list: [1, 0], text: "half \uFFFD" } });
    await expectReadable(control, 1);
  });
});

describe("an agent at work while the clock is set back", () => {
  it.each(["answers", "fails"])(
    "has worked for no minutes, never for less, when it %s",
    async (how) => {
      const clock = aClock();
      const runtime: AgentRuntime = async () => {
        clock.advance(-90);
        if (how === "fails") throw new Error("failed");
        return { output: 1 };
      };
      const workspace = aWorkspace(aReference(aPlan({ T: [] })));
      const control = await aMissionControl({ workspace, runtimes: { A1: runtime }, clock });

      await control.start({ mission_id: "M" });

      expect(rows(workspace)[0]).toMatchObject({ actual_duration_minutes: 0 });
      await expectReadable(control, 1);
    },
  );
});

function raise(what: unknown): never {
  throw what;
}

function having(field: string, value: unknown): object {
  return Object.fromEntries([[field, value]]);
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function unreadable(field: string): object {
  return Object.defineProperty({}, field, {
    enumerable: true,
    get: throwing(`unreadable ${field}`),
  });
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** A few objects that, written out, are without end. */
function laughs(): unknown {
  let value: unknown = "ha";
  for (let level = 0; level < 60; level += 1) value = { a: value, b: value };
  return value;
}
