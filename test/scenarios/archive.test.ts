/** Runs that ended long ago leave for an archive, and come back. */

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import type { MissionControl } from "../../src/index.ts";
import { historyOf } from "../support/any-store.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { aMissionControl, aWorkspace, tamper } from "../support/workspace.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const DAY_MS = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 0, 10, 12);
const RUNS = 70;

/** Two runs a day from January on, one gate each; some fail, some wait, the last one goes on. */
async function aBusiness(store: (workspace: string) => string | Promise<string>) {
  const plan = aPlan({ T1: [], T2: ["T1"] }, { T2: { requires_human_approval: true } });
  const workspace = aWorkspace(aReference(plan, [anAgent()]));
  writeFileSync(join(workspace, "policy.json"), JSON.stringify({ routing: { window: 20 } }));
  const place = await store(workspace);
  let now = START;
  const clock = { now: () => new Date(now).toISOString() };
  const runtimes = {
    A1: async ({ task }: { task: { task_id: string } }) => {
      if (task.task_id === "T1" && now % (7 * DAY_MS) < DAY_MS) throw new Error("out of luck");
      return { output: task.task_id, work_minutes: 3, kpi_observations: { days: 3 } };
    },
  };
  const control = await aMissionControl({ workspace, store: place, clock, runtimes });
  const waiting: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    now = START + run * (DAY_MS / 2);
    const { run_id, pending_approvals } = await control.start({ mission_id: "M" });
    if (run % 40 === 5) waiting.push(run_id);
    else await decideAll(control, run_id, pending_approvals);
  }
  now += 120 * DAY_MS;
  return { workspace, place, control, clock, waiting };
}

async function decideAll(
  control: MissionControl,
  runId: string,
  pending: Awaited<ReturnType<MissionControl["start"]>>["pending_approvals"],
): Promise<void> {
  let [asked] = pending;
  while (asked !== undefined) {
    // Who has failed once is not tried for ever.
    const type = asked.stage === "failure" ? "reject" : "approve";
    const decided = { type, decided_by: "ana", reason: "so be it" } as const;
    const outcome = await control.decide(runId, { [asked.approval_id]: decided });
    [asked] = outcome.pending_approvals;
  }
}

const errorsOf = async (control: MissionControl) =>
  (await control.audit()).findings.filter(({ severity }) => severity !== "info");

describe.each([
  ["SQLite", (workspace: string) => workspace],
  ["Postgres", () => server.aDatabase()],
])("an archive of a store on %s", (_name, store) => {
  it("has what nobody goes by any more, and gives it back as it was", async () => {
    const { workspace, place, control, waiting } = await aBusiness(store);
    const before = await historyOf(place);
    const stats = await control.stats();
    const board = await control.portfolio();
    const { head } = await control.audit();
    const wrong = await errorsOf(control);

    const archived = await control.archive({ olderThanDays: 90 });

    const after = await historyOf(place);
    const left = new Set(after.runs.map(({ run_id }) => run_id));
    expect(archived.runs).toBe(RUNS - after.runs.length);
    expect(archived.runs).toBeGreaterThan(5);
    expect(waiting.every((run_id) => left.has(run_id))).toBe(true);
    // What people, pages and routing go by is as it was.
    expect(await control.stats()).toEqual(stats);
    const { snapshots: _drawn, trend: _trend, ...figures } = await control.portfolio();
    const { snapshots: _before, trend: _earlier, ...expected } = board;
    expect(figures).toEqual(expected);
    // The chain goes on from where it was.
    expect(await errorsOf(control)).toEqual(wrong);
    expect((await control.audit({ expectHead: head })).findings).toEqual(
      (await control.audit()).findings,
    );
    // Nothing is lost, and a day that is gone is not made up.
    await expect(control.portfolio("2026-01-12")).rejects.toThrow(/is in an archive/);
    expect((await control.archive({ olderThanDays: 90 })).runs).toBe(0);

    for (const path of archived.archives) await control.importDocuments(path);

    const back = await historyOf(place);
    const byId = <T extends { run_id: string }>(records: readonly T[]) =>
      records.toSorted((a, b) => (a.run_id < b.run_id ? -1 : 1));
    expect(byId(back.runs)).toEqual(byId(before.runs));
    expect(byId(back.rows)).toEqual(byId(before.rows));
    expect(byId(back.requests)).toEqual(byId(before.requests));
    expect(byId(back.events)).toEqual(byId(before.events));
    expect((await control.portfolio()).missions).toEqual(board.missions);
    await expect(control.portfolio("2026-01-12")).resolves.toBeDefined();
    expect(await errorsOf(control)).toEqual(wrong);
    // What came back may leave again, under another name.
    const again = await control.archive({ olderThanDays: 90 });
    expect(again.runs).toBe(archived.runs);
    expect(readdirSync(join(workspace, "archive"))).toHaveLength(2 * archived.archives.length);
  });

  it("is refused when it was changed, and leaves alone what has gone on", async () => {
    const { workspace, place, control } = await aBusiness(store);
    const { archives } = await control.archive({ olderThanDays: 90 });
    const [path = ""] = archives;
    await control.importDocuments(path);
    const [first] = (await historyOf(place)).runs.filter(({ status }) => status === "completed");
    await control.recordKpis(first?.run_id ?? "", { days: 1 });

    const again = await control.importDocuments(path);

    expect(again.records).toBe(0);
    expect(await errorsOf(control)).toEqual([]);
    const sums = readFileSync(join(path, "SHA256SUMS"), "utf8");
    expect(sums).toMatch(/^[0-9a-f]{64} {2}mission_runs\.json\.gz$/m);
    const runs = gunzipSync(readFileSync(join(path, "mission_runs.json.gz"))).toString();
    expect(JSON.parse(runs)).toContainEqual(expect.objectContaining({ run_id: first?.run_id }));
    // What lies beside it is nothing of its own.
    writeFileSync(join(path, "mission_runs.json"), JSON.stringify([{ forged: true }]));
    expect((await control.importDocuments(path)).records).toBe(0);
    writeFileSync(join(path, "approval_requests.json.gz"), "");
    await expect(control.importDocuments(path)).rejects.toThrow(
      /approval_requests.json.gz: another content; expected what was archived/,
    );
    writeFileSync(join(path, "SHA256SUMS"), "");
    await expect(control.importDocuments(path)).rejects.toThrow(/no line for mission_runs.json.gz/);
    expect(readdirSync(join(workspace, "archive")).filter((file) => file.endsWith(".tmp"))).toEqual(
      [],
    );
  });
});

