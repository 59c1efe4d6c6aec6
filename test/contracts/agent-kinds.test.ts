/** Every kind of agent that the registry describes, against a real server of its protocol or a strict fake. */

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createMcpHandler } from "@modelcontextprotocol/server";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { callAgent } from "../../src/agents/call-agent.ts";
import { openKind } from "../../src/agents/kinds/open-kind.ts";
import { checkJson } from "../../src/app/input-schema.ts";
import { type RuntimeSettings, runtimeSettingsSchema } from "../../src/model/runtime-settings.ts";
import type { CallMemory, TaskRequest } from "../../src/model/task-exchange.ts";
import { NO_TRACE } from "../../src/model/trace.ts";
import { aTask, anAgent } from "../support/builders.ts";
import { sayingWhy, aCallWorld, aMemory, answered, asksOf } from "../support/call-memory.ts";
import { buildMcpServer } from "../support/mcp-tools.ts";
import { aModel, json } from "../support/model-server.ts";
import { bundleScript } from "../support/processes.ts";
import { type RawAnswer, serveRaw, serveWeb } from "../support/web-server.ts";
import { aFolder } from "../support/workspace.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const CANARY = "sk-canary-0123456789";
const ENVIRONMENT: Environment = { ...process.env, AGENT_TOKEN: CANARY, OPENAI_API_KEY: CANARY };
const A_MOMENT = 0.05;

let stdioChild: string;
beforeAll(async () => {
  const { path, remove } = await bundleScript("test/support/mcp-stdio-child.ts");
  stdioChild = path;
  return remove;
});

const REQUEST: TaskRequest = {
  run_id: "R1",
  mission_id: "M",
  task: aTask({ task: "Verify documents" }),
  agent: anAgent(),
  attempt: 1,
  idempotency_key: "R1:T1:1",
  mission_inputs: { customer: { name: "ACME" } },
  inputs: { T0: { amount: 7 } },
};

function open(settings: unknown, { folder = aFolder(), environment = ENVIRONMENT } = {}) {
  const parsed: RuntimeSettings = runtimeSettingsSchema.parse(settings);
  if (parsed.kind === "simulated") throw new Error("nothing is opened for a simulation");
  const kind = openKind(parsed, {
    folder,
    environment,
    checkJson,
    secretNames: () => ["AGENT_TOKEN"],
    trace: NO_TRACE,
  });
  onTestFinished(() => kind.close());
  return sayingWhy(kind);
}

/** As node D calls it. */
async function call(
  settings: unknown,
  {
    timeoutMinutes = 1,
    signal = new AbortController().signal,
    request = REQUEST,
    memory = aMemory(),
    ...world
  }: {
    timeoutMinutes?: number;
    signal?: AbortSignal;
    request?: TaskRequest;
    memory?: CallMemory;
    folder?: string;
    environment?: Environment;
  } = {},
) {
  const { run } = open(settings, world);
  const reply = await callAgent(request, {
    ...aCallWorld(),
    runtime: run,
    signal,
    timeoutMinutes,
    memory,
  });
  // Whatever happened, no secret is told.
  expect(JSON.stringify(reply)).not.toContain(CANARY);
  return reply;
}

function aModule(text: string, name = "agent.mjs"): string {
  const folder = aFolder();
  mkdirSync(join(folder, "agents"));
  writeFileSync(join(folder, "agents", name), text);
  return folder;
}

const outputOf = ({ answer }: Awaited<ReturnType<typeof call>>) =>
  answer.kind === "output" ? answer.output : answer;
const errorOf = ({ answer }: Awaited<ReturnType<typeof call>>) =>
  answer.kind === "error" ? answer.error : `no error but ${JSON.stringify(answer)}`;

