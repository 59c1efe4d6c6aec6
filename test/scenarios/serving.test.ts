/** Servers for callers, while what they serve is out of order, and whatever path is asked for. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { serveA2a } from "../../src/callers/serve-a2a.ts";
import { serveMcp } from "../../src/callers/serve-mcp.ts";
import { sendRaw } from "../support/raw-http.ts";
import { SERVED_TOKEN, served } from "../support/served.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

const CARD = "/.well-known/agent-card.json";
const BEARING = {
  authorization: `Bearer ${SERVED_TOKEN}`,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};
const get = (path: string) => ({ method: "GET", path, headers: {}, body: "" });

describe("an A2A server", () => {
  it.each(["//", "//[x", "http://[", "*"])("goes on after a request for %s", async (path) => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { url } = await served(serveA2a, control);

    const { status } = await sendRaw(url, get(path));

    expect(status).toBe(401);
    expect((await sendRaw(url, get(`${CARD}?x`))).body).toContain("M001");
  });
});

describe("an MCP server", () => {
  it("refuses a method that it has no use for", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    const { url } = await served(serveMcp, control);

    const { status } = await sendRaw(url, { ...get("/"), method: "TRACE", headers: BEARING });

    expect(status).toBe(405);
  });
});

describe.each([
  { what: "an A2A server", serve: serveA2a, request: get(CARD) },
  {
    what: "an MCP server",
    serve: serveMcp,
    request: {
      method: "POST",
      path: "/",
      headers: BEARING,
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
    },
  },
])("$what whose documents are broken", ({ serve, request }) => {
  it("refuses, and says why to whoever runs it", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { url, troubles } = await served(serve, control);
    const { body } = await sendRaw(url, request);
    // Documents are looked at once a second.
    writeFileSync(join(workspace, "mission_kpis.json"), "[");
    await delay(1100);

    const { status } = await sendRaw(url, request);

    expect(body).toContain("M001");
    expect(status).toBe(500);
    expect(troubles).toEqual([expect.stringContaining("mission_kpis.json")]);
  });
});
