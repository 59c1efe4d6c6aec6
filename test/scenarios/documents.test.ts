/** Telemetry documents: how they come into the database, and how they go out as a view of it. */

import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { type AgentRuntime, openMissionControl } from "../../src/index.ts";
import { aPlan, aReference, aRow, aRun } from "../support/builders.ts";
import { cli } from "../support/command-line.ts";
import { OLD_REQUEST, OLD_ROW, OLD_RUN, addOldRun } from "../support/old-run.ts";
import { runBuiltCli } from "../support/processes.ts";
import {
  aClock,
  aFolder,
  aMissionControl,
  aWorkspace,
  databaseOf,
  readDocument,
  readRecorded,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

const NOBODY = 65_534;
const approve = { type: "approve", decided_by: "ana" } as const;
const TELEMETRY = [
  "mission_runs",
  "task_execution_logs",
  "mission_risk_events",
  "agent_performance_stats",
  "mission_portfolio_snapshot",
];
const idsIn = (records: readonly Record<string, unknown>[]) =>
  records.map((record) => record["run_id"]);

/** A Mission Control that remembers its warnings. */
async function aWarner(workspace: string, options: { policy?: object } = {}) {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  return { warnings, control: await aMissionControl({ workspace, onWarning, ...options }) };
}

describe("a workspace from before there was a database", () => {
  it("is imported when it is first opened, record by record, its documents kept aside", async () => {
    const workspace = aWorkspace();
    const before = new Map(TELEMETRY.map((name) => [name, readDocument(workspace, name)]));
    const text = readFileSync(join(workspace, "mission_runs.json"), "utf8");
    const control = await aMissionControl({ workspace });

    for (const [name, records] of before) {
      expect(readRecorded(workspace, name)).toEqual(records);
    }
    await control.start({ mission_id: "M001" });
    await control.close();

    expect(readDocument(workspace, "mission_runs").slice(0, -1)).toEqual(
      before.get("mission_runs"),
    );
    const aside = join(workspace, ".mission-control", "originals", "mission_runs.json");
    expect(readFileSync(aside, "utf8")).toBe(text);
  });

  it.each([
    ["an original", "originals/task_execution_logs.json/folder"],
    ["the originals", "originals"],
    ["the drafts", "drafts"],
  ])(
    "is not imported before its documents can be kept aside: something else in the place of %s",
    async (_what, path) => {
      const workspace = aWorkspace();
      const obstacle = join(workspace, ".mission-control", path);
      mkdirSync(dirname(obstacle), { recursive: true });
      writeFileSync(obstacle, "");

      for (const _time of [1, 2]) {
        await expect(openMissionControl({ workspace })).rejects.toMatchObject({
          code: "STORE_FAILED",
        });
      }
      rmSync(join(workspace, ".mission-control", "originals"), { recursive: true, force: true });
      rmSync(obstacle, { force: true });
      const control = await aMissionControl({ workspace });

      expect(await control.runs()).toHaveLength(8);
      const originals = readdirSync(join(workspace, ".mission-control", "originals"));
      expect(originals.toSorted()).toEqual(TELEMETRY.map((name) => `${name}.json`).toSorted());
    },
  );

  it("goes on with a run that waits there, after a decision", async () => {
    const workspace = aWorkspace();
    addOldRun(workspace, (name) => readDocument(workspace, name));
    const clock = aClock("2026-11-22T12:03:00Z");
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = OLD_RUN;

    const waiting = await control.pendingApprovals();
    const outcome = await control.decide(run_id, { T2: approve });

    expect(waiting).toEqual([OLD_REQUEST]);
    expect(outcome.status).toBe("completed");
    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === run_id,
    );
    expect(rows[0]).toEqual(OLD_ROW);
    expect(rows.map((row) => [row["task_id"], row["attempt"], row["outcome"]])).toEqual([
      ["T1", 1, "completed"],
      ["T2", 1, "approved"],
      ["T3", 1, "completed"],
    ]);
    expect(rows[1]).toMatchObject({ human_delay_minutes: 3, decided_by: "ana" });
  });

  it("asks again under the same id when a run that waits there is resumed", async () => {
    const workspace = aWorkspace();
    addOldRun(workspace, (name) => readDocument(workspace, name));
    const control = await aMissionControl({ workspace });

    const { status, pending_approvals } = await control.resume(OLD_RUN.run_id);

    expect(status).toBe("awaiting_approval");
    expect(pending_approvals).toEqual([OLD_REQUEST]);
  });

  it("has what its journal says imported too, but for a torn line", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    writeDocument(workspace, "mission_runs", [aRun()]);
    mkdirSync(join(workspace, ".mission-control"));
    const lines = [
      JSON.stringify(["mission_runs", aRun({ escalations: 3 })]),
      JSON.stringify(["task_execution_logs", aRow()]),
      JSON.stringify(["task_execution_logs", aRow({ attempt: 2 })]).slice(0, -9),
    ];
    writeFileSync(join(workspace, ".mission-control", "journal.jsonl"), lines.join("\n"));

    await aMissionControl({ workspace });

    expect(readRecorded(workspace, "mission_runs")).toEqual([aRun({ escalations: 3 })]);
    expect(readRecorded(workspace, "task_execution_logs")).toEqual([aRow()]);
  });

  it("is refused with every fault of every document, and nothing is written", async () => {
    const workspace = aWorkspace();
    const runs = readDocument(workspace, "mission_runs");
    writeDocument(workspace, "mission_runs", [
      { ...runs[0], status: "odd" },
      ...runs.slice(1, 3),
      { ...runs[3], escalations: -1 },
    ]);
    const logs = join(workspace, "task_execution_logs.json");
    writeFileSync(logs, readFileSync(logs, "utf8").slice(0, 500));
    const before = TELEMETRY.map((name) => readFileSync(join(workspace, `${name}.json`), "utf8"));

    const opening = openMissionControl({ workspace });

    await expect(opening).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringMatching(
        /mission_runs\.json: record 1 .*status[^]*mission_runs\.json: record 4 .*escalations[^]*task_execution_logs\.json: not JSON at line \d+, column \d+/,
      ),
    });
    for (const name of TELEMETRY) expect(readRecorded(workspace, name)).toEqual([]);
    expect(TELEMETRY.map((name) => readFileSync(join(workspace, `${name}.json`), "utf8"))).toEqual(
      before,
    );
    expect(existsSync(join(workspace, ".mission-control", "originals"))).toBe(false);
  });

  it("is refused when two records have one key: nobody knows which is meant", async () => {
    const workspace = aWorkspace();
    const [row = {}, ...rest] = readDocument(workspace, "task_execution_logs");
    const again = { ...row, attempt: 1, outcome: "failed", actual_duration_minutes: 99 };
    writeDocument(workspace, "task_execution_logs", [row, ...rest, again]);

    const { code, stderr } = await cli(workspace, "runs");

    expect(row).not.toHaveProperty("attempt");
    expect(code).toBe(2);
    const place = `record ${rest.length + 2} (${String(row["run_id"])} ${String(row["task_id"])} 1)`;
    expect(stderr).toContain(`${place}: the same key as a record before it`);
    expect(readRecorded(workspace, "task_execution_logs")).toEqual([]);
  });

  it("is imported once it is mended", async () => {
    const workspace = aWorkspace();
    const runs = readDocument(workspace, "mission_runs");
    writeDocument(workspace, "mission_runs", [{ ...runs[0], status: "odd" }]);
    await expect(openMissionControl({ workspace })).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
    writeDocument(workspace, "mission_runs", runs);

    const control = await aMissionControl({ workspace });

    expect(await control.runs()).toHaveLength(8);
  });
});