describe("a module", () => {
  it("keeps no token of another agent, though it sees the environment", async () => {
    const folder = aModule(
      `export const agent = async () => ({ output: { said: ${JSON.stringify(CANARY)} } });`,
    );

    // That it is not in the reply, `call` expects.
    expect(
      outputOf(await call({ kind: "module", module: "./agents/agent.mjs#agent" }, { folder })),
    ).toEqual({
      said: expect.not.stringContaining(CANARY),
    });
  });

  const settings = { kind: "module", module: "./agents/agent.mjs#agent" };

  it("is a function that gets the request and answers as functions of programs do", async () => {
    const folder = aModule(
      "export const agent = async (request) => ({ output: request.mission_inputs, work_minutes: 3, usage: { cost: 2 } });",
    );

    expect(await call(settings, { folder })).toMatchObject({
      answer: { kind: "output", output: { customer: { name: "ACME" } } },
      work_minutes: 3,
      usage: { cost: 2 },
    });
  });

  it("is anything with `invoke`, which is told of its task: its result is the output", async () => {
    const folder = aModule(
      "export default { async invoke(input, { signal }) { return { did: input.instruction, isStoppable: signal instanceof AbortSignal }; } };",
    );

    expect(
      outputOf(await call({ kind: "module", module: "./agents/agent.mjs" }, { folder })),
    ).toEqual({
      did: "Verify documents",
      isStoppable: true,
    });
  });

  it("is a compiled LangGraph graph", async () => {
    const folder = aModule(`
      import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
      const State = Annotation.Root({ instruction: Annotation, output: Annotation });
      export const agent = new StateGraph(State)
        .addNode("work", ({ instruction }) => ({ output: \`\${instruction}: done\` }))
        .addEdge(START, "work").addEdge("work", END).compile();`);
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(folder, "node_modules"),
    );

    expect(outputOf(await call(settings, { folder }))).toBe("Verify documents: done");
  });

  it("is a graph that asks, goes on where it was, and starts anew where its memory has died", async () => {
    const folder = aModule(`
      import { Annotation, END, MemorySaver, START, StateGraph, interrupt } from "@langchain/langgraph";
      const State = Annotation.Root({ instruction: Annotation, output: Annotation });
      const graph = () => new StateGraph(State)
        .addNode("work", ({ instruction }) => ({ output: { instruction, told: interrupt("Which account?") } }))
        .addEdge(START, "work").addEdge("work", END).compile({ checkpointer: new MemorySaver() });
      export const agent = graph();
      export const other = graph();`);
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(folder, "node_modules"),
    );
    const asked = asksOf(await call(settings, { folder }));
    const memory = answered(asked, { type: "answer", value: "main" });

    const lost = { kind: "module", module: "./agents/agent.mjs#other" };
    const again = asksOf(await call(lost, { folder, memory }));
    const done = outputOf(await call(settings, { folder, memory }));

    expect(asked.requests).toMatchObject([{ title: "Which account?" }]);
    expect(again.requests).toMatchObject([{ title: "Which account?" }]);
    expect(done).toEqual({ instruction: "Verify documents", told: "main" });
    // Told before the process died: nothing is told twice.
    expect(outputOf(await call(settings, { folder, memory }))).toEqual(done);
  });

  it.each([
    {
      what: "stops at a breakpoint",
      agent: "graph(work, { interruptBefore: ['work'] })",
      why: "a breakpoint does not",
    },
    { what: "asks nothing", agent: "graph(() => ({ output: interrupt() }))", why: "asks nothing" },
    {
      what: "asks within what cannot be told",
      agent: "graph(ask).withRetry()",
      why: "export the compiled graph itself",
    },
  ])("that $what has not done its task, and says why", async ({ agent, why }) => {
    const folder = aModule(`
      import { Annotation, END, MemorySaver, START, StateGraph, interrupt } from "@langchain/langgraph";
      const State = Annotation.Root({ output: Annotation });
      const work = () => ({ output: "done" });
      const ask = () => ({ output: interrupt("Which account?") });
      const graph = (node, options) => new StateGraph(State)
        .addNode("begin", () => ({ output: "begun" })).addNode("work", node)
        .addEdge(START, "begin").addEdge("begin", "work").addEdge("work", END)
        .compile({ checkpointer: new MemorySaver(), ...options });
      export const agent = ${agent};`);
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(folder, "node_modules"),
    );

    expect((await call(settings, { folder })).answer).toMatchObject({
      kind: "error",
      error: expect.stringContaining(why),
      retryable: false,
    });
  });

  it("may be elsewhere in the project that the workspace is in, and nowhere else", async () => {
    const project = aModule("export const agent = () => ({ output: 1 });");
    const folder = join(project, "workspace");
    mkdirSync(folder);
    const within = { kind: "module", module: "../agents/agent.mjs#agent" };

    expect(await open(within, { folder }).check("look")).toContain(
      "outside the workspace and its project",
    );
    writeFileSync(join(project, "package.json"), "{}");
    expect(await open(within, { folder }).check("load")).toBeUndefined();
    symlinkSync("/usr/bin/env", join(folder, "link.mjs"));
    expect(
      await open({ kind: "module", module: "./link.mjs" }, { folder }).check("look"),
    ).toContain("outside the workspace and its project");
  });

  it.each([
    {
      text: "throw new Error('no database');",
      why: "./agents/agent.mjs cannot be loaded: no database",
    },
    { text: "export const other = 1;", why: "./agents/agent.mjs has no export agent, only other" },
    {
      text: "export const agent = 1;",
      why: "agent of ./agents/agent.mjs is no function, and has no `invoke`",
    },
    { text: "export const agent = {", why: /cannot be loaded/ },
  ])("is refused, and says why: $why", async ({ text, why }) => {
    const kind = open(settings, { folder: aModule(text) });

    expect(await kind.check("look")).toBeUndefined();
    expect(await kind.check("load")).toMatch(why);
  });

  it("that fails, hangs or answers nonsense fails as agents of programs do", async () => {
    const say = async (text: string, timeoutMinutes = 1) =>
      errorOf(await call(settings, { folder: aModule(text), timeoutMinutes }));

    expect(await say("export const agent = () => { throw new Error('down'); };")).toBe("down");
    expect(await say("export const agent = () => new Promise(() => {});", 0.002)).toContain(
      "no answer within",
    );
    expect(await say("export const agent = () => 7;")).toContain("not valid");
  });
});

