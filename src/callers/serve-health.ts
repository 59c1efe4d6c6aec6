/** Whether a worker is alive and can work, and its figures for Prometheus; on loopback, and nothing else. */

import { once } from "node:events";
import { type ServerResponse, createServer } from "node:http";

import { localhostHostValidation } from "@modelcontextprotocol/node";

import type { MissionControl } from "../app/mission-control.ts";
import { MissionError } from "../errors.ts";
import { runStatusSchema } from "../model/mission-runs.ts";
import { addressOf, pathOf } from "./serve-http.ts";

type WorkerCounts = ReturnType<Awaited<ReturnType<MissionControl["work"]>>["counts"]>;

const HOST = "127.0.0.1";
const SECOND_MS = 1000;

/** What tells how it is. */
export interface HealthWorld {
  readonly control: Pick<MissionControl, "waiting" | "tally">;
  /** Undefined until it works. */
  readonly counts: () => WorkerCounts | undefined;
}

/** @returns where it is. @throws MissionError `USAGE` when it cannot listen. */
export async function serveHealth(
  world: HealthWorld,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
): Promise<string> {
  const isOurHost = localhostHostValidation();
  const server = createServer((request, response) => {
    if (!isOurHost(request, response)) return;
    const path = pathOf(request);
    if (answerHealth(path, response, world) || answerMetrics(path, response, world)) return;
    response.writeHead(404).end("There are /healthz, /readyz and /metrics.\n");
  });
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

/** Whether it is alive, and can work. @returns true where that was asked. */
export function answerHealth(
  path: string,
  response: ServerResponse,
  { control }: HealthWorld,
): boolean {
  if (path === "/healthz") response.end("alive\n");
  else if (path === "/readyz") {
    answer(response, async () => {
      await control.waiting();
      response.end("ready\n");
    });
  } else return false;
  return true;
}

/** Figures for Prometheus. @returns true where they were asked for. */
export function answerMetrics(path: string, response: ServerResponse, world: HealthWorld): boolean {
  if (path !== "/metrics") return false;
  answer(response, async () => {
    const text = await describe(world);
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
  });
  return true;
}

function answer(response: ServerResponse, work: () => Promise<void>): void {
  work().catch(() => {
    response.writeHead(503).end("The store cannot be reached.\n");
  });
}

/** What of a series is told apart by a label. */
type Metric = readonly [
  name: string,
  type: "gauge" | "counter",
  help: string,
  value: number | Readonly<Record<string, number>>,
];

const NOTHING_DONE: WorkerCounts = { in_flight: 0, carried_on: 0, failed: 0, taken_over: 0 };

async function describe({ control, counts: count }: HealthWorld): Promise<string> {
  const waiting = await control.waiting();
  const { runs, month } = await control.tally();
  const counts = count() ?? NOTHING_DONE;
  const { oldest_ms } = waiting;
  const age = oldest_ms === undefined ? 0 : Math.max(0, Date.now() - oldest_ms) / SECOND_MS;
  const byStatus = Object.fromEntries(
    runStatusSchema.options.map((status) => [`status="${status}"`, runs[status] ?? 0]),
  );
  const metrics: readonly Metric[] = [
    ["runs_waiting", "gauge", "Runs that wait for a worker.", waiting.free],
    ["runs_held", "gauge", "Runs that some process is at.", waiting.held],
    ["waiting_oldest_seconds", "gauge", "How long the oldest of those that wait has waited.", age],
    ["runs", "gauge", "Runs in the store, by status.", byStatus],
    ["approvals_pending", "gauge", "What waits for people.", waiting.pending_approvals],
    ["month_cost", "gauge", "Money of runs that started this month, used or reserved.", month.cost],
    ["month_tokens", "gauge", "Their tokens.", month.tokens],
    ["month_agent_minutes", "gauge", "Their minutes of agents' work.", month.agent_minutes],
    ["month_attempts", "gauge", "Their calls of agents.", month.attempts],
    ["worker_in_flight", "gauge", "Runs that this worker is at.", counts.in_flight],
    ["worker_carried_on_total", "counter", "Times that it carried a run on.", counts.carried_on],
    ["worker_failed_total", "counter", "Times that it could not.", counts.failed],
    ["worker_taken_over_total", "counter", "Runs taken from dead processes.", counts.taken_over],
  ];
  return metrics
    .map(([name, type, help, value]) => {
      const full = `mission_control_${name}`;
      const lines =
        typeof value === "number"
          ? [`${full} ${Number(value.toFixed(6))}\n`]
          : Object.entries(value).map(([label, number]) => `${full}{${label}} ${number}\n`);
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
    })
    .join("");
}
