/** The tools as a program that speaks over its standard streams. */

import { serveStdio } from "@modelcontextprotocol/server/stdio";

import { buildMcpServer } from "./mcp-tools.ts";

serveStdio(() => buildMcpServer());
