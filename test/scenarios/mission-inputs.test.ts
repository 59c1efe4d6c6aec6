/** What a run is about, and which of its tasks that makes needed. */

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { Reference } from "../../src/model/reference.ts";
import type { TaskRequest } from "../../src/model/task-exchange.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { gateQuestion, resumeWith } from "../support/gate.ts";
import {
  aFolder,
  aMissionControl,
  aWorkspace,
  readDocument,
  readRecorded,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;

/** Large claims are looked at by an expert, small ones by photo; then somebody pays. */
function claims(fields: Partial<Reference["missions"][number]> = {}): Reference {
  const tasks = aPlan(
    { register: [], photo: ["register"], expert: ["register"], pay: ["photo", "expert"] },
    {
      photo: { only_if: { all: [{ at: "/mission_inputs/amount", op: "<=", value: 1000 }] } },
      expert: { only_if: { all: [{ at: "/tasks/register/output/risk", op: ">", value: 0.5 }] } },
      pay: { requires_human_approval: true },
    },
  );
  const reference = aReference(tasks);
  const missions = reference.missions.map((mission) => ({ ...mission, ...fields }));
  return { ...reference, missions };
}

async function aClaims(
  fields?: Parameters<typeof claims>[0],
  answer: (request: TaskRequest) => unknown = () => ({ risk: 0.9 }),
) {
  const workspace = aWorkspace(claims(fields));
  const seen: TaskRequest[] = [];
  const control = await aMissionControl({
    workspace,
    runtimes: {
      A1: async (request) => {
        seen.push(request);
        return { output: JSON.parse(JSON.stringify(answer(request))), work_minutes: 1 };
      },
    },
  });
  return { workspace, control, seen };
}

describe("what a run is about", () => {
  it("is given to every task, shown at the gate and in all that people read, and kept", async () => {
    const { workspace, control, seen } = await aClaims();
    const mission_inputs = { customer: "ACME", amount: 900, claim: { number: 17 } };

    const { run_id, pending_approvals } = await control.start({ mission_id: "M", mission_inputs });
    const question = await gateQuestion(control.graph, run_id);
    await control.decide(run_id, { pay: approve });
    const { report } = await control.run(run_id);
    await control.close();

    expect(seen.map(({ task, mission_inputs: given }) => [task.task_id, given])).toEqual(
      ["register", "photo", "expert", "pay"].map((id) => [id, mission_inputs]),
    );
    const about = "customer ACME, amount 900, claim.number 17";
    expect(pending_approvals).toMatchObject([{ about }]);
    expect(question?.description).toContain(`It is about: ${about}.`);
    expect(report).toContain(about);
    expect(readDocument(workspace, "mission_runs")).toMatchObject([{ mission_inputs }]);
    const csv = await runCli(["--workspace", workspace, "export", "--format", "csv"]);
    expect(csv.stdout).toContain(
      '"{""amount"":900,""claim"":{""number"":17},""customer"":""ACME""}"',
    );
  });

  it("is part of what is approved: the same task about something else has another hash", async () => {
    const { control } = await aClaims();
    const hashOf = async (mission_inputs: Record<string, number>) => {
      const { pending_approvals } = await control.start({ mission_id: "M", mission_inputs });
      return pending_approvals[0]?.content_hash;
    };

    const [one, other, same, none] = [
      await hashOf({ amount: 900 }),
      await hashOf({ amount: 901 }),
      await hashOf({ amount: 900 }),
      await hashOf({}),
    ];

    expect(one).toBe(same);
    expect(new Set([one, other, none]).size).toBe(3);
  });

  it("reaches a run that a client of the graph starts, and no later run on its thread", async () => {
    const { control, seen } = await aClaims();
    const thread = { configurable: { thread_id: "thread" } };

    await control.graph.invoke({ mission_id: "M", mission_inputs: { amount: 5 } }, thread);
    await resumeWith(control.graph, "thread", { pay: approve });
    const state = await control.graph.invoke({ mission_id: "M" }, thread);

    expect(seen[0]?.mission_inputs).toEqual({ amount: 5 });
    expect(seen.at(-1)?.mission_inputs).toEqual({});
    expect(state.mission_inputs).toEqual({});
  });

  it("may have the name of what LangGraph sends in it, as runs have that wait: they are read, and go on", async () => {
    const { control } = await aClaims();
    const mission_inputs = { amount: 900, note: { lg_name: "Send" } };
    const { run_id } = await control.start({ mission_id: "M", mission_inputs });

    await resumeWith(control.graph, run_id, { pay: approve });

    expect(await control.run(run_id)).toMatchObject({ status: "completed" });
    expect((await control.runs()).at(-1)).toMatchObject({ mission_inputs });
  });

  it("cannot be changed by an agent", async () => {
    const { control, seen } = await aClaims({}, ({ mission_inputs }) => {
      Object.assign(mission_inputs, { amount: 1 });
      return {};
    });

    const { status } = await control.start({ mission_id: "M", mission_inputs: { amount: 5 } });

    expect(status).toBe("awaiting_approval");
    expect(seen.every((request) => request.mission_inputs["amount"] === 5)).toBe(true);
  });
});

describe("inputs that a mission asks for", () => {
  const input_schema = {
    type: "object",
    properties: {
      customer: { type: "string", minLength: 1 },
      amount: { type: "number", minimum: 0 },
      kind: { enum: ["motor", "home"] },
      on: { type: "string", format: "date" },
    },
    required: ["customer", "amount"],
    additionalProperties: false,
  };

  it("are taken when they pass its schema", async () => {
    const { control } = await aClaims({ input_schema });
    const mission_inputs = { customer: "ACME", amount: 12, kind: "home", on: "2026-11-22" };

    const { status } = await control.start({ mission_id: "M", mission_inputs });

    expect(status).toBe("awaiting_approval");
  });

  it("are refused with all that is wrong, and nothing is written", async () => {
    const { workspace, control, seen } = await aClaims({ input_schema });
    const mission_inputs = { amount: -4, kind: "boat", on: "soon", custmer: "ACME" };

    const started = control.start({ mission_id: "M", mission_inputs });

    await expect(started).rejects.toMatchObject({
      code: "BAD_INPUT",
      message:
        'mission_inputs are not what M asks for: customer is missing; custmer is not known; amount: expected a number ≥ 0, found -4; kind: expected one of ["motor","home"], found "boat"; on: expected a text of the format date, found "soon".',
    });
    expect(seen).toEqual([]);
    expect(readRecorded(workspace, "mission_runs")).toEqual([]);
  });

  it("end the graph with the reason, and without a run", async () => {
    const { workspace, control } = await aClaims({ input_schema });
    const thread = { configurable: { thread_id: "thread" } };

    const state = await control.graph.invoke({ mission_id: "M" }, thread);

    expect(state).toMatchObject({ run_status: "failed", run_id: "" });
    expect(state.last_error).toContain("customer is missing");
    expect(readRecorded(workspace, "mission_runs")).toEqual([]);
  });

  it.each([
    { type: "banana" },
    { type: "object", required: "customer" },
    { type: "object", properties: { a: { type: "string", pattern: "(" } } },
    { type: "object", propertees: {} },
  ])("by a schema that is none, refuse validate and run: %j", async (bad) => {
    const workspace = aWorkspace(claims({ input_schema: bad }));
    const control = await aMissionControl({ workspace });

    const validated = await runCli(["--workspace", workspace, "validate"]);

    expect(validated).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^BAD_INPUT_SCHEMA: .*M.*input_schema/),
    });
    await expect(control.start({ mission_id: "M" })).rejects.toMatchObject({
      code: "PLAN_FAULTS",
    });
    expect(readRecorded(workspace, "mission_runs")).toEqual([]);
  });

  const deep: unknown = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
  it.each<[string, unknown]>([
    ["a list", [1]],
    ["text", "ACME"],
    ["1 MB", { text: "x".repeat(1_000_000) }],
    ["5,000 levels", { deep }],
    ["a function", { call: () => 1 }],
    ["a big integer", { amount: 1n }],
    ["a date", { on: new Date(0) }],
    ["a serialized object", { lc: 1, type: "constructor" }],
  ])("are refused as %s, and nothing is written", async (_what, mission_inputs) => {
    const { workspace, control } = await aClaims();
    const request: object = { mission_id: "M", mission_inputs };

    // @ts-expect-error -- as JavaScript would call it
    await expect(control.start(request)).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect(readRecorded(workspace, "mission_runs")).toEqual([]);
  });
});