describe("a document that was changed by hand", () => {
  /** A workspace that was opened, whose first run somebody has flagged in the document. */
  async function anEditedWorkspace(): Promise<string> {
    const workspace = aWorkspace();
    const { control } = await aWarner(workspace);
    await control.start({ mission_id: "M001" });
    await control.close();
    const [first, ...rest] = readDocument(workspace, "mission_runs");
    writeDocument(workspace, "mission_runs", [{ ...first, note: "by hand" }, ...rest]);
    return workspace;
  }

  it("is neither read nor written over, and a warning says what to do", async () => {
    const workspace = await anEditedWorkspace();
    const before = readFileSync(join(workspace, "mission_runs.json"), "utf8");
    const { control, warnings } = await aWarner(workspace);

    const { run_id, status } = await control.start({ mission_id: "M002" });
    await control.close();

    expect(status).toBe("awaiting_approval");
    expect(warnings).toContainEqual(
      expect.stringMatching(/mission_runs\.json: changed by hand.*import.*--force/),
    );
    expect(readFileSync(join(workspace, "mission_runs.json"), "utf8")).toBe(before);
    expect(idsIn(readDocument(workspace, "task_execution_logs"))).not.toContain(run_id);
    expect(readRecorded(workspace, "mission_runs")[0]).not.toHaveProperty("note");
  });

  it("is taken over by import, and from then on written again", async () => {
    const workspace = await anEditedWorkspace();

    const imported = await cli(workspace, "import");
    const { control, warnings } = await aWarner(workspace);
    await control.start({ mission_id: "M002" });
    await control.close();

    expect(imported).toMatchObject({ code: 0, stderr: "" });
    expect(imported.stdout).toMatch(/^Imported \d+ records\.\n$/);
    expect(warnings).toEqual([]);
    expect(readRecorded(workspace, "mission_runs")[0]).toMatchObject({ note: "by hand" });
    const written = readDocument(workspace, "mission_runs");
    expect(written).toHaveLength(10);
    expect(written[0]).toMatchObject({ note: "by hand" });
  });

  it("is written over by export with --force, and refused without", async () => {
    const workspace = await anEditedWorkspace();

    const refused = await cli(workspace, "export", "--format", "json");
    const link = join(aFolder(), "link");
    symlinkSync(workspace, link);
    const byLink = await cli(workspace, "export", "--format", "json", "--out", link);
    const throughLink = await cli(link, "export", "--format", "json", "--out", workspace);
    const forced = await cli(workspace, "export", "--format", "json", "--force");
    const { control, warnings } = await aWarner(workspace);
    await control.start({ mission_id: "M002" });
    await control.close();

    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^USAGE: mission_runs\.json: changed by hand/);
    expect([byLink, throughLink]).toEqual([refused, refused]);
    expect(forced.code).toBe(0);
    expect(warnings).toEqual([]);
    expect(readDocument(workspace, "mission_runs")[0]).not.toHaveProperty("note");
    expect(readDocument(workspace, "mission_runs")).toHaveLength(10);
  });

  it("is refused by import with its place when it is broken, and nothing is changed", async () => {
    const workspace = await anEditedWorkspace();
    const before = readRecorded(workspace, "mission_runs");
    const runs = readDocument(workspace, "mission_runs");
    writeDocument(workspace, "mission_runs", [...runs.slice(0, 8), { ...runs[8], status: "odd" }]);

    const { code, stderr } = await cli(workspace, "import");

    expect(code).toBe(2);
    expect(stderr).toMatch(/^BAD_DOCUMENT: mission_runs\.json: record 9 .*status/);
    expect(readRecorded(workspace, "mission_runs")).toEqual(before);
  });

  it("that was deleted is made again", async () => {
    const workspace = await anEditedWorkspace();
    renameSync(join(workspace, "mission_runs.json"), join(aFolder(), "gone.json"));
    const { control, warnings } = await aWarner(workspace);

    await control.start({ mission_id: "M002" });
    await control.close();

    expect(warnings).toEqual([]);
    expect(readDocument(workspace, "mission_runs")).toHaveLength(10);
  });
});

