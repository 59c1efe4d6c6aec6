/** Whether a worker is alive and can work, and its figures for Prometheus; on loopback, and nothing else. */

import { once } from "node:events";
import { type ServerResponse, createServer } from "node:http";

import { localhostHostValidation } from "@modelcontextprotocol/node";

import type { MissionControl } from "../app/mission-control.ts";
import { MissionError } from "../errors.ts";
import { addressOf } from "./serve-http.ts";

type WorkerCounts = ReturnType<Awaited<ReturnType<MissionControl["work"]>>["counts"]>;

const HOST = "127.0.0.1";
const SECOND_MS = 1000;

/** @returns where it is. @throws MissionError `USAGE` when it cannot listen. */
export async function serveHealth({
  control,
  counts,
  port,
  signal,
}: {
  control: Pick<MissionControl, "waiting">;
  /** Undefined until it works. */
  counts: () => WorkerCounts | undefined;
  port: number;
  signal: AbortSignal;
}): Promise<string> {
  const isOurHost = localhostHostValidation();
  const server = createServer((request, response) => {
    if (!isOurHost(request, response)) return;
    answer(request.url ?? "/", response).catch(() => {
      response.writeHead(503).end("The store cannot be reached.\n");
    });
  });

  async function answer(path: string, response: ServerResponse): Promise<void> {
    if (path === "/healthz") {
      response.end("alive\n");
    } else if (path === "/readyz") {
      await control.waiting();
      response.end("ready\n");
    } else if (path === "/metrics") {
      const text = await describe(control, counts());
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
    } else response.writeHead(404).end("There are /healthz, /readyz and /metrics.\n");
  }

  server.listen(port, HOST);
  try {
    await once(server, "listening");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MissionError("USAGE", `Cannot listen on ${HOST}:${port}: ${why}.`, { cause: error });
  }
  signal.addEventListener("abort", () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${HOST}:${addressOf(server.address()).port}/`;
}

async function describe(
  control: Pick<MissionControl, "waiting">,
  counts: WorkerCounts = { in_flight: 0, carried_on: 0, failed: 0, taken_over: 0 },
): Promise<string> {
  const waiting = await control.waiting();
  const { oldest_ms } = waiting;
  const age = oldest_ms === undefined ? 0 : Math.max(0, Date.now() - oldest_ms) / SECOND_MS;
  const metrics = [
    ["runs_waiting", "gauge", "Runs that wait for a worker.", waiting.free],
    ["runs_held", "gauge", "Runs that some process is at.", waiting.held],
    ["waiting_oldest_seconds", "gauge", "How long the oldest of those that wait has waited.", age],
    ["runs_running", "gauge", "Runs that are running.", waiting.running],
    ["runs_awaiting_approval", "gauge", "Runs that wait for people.", waiting.awaiting_approval],
    ["approvals_pending", "gauge", "What waits for people.", waiting.pending_approvals],
    ["worker_in_flight", "gauge", "Runs that this worker is at.", counts.in_flight],
    ["worker_carried_on_total", "counter", "Times that it carried a run on.", counts.carried_on],
    ["worker_failed_total", "counter", "Times that it could not.", counts.failed],
    ["worker_taken_over_total", "counter", "Runs taken from dead processes.", counts.taken_over],
  ] as const;
  return metrics
    .map(([name, type, help, value]) => {
      const full = `mission_control_${name}`;
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
    })
    .join("");
}
