/** Whatever a server of an agent says: an answer of the agent's, or a failure in words of ours. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { callAgent } from "../../src/agents/call-agent.ts";
import { openKind } from "../../src/agents/kinds/open-kind.ts";
import { checkJson } from "../../src/app/input-schema.ts";
import { runtimeSettingsSchema } from "../../src/model/runtime-settings.ts";
import { NO_TRACE } from "../../src/model/trace.ts";
import { aTask, anAgent } from "../support/builders.ts";
import { aCallWorld } from "../support/call-memory.ts";
import { OF_A_FUZZ, cases, expectPrototypes, expectSaid, outcomeOf } from "../support/fuzz.ts";
import { textsOf } from "../support/hostile-json.ts";
import { readBody, serveRaw } from "../support/web-server.ts";
import { aFolder } from "../support/workspace.ts";

const KEY = "sk-canary-0123456789";
const REQUEST = {
  run_id: "R1",
  mission_id: "M",
  task: aTask(),
  agent: anAgent(),
  attempt: 1,
  idempotency_key: "R1:T1:1",
  mission_inputs: {},
  inputs: {},
};
/** A server that goes on forever is given up soon. */
const A_MOMENT_MINUTES = 0.01;

/** What a good server says where a request has such words in its line or body; the first that fits. */
type Script = readonly (readonly [RegExp, unknown])[];

const result = (value: unknown) => ({ jsonrpc: "2.0", id: 1, result: value });
const TASK = {
  id: "t1",
  contextId: "c1",
  status: { state: "TASK_STATE_COMPLETED" },
  artifacts: [{ artifactId: "a", parts: [{ data: { did: "verify" } }] }],
};

const SCRIPTS = {
  openai: [
    [
      /./,
      {
        id: "1",
        object: "chat.completion",
        choices: [
          { index: 0, message: { role: "assistant", content: '{"n": 1}' }, finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      },
    ],
  ],
  langgraph: [
    [/^GET .*\/join/, { output: { did: "verify" } }],
    [/^GET .*\/state/, { values: { output: 1 }, next: [], tasks: [{ id: "k", interrupts: [] }] }],
    [/^GET .*\/runs\//, { run_id: "r1", thread_id: "t1", status: "success" }],
    [/^POST .*\/runs/, { run_id: "r1", thread_id: "t1", status: "pending" }],
    [/./, { thread_id: "t1", status: "idle", values: { output: 1 }, interrupts: {} }],
  ],
  a2a: [
    [
      /^GET .*card/,
      {
        name: "Agent",
        description: "An agent.",
        version: "1",
        supportedInterfaces: [
          { url: "URL/rpc", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
        ],
        capabilities: {},
        defaultInputModes: [],
        defaultOutputModes: [],
        skills: [],
      },
    ],
    [/SendMessage/, result({ task: { ...TASK, status: { state: "TASK_STATE_SUBMITTED" } } })],
    [/./, result(TASK)],
  ],
  mcp: [
    [/server\/discover/, { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "none" } }],
    [
      /"initialize"/,
      result({
        protocolVersion: "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "s", version: "1" },
      }),
    ],
    [
      /tools\/call/,
      result({ content: [{ type: "text", text: "ok" }], structuredContent: { n: 1 } }),
    ],
    [/./, result({ tools: [{ name: "t", inputSchema: { type: "object" } }] })],
  ],
} as const satisfies Readonly<Record<string, Script>>;

const settingsOf = (url: string) => ({
  openai: {
    kind: "openai",
    model: "m",
    instructions: "Count.",
    base_url: `${url}/v1`,
    token_env: "KEY",
    output_schema: { type: "object", properties: { n: { type: "integer" } } },
  },
  langgraph: { kind: "langgraph", url, assistant: "a", token_env: "KEY" },
  a2a: { kind: "a2a", card: `${url}/card.json`, token_env: "KEY" },
  mcp: { kind: "mcp", url: `${url}/mcp`, tool: "t", token_env: "KEY" },
});

/** One of the things that a server says is another. */
function oddAnswersOf(script: Script) {
  return fc.nat(script.length - 1).chain((at) =>
    fc.record({
      at: fc.constant(at),
      text: textsOf(script[at]?.[1]),
      status: fc.oneof(
        { weight: 6, arbitrary: fc.constant(200) },
        fc.constantFrom(204, 302, 404, 500),
      ),
    }),
  );
}

describe.each(["openai", "langgraph", "a2a", "mcp"] as const)("a server of kind %s", (kind) => {
  it("is answered for by its agent, whatever it says", OF_A_FUZZ, async () => {
    const script: Script = SCRIPTS[kind];
    let odd = { at: -1, text: "", status: 200 };
    const url = await serveRaw((request, response) => {
      void readBody(request).then((body) => {
        const line = `${request.method} ${request.url}\n${body.toString()}`;
        const { id = 1 }: { id?: unknown } = Object(
          body.length === 0 ? {} : JSON.parse(body.toString()),
        );
        const at = script.findIndex(([words]) => words.test(line));
        const isOdd = at === odd.at;
        const said = isOdd ? odd.text : JSON.stringify(script[at]?.[1]);
        response.writeHead(isOdd ? odd.status : 200, { "content-type": "application/json" });
        response.end(said.replace('"id":1', `"id":${JSON.stringify(id)}`).replace("URL", url));
      });
    });
    const call = async (timeoutMinutes: number) => {
      const settings = runtimeSettingsSchema.parse(settingsOf(url)[kind]);
      if (settings.kind === "simulated") throw new Error("nothing is opened for a simulation");
      const opened = openKind(settings, {
        folder: aFolder(),
        environment: { KEY },
        checkJson,
        secretNames: () => ["KEY"],
        trace: NO_TRACE,
      });
      const world = { ...aCallWorld(), runtime: opened.run, timeoutMinutes };
      const { answer } = await callAgent(REQUEST, world);
      await opened.close();
      return answer;
    };
    // The first call loads what the kind needs, which takes longer than any answer.
    expect(await call(1)).toMatchObject({ kind: "output" });

    const property = fc.asyncProperty(oddAnswersOf(script), async (answer) => {
      odd = answer;

      const answered = await outcomeOf(() => call(A_MOMENT_MINUTES));

      if (!("value" in answered)) throw new Error("an agent's failure is a result");
      expect(JSON.stringify(answered.value)).not.toContain(KEY);
      if (answered.value.kind === "error") expectSaid(answered.value.error);
      expectPrototypes();
    });
    await fc.assert(property, cases(0.015));
  });
});