describe("an import", () => {
  it("takes back no decision that was made after the documents were written", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, onWarning: () => {} });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.close();
    const next = await aMissionControl({ workspace, onWarning: () => {} });
    const stale = readDocument(workspace, "approval_requests");
    writeDocument(workspace, "approval_requests", [...stale]);
    await next.decide(run_id, { T2: approve });

    await expect(next.importDocuments()).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringContaining(`${run_id}: the run has gone on`),
    });
    const { findings } = await next.audit();
    await next.close();

    expect(readRecorded(workspace, "approval_requests")).toMatchObject([{ decided_by: "ana" }]);
    expect(findings.filter(({ code }) => code === "RECORD_CHANGED")).toEqual([]);
  });

  it("takes of the workspace's own documents only those that were changed", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, onWarning: () => {} });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.close();
    const next = await aMissionControl({ workspace, onWarning: () => {} });
    const stats = readDocument(workspace, "agent_performance_stats");
    writeDocument(workspace, "agent_performance_stats", [...stats]);
    await next.decide(run_id, { T2: approve });

    const { records } = await next.importDocuments();
    const { status } = await next.run(run_id);
    await next.close();

    expect(records).toBe(stats.length);
    expect(status).toBe("completed");
  });

  it("never puts another workspace's run in the place of one with its id", async () => {
    const [here, there] = [aWorkspace(), aWorkspace()];
    for (const [workspace, mission_id] of [
      [here, "M001"],
      [there, "M003"],
    ] as const) {
      const control = await aMissionControl({ workspace });
      await control.start({ mission_id, run_id: "R-1" });
      await control.close();
    }
    const control = await aMissionControl({ workspace: here });

    await expect(control.importDocuments(there)).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringContaining("R-1: another run has this id here"),
    });
    expect(await control.run("R-1")).toMatchObject({ mission_id: "M001" });
    await control.close();
  });

  it("of a folder without documents is refused", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    await expect(control.importDocuments(aFolder())).rejects.toMatchObject({ code: "USAGE" });
    await expect(control.importDocuments("/no/such/folder")).rejects.toMatchObject({
      code: "STORE_FAILED",
    });
    await control.close();
  });
});

