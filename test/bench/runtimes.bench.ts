/**
 * What reaching an agent costs over a bare `fetch` of the same server, by turns; what 200 calls in flight take of memory;
 * and a mission by modules against one that is simulated. The server has a thread of its own.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { openKind } from "../../src/agents/kinds/open-kind.ts";
import { checkJson } from "../../src/app/input-schema.ts";
import { initWorkspace, openMissionControl } from "../../src/index.ts";
import { type RuntimeSettings, runtimeSettingsSchema } from "../../src/model/runtime-settings.ts";
import { NO_TRACE } from "../../src/model/trace.ts";
import { inFlight, median, report, timed } from "./measure.ts";

const CALLS = Number(process.env["BENCH_CALLS"] ?? 300);
const MISSIONS = Number(process.env["BENCH_MISSIONS"] ?? 100);
const IN_FLIGHT = 200;
const ROUNDS = 16;
const WARM_UP = 20;
const MB = 2 ** 20;

/** Answers as each protocol has it, at once; or a little later where the path says so. */
const SERVER = `
const { createServer } = require("node:http");
const { parentPort } = require("node:worker_threads");
const chat = { id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "done" } }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
const task = (state) => ({ id: "t", contextId: "c", status: { state }, artifacts: [{ artifactId: "a", parts: [{ data: { ok: true } }] }] });
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const send = (value) => { response.setHeader("content-type", "application/json"); response.end(JSON.stringify(value)); };
    const { id, method } = body === "" ? {} : JSON.parse(body);
    const url = "http://127.0.0.1:" + server.address().port;
    if (request.url.startsWith("/slow")) return setTimeout(send, 500, chat);
    if (request.url.endsWith("agent-card.json")) return send({ name: "a", description: "", version: "1", supportedInterfaces: [{ url: url + "/a2a", protocolBinding: "JSONRPC", protocolVersion: "1.0" }], capabilities: {}, defaultInputModes: [], defaultOutputModes: [], skills: [] });
    if (method === "SendMessage") return send({ jsonrpc: "2.0", id, result: { task: task("TASK_STATE_WORKING") } });
    if (method === "GetTask") return send({ jsonrpc: "2.0", id, result: task("TASK_STATE_COMPLETED") });
    if (method === "initialize") return send({ jsonrpc: "2.0", id, result: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } } });
    if (method === "tools/call") return send({ jsonrpc: "2.0", id, result: { content: [], structuredContent: { ok: true } } });
    if (method?.startsWith("notifications/")) return response.writeHead(202).end();
    if (method === "server/discover") return send({ jsonrpc: "2.0", id, error: { code: -32601, message: "unknown" } });
    if (request.method === "GET" && request.url === "/mcp") return response.writeHead(405).end();
    if (request.url === "/threads") return send({ thread_id: "t" });
    if (request.url === "/threads/t/runs") return send({ run_id: "r" });
    if (request.url === "/threads/t/runs/r") return send({ run_id: "r", status: "success" });
    if (request.url.startsWith("/threads/t/runs/r/join")) return send({ output: { ok: true } });
    if (request.url.startsWith("/threads/t/state")) return send({ values: {}, next: [], tasks: [] });
    send(chat);
  });
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

const worker = new Worker(SERVER, { eval: true });
const port = await new Promise<number>((resolve) => {
  worker.once("message", resolve);
});
const url = `http://127.0.0.1:${port}`;

const request = {
  run_id: "R1",
  mission_id: "M",
  task: {
    task_id: "T1",
    task: "Do it",
    order: 1,
    depends_on: [],
    estimated_duration_minutes: 5,
    requires_human_approval: false,
  },
  agent: { agent_id: "A1", name: "Agent" },
  attempt: 1,
  idempotency_key: "R1:T1:1",
  mission_inputs: {},
  inputs: {},
};

function open(settings: Record<string, unknown>) {
  const parsed: RuntimeSettings = runtimeSettingsSchema.parse(settings);
  if (parsed.kind === "simulated") throw new Error("nothing is reached");
  const world = {
    folder: tmpdir(),
    environment: { KEY: "k" },
    secretNames: () => [],
    checkJson,
    trace: NO_TRACE,
  };
  const { run } = openKind(parsed, world);
  return async () => {
    await run(request, new AbortController().signal, {
      keep: async () => {},
      tell: async () => {},
    });
  };
}

const model = { kind: "openai", model: "m", token_env: "KEY", instructions: "Work." };
const KINDS = {
  openai: { call: open({ ...model, base_url: url }), requests: 1 },
  mcp: { call: open({ kind: "mcp", url: `${url}/mcp`, tool: "work" }), requests: 1 },
  // It is begun, and asked about once.
  a2a: { call: open({ kind: "a2a", card: url }), requests: 2 },
  // A thread, a run; its end, its status and its thread's, since no one answer tells all three.
  langgraph: { call: open({ kind: "langgraph", url, assistant: "work" }), requests: 5 },
};

const bare = async () => {
  const response = await fetch(`${url}/v1`, { method: "POST", body: JSON.stringify(request) });
  await response.json();
};

const figures: Record<string, number | string> = {};

// First: a process that reaches other kinds too has their packages in it.
const slow = open({ ...model, base_url: `${url}/slow` });
await slow();
const before = process.memoryUsage().rss;
let most = before;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss);
}, 20);
await inFlight(IN_FLIGHT, IN_FLIGHT, slow);
clearInterval(watch);
figures[`MB with ${IN_FLIGHT} calls begun (limit 200)`] = most / MB;

for (const [name, { call, requests }] of Object.entries(KINDS)) {
  const added: number[] = [];
  for (let round = 0; round < WARM_UP; round += 1) {
    await call();
    await bare();
  }
  for (let round = 0; round < CALLS; round += 1) {
    const own = await timed(call);
    const plain = await timed(bare);
    added.push(own - requests * plain);
  }
  figures[`${name}: ms over ${requests} bare fetch (limit ${name === "openai" ? 2 : 1})`] =
    median(added);
}

const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
initWorkspace(folder);
await mkdir(join(folder, "agents"));
await writeFile(
  join(folder, "agents", "work.mjs"),
  "export const agent = async () => ({ output: { summary: 'done' }, work_minutes: 3 });",
);

/** Milliseconds a mission. */
async function play(runtime: unknown): Promise<number> {
  const agents = ["A1", "A2", "A3", "A4", "A5", "A6"].map((agent_id) => ({
    agent_id,
    name: agent_id,
    runtime,
  }));
  await writeFile(join(folder, "specialized_agents.json"), JSON.stringify(agents));
  const control = await openMissionControl({ workspace: folder });
  const took = await inFlight(MISSIONS, 1, async () => {
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.decide(run_id, { T2: { type: "approve", decided_by: "b" } });
  });
  await control.close();
  return took / MISSIONS;
}

const MODULE = { kind: "module", module: "./agents/work.mjs#agent" };
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  // Whoever comes second has the longer history.
  const [first, second] = round % 2 === 0 ? ["simulated", MODULE] : [MODULE, "simulated"];
  const took = [await play(first), await play(second)] as const;
  ratios.push(round % 2 === 0 ? took[1] / took[0] : took[0] / took[1]);
}
figures["a mission by modules ÷ simulated (limit 1)"] = median(ratios);
report("Runtimes", figures);
await worker.terminate();
await rm(folder, { recursive: true, force: true });
process.exit(0);
