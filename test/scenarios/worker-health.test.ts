/** What a worker tells of itself, and what it refuses. */

import { describe, expect, it } from "vitest";

import { admitBy } from "../../src/app/run-worker.ts";
import { serveHealth } from "../../src/callers/serve-health.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { runCli } from "../support/command-line.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

const COUNTS = { in_flight: 3, carried_on: 7, failed: 1, taken_over: 2 };

describe("a worker", () => {
  it("says that it is alive, whether its store is, and how much waits", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });
    await control.enqueue({ mission_id: "M001" });
    await control.start({ mission_id: "M001" });
    const stop = new AbortController();
    const counts = () => COUNTS;
    const url = await serveHealth({ control, counts }, { port: 0, signal: stop.signal });
    const get = async (path: string) => {
      const response = await fetch(`${url}${path}`);
      return { status: response.status, text: await response.text() };
    };

    expect(await get("healthz")).toEqual({ status: 200, text: "alive\n" });
    expect(await get("readyz")).toEqual({ status: 200, text: "ready\n" });
    expect((await get("")).status).toBe(404);
    const { text } = await get("metrics");
    expect(text).toContain("# TYPE mission_control_runs_waiting gauge\n");
    for (const [name, value] of [
      ["runs_waiting", 1],
      ["runs_held", 0],
      ['runs{status="running"}', 1],
      ['runs{status="awaiting_approval"}', 1],
      ['runs{status="failed"}', 0],
      ["month_attempts", 1],
      ["approvals_pending", 1],
      ["worker_in_flight", 3],
      ["worker_carried_on_total", 7],
      ["worker_failed_total", 1],
      ["worker_taken_over_total", 2],
    ]) {
      expect(text).toContain(`\nmission_control_${name} ${value}\n`);
    }
    await control.close();
    expect((await get("readyz")).status).toBe(503);
    stop.abort();
  });

  it.each([
    [["worker", "--kinds", "module,mail"], /--kinds: "mail" is none: expected some of simulated,/],
    [["worker", "--concurrency", "0"], /whole number above 0/],
    [["worker", "--port", "99999"], /A port is a number from 0 to 65535/],
    [["run", "M001", "--detach", "--approve-all", "--by", "ana"], /do not go together/],
    [["migrate"], /Say which database: --store postgres:/],
  ])("is refused as %j", async (args, says) => {
    const { code, stderr } = await runCli(["--workspace", aWorkspace(), ...args]);

    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });

  it("is spared what would wait for too long", () => {
    const admit = admitBy("M001", DEFAULT_POLICY.workers);

    expect(() => admit({ all: 19_999, mission: 9_999 })).not.toThrow();
    expect(() => admit({ all: 20_000, mission: 0 })).toThrow(
      expect.objectContaining({
        code: "RETRY_LATER",
        exitCode: 1,
        details: { retry_after_seconds: 60, waiting: 20_000 },
      }),
    );
    expect(() => admit({ all: 10_000, mission: 10_000 })).toThrow(
      /^10000 runs of M001 wait for a worker/,
    );
  });
});
