/** What `examples/` shows, as its readers would run it. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";

import { Agent, type AgentOutputItem, Usage, tool as openAiTool } from "@openai/agents";
import { tool as aiTool } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { createAgent as createAiSdkAgent } from "../../examples/agents/ai-sdk.mjs";
import { createAgent as createOpenAiAgent } from "../../examples/agents/openai-agents.mjs";
import { aReference, aTask, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { startDevelopmentServer } from "../support/development-server.ts";
import { json } from "../support/model-server.ts";
import { runProcess } from "../support/processes.ts";
import { readBody, serveRaw } from "../support/web-server.ts";
import { aMissionControl, aWorkspace, readRecorded } from "../support/workspace.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TOKEN = "a-token-of-some-length";

const example = (name: string, args: readonly string[], env: Record<string, string> = {}) =>
  runProcess(process.execPath, [`${ROOT}examples/${name}`, ...args], { cwd: ROOT, env });

async function told(name: string, args: readonly string[], env?: Record<string, string>) {
  const { code, stdout, stderr } = await example(name, args, env);
  if (code !== 0) throw new Error(stderr);
  const said: Record<string, unknown> = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return said;
}

const approve = (workspace: string, runId: string) =>
  runCli(["--workspace", workspace, "approve", runId, "T2", "--by", "ana"]);

describe("examples of callers", () => {
  it("over MCP: a mission to its gate, and after a person decided to its end", async () => {
    const workspace = aWorkspace();

    const waiting = await told("callers/mcp-client.mjs", [workspace, "M001", "k1"]);
    await approve(workspace, String(waiting["run_id"]));
    const ended = await told("callers/mcp-client.mjs", [workspace, "M001", "k1"]);

    expect(waiting).toMatchObject({ status: "awaiting_approval", waits_for: [{ task_id: "T2" }] });
    expect(ended).toEqual({ run_id: waiting["run_id"], status: "completed", waits_for: [] });
  });

  it("over A2A: a mission to its gate, and after a person decided to its end", async () => {
    const workspace = aWorkspace();
    const url = await serveA2a(workspace);
    const env = { TOKEN };

    const waiting = await told("callers/a2a-client.mjs", [url, "M001", "m1"], env);
    await approve(workspace, String(waiting["id"]));
    const ended = await told("callers/a2a-client.mjs", [url, "M001", "m1"], env);
    const cancelled = await post(url, {
      jsonrpc: "2.0",
      id: 1,
      method: "CancelTask",
      params: { id: waiting["id"] },
    });
    const unknown = await example("callers/a2a-client.mjs", [url, "M999", "m2"], env);
    const stranger = await example("callers/a2a-client.mjs", [url, "M001", "m3"], { TOKEN: "no" });

    expect(waiting).toMatchObject({
      state: "TASK_STATE_INPUT_REQUIRED",
      said: expect.stringContaining("you cannot decide it"),
    });
    expect(ended).toMatchObject({ id: waiting["id"], state: "TASK_STATE_COMPLETED" });
    expect(cancelled).toMatchObject({ error: { code: -32002 } });
    expect(unknown.code).toBe(1);
    expect(stranger.code).toBe(1);
    expect(
      readRecorded(workspace, "mission_runs").filter(({ run_id }) => run_id === waiting["id"]),
    ).toHaveLength(1);
  });

  it.each([
    [
      "a message without an id",
      { method: "SendMessage", params: { message: aMessage("") } },
      -32602,
    ],
    ["an unknown run", { method: "GetTask", params: { id: "RUN9" } }, -32001],
    ["no request", null, -32600],
    ["a list", [], -32600],
  ])("over A2A: %s is refused in the protocol's words", async (_, request, code) => {
    const url = await serveA2a(aWorkspace());
    const body =
      request === null || Array.isArray(request) ? request : { jsonrpc: "2.0", id: 1, ...request };

    const answered = await post(url, body);

    expect(answered).toMatchObject({ error: { code } });
  });

  it("with LangChain: an agent starts and waits, and tells what happened", async () => {
    const workspace = aWorkspace();
    const model = await aModelThatCalls();
    const env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: `${model}/v1` };

    const first = await example("callers/langchain-agent.mjs", [workspace, "Onboard."], env);
    const [run] = readRecorded(workspace, "mission_runs").slice(-1);
    await approve(workspace, String(run?.["run_id"]));
    const second = await example("callers/langchain-agent.mjs", [workspace, "Onboard."], env);

    expect(first).toMatchObject({ code: 0, stdout: "It is awaiting_approval.\n" });
    expect(second).toMatchObject({ code: 0, stdout: "It is completed.\n" });
    expect(run).toMatchObject({ run_id: `RUN_KEY_${hashOf("mail 7").slice(0, 24)}` });
  });

  it("as a subgraph, whose gate is the interrupt of the graph around it", async () => {
    const workspace = aWorkspace();

    const { code, stdout } = await example("callers/subgraph.mjs", [workspace, "M001"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^APR-\S+-T2-1\nDear board: .* completed after/);
  });

  it("as a RemoteGraph, on a LangGraph server", async () => {
    const studio = await startDevelopmentServer();
    try {
      const waiting = await told("callers/remote-graph.mjs", [studio.url, "M001"]);
      const decision = JSON.stringify({ T2: { type: "approve", decided_by: "ana" } });
      const thread = String(waiting["thread_id"]);
      const ended = await told("callers/remote-graph.mjs", [studio.url, "M001", thread, decision]);

      expect(waiting).toMatchObject({ status: "awaiting_approval", waits_for: [/T2-1$/].map(any) });
      expect(ended).toEqual({ thread_id: thread, status: "completed", waits_for: [] });
    } finally {
      await studio.stop();
    }
  }, 120_000);
});

const any = (pattern: RegExp): unknown => expect.stringMatching(pattern);

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const answered = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return answered.json();
}

function aMessage(messageId: string) {
  return { messageId, role: "ROLE_USER", parts: [{ data: { mission_id: "M001" } }] };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function serveA2a(workspace: string): Promise<string> {
  const main = `${ROOT}dist/bin/main.js`;
  const args = [main, "--workspace", workspace, "a2a", "--port", "0", "--token-env", "A2A_TOKEN"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, A2A_TOKEN: TOKEN },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  for await (const chunk of child.stderr) {
    const url = /Listening on (\S+)/.exec(String(chunk))?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("it does not listen");
}

const conversationSchema = z.object({
  messages: z.array(z.looseObject({ role: z.string(), content: z.string().nullable() })),
});

/** Starts a mission, looks at it, and repeats what it was told. */
async function aModelThatCalls(): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { messages } = conversationSchema.parse(JSON.parse((await readBody(request)).toString()));
    const results = messages.filter(({ role }) => role === "tool");
    const last = results.at(-1)?.content ?? "";
    const run_id = /"run_id":"([^"]+)"/.exec(last)?.[1];
    const calls = [
      { name: "run_mission", arguments: { mission_id: "M001", idempotency_key: "mail 7" } },
      { name: "get_run", arguments: { run_id } },
    ];
    const call = calls[results.length];
    const message =
      call === undefined
        ? { role: "assistant", content: `It is ${/"status":"(\w+)"/.exec(last)?.[1]}.` }
        : {
            role: "assistant",
            content: null,
            tool_calls: [
              {
                id: `call_${results.length}`,
                type: "function",
                function: { name: call.name, arguments: JSON.stringify(call.arguments) },
              },
            ],
          };
    const finish_reason = call === undefined ? "stop" : "tool_calls";
    json(response, {
      // LangChain takes two of one id for the same message.
      id: `c${results.length}`,
      object: "chat.completion",
      created: 1,
      model: "m-1",
      choices: [{ index: 0, finish_reason, message }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  };
  return serveRaw((request, response) => void answer(request, response));
}

describe("examples of agents", () => {
  it.each([
    { name: "the AI SDK", create: anAiSdkAgent },
    { name: "the OpenAI Agents SDK", create: anOpenAiAgent },
  ])("with $name: a tool that needs approval is asked about at the gate", async ({ create }) => {
    const paid: unknown[] = [];
    const workspace = aWorkspace(aReference([aTask()], [anAgent()]));
    const runtimes = { A1: create(paid) };
    const control = await aMissionControl({ workspace, runtimes });

    const { pending_approvals } = await control.start({ mission_id: "M", run_id: "R1" });
    expect(paid).toEqual([]);
    const { status } = await control.decide("R1", { T1: { type: "approve", decided_by: "ana" } });

    expect(pending_approvals).toMatchObject([
      { stage: "agent", question: { title: "May it call pay?" }, args: { amount: 5 } },
    ]);
    expect(status).toBe("completed");
    expect(paid).toEqual([{ amount: 5 }]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      { output: "Paid.", further_decisions: [{ decision: "approve" }] },
    ]);
  });
});