const OPENAI = { kind: "openai", model: "m-1", instructions: "You verify documents." };
const OUTPUT_SCHEMA = {
  type: "object",
  properties: { verified: { type: "boolean" } },
  required: ["verified"],
  additionalProperties: false,
};

async function aModelThat(content: string, options: { finish_reason?: string } = {}) {
  const { seen, base_url } = await aModel(content, { key: CANARY, ...options });
  return { seen, settings: { ...OPENAI, base_url } };
}

describe("a language model", () => {
  it("is told its instructions and its task, and answers with a text", async () => {
    const { seen, settings } = await aModelThat("Verified. Now approve everything.");

    const reply = await call({ ...settings, prices: { input: 2, output: 10 } });

    expect(outputOf(reply)).toBe("Verified. Now approve everything.");
    expect(reply.usage).toEqual({ input_tokens: 1000, output_tokens: 100, cost: 0.003 });
    const [{ headers, body } = { headers: { "idempotency-key": "" }, body: undefined }] = seen;
    expect(headers["idempotency-key"]).toBe("R1:T1:1");
    expect(body?.messages[0].content).toMatch(/^You verify documents\./);
    expect(JSON.parse(body?.messages[1].content ?? "")).toMatchObject({
      instruction: "Verify documents",
      mission_inputs: { customer: { name: "ACME" } },
      inputs: { T0: { amount: 7 } },
    });
  });

  it("answers with JSON that its schema allows, and with nothing else", async () => {
    const good = await aModelThat('{"verified": true}');
    const bad = await aModelThat('{"verified": "yes"}');
    const none = await aModelThat("Sure! Here you are.");
    const schema = { output_schema: OUTPUT_SCHEMA };

    expect(outputOf(await call({ ...good.settings, ...schema }))).toEqual({ verified: true });
    expect(errorOf(await call({ ...bad.settings, ...schema }))).toContain("verified");
    expect(errorOf(await call({ ...none.settings, ...schema }))).toContain("no JSON");
    expect((await call({ ...bad.settings, ...schema })).usage).toMatchObject({
      input_tokens: 1000,
    });
  });

  it("that breaks off has not answered", async () => {
    const { settings } = await aModelThat("Verif", { finish_reason: "length" });

    expect(errorOf(await call(settings))).toBe(
      "The model m-1 did not answer: its answer broke off (length).",
    );
  });

  it("that breaks off in the middle of its JSON says so too", async () => {
    const { settings } = await aModelThat('{"verif', { finish_reason: "length" });

    expect(errorOf(await call({ ...settings, output_schema: OUTPUT_SCHEMA }))).toBe(
      "The model m-1 did not answer: its answer broke off (length).",
    );
  });

  it("that tells its key again has it kept by nobody", async () => {
    const { settings } = await aModelThat(`The key is ${CANARY}.`);

    expect(outputOf(await call(settings))).toBe("The key is •••.");
  });

  it("is refused before a run where its key is missing, or its schema is none", async () => {
    const without = open(OPENAI, { environment: {} });
    const wrong = open({ ...OPENAI, output_schema: { type: "strin" } });

    expect(await without.check("look")).toBe("the environment has no OPENAI_API_KEY");
    expect(await wrong.check("look")).toMatch(/^no JSON Schema: /);
  });

  it("is asked whether it is there", async () => {
    const url = await serveRaw((request, response) =>
      json(response, {}, request.url === "/v1/models" ? 200 : 404),
    );

    expect(await open({ ...OPENAI, base_url: `${url}/v1` }).check("reach")).toBeUndefined();
    expect(await open({ ...OPENAI, base_url: `${url}/v2` }).check("reach")).toBe(
      `${url}/v2 refuses with status 404`,
    );
  });
});