describe("the view of the newest runs", () => {
  it("has as many as the policy says with all that is theirs; export writes all", async () => {
    const workspace = aWorkspace();
    const policy = { documents: { keep_runs: 2 } };
    const { control, warnings } = await aWarner(workspace, { policy });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.decide(run_id, { T2: approve });
    const out = aFolder();
    await control.close();

    const exported = await cli(workspace, "export", "--format", "json", "--out", out);

    const kept = ["RUN_2026_02_06_008", run_id];
    expect(warnings).toEqual([]);
    expect(idsIn(readDocument(workspace, "mission_runs"))).toEqual(kept);
    expect(new Set(idsIn(readDocument(workspace, "task_execution_logs")))).toEqual(new Set(kept));
    expect(idsIn(readDocument(workspace, "approval_requests"))).toEqual([run_id]);
    expect(idsIn(readDocument(workspace, "mission_risk_events"))).toEqual([]);
    expect(exported.code).toBe(0);
    for (const name of [...TELEMETRY, "approval_requests"]) {
      expect(readDocument(out, name)).toEqual(readRecorded(workspace, name));
    }
    expect(readDocument(out, "mission_runs")).toHaveLength(9);
    expect(readDocument(out, "mission_risk_events")).toHaveLength(5);
  });

  it("are written over another workspace's only by force", async () => {
    const [here, there] = [aWorkspace(), aWorkspace()];
    const before = readFileSync(join(there, "mission_runs.json"), "utf8");
    await cli(here, "run", "M001");
    const out = ["export", "--format", "json", "--out", there];

    const refused = await cli(here, ...out);
    const after = readFileSync(join(there, "mission_runs.json"), "utf8");
    const forced = await cli(here, ...out, "--force");

    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^USAGE: .* is another workspace: --force writes over/);
    expect(after).toBe(before);
    expect(forced.code).toBe(0);
    expect(readDocument(there, "mission_runs")).toHaveLength(9);
  });

  it("has outputs too large for a row with it, here and elsewhere: what waits for their judgement goes on", async () => {
    const large: AgentRuntime = async () => ({ output: "x".repeat(17_000), work_minutes: 1 });
    const judged = { requires_human_approval: true, approval_stage: "after" as const };
    const reference = aReference(aPlan({ T1: [] }, { T1: judged }));
    const [workspace, fresh, out] = [aWorkspace(reference), aWorkspace(reference), aFolder()];
    const open = (folder: string) =>
      aMissionControl({ workspace: folder, runtimes: { A1: large } });
    const control = await open(workspace);
    const { run_id } = await control.start({ mission_id: "M" });
    await control.close();
    rmSync(join(workspace, "outputs"), { recursive: true });
    await cli(workspace, "export", "--format", "json");
    await cli(workspace, "export", "--format", "json", "--out", out);
    rmSync(databaseOf(workspace));

    await cli(fresh, "import", out);

    for (const folder of [workspace, fresh]) {
      const again = await open(folder);
      const { status } = await again.decide(run_id, { T1: approve });
      const { runs } = await again.replay();
      await again.close();
      expect(status).toBe("completed");
      expect(runs).toMatchObject([{ run_id, status: "agrees" }]);
    }
  });

  it("makes the workspace again, runs that wait included, when the database is gone", async () => {
    const workspace = aWorkspace();
    const first = await aMissionControl({ workspace });
    const { run_id } = await first.start({ mission_id: "M001" });
    await first.close();
    renameSync(join(workspace, ".mission-control"), join(aFolder(), "gone"));
    const control = await aMissionControl({ workspace });

    const { status } = await control.decide(run_id, { T2: approve });

    expect(status).toBe("completed");
    const rows = readRecorded(workspace, "task_execution_logs");
    expect(rows.filter((row) => row["run_id"] === run_id)).toHaveLength(3);
  });

  it("follows a link, which stays one", async () => {
    const workspace = aWorkspace();
    const elsewhere = aFolder();
    const target = join(elsewhere, "mission_runs.json");
    renameSync(join(workspace, "mission_runs.json"), target);
    symlinkSync(target, join(workspace, "mission_runs.json"));
    const { control, warnings } = await aWarner(workspace);

    await control.start({ mission_id: "M001" });
    await control.close();

    expect(warnings).toEqual([]);
    expect(lstatSync(join(workspace, "mission_runs.json")).isSymbolicLink()).toBe(true);
    expect(readDocument(elsewhere, "mission_runs")).toHaveLength(9);
  });
});

