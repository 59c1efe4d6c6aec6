/** The graph on LangGraph's own development server, driven as Studio and programs drive it. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { Client } from "@langchain/langgraph-sdk";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import type { MissionControl } from "../../src/index.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import { aTask, anAgent } from "../support/builders.ts";
import { type DevelopmentServer, startDevelopmentServer } from "../support/development-server.ts";
import {
  aMissionControl,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const GRAPH = "mission_control";
const NODES = [
  "load_mission_context",
  "build_mission_plan",
  "build_routing_lookups",
  "execute_tasks",
  "await_approvals",
  "detect_risk",
  "evaluate_kpis",
  "write_report",
  "polish_summary",
];
const APPROVE = { type: "approve", decided_by: "ana" } as const;

/** Supersteps after which the server stops a run unless it is told otherwise. */
const SERVER_LIMIT = 25;

/** A mission of many approvals, each given while the pass that asks for it still goes on; and how often somebody looks. */
const LONG = "LONG";
const APPROVALS = 13;
const POLL_MS = 10;

const questionSchema = z.object({
  id: z.string(),
  value: z.object({
    run_id: z.string(),
    last_error: z.string().optional(),
    action_request: z.object({ action: z.string() }),
    approvals: z.array(z.object({ approval_id: z.string(), task_id: z.string() })),
  }),
});

const threadStateSchema = z.object({
  values: z.object({
    mission_id: z.string(),
    run_id: z.string(),
    run_status: z.string(),
    report: z.string(),
    last_error: z.string(),
    task_results_by_id: z.record(z.string(), z.unknown()),
  }),
  next: z.array(z.string()),
  metadata: z.object({ step: z.int() }),
  tasks: z.array(z.object({ interrupts: z.array(questionSchema) })),
});

let server: DevelopmentServer;
let client: Client;

beforeAll(async () => {
  server = await startDevelopmentServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
  return () => server.stop();
});

describe("a mission on the development server", () => {
  it("waits for a person, goes on with the answer, and leaves its report and its records", async () => {
    const threadId = await aThread();

    const asked = await run(threadId, { input: { mission_id: "M001" } });
    const ended = await run(threadId, answer(asked, { T2: APPROVE }));

    const { run_id } = asked;
    expect(asked).toMatchObject({ run_status: "awaiting_approval", next: ["await_approvals"] });
    expect(asked.question?.value).toMatchObject({
      run_id,
      approvals: [{ approval_id: `APR-${run_id}-T2-1`, task_id: "T2" }],
      action_request: { action: `Verify documents [APR-${run_id}-T2-1]` },
    });
    expect(ended).toMatchObject({ run_id, run_status: "completed", next: [], question: undefined });
    expect(ended.report).toContain("Verify documents");
    expect(recordsOf(run_id, "task_execution_logs")).toMatchObject([
      { task_id: "T1", outcome: "completed" },
      { task_id: "T2", outcome: "approved", decided_by: "ana", source: "studio" },
      { task_id: "T3", outcome: "completed" },
    ]);
    expect(recordsOf(run_id, "mission_runs")).toMatchObject([
      { status: "completed", checkpoints: "external", thread_id: threadId },
    ]);
  });

  it("asks again, and says why, when an answer is unusable", async () => {
    const threadId = await aThread();
    const asked = await run(threadId, { input: { mission_id: "M001" } });

    const again = await run(threadId, answer(asked, "yes"));

    expect(again.run_status).toBe("awaiting_approval");
    expect(again.question?.value.approvals).toEqual(asked.question?.value.approvals);
    expect(again.question?.value.last_error).toContain('"yes" names no approval');
    expect(again.last_error).toBe(again.question?.value.last_error);
    expect(recordsOf(asked.run_id, "approval_requests")).toMatchObject([{ status: "pending" }]);
    expect(Object.keys(again.task_results_by_id)).toEqual(["T1"]);
  });

  it("asks the same again when it is given another input while it waits, and says that it ignored it", async () => {
    const threadId = await aThread();
    const asked = await run(threadId, { input: { mission_id: "M001" } });

    const again = await run(threadId, { input: { mission_id: "M002" } });
    const ended = await run(threadId, answer(again, { T2: APPROVE }));

    const { run_id } = asked;
    expect(again).toMatchObject({ run_id, mission_id: "M001", next: ["await_approvals"] });
    expect(again.question?.value.approvals).toEqual(asked.question?.value.approvals);
    expect(again.question?.value.last_error).toContain("The input was ignored");
    expect(again.last_error).toBe(again.question?.value.last_error);
    expect(ended).toMatchObject({ run_id, run_status: "completed", last_error: "" });
    expect(recordsOf(run_id, "task_execution_logs")).toHaveLength(3);
    expect(runsOn(threadId)).toMatchObject([{ run_id, mission_id: "M001" }]);
  });

  it("starts a fresh run on the thread of one that has ended", async () => {
    const threadId = await aThread();
    const asked = await run(threadId, { input: { mission_id: "M001" } });
    await run(threadId, answer(asked, { T2: APPROVE }));

    const fresh = await run(threadId, { input: { mission_id: "M002" } });

    expect(fresh).toMatchObject({ mission_id: "M002", run_status: "awaiting_approval" });
    expect(fresh).toMatchObject({ report: "", last_error: "" });
    expect(fresh.run_id).not.toBe(asked.run_id);
    expect(Object.keys(fresh.task_results_by_id)).toEqual(["T4"]);
    expect(fresh.question?.value.approvals).toMatchObject([
      { approval_id: `APR-${fresh.run_id}-T5-1` },
    ]);
    expect(runsOn(threadId)).toMatchObject([
      { run_id: asked.run_id, status: "completed" },
      { run_id: fresh.run_id, status: "awaiting_approval" },
    ]);
  });

  it("goes on for more supersteps in one call than the server allows by itself", async () => {
    addMission(LONG, aPlanOfApprovals());
    const control = await aMissionControl({ workspace: server.workspace });
    const threadId = await aThread();

    const standing = await runDeciding(threadId, { input: { mission_id: LONG } }, control);

    expect(standing).toMatchObject({
      run_status: "completed",
      next: [],
      question: undefined,
      last_error: "",
    });
    expect(standing.step).toBeGreaterThan(SERVER_LIMIT);
  });
});