describe("a task that a run does not need", () => {
  it("is asked of nobody, says why, and lets what depends on it go on", async () => {
    const { workspace, control, seen } = await aClaims();

    const { run_id } = await control.start({ mission_id: "M", mission_inputs: { amount: 5000 } });
    const outcome = await control.decide(run_id, { pay: approve });
    const audit = await control.audit();
    const replayed = await control.replay([run_id]);

    expect(seen.map(({ task }) => task.task_id)).toEqual(["register", "expert", "pay"]);
    expect(seen.at(-1)?.inputs).toEqual({ expert: { risk: 0.9 } });
    const rows = readRecorded(workspace, "task_execution_logs");
    expect(rows.find((row) => row["task_id"] === "photo")).toMatchObject({
      outcome: "not_needed",
      reason: "/mission_inputs/amount is 5000, not <= 1000",
      actual_duration_minutes: 0,
      human_approval_required: false,
    });
    expect(outcome).toMatchObject({
      status: "completed",
      task_status_by_id: { photo: "not_needed" },
    });
    expect(outcome.executive_summary).toContain("3 of 3 tasks done, 1 not needed");
    expect(outcome.report).toContain("Not needed: photo");
    expect(audit.findings.filter((finding) => finding.severity !== "info")).toEqual([]);
    expect(replayed.runs).toMatchObject([{ status: "agrees" }]);
  });

  it("is one whose value is missing, and one behind a task that was not needed", async () => {
    const { control } = await aClaims({}, () => ({}));

    const { task_status_by_id } = await control.start({ mission_id: "M" });

    expect(task_status_by_id).toMatchObject({ photo: "not_needed", expert: "not_needed" });
  });

  it("counts in no statistics of the agent that would have worked", async () => {
    const { workspace, control } = await aClaims();
    await control.decide(
      (await control.start({ mission_id: "M", mission_inputs: { amount: 5000 } })).run_id,
      { pay: approve },
    );

    const [stats] = readRecorded(workspace, "agent_performance_stats");

    expect(stats).toMatchObject({ agent_id: "A1", executions: 3 });
  });

  it("is found by an output that is too large for a row, also when it is replayed", async () => {
    const { control } = await aClaims({}, () => ({ risk: 0.1, photos: "x".repeat(20_000) }));

    const { run_id, task_status_by_id } = await control.start({
      mission_id: "M",
      mission_inputs: { amount: 1 },
    });
    await control.decide(run_id, { pay: approve });
    const replayed = await control.replay([run_id]);

    expect(task_status_by_id).toMatchObject({ photo: "completed", expert: "not_needed" });
    expect(replayed.runs).toMatchObject([{ status: "agrees" }]);
  });

  it("is refused by validate when nothing can tell", async () => {
    const reference = claims();
    const only_if = { all: [{ at: "/tasks/register/output/risk", op: ">" as const, value: 1 }] };
    const plans = reference.plans.map((plan) => ({
      ...plan,
      tasks: plan.tasks.map((task) => (task.task_id === "pay" ? { ...task, only_if } : task)),
    }));
    const workspace = aWorkspace({ ...reference, plans });

    const { code, stdout } = await runCli(["--workspace", workspace, "validate"]);

    expect(code).toBe(2);
    expect(stdout).toContain("pay does not depend on register");
  });
});