describe("a run that has left", () => {
  it("keeps its id, and comes back only as it left, from the archive that it left for last", async () => {
    const { place, control } = await aBusiness((folder) => folder);
    const { archives } = await control.archive({ olderThanDays: 90 });
    const [first = ""] = archives;
    const old = gunzipSync(readFileSync(join(first, "mission_runs.json.gz"))).toString();
    const [{ run_id } = { run_id: "" }] = z
      .array(z.object({ run_id: z.string() }))
      .parse(JSON.parse(old));

    await expect(control.start({ mission_id: "M", run_id })).rejects.toThrow(
      /There is a run ".*" in the archive 2026-/,
    );
    await expect(control.run(run_id)).rejects.toThrow(/has left for the archive 2026-.*import/);
    await control.importDocuments(first);
    await control.recordKpis(run_id, { days: 1 });
    const again = await control.archive({ olderThanDays: 90 });
    await control.importDocuments(first);
    for (const path of again.archives) await control.importDocuments(path);

    const back = (await historyOf(place)).runs.find((run) => run.run_id === run_id);
    expect(back?.kpis_recorded).toEqual({ days: 1 });
    expect(await errorsOf(control)).toEqual([]);
  });

  it("is refused where its archive and the checksums were both changed", async () => {
    const { control } = await aBusiness((folder) => folder);
    const { archives } = await control.archive({ olderThanDays: 90 });
    const [path = ""] = archives;
    const file = join(path, "mission_runs.json.gz");
    const forged = gunzipSync(readFileSync(file)).toString().replace('"completed"', '"failed"');
    writeFileSync(file, gzipSync(forged));
    const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
    const sums = readFileSync(join(path, "SHA256SUMS"), "utf8");
    writeFileSync(
      join(path, "SHA256SUMS"),
      sums.replace(/^[0-9a-f]{64}(?= {2}mission_runs)/m, sum),
    );

    await expect(control.importDocuments(path)).rejects.toThrow(/not what had left/);
  });
});

describe("pruning on the command line", () => {
  it("says what it did and what it refuses, and an audit knows what came back changed", async () => {
    const { workspace, control } = await aBusiness((folder) => folder);
    const { archives } = await control.archive({ olderThanDays: 90 });
    const [path = ""] = archives;
    const left = await control.runs();
    await control.close();
    const shown: unknown = JSON.parse(readFileSync(join(workspace, "mission_runs.json"), "utf8"));
    expect(shown).toHaveLength(left.length);
    const cli = (...args: string[]) => runCli(["--workspace", workspace, ...args]);

    const early = await cli("prune", "--older-than", "30d");
    const odd = await cli("prune", "--older-than", "soon");
    const none = await cli("prune", "--older-than", "36500d");
    const imported = await cli("import", path);

    expect([early.code, early.stderr]).toEqual([
      2,
      expect.stringMatching(/after 31 days at the least: budgets go by the month/),
    ]);
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringMatching(/number of days: 90d/)]);
    expect([none.code, none.stdout]).toEqual([0, expect.stringMatching(/No run that ended more/)]);
    expect(imported.code).toBe(0);
    tamper(
      workspace,
      "UPDATE outbox SET seal = replace(seal, substr(seal, 1, 1), 'x') WHERE event = 'run-archived'",
    );
    const { stdout } = await cli("--json", "audit");
    expect(stdout).toMatch(/came back from an archive as another than had left/);
  });
});
