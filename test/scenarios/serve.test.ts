/** A worker and its servers in one process, over the embedded database. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { runCli } from "../support/command-line.ts";
import { aWorkspace } from "../support/workspace.ts";

const MAIN = fileURLToPath(new URL("../../dist/bin/main.js", import.meta.url));
const TOKEN = "a-token-of-some-length";
const BEARING = { headers: { authorization: `Bearer ${TOKEN}` } };

const runSchema = z.object({ run_id: z.string(), status: z.string() });

/** Resolves when it works. */
async function aServer(workspace: string) {
  const args = [MAIN, "--workspace", workspace, "serve", "--port", "0", "--token-env", "THE_TOKEN"];
  const child = spawn(process.execPath, args, { env: { ...process.env, THE_TOKEN: TOKEN } });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/Working, 10 runs at once/);
  const [, url = ""] = /Listening on (\S+?),/.exec(said) ?? [];
  const ended = once(child, "close");
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      const [code]: unknown[] = await ended;
      return { code, said };
    },
  };
}

describe("serve", () => {
  it("carries on what callers start and people decide, and tells how it is", async () => {
    const workspace = aWorkspace();
    const server = await aServer(workspace);
    const client = new Client({ name: "assistant", version: "1" });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${server.url}mcp`), { requestInit: BEARING }),
    );
    const call = async (name: string, args: Record<string, unknown>) =>
      runSchema.parse((await client.callTool({ name, arguments: args })).structuredContent);
    const get = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${server.url}${path}`, init);
      return `${response.status} ${await response.text()}`;
    };

    const begun = await call("run_mission", { mission_id: "M001" });
    const status = async () => (await call("get_run", { run_id: begun.run_id })).status;
    await expect.poll(status, { timeout: 30_000 }).toBe("awaiting_approval");
    expect(await get("healthz")).toBe("200 alive\n");
    expect(await get("readyz")).toBe("200 ready\n");
    expect(await get(".well-known/agent-card.json")).toContain(`"url":"${server.url}a2a"`);
    expect(await get("metrics")).toMatch(/^401 /);
    const metrics = await get("metrics", BEARING);
    expect(metrics).toContain('mission_control_runs{status="awaiting_approval"} 1\n');
    expect(await get("elsewhere", BEARING)).toMatch(/^404 There are \/mcp/);

    // Whoever decides elsewhere leaves it to the worker.
    const decided = ["approve", begun.run_id, "T2", "--by", "ana", "--detach"];
    expect((await runCli(["--workspace", workspace, ...decided])).code).toBe(0);
    await expect.poll(status, { timeout: 30_000 }).toBe("completed");
    await client.close();
    const { code, said } = await server.stop();

    expect(code).toBe(0);
    expect(said).toContain("Ended; runs carried on: 2.");
  });
});