describe("a database that cannot be used", () => {
  it("is refused with what to do when it is damaged somewhere in it", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "runs");
    const bytes = readFileSync(databaseOf(workspace));
    // The first pages have the schema: it opens all the same.
    writeFileSync(databaseOf(workspace), bytes.fill(0xff, 2 * 4096));

    const { code, stderr } = await cli(workspace, "runs");

    expect(code).toBe(1);
    expect(stderr).toMatch(/^STORE_FAILED: .* is damaged or is no database\. Move it away and run/);
  });

  it.each([
    ["garbage", "five years of work", /is damaged or is no database\. Move it away/],
    ["a torn one", `SQLite format 3\0${"x".repeat(5000)}`, /is damaged or is no database/],
  ])("is refused at the command line: %s", async (_what, content, message) => {
    const workspace = aWorkspace();
    await cli(workspace, "runs");
    writeFileSync(databaseOf(workspace), content);

    const { code, stderr } = await cli(workspace, "run", "M001");

    expect(code).toBe(1);
    expect(stderr).toMatch(/^STORE_FAILED: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
    expect(readFileSync(databaseOf(workspace), "utf8")).toBe(content);
  });

  it("is refused at the command line: one of a newer version", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "runs");
    tamper(workspace, "PRAGMA user_version = 99");

    const { code, stderr } = await cli(workspace, "runs");

    expect(code).toBe(1);
    expect(stderr).toMatch(/^STORE_FAILED: .*newer Mission Control \(schema 99/);
  });
});

describe.runIf(process.getuid?.() === 0)("a folder that cannot be written to", () => {
  /** As another user sees it: readable, and nothing more. */
  function aReadOnlyCopy(workspace: string): string {
    const folder = join(aFolder(), "workspace");
    cpSync(workspace, folder, { recursive: true });
    for (const path of [join(folder, ".."), folder]) chmodSync(path, 0o555);
    return folder;
  }
  const asNobody = (workspace: string, ...args: string[]) =>
    runBuiltCli(["--workspace", workspace, ...args], { uid: NOBODY, cwd: join(workspace, "..") });

  it("is read, looked back at and audited", async () => {
    const workspace = aReadOnlyCopy(aWorkspace());

    const runs = await asNobody(workspace, "--json", "runs");
    const shown = await asNobody(workspace, "show", "RUN_2026_02_01_006");
    const board = await asNobody(workspace, "portfolio", "--date", "2026-02-04");
    const audit = await asNobody(workspace, "audit");

    expect(JSON.parse(runs.stdout)).toHaveLength(8);
    expect(shown.code).toBe(0);
    expect(board.stdout).toContain("🔴 Risk: HIGH**");
    expect(audit.stdout).toContain("0 errors, 25 warnings");
  });

  it("takes no run, decision or figure, and says so", async () => {
    const original = aWorkspace();
    addOldRun(original, (name) => readDocument(original, name));
    const workspace = aReadOnlyCopy(original);
    const { run_id } = OLD_RUN;

    const refused = await Promise.all([
      asNobody(workspace, "run", "M001"),
      asNobody(workspace, "approve", run_id, "--by", "ana"),
      asNobody(workspace, "cancel", run_id, "--reason", "x", "--by", "ana"),
      asNobody(workspace, "kpi", "RUN_2026_02_01_006", "csat=4"),
      asNobody(workspace, "import", original),
    ]);

    for (const { code, stderr } of refused) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/^STORE_FAILED: .*permission denied/);
      expect(stderr).not.toContain("    at ");
    }
  });
});
