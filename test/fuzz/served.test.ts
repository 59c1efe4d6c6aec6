/** Whatever is sent to the servers, they answer, in words of ours, and go on serving. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { serveA2a } from "../../src/callers/serve-a2a.ts";
import { serveHealth } from "../../src/callers/serve-health.ts";
import { serveMcp } from "../../src/callers/serve-mcp.ts";
import { initWorkspace, openMissionControl } from "../../src/index.ts";
import {
  OF_A_FUZZ,
  aCage,
  cases,
  expectPrototypes,
  expectSound,
  outcomeOf,
} from "../support/fuzz.ts";
import { hostileText, textsOf } from "../support/hostile-json.ts";
import { type RawRequest, sendRaw } from "../support/raw-http.ts";
import { SERVED_TOKEN, served } from "../support/served.ts";

const rpc = (method: string, params: unknown) => ({ jsonrpc: "2.0", id: 1, method, params });
const tool = (name: string, args: object) => rpc("tools/call", { name, arguments: args });

const MCP_REQUESTS = [
  rpc("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "assistant", version: "1" },
  }),
  rpc("tools/list", {}),
  tool("run_mission", {
    mission_id: "M001",
    mission_inputs: { customer: "ACME" },
    priority: "high",
    budget: { max_cost: 5 },
    requested_by: "ana",
    idempotency_key: "k",
  }),
  tool("get_run", { run_id: "RUN_2026_02_01_001", wait_seconds: 0 }),
  tool("list_approvals", { run_id: "RUN_2026_02_01_001" }),
  tool("portfolio", { date: "2026-02-06" }),
  tool("explain_run", { run_id: "RUN_2026_02_01_001" }),
];

const aMessage = (part: object) =>
  rpc("SendMessage", {
    message: { messageId: "m1", role: "ROLE_USER", parts: [part] },
    configuration: { returnImmediately: true },
  });

const A2A_REQUESTS = [
  aMessage({ text: "M001" }),
  aMessage({
    data: {
      mission_id: "M001",
      mission_inputs: { customer: "ACME" },
      requested_by: "ana",
      priority: "high",
    },
  }),
  rpc("GetTask", { id: "RUN_A2A_x", historyLength: 1 }),
  rpc("CancelTask", { id: "RUN_A2A_x" }),
  rpc("ListTasks", {}),
];

const HEADERS = {
  host: "127.0.0.1",
  authorization: `Bearer ${SERVED_TOKEN}`,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

const PATHS = [
  "/",
  "//",
  "///x",
  "/../../etc/passwd",
  "/%",
  "/%00",
  "*",
  "http://[",
  "//[x",
  "/metrics",
  "/readyz",
  "/healthz",
  "/.well-known/agent-card.json",
  "/?x=%",
  `/${"x".repeat(5000)}`,
] as const;

const ODD_HEADERS = [...Object.keys(HEADERS), "a2a-version", "mcp-protocol-version", "origin"];

/** Valid in all but a few things: its path, its method, a header, its body. */
function requestsOf(bodies: readonly unknown[]): fc.Arbitrary<RawRequest> {
  const line = hostileText.map((words) => words.replaceAll(/[^\t\x20-\x7E\x80-\xFF]/g, ""));
  const header = fc.tuple(
    fc.constantFrom(...ODD_HEADERS),
    fc.oneof(line, fc.constantFrom("evil.example", "Bearer", "text/plain", "0.3", "2099-01-01")),
  );
  const body = fc
    .constantFrom(...bodies)
    .chain((sound) =>
      fc.oneof(fc.constant(JSON.stringify(sound)), { weight: 4, arbitrary: textsOf(sound) }),
    );
  return fc.record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant("POST") },
      fc.constantFrom("GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"),
    ),
    path: fc.oneof({ weight: 4, arbitrary: fc.constant("/") }, fc.constantFrom(...PATHS)),
    headers: fc.oneof(
      { weight: 4, arbitrary: fc.constant(HEADERS) },
      header.map(([name, value]) => ({ ...HEADERS, [name]: value })),
    ),
    body,
  });
}

/** What comes of work, or what would have ended the process meanwhile. */
async function watched<T>(work: Promise<T>): Promise<T> {
  const ends = ["uncaughtException", "unhandledRejection"] as const;
  const listeners: ((error: unknown) => void)[] = [];
  const crashed = new Promise<never>((_resolve, reject) => {
    listeners.push((error) => reject(new Error("the process would have ended", { cause: error })));
  });
  for (const name of ends) for (const listener of listeners) process.on(name, listener);
  try {
    return await Promise.race([work, crashed]);
  } finally {
    for (const name of ends) for (const listener of listeners) process.off(name, listener);
  }
}

/** The messages of errors, wherever they are in an answer. */
function listMessages(body: string): readonly string[] {
  return [...body.matchAll(/"error":\{[^{}]*?"message":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => String(JSON.parse(text)),
  );
}

async function expectAnswered(url: string, request: RawRequest) {
  const answered = await outcomeOf(() => watched(sendRaw(url, request)));

  if (!("value" in answered)) throw new Error("nothing is refused here");
  const { status, body } = answered.value;
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  for (const message of listMessages(body)) {
    expect(message.trim()).not.toBe("");
    // Words of the protocol's own library may be a program's, but tell nothing of where it is.
    expect(message).not.toMatch(/\n\s+at |node_modules|file:|\/src\/|SQLITE/);
  }
  expectPrototypes();
}

describe.each([
  { what: "MCP", serve: serveMcp, bodies: MCP_REQUESTS },
  { what: "A2A", serve: serveA2a, bodies: A2A_REQUESTS },
])("$what over HTTP", ({ serve, bodies }) => {
  it("answers whatever is sent, and starts only what is sound", OF_A_FUZZ, async () => {
    const { inside, expectShut } = aCage();
    initWorkspace(inside);
    const control = await openMissionControl({ workspace: inside });
    const { url } = await served(serve, control);
    const property = fc.asyncProperty(requestsOf(bodies), (request) =>
      expectAnswered(url, request),
    );

    await fc.assert(property, cases(0.05));

    await expectSound(control);
    await control.close();
    expectShut();
  });
});

describe("a worker's health", () => {
  it("is told to whoever asks, however they ask", OF_A_FUZZ, async () => {
    const { inside } = aCage();
    initWorkspace(inside);
    const control = await openMissionControl({ workspace: inside });
    const stop = new AbortController();
    const url = await serveHealth(
      { control, counts: () => undefined },
      { port: 0, signal: stop.signal },
    );
    const property = fc.asyncProperty(requestsOf([{}]), (request) => expectAnswered(url, request));

    await fc.assert(property, cases(0.02));

    stop.abort();
    await control.close();
  });
});
