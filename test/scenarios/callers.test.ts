/** Assistants that start missions, ask and wait over MCP, by the official client; and that can never decide. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Annotation, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { runCli } from "../support/command-line.ts";
import { aMissionControl, aWorkspace, readRecorded } from "../support/workspace.ts";

const MAIN = fileURLToPath(new URL("../../dist/bin/main.js", import.meta.url));
const TOKEN = "a-token-of-some-length";

const standingSchema = z.object({
  run_id: z.string(),
  status: z.string(),
  summary: z.string(),
  waits_for: z.array(
    z.object({ approval_id: z.string(), task_id: z.string(), decide_with: z.string() }),
  ),
  who_decides: z.string(),
});

async function aClient(workspace: string, mode: "auto" | "legacy" = "auto"): Promise<Client> {
  const client = new Client({ name: "assistant", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, "--workspace", workspace, "mcp"],
      stderr: "ignore",
    }),
  );
  onTestFinished(() => client.close());
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
  return { structuredContent, isError: isError === true, text: JSON.stringify(content) };
}

async function standing(client: Client, name: string, args: Record<string, unknown>) {
  const { structuredContent } = await call(client, name, args);
  return standingSchema.parse(structuredContent);
}

describe("an assistant over standard streams", () => {
  it.each(["auto", "legacy"] as const)(
    "drives a mission to its gate, and after a person decided to its end (%s)",
    async (mode) => {
      const workspace = aWorkspace();
      const client = await aClient(workspace, mode);

      const begun = await standing(client, "run_mission", { mission_id: "M001" });
      const waiting = await standing(client, "get_run", { run_id: begun.run_id });

      expect(waiting).toMatchObject({ status: "awaiting_approval" });
      expect(waiting.waits_for).toMatchObject([{ task_id: "T2" }]);
      expect(waiting.waits_for[0]?.decide_with).toContain(`approve ${begun.run_id} T2 --by NAME`);
      expect(waiting.who_decides).toBe("a person, never a program");
      const { structuredContent: list } = await call(client, "list_approvals");
      expect(list).toMatchObject({ approvals: [{ run_id: begun.run_id }] });

      await runCli(["--workspace", workspace, "approve", begun.run_id, "T2", "--by", "ana"]);

      expect(await standing(client, "get_run", { run_id: begun.run_id })).toMatchObject({
        status: "completed",
        waits_for: [],
      });
      const { structuredContent: explained } = await call(client, "explain_run", {
        run_id: begun.run_id,
      });
      expect(explained).toMatchObject({ status: "completed", open_risks: [] });
      const { structuredContent: board } = await call(client, "portfolio", { date: "2026-02-06" });
      expect(board).toMatchObject({ kpis_on_target: "3 of 5", risk: "low" });
    },
  );

  it("has no tool that decides, and says of each what it does", async () => {
    const client = await aClient(aWorkspace());

    const { tools } = await client.listTools();

    expect(tools.map(({ name, annotations }) => `${name} ${annotations?.readOnlyHint}`)).toEqual([
      "run_mission false",
      "get_run true",
      "list_approvals true",
      "portfolio true",
      "explain_run true",
    ]);
    expect(tools.every(({ outputSchema }) => outputSchema !== undefined)).toBe(true);
    expect(tools[0]?.description).toContain("M001 (Reduce Customer Onboarding Time)");
  });

  it("starts one run for one key, however often it calls, at once or later", async () => {
    const workspace = aWorkspace();
    const client = await aClient(workspace);
    const before = readRecorded(workspace, "mission_runs").length;
    const args = { mission_id: "M001", idempotency_key: "mail 42" };

    const both = await Promise.all([1, 2].map(() => standing(client, "run_mission", args)));
    const later = await standing(client, "run_mission", args);
    const other = await standing(client, "run_mission", { ...args, idempotency_key: "mail 43" });

    expect(new Set([...both, later].map(({ run_id }) => run_id)).size).toBe(1);
    expect(other.run_id).not.toBe(later.run_id);
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(before + 2);
  });

  it("is refused a key that has started something else", async () => {
    const client = await aClient(aWorkspace());
    await call(client, "run_mission", { mission_id: "M001", idempotency_key: "k" });

    const other = await call(client, "run_mission", { mission_id: "M002", idempotency_key: "k" });
    const inputs = await call(client, "run_mission", {
      mission_id: "M001",
      idempotency_key: "k",
      mission_inputs: { customer: "ACME" },
    });

    expect([other, inputs].map(({ isError }) => isError)).toEqual([true, true]);
    expect(other.text).toContain("Take another key");
  });

  it("is refused what is wrong, in words of ours, and nothing is written", async () => {
    const workspace = aWorkspace();
    const client = await aClient(workspace);
    const before = readRecorded(workspace, "mission_runs").length;

    const refusals = [
      await call(client, "run_mission", { mission_id: "M999" }),
      await call(client, "get_run", { run_id: "R404", wait_seconds: 0 }),
      await call(client, "portfolio", { date: "2999-01-01" }),
    ];

    expect(refusals.map(({ isError }) => isError)).toEqual([true, true, true]);
    expect(refusals.map(({ text }) => /[A-Z_]{5,}(?=: )/.exec(text)?.[0])).toEqual([
      "UNKNOWN_MISSION",
      "UNKNOWN_RUN",
      "BAD_INPUT",
    ]);
    const odd = await call(client, "run_mission", { mission_id: "M001", approve: true }).catch(
      (error: unknown) => ({ isError: true, text: String(error) }),
    );
    expect(odd.isError).toBe(true);
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(before);
  });
});

describe("an assistant over HTTP", () => {
  async function aServer(workspace: string): Promise<{ url: string; child: ChildProcess }> {
    const args = [MAIN, "--workspace", workspace, "mcp", "--http", "0", "--token-env", "MCP_TOKEN"];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, MCP_TOKEN: TOKEN },
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    for await (const chunk of child.stderr) {
      const url = /Listening on (\S+)/.exec(String(chunk))?.[1];
      if (url !== undefined) return { url, child };
    }
    throw new Error("it does not listen");
  }

  it("needs the token, and drives a mission with it", async () => {
    const workspace = aWorkspace();
    const { url, child } = await aServer(workspace);
    const client = new Client({ name: "assistant", version: "1" });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(url), {
        requestInit: { headers: { Authorization: `Bearer ${TOKEN}` } },
      }),
    );
    onTestFinished(() => client.close());

    const begun = await standing(client, "run_mission", { mission_id: "M001" });
    const waiting = await standing(client, "get_run", { run_id: begun.run_id });

    expect(waiting.status).toBe("awaiting_approval");
    const post = (headers: Record<string, string>) =>
      fetch(url, { method: "POST", headers, body: "{}" });
    expect((await post({})).status).toBe(401);
    expect((await post({ Authorization: `Bearer ${TOKEN}x` })).status).toBe(401);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it.each([
    { args: ["--http", "0"], says: "--token-env NAME is needed" },
    { args: ["--http", "0", "--token-env", "NONE"], says: "The environment has no NONE" },
    {
      args: ["--http", "x", "--token-env", "NONE"],
      says: 'A port is a number from 0 to 65535, not "x"',
    },
  ])("is not served without what it takes: $says", async ({ args, says }) => {
    const { code, stderr } = await runCli(["--workspace", aWorkspace(), "mcp", ...args]);

    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

describe("a graph of somebody else's", () => {
  it("may start a mission in one of its steps: the gate is no interrupt of its own", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const State = Annotation.Root({ status: Annotation<string>() });
    const start = async () => ({ status: (await control.start({ mission_id: "M001" })).status });
    const graph = new StateGraph(State)
      .addNode("start", start)
      .addEdge(START, "start")
      .addEdge("start", END)
      .compile({ checkpointer: new MemorySaver() });

    const state = await graph.invoke({}, { configurable: { thread_id: "theirs" } });

    expect(state).toEqual({ status: "awaiting_approval" });
  });
});
