/** Agents that speak A2A, against the official kit's own server. */

import { describe, expect, it } from "vitest";

import { callAgent } from "../../src/agents/call-agent.ts";
import { openKind } from "../../src/agents/kinds/open-kind.ts";
import { checkJson } from "../../src/app/input-schema.ts";
import type { Json } from "../../src/model/primitives.ts";
import { NO_TRACE } from "../../src/model/trace.ts";
import { type A2aServer, anA2aAgent } from "../support/a2a-server.ts";
import { aReference, aTask, anAgent } from "../support/builders.ts";
import { sayingWhy, aCallWorld, aMemory, answered, asksOf } from "../support/call-memory.ts";
import { runCli } from "../support/command-line.ts";
import { runBuiltCli } from "../support/processes.ts";
import { serveRaw } from "../support/web-server.ts";
import { aFolder, aMissionControl, aWorkspace, readRecorded } from "../support/workspace.ts";

function open(card: string, fields: Record<string, Json> = {}, environment = {}) {
  const settings = { kind: "a2a" as const, card, ...fields };
  return sayingWhy(
    openKind(settings, {
      folder: aFolder(),
      environment,
      checkJson,
      secretNames: () => [],
      trace: NO_TRACE,
    }),
  );
}

const call = (
  { url }: Pick<A2aServer, "url">,
  task: string,
  { memory = aMemory(), timeoutMinutes = 1, signal = new AbortController().signal } = {},
) =>
  callAgent(
    {
      run_id: "R1",
      mission_id: "M",
      task: aTask({ task }),
      agent: anAgent(),
      attempt: 1,
      idempotency_key: "R1:T1:1",
      mission_inputs: {},
      inputs: {},
    },
    { runtime: open(url).run, ...aCallWorld(), signal, timeoutMinutes, memory },
  );

