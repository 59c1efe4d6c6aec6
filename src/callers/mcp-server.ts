/** Missions for assistants, as an MCP server. */

import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";

import { MissionError } from "../errors.ts";
import type { CallersWorld } from "./callers-world.ts";
import { buildMissionTools } from "./mission-tools.ts";

export function buildMcpServer(world: CallersWorld): McpServer {
  const server = new McpServer({ name: "mission-control", version: "1" });
  for (const { name, call, isReading, ...tool } of buildMissionTools(world)) {
    const annotations = isReading
      ? { readOnlyHint: true, openWorldHint: false }
      : { readOnlyHint: false, destructiveHint: false, openWorldHint: true };
    server.registerTool(name, { ...tool, annotations }, (input, { mcpReq }) =>
      answer(() => call(input, mcpReq.signal)),
    );
  }
  return server;
}

/** The answer as data and as text; a refusal in words of ours. */
async function answer(work: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
  try {
    const structuredContent = await work();
    return {
      structuredContent,
      content: [{ type: "text", text: JSON.stringify(structuredContent) }],
    };
  } catch (error) {
    if (!(error instanceof MissionError)) throw error;
    return { isError: true, content: [{ type: "text", text: `${error.code}: ${error.message}` }] };
  }
}
