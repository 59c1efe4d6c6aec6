/** Agents that are graphs on a real LangGraph server. */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { callAgent } from "../../src/agents/call-agent.ts";
import { openKind } from "../../src/agents/kinds/open-kind.ts";
import { checkJson } from "../../src/app/input-schema.ts";
import type { Json } from "../../src/model/primitives.ts";
import type { TaskRequest } from "../../src/model/task-exchange.ts";
import { NO_TRACE } from "../../src/model/trace.ts";
import { aReference, aTask, anAgent } from "../support/builders.ts";
import { sayingWhy, aCallWorld, aMemory, answered, asksOf } from "../support/call-memory.ts";
import { runCli } from "../support/command-line.ts";
import { type DevelopmentServer, startGraphServer } from "../support/development-server.ts";
import { runBuiltCli } from "../support/processes.ts";
import { aFolder, aWorkspace, hasHandle, readRecorded } from "../support/workspace.ts";

/** Notes that it works and when it is done; waits for a file where it is told to. */
const WORKER = `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Annotation, END, START, StateGraph, interrupt } from "@langchain/langgraph";
const State = Annotation.Root({ instruction: Annotation, log: Annotation, gate: Annotation, output: Annotation });
const work = async ({ instruction, log, gate }, { signal }) => {
  if (instruction === "ask") {
    const first = interrupt({ question: "Which account?", of: "ACME" });
    const second = interrupt({
      actionRequests: [{ name: "pay", args: { amount: 5 } }],
      reviewConfigs: [{ actionName: "pay", allowedDecisions: ["approve", "edit", "reject"] }],
    });
    if (log) appendFileSync(log, "told\\n");
    return { output: { first, second } };
  }
  if (instruction === "fail") throw new Error("no database at sk-canary-1");
  if (log) appendFileSync(log, "begun\\n");
  while (gate && !existsSync(gate)) await delay(20, undefined, { signal });
  if (log) appendFileSync(log, "done\\n");
  return { output: { did: instruction } };
};
const afterWork = ({ instruction }) => (instruction === "stop" ? "rest" : END);
export const graph = new StateGraph(State).addNode("work", work).addNode("rest", () => ({ output: "rested" }))
  .addEdge(START, "work").addConditionalEdges("work", afterWork, ["rest", END]).addEdge("rest", END)
  .compile({ interruptBefore: ["rest"] });
`;

const handleSchema = z.object({ thread_id: z.string(), run_id: z.string() });

const REQUEST: TaskRequest = {
  run_id: "R1",
  mission_id: "M",
  task: aTask({ task: "verify" }),
  agent: anAgent(),
  attempt: 1,
  idempotency_key: "R1:T1:1",
  mission_inputs: {},
  inputs: {},
};

let server: DevelopmentServer;
beforeAll(async () => {
  server = await startGraphServer(WORKER);
}, 120_000);
afterAll(() => server.stop());

function open(fields: Record<string, Json> = {}) {
  const settings = { kind: "langgraph" as const, url: server.url, assistant: "worker", ...fields };
  return sayingWhy(
    openKind(settings, {
      folder: aFolder(),
      environment: {},
      checkJson,
      secretNames: () => [],
      trace: NO_TRACE,
    }),
  );
}

const call = (
  fields: Record<string, Json>,
  {
    task = "verify",
    memory = aMemory(),
    signal = new AbortController().signal,
    timeoutMinutes = 1,
  } = {},
) =>
  callAgent(
    { ...REQUEST, task: aTask({ task }) },
    { runtime: open(fields).run, ...aCallWorld(), signal, timeoutMinutes, memory },
  );

const MAIN = { type: "answer", value: { account: "main" } } as const;
const LESS = { type: "edit", args: { amount: 4 } } as const;

const linesOf = (file: string) =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];

