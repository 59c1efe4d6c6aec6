/** Agents that the registry describes do the work from the command line, in one process after another. */

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createMcpHandler } from "@modelcontextprotocol/server";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

import type { SpecializedAgent } from "../../src/model/specialized-agents.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { buildMcpServer } from "../support/mcp-tools.ts";
import { aModel, json } from "../support/model-server.ts";
import { bundleScript, runBuiltCli } from "../support/processes.ts";
import { serveRaw, serveWeb } from "../support/web-server.ts";
import {
  aMissionControl,
  aWorkspace,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const CANARY = "sk-canary-9876543210";
let stdioChild: string;
beforeAll(async () => {
  const { path, remove } = await bundleScript("test/support/mcp-stdio-child.ts");
  stdioChild = path;
  return remove;
});

const AGAIN = ["Called again with the same key: the process that had called it was gone."];

const MODEL = {
  kind: "openai",
  model: "m-1",
  token_env: "CANARY_KEY",
  instructions: "You schedule calls.",
} as const;

/** T1 by a module, T2 after a gate by a tool, T3 by a model. */
async function aBusiness(module: string) {
  const { base_url, seen } = await aModel('{"verified": true}', { key: CANARY });
  const runtimes: NonNullable<SpecializedAgent["runtime"]>[] = [
    { kind: "module", module: "./agents/crm.mjs#agent" },
    {
      kind: "mcp",
      tool: "verify",
      command: [process.execPath, stdioChild],
      arguments: { customer: { at: "/mission_inputs/customer" } },
    },
    { ...MODEL, base_url, prices: { input: 2, output: 10 } },
  ];
  const reference = aReference(
    aPlan({ T1: [], T2: ["T1"], T3: ["T2"] }, { T2: { requires_human_approval: true } }),
    runtimes.map((runtime, position) => anAgent({ agent_id: `A${position + 1}`, runtime })),
  );
  const workspace = aWorkspace({
    ...reference,
    capabilities: ["1", "2", "3"].map((number) => ({
      task_id: `T${number}`,
      capable_agents: [`A${number}`],
    })),
  });
  mkdirSync(join(workspace, "agents"));
  writeFileSync(join(workspace, "agents", "crm.mjs"), module);
  setKey(CANARY);
  const cli = (...args: string[]) => runCli(["--workspace", workspace, ...args]);
  /** In a process of its own. */
  const builtCli = (...args: string[]) => runBuiltCli(["--workspace", workspace, ...args]);
  return { workspace, seen, cli, builtCli };
}

/** In the environment of the test, until it ends. */
function setKey(key: string): void {
  vi.stubEnv("CANARY_KEY", key);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const WORKS =
  "export const agent = async ({ mission_inputs }) => ({ output: { of: mission_inputs.customer }, work_minutes: 4 });";

/** Every byte under a folder, as text. */
function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

describe("agents that the registry describes", () => {
  it("do a mission from the command line, before and after its gate", async () => {
    const { workspace, seen, cli, builtCli } = await aBusiness(WORKS);

    const begun = await builtCli("--json", "run", "M", "--input", "customer=ACME");
    const ended = await builtCli("--json", "approve", "latest", "--by", "ana");

    expect(begun.code).toBe(3);
    expect(ended.code).toBe(0);
    const rows = readRecorded(workspace, "task_execution_logs");
    expect(rows).toMatchObject([
      { task_id: "T1", runtime: "module", outcome: "completed", output: { of: "ACME" } },
      {
        task_id: "T2",
        runtime: "mcp",
        outcome: "approved",
        output: { told: { customer: "ACME" } },
      },
      {
        task_id: "T3",
        runtime: "openai",
        outcome: "completed",
        output: '{"verified": true}',
        usage: { input_tokens: 1000, output_tokens: 100 },
        cost: 0.003,
      },
    ]);
    expect(readRecorded(workspace, "mission_runs")).toMatchObject([{ cost: 0.003 }]);
    expect(readRecorded(workspace, "agent_performance_stats")).toMatchObject([
      { agent_id: "A1" },
      { agent_id: "A2" },
      { agent_id: "A3", avg_cost: 0.003 },
    ]);
    expect((await cli("report", "latest")).stdout).toMatch(
      /\| Cost \| 0\.003 \|\n\| Tokens read by models \| 1000 \|\n\| Tokens written by models \| 100 \|/,
    );
    expect(seen).toHaveLength(1);
    expect(readRecorded(workspace, "mission_runs")[0]?.["runtimes"]).toMatchObject({
      A1: { kind: "module", name: "./agents/crm.mjs#agent" },
    });
    expect((await cli("audit")).code).toBe(0);
    const said = [begun, ended].map(({ stdout, stderr }) => stdout + stderr).join("");
    expect(said + readAll(workspace)).not.toContain(CANARY);
    expect(readAll(workspace)).toContain("CANARY_KEY");
  });

  it("are called again with the same key when the process has died with them", async () => {
    const { workspace, cli, builtCli } = await aBusiness(`
      import { appendFileSync, existsSync } from "node:fs";
      const seen = new URL("./seen.txt", import.meta.url);
      export const agent = async ({ idempotency_key }) => {
        const isFirst = !existsSync(seen);
        appendFileSync(seen, idempotency_key + "\\n");
        if (isFirst) process.kill(process.pid, "SIGKILL");
        return { output: "done" };
      };`);

    const killed = await builtCli("run", "M", "--input", "customer=ACME");
    const resumed = await cli("resume", "latest");
    const ended = await cli("approve", "latest", "--by", "ana");

    expect(killed.code).toBeNull();
    expect(resumed.code).toBe(3);
    expect(ended.code).toBe(0);
    const [first, second, none] = readFileSync(join(workspace, "agents", "seen.txt"), "utf8").split(
      "\n",
    );
    expect(first).toMatch(/:T1:1$/);
    expect([second, none]).toEqual([first, ""]);
    const rows = readRecorded(workspace, "task_execution_logs");
    expect(rows.map(({ warnings }) => warnings)).toEqual([AGAIN, undefined, undefined]);
  });

  it("elsewhere are called again with the same key, and the row says so", async () => {
    const keys: unknown[] = [];
    const base_url = await serveRaw((request, response) => {
      keys.push(request.headers["idempotency-key"]);
      // The first is never answered.
      if (keys.length === 1) return;
      const message = { role: "assistant", content: "Called." };
      json(response, { id: "1", choices: [{ index: 0, message, finish_reason: "stop" }] });
    });
    const runtime = { ...MODEL, base_url: `${base_url}/v1` };
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), [anAgent({ runtime })]));
    setKey(CANARY);
    const args = ["--workspace", workspace];

    const killed = await runBuiltCli([...args, "run", "M"], {
      killWhen: () => keys.length > 0,
    });
    const resumed = await runCli([...args, "resume", "latest"]);

    expect([killed.code, resumed.code]).toEqual([null, 0]);
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(keys[0]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      {
        attempt: 1,
        output: "Called.",
        warnings: AGAIN,
      },
    ]);
  });

  it("are told again what people decided when the process has died with them, and the row says so", async () => {
    const told: string[] = [];
    const handler = createMcpHandler(() =>
      buildMcpServer((tool, args) => told.push(JSON.stringify([tool, args]))),
    );
    const url = await serveWeb(async (request) => {
      const before = told.length;
      const response = await handler.fetch(request);
      // The first that is told what people decided is never heard of.
      return before === 1 && told.length === 2 ? new Promise(() => {}) : response;
    });
    const runtime = { kind: "mcp", tool: "ask", url } as const;
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), [anAgent({ runtime })]));
    const args = ["--workspace", workspace];
    await runCli([...args, "run", "M"]);

    const killed = await runBuiltCli(
      [...args, "answer", "latest", "T1", "--set", "account=main", "--by", "ana"],
      { killWhen: () => told.length > 1 },
    );
    const resumed = await runCli([...args, "resume", "latest"]);

    expect([killed.code, resumed.code]).toEqual([null, 0]);
    expect(told).toHaveLength(3);
    expect(told[2]).toBe(told[1]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      { attempt: 1, outcome: "completed", warnings: AGAIN },
    ]);
  });

  it("say so in the row also where the second call neither ends the attempt nor its process lives on", async () => {
    const { workspace, cli, builtCli } = await aBusiness(`
      import { appendFileSync, existsSync, readFileSync } from "node:fs";
      const seen = new URL("./seen.txt", import.meta.url);
      export const agent = async ({ task }) => {
        appendFileSync(seen, "called\\n");
        const calls = readFileSync(seen, "utf8").trim().split("\\n").length;
        if (calls === 1 || calls === 3) process.kill(process.pid, "SIGKILL");
        if (calls === 2) return { kind: "working", handle: "H", poll_after_seconds: 0 };
        const requests = [{ key: "sure", title: "Sure?", allowed: ["approve"] }];
        if (calls === 4) return { kind: "needs_input", requests, continuation: {} };
        return { output: "done" };
      };`);

    await builtCli("run", "M", "--input", "customer=ACME");
    const killed = await builtCli("resume", "latest");
    const asks = await cli("resume", "latest");
    await cli("approve", "latest", "T1", "--by", "ana");

    expect([killed.code, asks.code]).toEqual([null, 3]);
    expect(readRecorded(workspace, "task_execution_logs")[0]).toMatchObject({
      output: "done",
      attempt: 1,
      warnings: AGAIN,
    });
  });

  it("that are told once what people decided have nothing said of it in their row", async () => {
    const handler = createMcpHandler(() => buildMcpServer());
    const runtime = { kind: "mcp", tool: "ask", url: await serveWeb(handler.fetch) } as const;
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), [anAgent({ runtime })]));
    const args = ["--workspace", workspace];
    await runCli([...args, "run", "M"]);

    await runCli([...args, "answer", "latest", "T1", "--set", "account=main", "--by", "ana"]);

    const [row] = readRecorded(workspace, "task_execution_logs");
    expect(row).toMatchObject({ outcome: "completed" });
    expect(row).not.toHaveProperty("warnings");
  });

  it("have what follows the path of their address, or a password in it, repeated nowhere", async () => {
    const runtime = { kind: "a2a", card: `http://127.0.0.1:9/?key=${CANARY}` } as const;
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), [anAgent({ runtime })]));
    const cli = (...args: string[]) => runCli(["--workspace", workspace, ...args]);
    const said = [await cli("run", "M"), await cli("report", "latest")];
    const agent = anAgent({ runtime: { ...runtime, card: `http://user:${CANARY}@127.0.0.1:9/` } });
    writeDocument(workspace, "specialized_agents", [agent]);

    const refused = await cli("validate");

    expect(said[0]?.stdout).toContain("The agent at http://127.0.0.1:9 did not answer");
    expect(refused.stderr + refused.stdout).toContain("runtime.card");
    const told = [...said, refused].map(({ stdout, stderr }) => stdout + stderr).join("");
    const kept = readRecorded(workspace, "task_execution_logs");
    const runs = readRecorded(workspace, "mission_runs");
    expect(told + JSON.stringify([kept, runs])).not.toContain(CANARY);
  });

  it("keep a run from starting that they cannot work in, and are named", async () => {
    const { cli } = await aBusiness("throw new Error('no database');");

    const { code, stderr } = await cli("run", "M");

    expect(code).toBe(2);
    expect(stderr).toContain(
      "specialized_agents.json: A1: runtime.module: ./agents/crm.mjs cannot be loaded: no database",
    );
    setKey("");
    const { stderr: unset } = await cli("run", "M");
    expect(unset).toContain("A3: runtime.token_env: the environment has no CANARY_KEY");
    expect((await cli("runs")).stdout).toContain("No runs");
  });

  it("have a run wait that has become unable to reach them, and go on when they are back", async () => {
    const { workspace, cli } = await aBusiness(WORKS);
    await cli("run", "M", "--input", "customer=ACME");

    setKey("");
    const recorded = await cli("approve", "latest", "--by", "ana");
    setKey(CANARY);
    const ended = await cli("resume", "latest");

    expect(recorded.code).toBe(3);
    expect(recorded.stderr + recorded.stdout).toContain("Recorded. ");
    expect(recorded.stderr + recorded.stdout).toContain("A3 (the environment has no CANARY_KEY)");
    expect(ended.code).toBe(0);
    expect(readRecorded(workspace, "task_execution_logs")).toHaveLength(3);
  });

  it("stay those that the run was opened with when the registry says another way", async () => {
    const { workspace, cli } = await aBusiness(WORKS);
    await cli("run", "M", "--input", "customer=ACME");
    writeFileSync(
      join(workspace, "agents", "other.mjs"),
      "export const agent = () => { throw 1; };",
    );
    const agents = readDocument(workspace, "specialized_agents");
    writeDocument(
      workspace,
      "specialized_agents",
      agents.map((agent) => ({
        ...agent,
        runtime: { kind: "module", module: "./agents/other.mjs#agent" },
      })),
    );

    expect((await cli("approve", "latest", "--by", "ana")).code).toBe(0);
    expect(readRecorded(workspace, "task_execution_logs")[1]).toMatchObject({ runtime: "mcp" });
  });

  it.each([
    {
      name: "ends the process",
      code: "export const agent = () => { process.exit(0); };",
      says: "The process was ended in the middle of its work",
      ends: 1,
    },
    {
      name: "fails outside of its attempt",
      code: "export const agent = async () => { void Promise.reject(new Error('stray')); setTimeout(() => { throw new Error('late'); }); await new Promise((resolve) => setTimeout(resolve, 50)); return { output: 1 }; };",
      says: "outside of any attempt: Error: stray",
      ends: 3,
    },
    {
      name: "leaves something open",
      code: "export const agent = async () => { setInterval(() => {}, 1e6); return { output: 1 }; };",
      says: "",
      ends: 3,
    },
  ])("do no harm where one $name", async ({ code, says, ends }) => {
    const { cli, builtCli } = await aBusiness(code);

    const ended = await builtCli("run", "M", "--input", "customer=ACME");

    expect(ended.code).toBe(ends);
    expect(ended.stderr).toContain(says);
    expect((await cli("audit")).code).toBe(0);
  });

  it("have standard output to themselves nowhere: what they print is no answer of ours", async () => {
    const { builtCli } = await aBusiness(
      "export const agent = async () => { console.log('NOISE'); process.stdout.write('more'); return { output: 1 }; };",
    );

    const { stdout, stderr } = await builtCli("--json", "run", "M", "--input", "customer=ACME");

    expect(JSON.parse(stdout)).toMatchObject({ status: "awaiting_approval" });
    expect(stderr).toContain("NOISE\nmore");
  });

  it("give way to a function of the program that embeds the library", async () => {
    const { workspace } = await aBusiness("throw new Error('never loaded');");
    const works = async () => ({ output: "here", work_minutes: 1 });
    const control = await aMissionControl({
      workspace,
      runtimes: { A1: works, A2: works, A3: works },
    });

    const { status } = await control.start({ mission_id: "M" });

    expect(status).toBe("awaiting_approval");
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([{ runtime: "function" }]);
  });
});