describe("the assistant on the development server", () => {
  it("has the limit of supersteps that .env.example sets", async () => {
    const assistants = await client.assistants.search({ graphId: GRAPH });

    expect(assistants.map(({ config }) => config.recursion_limit)).toEqual([10_000]);
  });

  it("describes its input, so that Studio has a form for it", async () => {
    const [assistant] = await client.assistants.search({ graphId: GRAPH });

    const schemas = await client.assistants.getSchemas(assistant?.assistant_id ?? "");

    expect(schemas.input_schema).toMatchObject({
      type: "object",
      properties: { mission_id: { type: "string" }, priority: { enum: expect.any(Array) } },
    });
  });

  it("draws the graph with its nodes and every way between them", async () => {
    const [assistant] = await client.assistants.search({ graphId: GRAPH });

    const { nodes, edges } = await client.assistants.getGraph(assistant?.assistant_id ?? "");

    const ways = edges.map(({ source, target, conditional }) => {
      return `${source} ${conditional === true ? "-?->" : "--->"} ${target}`;
    });
    expect(nodes.map(({ id }) => id)).toEqual(["__start__", ...NODES, "__end__"]);
    expect(ways.toSorted()).toEqual(
      [
        "__start__ ---> load_mission_context",
        "load_mission_context -?-> build_mission_plan",
        "load_mission_context -?-> build_routing_lookups",
        "load_mission_context -?-> execute_tasks",
        "load_mission_context -?-> await_approvals",
        "load_mission_context -?-> __end__",
        "build_mission_plan -?-> build_routing_lookups",
        "build_mission_plan -?-> __end__",
        "build_routing_lookups ---> execute_tasks",
        "execute_tasks -?-> execute_tasks",
        "execute_tasks -?-> await_approvals",
        "execute_tasks -?-> detect_risk",
        "await_approvals -?-> await_approvals",
        "await_approvals -?-> execute_tasks",
        "detect_risk ---> evaluate_kpis",
        "evaluate_kpis ---> write_report",
        "write_report -?-> polish_summary",
        "write_report -?-> __end__",
        "polish_summary ---> __end__",
      ].toSorted(),
    );
  });
});