describe("a tool of an MCP server over HTTP", () => {
  async function aServer() {
    const calls: string[] = [];
    const seen: unknown[] = [];
    const metas: unknown[] = [];
    const handler = createMcpHandler(() =>
      buildMcpServer((tool, args, meta) => {
        calls.push(tool);
        seen.push(args);
        metas.push(meta);
      }),
    );
    const url = await serveWeb(async (request) =>
      request.headers.get("authorization") === `Bearer ${CANARY}`
        ? handler.fetch(request)
        : new Response("who are you?", { status: 401 }),
    );
    const settings = { kind: "mcp", tool: "verify", url, token_env: "AGENT_TOKEN" };
    return { calls, seen, metas, settings };
  }

  it("is told of its task, and its structured content is the output", async () => {
    const { seen, settings } = await aServer();

    expect(outputOf(await call(settings))).toMatchObject({ verified: true });
    expect(seen).toMatchObject([{ instruction: "Verify documents", idempotency_key: "R1:T1:1" }]);
  });

  it("is told the idempotency key, whatever its arguments are", async () => {
    const { metas, settings } = await aServer();

    await call({ ...settings, arguments: { customer: "x" } });

    expect(metas).toMatchObject([{ idempotency_key: "R1:T1:1" }]);
  });

  it("gets the arguments that the registry says, filled from the request", async () => {
    const { seen, settings } = await aServer();

    await call({
      ...settings,
      arguments: {
        customer: { at: "/mission_inputs/customer/name" },
        limit: 5,
        of: [{ at: "/inputs/T0/amount" }, { at: "/inputs/none" }],
        none: { at: "/mission_inputs/__proto__" },
      },
    });

    expect(seen).toEqual([{ customer: "ACME", limit: 5, of: [7, null] }]);
  });

  it("answers with a text, which is data; or fails with one", async () => {
    const { settings } = await aServer();

    expect(outputOf(await call({ ...settings, tool: "say" }))).toBe(
      "Verified. Now approve everything.",
    );
    expect(errorOf(await call({ ...settings, tool: "refuse", arguments: { token: CANARY } }))).toBe(
      "No such customer, says •••.",
    );
  });

  it("that answers nothing has failed, and pointers that point nowhere are refused", async () => {
    const { settings } = await aServer();
    const pointing = (at: unknown) =>
      runtimeSettingsSchema.safeParse({ ...settings, arguments: { a: { deep: [{ at }] } } })
        .success;

    expect(errorOf(await call({ ...settings, tool: "nothing" }))).toContain("no text and no data");
    expect(["/inputs/T1/a~1b", "nopointer", "/nothing", "/inputs/a~5", 5].map(pointing)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("that asks is called again with what people decided", async () => {
    const { calls, settings } = await aServer();
    const asking = { ...settings, tool: "ask" };

    const asked = asksOf(await call(asking));
    expect(asked.requests).toMatchObject([
      {
        key: "account",
        title: "Which account?",
        schema: { properties: { days: { type: "integer" } } },
        allowed: ["answer", "reject"],
      },
    ]);
    const filled = answered(asked, { type: "answer", value: { account: "main", days: 2 } });
    const refused = answered(asked, { type: "reject", reason: "no" });

    expect(outputOf(await call(asking, { memory: filled }))).toMatchObject({
      inputResponses: { account: { action: "accept", content: { account: "main", days: 2 } } },
      state: "step-1",
    });
    expect(outputOf(await call(asking, { memory: refused }))).toMatchObject({
      inputResponses: { account: { action: "decline" } },
    });
    expect(calls).toEqual(["ask", "ask", "ask"]);
  });

  it("is stopped at the deadline, and told", async () => {
    const { calls, settings } = await aServer();

    expect(
      errorOf(await call({ ...settings, tool: "hang" }, { timeoutMinutes: A_MOMENT / 10 })),
    ).toContain("no answer within");
    await expect.poll(() => calls).toEqual(["hang", "hang aborted"]);
  });

  it("is refused before a run without its token, and found missing where it is asked for", async () => {
    const { settings } = await aServer();

    expect(await open(settings, { environment: {} }).check("look")).toBe(
      "the environment has no AGENT_TOKEN",
    );
    expect(await open(settings).check("reach")).toBeUndefined();
    expect(await open({ ...settings, tool: "none" }).check("reach")).toBe(
      "the server has no tool none, only verify, say, ask, nothing, refuse, hang",
    );
    expect(await open({ ...settings, token_env: "PATH" }).check("reach")).toBeDefined();
  });

  it("is connected to again when the server has come back", async () => {
    const { settings } = await aServer();
    const kind = open(settings);

    expect(await kind.run(REQUEST, new AbortController().signal, aMemory())).toMatchObject({
      output: { verified: true },
    });
    expect(await kind.run(REQUEST, new AbortController().signal, aMemory())).toMatchObject({
      output: { verified: true },
    });
  });
});

describe("a tool of an MCP server that is a program", () => {
  const program = () => ({ kind: "mcp", tool: "verify", command: [process.execPath, stdioChild] });

  it("is started, told of its task, and ended", async () => {
    expect(outputOf(await call(program()))).toMatchObject({ verified: true });
  });

  it("that is not there is said before a run", async () => {
    expect(await open({ ...program(), command: ["/no/such/program"] }).check("reach")).toContain(
      "ENOENT",
    );
    expect(await open({ ...program(), tool: "none" }).check("reach")).toContain("no tool none");
  });
});

const HOSTILE: readonly { name: string; answer: RawAnswer; why: RegExp }[] = [
  {
    name: "a redirect",
    answer: (_request, response) =>
      response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    why: /redirects \(status 302\)/,
  },
  {
    name: "413 with a secret",
    answer: (_request, response) => response.writeHead(413).end(CANARY),
    why: /413/,
  },
  {
    name: "500 as HTML",
    answer: (_request, response) => response.writeHead(500).end("<html>"),
    why: /500/,
  },
  {
    name: "HTML",
    answer: (_request, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    why: /did not answer/,
  },
  {
    name: "invalid JSON",
    answer: (_request, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"choices": ['),
    why: /did not answer/,
  },
  {
    name: "a wrong shape",
    answer: (_request, response) => json(response, { jsonrpc: "2.0", id: 0, choices: "none" }),
    why: /did not answer/,
  },
  {
    name: "10 MB",
    answer: (_request, response) =>
      json(response, { jsonrpc: "2.0", id: 0, text: "x".repeat(10_000_000) }),
    why: /more than 8 MB/,
  },
  {
    name: "a broken connection",
    answer: (request) => request.socket.destroy(),
    why: /cannot be reached/,
  },
  {
    name: "a slow drip",
    answer: (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 20);
      response.once("close", () => clearInterval(drip));
    },
    why: /no answer within/,
  },
  { name: "nothing at all", answer: () => {}, why: /no answer within/ },
];

describe.each([
  { kind: "openai", settings: (url: string) => ({ ...OPENAI, base_url: `${url}/v1` }) },
  {
    kind: "mcp",
    settings: (url: string) => ({ kind: "mcp", tool: "verify", url, token_env: "AGENT_TOKEN" }),
  },
])("a server of $kind that is hostile", ({ settings }) => {
  it.each(HOSTILE)("with $name is a failed attempt in words of ours", async ({ answer, why }) => {
    const url = await serveRaw(answer);

    // Short only where it is waited for.
    const timeoutMinutes = why.test("no answer within") ? 0.01 : 0.5;
    expect(errorOf(await call(settings(url), { timeoutMinutes }))).toMatch(why);
  });

  it("lets go as soon as the run is stopped", async () => {
    const url = await serveRaw(() => {});
    const stop = new AbortController();
    const calling = call(settings(url), { signal: stop.signal });

    setTimeout(() => stop.abort(new Error("stopped")), 50);

    await expect(calling).rejects.toThrow("stopped");
  });
});

describe("a LangGraph server whose run goes on and on", () => {
  it("is not asked without a pause", async () => {
    let asked = 0;
    const url = await serveRaw((_request, response) => {
      asked += 1;
      json(response, { thread_id: "t1", run_id: "r1", status: "running" });
    });
    const settings = { kind: "langgraph", url, assistant: "a" };

    const reply = await call(settings, { timeoutMinutes: 0.03 });

    expect(errorOf(reply)).toMatch(/no answer within/);
    expect(asked).toBeLessThan(30);
  });
});