describe("a graph on a LangGraph server", () => {
  it("that stops without a question has not done its task", async () => {
    const { answer } = await call({}, { task: "stop" });

    expect(answer).toMatchObject({ kind: "error", error: expect.stringContaining("a breakpoint") });
  });

  it("does its task, and its run is remembered before it is waited for", async () => {
    const memory = aMemory();

    const { answer } = await call({}, { memory });

    expect(answer).toEqual({ kind: "output", output: { did: "verify" } });
    expect(memory.handle).toMatchObject({
      thread_id: expect.any(String),
      run_id: expect.any(String),
    });
  });

  it("gets what the registry says of the request", async () => {
    const { answer } = await call({ input: { instruction: { at: "/task_id" } } });

    expect(answer).toEqual({ kind: "output", output: { did: "T1" } });
  });

  it("is joined again after a crash, and has worked once", async () => {
    const folder = aFolder();
    const [log, gate] = [join(folder, "log"), join(folder, "gate")];
    const input = { instruction: "verify", log, gate };
    const memory = aMemory();
    const died = call({ input }, { memory });
    // It may have begun before anybody is told what it is found by.
    await expect.poll(() => memory.handle, { timeout: 20_000 }).toBeDefined();

    // Whoever called is gone; somebody else finds what was remembered.
    const again = call({ input }, { memory: { ...memory } });
    appendFileSync(gate, "open");

    expect((await again).answer).toEqual({ kind: "output", output: { did: "verify" } });
    await died;
    expect(linesOf(log)).toEqual(["begun", "done"]);
  });

  it("is stopped on the server at the deadline", async () => {
    const folder = aFolder();
    const [log, gate] = [join(folder, "log"), join(folder, "gate")];

    const memory = aMemory();

    const { answer } = await call(
      { input: { instruction: "verify", log, gate } },
      { timeoutMinutes: 0.02, memory },
    );
    expect(answer).toMatchObject({
      kind: "error",
      error: expect.stringContaining("no answer within"),
    });
    const { thread_id, run_id } = handleSchema.parse(memory.handle);
    const client = new Client({ apiUrl: server.url, apiKey: null });
    await expect
      .poll(async () => (await client.runs.get(thread_id, run_id)).status, { timeout: 20_000 })
      .not.toMatch(/pending|running/);
    writeFileSync(gate, "open");

    // Another run has its turn in between: by then the first would have ended.
    await call({});
    expect(linesOf(log)).toEqual(["begun"]);
  });

  it("that fails has failed, in words of ours", async () => {
    const failed = await call({}, { task: "fail" });

    expect(failed.answer).toEqual({
      kind: "error",
      error: "The graph worker did not answer: its run failed.",
    });
  });

  it.each(["fail", "ask"])("is found as it has ended, when it was told to %s", async (task) => {
    const memory = aMemory();
    const first = await call({}, { task, memory });

    // Whoever called is gone, and the run has ended since.
    const again = await call({}, { task, memory: { ...memory } });

    expect(again.answer).toEqual(first.answer);
  });

  it("that asks twice is told what people decided, on the same thread", async () => {
    const log = join(aFolder(), "log");
    const input = { instruction: "ask", log };

    const first = asksOf(await call({ input }));
    expect(first.requests).toMatchObject([
      { title: "Which account?", args: { of: "ACME" }, allowed: ["answer", "reject"] },
    ]);
    const second = asksOf(await call({ input }, { memory: answered(first, MAIN) }));
    expect(second.requests).toMatchObject([
      { title: "pay", args: { amount: 5 }, allowed: ["approve", "edit", "reject"] },
    ]);
    // Told before the process died: the next finds that the thread has gone on.
    const again = asksOf(await call({ input }, { memory: answered(first, MAIN) }));
    expect(again).toEqual(second);
    const ended = await call({ input }, { memory: answered(second, LESS) });
    const endedAgain = await call({ input }, { memory: answered(second, LESS) });

    const output = {
      first: { account: "main" },
      second: {
        decisions: [{ type: "edit", editedAction: { name: "pay", args: { amount: 4 } } }],
      },
    };
    expect(ended.answer).toEqual({ kind: "output", output });
    expect(endedAgain.answer).toEqual({ kind: "output", output });
    expect(linesOf(log)).toEqual(["told"]);
  });

  it("is looked for where it is said to be", async () => {
    expect(await open().check("reach")).toBeUndefined();
    expect(await open({ assistant: "nobody" }).check("reach")).toBe(
      "the server has no assistant nobody",
    );
    expect(await open({ url: "http://127.0.0.1:9" }).check("reach")).toMatch(
      /^it cannot be reached/,
    );
    expect(await open({ token_env: "NONE" }).check("look")).toBe("the environment has no NONE");
  });

  it("goes on while the process that drives the run is killed, and is found again by the next", async () => {
    const folder = aFolder();
    const [log, gate] = [join(folder, "log"), join(folder, "gate")];
    const runtime = {
      kind: "langgraph" as const,
      url: server.url,
      assistant: "worker",
      input: { instruction: "verify", log, gate },
    };
    const workspace = aWorkspace(aReference([aTask()], [anAgent({ runtime })]));
    const driving = runBuiltCli(["--workspace", workspace, "run", "M"], {
      // Its run may begin before we are told of it, and then would be begun again.
      killWhen: () => linesOf(log).length > 0 && hasHandle(workspace, "run_id"),
    });
    expect((await driving).code).toBeNull();
    appendFileSync(gate, "open");

    const { code } = await runCli(["--workspace", workspace, "resume", "latest"]);

    expect(code).toBe(0);
    expect(linesOf(log)).toEqual(["begun", "done"]);
    const rows = readRecorded(workspace, "task_execution_logs");
    expect(rows).toMatchObject([
      { attempt: 1, outcome: "completed", runtime: "langgraph", output: { did: "verify" } },
    ]);
    expect(rows[0]?.["warnings"]).toBeUndefined();
  });
});
