// An assistant that starts a mission over MCP and waits. Deciding is for people: the answer says how.
// node examples/callers/mcp-client.mjs WORKSPACE M001 KEY
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [workspace, mission_id, idempotency_key] = process.argv.slice(2);
const client = new Client({ name: "example", version: "1" });
const args = ["dist/bin/main.js", "--workspace", workspace, "mcp"];
await client.connect(new StdioClientTransport({ command: process.execPath, args }));
const call = async (name, given) =>
  (await client.callTool({ name, arguments: given })).structuredContent;

const { run_id } = await call("run_mission", { mission_id, idempotency_key });
const { status, waits_for } = await call("get_run", { run_id });
console.log(JSON.stringify({ run_id, status, waits_for }));
await client.close();