describe("an A2A agent", () => {
  it("does its task, which is remembered before it is waited for", async () => {
    const agent = await anA2aAgent();
    const memory = aMemory();

    const { answer } = await call(agent, "verify", { memory });

    expect(answer).toEqual({ kind: "output", output: { did: "verify" } });
    expect(memory.handle).toMatchObject({ task_id: expect.any(String) });
    expect(agent.begun).toEqual(["verify"]);
  });

  it("may answer at once, with a message", async () => {
    const { answer } = await call(await anA2aAgent(), "answer");

    expect(answer).toEqual({ kind: "output", output: "At once." });
  });

  it("is asked about again after a crash, and has worked once", async () => {
    const agent = await anA2aAgent();
    const memory = aMemory();
    const died = call(agent, "wait", { memory });
    await expect.poll(() => memory.handle).toBeDefined();

    const again = call(agent, "wait", { memory: { ...memory } });
    agent.open();

    expect((await again).answer).toEqual({ kind: "output", output: { did: "wait" } });
    await died;
    expect(agent.begun).toEqual(["wait"]);
  });

  it("is told to stop at the deadline", async () => {
    const agent = await anA2aAgent();
    const memory = aMemory();

    const { answer } = await call(agent, "wait", { memory, timeoutMinutes: 0.01 });

    expect(answer).toMatchObject({ error: expect.stringContaining("no answer within") });
    await expect.poll(() => agent.canceled).toHaveLength(1);
    expect(memory.handle).toEqual({ task_id: agent.canceled[0] });
  });

  it("that fails has failed", async () => {
    const agent = await anA2aAgent();

    const failed = await call(agent, "fail");

    expect(failed.answer).toMatchObject({
      error: expect.stringMatching(/did not answer: its task came to nothing: no database/),
    });
  });

  it("that asks twice is told what people decided, and goes on with the same task", async () => {
    const agent = await anA2aAgent();

    const first = asksOf(await call(agent, "ask"));
    expect(first.requests).toMatchObject([
      { title: "Which account?", allowed: ["answer", "reject"] },
    ]);
    const answer = { type: "answer", value: { account: "main" } } as const;
    const second = asksOf(await call(agent, "ask", { memory: answered(first, answer) }));
    expect(second.requests).toMatchObject([{ title: "Sure?" }]);
    const no = { type: "reject", reason: "not now" } as const;
    const ended = await call(agent, "ask", { memory: answered(second, no) });

    expect(ended.answer).toEqual({
      kind: "output",
      output: { told: [{ account: "main" }, "Rejected: not now"] },
    });
    expect(agent.begun).toEqual(["ask"]);
  });

  it("is not told twice when the process dies after it was told", async () => {
    const agent = await anA2aAgent();
    const first = asksOf(await call(agent, "ask"));
    const answer = { type: "answer", value: "main" } as const;
    const second = asksOf(await call(agent, "ask", { memory: answered(first, answer) }));

    const again = asksOf(await call(agent, "ask", { memory: answered(first, answer) }));

    expect(again).toEqual(second);
    expect(agent.told).toEqual(["main"]);
  });

  it("that wants somebody to sign in asks no secret", async () => {
    const { requests } = asksOf(await call(await anA2aAgent(), "sign-in"));

    expect(requests).toMatchObject([
      { title: "Somebody must sign in for it.", allowed: ["approve", "reject"] },
    ]);
  });

  it("is told to stop when the run that it was asked for is cancelled", async () => {
    const agent = await anA2aAgent();
    const runtime = { kind: "a2a" as const, card: agent.url, input: { instruction: "ask" } };
    const workspace = aWorkspace(aReference([aTask()], [anAgent({ runtime })]));
    const control = await aMissionControl({ workspace });
    const { run_id, pending_approvals } = await control.start({ mission_id: "M" });
    expect(pending_approvals).toMatchObject([{ stage: "agent" }]);

    await control.cancel(run_id, { reason: "changed our mind", by: "ana" });

    expect(agent.canceled).toHaveLength(1);
  });

  it("is looked for where it is said to be", async () => {
    const { url } = await anA2aAgent();
    const nowhere = await serveRaw((_request, response) => response.writeHead(404).end("<html>"));

    expect(await open(url).check("reach")).toBeUndefined();
    expect(await open(nowhere).check("reach")).toBeDefined();
    expect(await open("http://127.0.0.1:9").check("reach")).toBeDefined();
    expect(await open(url, { token_env: "NONE" }).check("look")).toBe(
      "the environment has no NONE",
    );
  });

  it.each([
    { name: "a redirect", status: 302, says: /redirects/ },
    { name: "413 as HTML", status: 413, says: /refuses with status 413/ },
    { name: "500", status: 500, says: /refuses with status 500/ },
  ])("that answers $name is a failed attempt", async ({ status, says }) => {
    const url = await serveRaw((_request, response) =>
      response.writeHead(status, { location: "http://127.0.0.1:9/" }).end("<html>"),
    );

    expect((await call({ url }, "verify")).answer).toMatchObject({
      error: expect.stringMatching(says),
    });
  });

  it("works on while the process that drives the run is killed, and is found again by the next", async () => {
    const agent = await anA2aAgent();
    const runtime = { kind: "a2a" as const, card: agent.url, input: { instruction: "wait" } };
    const workspace = aWorkspace(aReference([aTask()], [anAgent({ runtime })]));
    const driving = await runBuiltCli(["--workspace", workspace, "run", "M"], {
      // Once it is asked about, what it is found by is stored.
      killWhen: () => agent.asked.length > 0,
    });
    expect(driving.code).toBeNull();
    agent.open();

    const { code } = await runCli(["--workspace", workspace, "resume", "latest"]);

    expect(code).toBe(0);
    expect(agent.begun).toEqual(["wait"]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      { attempt: 1, outcome: "completed", runtime: "a2a", output: { did: "wait" } },
    ]);
  });

  it("that does not show that it was told is told again when the process has died, and the row says so", async () => {
    const agent = await anA2aAgent();
    const runtime = { kind: "a2a" as const, card: agent.url, input: { instruction: "ask deafly" } };
    const workspace = aWorkspace(aReference([aTask()], [anAgent({ runtime })]));
    const args = ["--workspace", workspace];
    await runCli([...args, "run", "M"]);
    const answer = ["answer", "latest", "T1", "main", "--by", "ana"];

    const killed = await runBuiltCli([...args, ...answer], {
      killWhen: () => agent.told.length > 0,
    });
    const { code } = await runCli([...args, "resume", "latest"]);

    expect([killed.code, code]).toEqual([null, 0]);
    expect(agent.told).toEqual(["main", "main"]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      { attempt: 1, warnings: [expect.stringMatching(/^Called again with the same key/)] },
    ]);
  });
});
