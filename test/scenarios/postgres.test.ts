/** A workspace whose telemetry is in a Postgres database, from the command line and from programs. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { historyOf } from "../support/any-store.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { runBuiltCli } from "../support/processes.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const PASSWORD = "canary-postgres-password";

describe("a workspace on Postgres", () => {
  it("is set up once, and then runs, waits, goes on and reports as any other", async () => {
    const workspace = aWorkspace();
    const store = server.aSchema();
    const said: string[] = [];
    const cli = async (...args: string[]) => {
      const ended = await runCli(["--workspace", workspace, "--store", store, ...args]);
      said.push(ended.stdout, ended.stderr);
      return ended;
    };

    const refused = await cli("run", "M001");
    const migrated = await cli("migrate");
    const again = await cli("migrate");
    const waits = await cli("run", "M001");
    const approved = await cli("approve", "latest", "--by", "ana");

    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/has no tables of Mission Control.*`mission-control .*migrate/s);
    expect([migrated.code, again.stdout]).toEqual([0, expect.stringContaining("is up to date")]);
    expect([waits.code, approved.code]).toEqual([3, 0]);
    expect((await cli("audit")).code).toBe(0);
    expect((await cli("report", "latest")).stdout).toContain("| Decisions by people | 1 |");
    const { runs, snapshots } = await historyOf(store);
    // Simulated work lasts longer than it takes: to another day, at night.
    const today = snapshots.at(-1)?.snapshot_date ?? "";
    const completed = runs.filter(({ end_time = "" }) => end_time.slice(0, 10) <= today).length;
    expect((await cli("portfolio")).stdout).toContain(`| Completed runs | ${completed} |`);
    expect(snapshots.at(-1)).toMatchObject({ completed_runs: completed });
    expect((await cli("replay")).stdout).toContain("1 run: 1 agree");
    expect((await cli("import")).code).toBe(0);
    expect((await cli("runs")).stdout).toContain("RUN_2026_02_01_001");
    expect(existsSync(join(workspace, "reports"))).toBe(false);
    expect(existsSync(join(workspace, ".mission-control"))).toBe(false);
    expect(said.join("")).not.toContain(PASSWORD);
    expect(approved.stdout).toMatch(/Report: mission-control .* report RUN_/);
  });

  it("says what to type without a password, wherever in the address it stands", async () => {
    const database = await server.aDatabase();
    const store = `${database.replace(`:${PASSWORD}@`, "@")}&password=${PASSWORD}`;

    const begun = await runCli(["--workspace", aWorkspace(), "--store", store, "run", "M001"]);

    expect([begun.code, begun.stdout]).toEqual([3, expect.stringMatching(/--store .* approve/)]);
    expect(begun.stdout + begun.stderr).not.toContain(PASSWORD);
  });

  it("forgets checkpoints of runs that have ended, and of no other", async () => {
    for (const store of [await server.aDatabase(), undefined]) {
      const workspace = aWorkspace();
      const control = await aMissionControl({ workspace, ...(store && { store }) });
      const [ended, waiting] = [
        await control.start({ mission_id: "M001" }),
        await control.start({ mission_id: "M001" }),
      ];
      const decision = { T2: { type: "approve", decided_by: "ana" } } as const;
      await control.decide(ended.run_id, decision);
      const read = async (run_id: string) => {
        const { values } = await control.graph.getState({ configurable: { thread_id: run_id } });
        return Object.keys(values).length > 0;
      };
      expect([await read(ended.run_id), await read(waiting.run_id)]).toEqual([true, true]);

      expect(await control.pruneCheckpoints()).toBe(1);
      expect(await control.pruneCheckpoints()).toBe(0);

      expect([await read(ended.run_id), await read(waiting.run_id)]).toEqual([false, true]);
      expect((await control.decide(waiting.run_id, decision)).status).toBe("completed");
      expect((await control.run(ended.run_id)).status).toBe("completed");
      expect((await control.audit()).counts["error"] ?? 0).toBe(0);
    }
  });

  it("may be named by the environment", async () => {
    const workspace = aWorkspace();
    const DATABASE_URL = await server.aDatabase();

    await runBuiltCli(["--workspace", workspace, "run", "M001"], { env: { DATABASE_URL } });

    const { stdout } = await runCli(["--workspace", workspace, "--store", DATABASE_URL, "runs"]);
    expect(stdout).toContain("awaiting_approval");
  });

  it.each(["postgres://", "postgres://127.0.0.1:1/none", "mysql://127.0.0.1/x"])(
    "is refused where it is %s",
    async (store) => {
      const { code, stderr } = await runCli([
        "--workspace",
        aWorkspace(),
        "--store",
        store,
        "runs",
      ]);

      expect([1, 2]).toContain(code);
      expect(stderr).toMatch(/^(USAGE|STORE_FAILED): /);
    },
  );

  it("has a run decided by one process and driven by another, by the plan it was opened with", async () => {
    const store = await server.aDatabase();
    const reference = (gated: boolean) =>
      aReference(aPlan({ T1: [], T2: ["T1"] }, { T2: { requires_human_approval: gated } }), [
        anAgent({ runtime: "simulated" }),
      ]);
    const one = await aMissionControl({ workspace: aWorkspace(reference(true)), store });
    const other = await aMissionControl({ workspace: aWorkspace(reference(false)), store });
    const { run_id } = await one.start({ mission_id: "M" });

    const { status } = await other.decide(run_id, { T2: { type: "approve", decided_by: "ana" } });

    expect(status).toBe("completed");
    expect((await one.figures(run_id)).rows).toMatchObject([
      { task_id: "T1", outcome: "completed" },
      { task_id: "T2", outcome: "approved" },
    ]);
    expect((await other.audit()).findings).toEqual([]);
  });
});