describe("a setting that is wrong", () => {
  it.each([
    { runtime: { kind: "module", module: "./none.mjs" }, field: "module" },
    { runtime: { ...MODEL, token_env: "NONE" }, field: "token_env" },
    {
      runtime: { ...MODEL, token_env: "CANARY_KEY", output_schema: { type: 5 } },
      field: "output_schema",
    },
    { runtime: { ...MODEL, base_url: "http://127.0.0.1:9" }, field: "base_url", reach: true },
    { runtime: { ...MODEL, model: "" }, field: "model" },
    { runtime: { ...MODEL, max_output_tokens: 0 }, field: "max_output_tokens" },
    { runtime: { kind: "langgraph", url: "ftp://x", assistant: "a" }, field: "url" },
    {
      runtime: { kind: "langgraph", url: "http://127.0.0.1:9", assistant: "a" },
      field: "url",
      reach: true,
    },
    { runtime: { kind: "a2a", card: "http://127.0.0.1:9", token_env: "NONE" }, field: "token_env" },
    { runtime: { kind: "a2a", card: "http://127.0.0.1:9" }, field: "card", reach: true },
    {
      runtime: { kind: "mcp", tool: "t", command: ["node"], pass_env: ["NONE"] },
      field: "pass_env",
    },
    { runtime: { kind: "mcp", tool: "t", command: ["/no/such"] }, field: "command", reach: true },
    { runtime: { kind: "mcp", tool: "t", url: "http://127.0.0.1:9" }, field: "url", reach: true },
  ])("is named with its agent, before a run starts: $field of $runtime.kind", async (given) => {
    const { runtime, field, reach = false } = given;
    const reference = aReference(aPlan({ T1: [] }), [anAgent()]);
    const workspace = aWorkspace(reference);
    writeDocument(workspace, "specialized_agents", [{ ...anAgent(), runtime }]);
    setKey(CANARY);
    const cli = (...args: string[]) => runCli(["--workspace", workspace, ...args]);

    const validated = await cli("validate", ...(reach ? ["--reach"] : []));
    const started = reach ? undefined : await cli("run", "M");

    expect(validated.code).toBe(2);
    expect(validated.stdout + validated.stderr).toMatch(
      new RegExp(`specialized_agents.json[^\\n]*A1[^\\n]*runtime.${field}`),
    );
    expect(started?.code ?? 2).toBe(2);
    const runs = started === undefined ? [] : readRecorded(workspace, "mission_runs");
    expect(runs).toEqual([]);
  });
});
