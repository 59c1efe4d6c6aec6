/** Everything that other programs need, on one port: missions over MCP and A2A, health and figures. */

import type { CallersWorld } from "./callers-world.ts";
import { openA2a } from "./serve-a2a.ts";
import { type HealthWorld, answerHealth, answerMetrics } from "./serve-health.ts";
import { type ServeOptions, pathOf, serveHttp } from "./serve-http.ts";
import { openMcp } from "./serve-mcp.ts";

/** Serves until the signal aborts. @throws MissionError `USAGE` when it cannot listen. */
export async function serveAll(
  world: CallersWorld & HealthWorld,
  options: ServeOptions,
): Promise<void> {
  let url = "";
  const callers = { ...world, control: leaveToWorkers(world.control) };
  const mcp = openMcp(callers);
  const a2a = openA2a(callers, () => `${url}a2a`);
  try {
    await serveHttp(
      {
        open: (request, response) =>
          answerHealth(pathOf(request), response, world) || a2a.open(request, response),
        bearing(request, response) {
          const path = pathOf(request);
          if (path === "/mcp") mcp.bearing(request, response);
          else if (path === "/a2a") a2a.bearing(request, response);
          else if (!answerMetrics(path, response, world)) {
            response.writeHead(404).end("There are /mcp, /a2a, /metrics, /healthz and /readyz.\n");
          }
        },
      },
      {
        ...options,
        onListening(at) {
          url = at;
          options.onListening(at);
        },
      },
    );
  } finally {
    await mcp.close();
  }
}

/** What callers start waits for a worker, as all else does: so limits hold for it, and nothing is lost with this process. */
function leaveToWorkers(control: CallersWorld["control"]): CallersWorld["control"] {
  return {
    ...control,
    async begin(request) {
      const { run_id } = await control.enqueue(request);
      return { run_id, ended: control.run(run_id) };
    },
    resume: (runId) => control.run(runId),
  };
}