type Standing = Awaited<ReturnType<typeof standingOf>>;
type Call = { input: { mission_id: string } } | ReturnType<typeof answer>;

async function aThread(): Promise<string> {
  const { thread_id } = await client.threads.create();
  return thread_id;
}

/** Runs until the mission has ended or waits; where the thread stands then. */
async function run(threadId: string, call: Call): Promise<Standing> {
  await client.runs.wait(threadId, GRAPH, call);
  return standingOf(threadId);
}

/** The thread's state, what it asks, and how many supersteps it has taken. */
async function standingOf(threadId: string) {
  const state: unknown = await client.threads.getState(threadId);
  const { values, next, tasks, metadata } = threadStateSchema.parse(state);
  const question = tasks.flatMap(({ interrupts }) => interrupts)[0];
  return { ...values, next, question, step: metadata.step };
}

/** A resume keyed by the interrupt's id, which LangGraph drops when it is stale. */
function answer({ question }: Standing, value: unknown) {
  if (question === undefined) throw new Error("the thread asks nothing");
  return { command: { resume: { [question.id]: value } } };
}

/** Runs, while somebody approves elsewhere, through the library, all that the long mission asks. */
async function runDeciding(threadId: string, call: Call, control: MissionControl) {
  const over = new AbortController();
  const approveMeanwhile = async () => {
    while (!over.signal.aborted) {
      for (const { mission_id, run_id, task_id } of await control.pendingApprovals()) {
        if (mission_id !== LONG) continue;
        await control.decide(run_id, { [task_id]: APPROVE });
        writeFileSync(join(server.workspace, "agents", `AFTER_${task_id}`), "");
      }
      await delay(POLL_MS);
    }
  };
  const running = run(threadId, call).finally(() => over.abort());
  const [standing] = await Promise.all([running, approveMeanwhile()]);
  return standing;
}

/** Is at work until the approval that its task is named after has been given. */
const WAITING_AGENT = `
import { existsSync } from "node:fs";
export const agent = async ({ task }) => {
  const sign = new URL(task.task_id, import.meta.url);
  while (!existsSync(sign)) await new Promise((resolve) => setTimeout(resolve, ${POLL_MS}));
  return { output: "went on" };
};
`;

/** Approvals one after another; beside each, work that ends when it has been given, so that the gate finds it. */
function aPlanOfApprovals(): PlanTask[] {
  const names = Array.from({ length: APPROVALS }, (_, position) => `LONG_${position}`);
  return names.flatMap((name, position) => {
    const depends_on = names.slice(Math.max(0, position - 1), position);
    const approval = { task_id: name, order: 1 + position, requires_human_approval: true };
    const work = { task_id: `AFTER_${name}`, order: 1 + APPROVALS + position };
    return [aTask({ ...approval, depends_on }), aTask({ ...work, depends_on })];
  });
}

function addMission(mission_id: string, tasks: readonly PlanTask[]): void {
  mkdirSync(join(server.workspace, "agents"));
  writeFileSync(join(server.workspace, "agents", "waits.mjs"), WAITING_AGENT);
  const added = {
    specialized_agents: [
      anAgent({
        agent_id: "WAITS",
        runtime: { kind: "module", module: "./agents/waits.mjs#agent" },
      }),
    ],
    agent_capabilities_matrix: tasks.map(({ task_id }) => ({
      task_id,
      capable_agents: [task_id.startsWith("AFTER") ? "WAITS" : "A1"],
    })),
    mission_kpis: [{ mission_id, kpis: {} }],
    decomposed_mission_tasks: [{ mission_id, tasks }],
    business_missions: [{ mission_id, mission_name: mission_id }],
  };
  for (const [name, records] of Object.entries(added)) {
    const { workspace } = server;
    writeDocument(workspace, name, [...readDocument(workspace, name), ...records]);
  }
}

function recordsOf(runId: string, document: string): readonly Record<string, unknown>[] {
  const records = readRecorded(server.workspace, document);
  return records.filter((record) => record["run_id"] === runId);
}

function runsOn(threadId: string): readonly Record<string, unknown>[] {
  const runs = readRecorded(server.workspace, "mission_runs");
  return runs.filter((record) => record["thread_id"] === threadId);
}