const paySchema = z.object({ amount: z.number() });

function anAiSdkAgent(paid: unknown[]) {
  const turns = [
    {
      content: [
        { type: "tool-call", toolCallId: "c1", toolName: "pay", input: '{"amount":5}' } as const,
      ],
      finishReason: { unified: "tool-calls", raw: undefined } as const,
    },
    {
      content: [{ type: "text", text: "Paid." } as const],
      finishReason: { unified: "stop", raw: undefined } as const,
    },
  ];
  const none = { noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  const usage = {
    inputTokens: { total: 1, ...none },
    outputTokens: { total: 1, text: undefined, reasoning: undefined },
  };
  const doGenerate = turns.map((turn) => ({ ...turn, usage, warnings: [] }));
  const pay = aiTool({
    inputSchema: paySchema,
    needsApproval: true,
    execute: async (args) => {
      paid.push(args);
      return "ok";
    },
  });
  return createAiSdkAgent({ model: new MockLanguageModelV3({ doGenerate }), tools: { pay } });
}

function anOpenAiAgent(paid: unknown[]) {
  const turns: AgentOutputItem[] = [
    { type: "function_call", callId: "call_1", name: "pay", arguments: '{"amount":5}' },
    {
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Paid." }],
    },
  ];
  const model = {
    getResponse: async () => ({ usage: new Usage(), output: turns.splice(0, 1) }),
    async *getStreamedResponse() {
      yield* [];
    },
  };
  const pay = openAiTool({
    name: "pay",
    description: "Pays.",
    parameters: paySchema,
    needsApproval: true,
    execute: async (args) => {
      paid.push(args);
      return "ok";
    },
  });
  const agent = new Agent({ name: "payer", instructions: "Pay.", model, tools: [pay] });
  return createOpenAiAgent(agent);
}