describe("inputs at the command line", () => {
  it("come from a file and from single values, as JSON or text", async () => {
    const workspace = aWorkspace(claims());
    const file = join(workspace, "case.json");
    writeFileSync(file, JSON.stringify({ customer: "Globex", claim: { number: 17 } }));
    const inputs = ["--input-file", file, "--input", "customer=ACME", "--input", "amount=1250"];

    const { code } = await runCli(["--workspace", workspace, "run", "M", ...inputs]);

    expect(code).toBe(3);
    expect(readRecorded(workspace, "mission_runs")).toMatchObject([
      { mission_inputs: { customer: "ACME", claim: { number: 17 }, amount: 1250 } },
    ]);
  });

  it.each([
    [["--input", "customer"], /^USAGE: --input takes NAME=VALUE/],
    [["--input-file", "nowhere.json"], /^USAGE: --input-file nowhere.json: no such file/],
    [["--input-file", "package.json", "--input", `x=${"y".repeat(70_000)}`], /65536 characters/],
  ])("are refused: %j", async (args, message) => {
    const workspace = aWorkspace(claims());

    const { code, stderr } = await runCli(["--workspace", workspace, "run", "M", ...args]);

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(readDocument(workspace, "mission_runs")).toEqual([]);
  });
});

describe("the sample of claims", () => {
  const claimsFolder = fileURLToPath(new URL("../../data/claims", import.meta.url));

  it("has no faults, and takes another way for a small claim than for a large one", async () => {
    const workspace = join(aFolder(), "claims");
    cpSync(claimsFolder, workspace, { recursive: true });
    const cli = (...args: readonly string[]) => runCli(["--workspace", workspace, ...args]);
    const claim = ["--input", "claim=K-17", "--input", "customer=ACME"];

    const validated = await cli("validate");
    const small = await cli("--json", "run", "C001", ...claim, "--input", "amount=900");
    const large = await cli("--json", "run", "C001", ...claim, "--input", "amount=30000");
    const refused = await cli("run", "C001", "--input", "amount=900");

    expect(validated).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(small.stdout).task_status_by_id).toMatchObject({
      C3: "completed",
      C4: "not_needed",
      C5: "not_needed",
      C6: "awaiting_approval",
    });
    expect(JSON.parse(large.stdout).task_status_by_id).toMatchObject({
      C3: "not_needed",
      C4: "awaiting_approval",
      C5: "completed",
    });
    expect(refused).toMatchObject({
      code: 2,
      stderr:
        "BAD_INPUT: mission_inputs are not what C001 asks for: claim is missing; customer is missing.\n",
    });
  });
});
