/** Do the books balance: the sample, broken histories, and a log of decisions that somebody has touched. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { AuditResult } from "../../src/app/audit-workspace.ts";
import { openLazily } from "../../src/app/open-mission-control.ts";
import type { AgentRuntime } from "../../src/index.ts";
import { aPlan, aReference, aRow, aRun, anEvent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import {
  aClock,
  aMissionControl,
  aWorkspace,
  readDocument,
  readRecorded,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;

/** As the command does: what cannot be read is found, not refused. */
async function audit(
  workspace: string,
  options: { readonly fix?: boolean; readonly expectHead?: string } = {},
): Promise<AuditResult> {
  const control = await openLazily({ workspace }, { leaveOut: true });
  try {
    return await control.audit(options);
  } finally {
    await control.close();
  }
}

describe("an audit", () => {
  it("is clean while a run waits, and of a weekly snapshot", async () => {
    const plan = aPlan({ T1: [], T2: ["T1"] }, { T2: { requires_human_approval: true } });
    const workspace = aWorkspace(aReference(plan));
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M" });
    await control.decide(run_id, { T2: approve });
    await control.saveSnapshot(await control.portfolio(undefined, "week"));
    await control.start({ mission_id: "M" });
    await control.close();

    expect((await audit(workspace)).findings).toEqual([]);
  });

  it("names the record that it cannot read", async () => {
    const workspace = aWorkspace();
    await (await aMissionControl({ workspace })).close();
    tamper(workspace, "UPDATE task_logs SET record = '{}' WHERE run_id = 'RUN_2026_02_01_001'");

    await expect(audit(workspace)).rejects.toThrow(
      /task_execution_logs \(run_id RUN_2026_02_01_001, task_id T1, attempt 1\)/,
    );
  });
});

describe("an audit of the sample", () => {
  it("finds its own inconsistencies, and nothing else", async () => {
    const { findings, counts } = await audit(aWorkspace());

    expect(counts).toEqual({
      error: 0,
      warning: 25,
      info: 14,
      AGGREGATE_DIFFERS: 5,
      BEFORE_THE_CHAIN: 1,
      SNAPSHOT_DIFFERS: 18,
      STATS_DIFFER: 7,
      UNEXPLAINED_TIME: 8,
    });
    expect(findings.find(({ severity }) => severity === "info")).toMatchObject({
      code: "AGGREGATE_DIFFERS",
      known_at_import: true,
      record: "RUN_2026_02_01_001",
      field: "human_interventions",
      recorded: 2,
      recomputed: 1,
    });
    expect(findings.filter((finding) => finding.record === "A5")).toMatchObject([
      { field: "avg_task_duration_minutes", recorded: 4.2, recomputed: 3.8 },
      { field: "approval_rate", recorded: 0.93, recomputed: 1 },
      { field: "escalation_rate", recorded: 0.08, recomputed: 0 },
    ]);
  });

  it("writes recomputed documents next to the recorded ones, never over them", async () => {
    const workspace = aWorkspace();
    const before = readFileSync(join(workspace, "agent_performance_stats.json"), "utf8");

    const { written } = await audit(workspace, { fix: true });

    expect(written).toEqual([
      join(workspace, "agent_performance_stats.recomputed.json"),
      join(workspace, "mission_portfolio_snapshot.recomputed.json"),
    ]);
    expect(readFileSync(join(workspace, "agent_performance_stats.json"), "utf8")).toBe(before);
    const mended = aWorkspace();
    for (const name of ["agent_performance_stats", "mission_portfolio_snapshot"]) {
      writeDocument(mended, name, readDocument(workspace, `${name}.recomputed`));
    }
    expect((await audit(mended)).counts).toMatchObject({ error: 0, warning: 0 });
  });

  it("looks at what an earlier version left in its journal as well", async () => {
    const workspace = aWorkspace();
    const row = JSON.stringify(["task_execution_logs", aRow({ run_id: "R9" })]);
    mkdirSync(join(workspace, ".mission-control"));
    writeFileSync(join(workspace, ".mission-control", "journal.jsonl"), `${row}\n`);

    const { stdout } = await runCli(["--workspace", workspace, "audit"]);

    expect(stdout).toContain("R9");
    expect(readRecorded(workspace, "task_execution_logs")).toHaveLength(23);
    expect(readDocument(workspace, "task_execution_logs")).toHaveLength(22);
  });

  it("says that what does not balance came so, and is no error of this workspace", async () => {
    const { code, stdout } = await runCli(["--workspace", aWorkspace(), "audit"]);

    expect(code).toBe(0);
    expect(stdout).toContain("0 errors, 25 warnings, 14 to know.");
    expect(stdout).toContain("5 of them did not balance in what was imported");
  });

  it("exits with 1 when a record that was imported is not any more what it was", async () => {
    const workspace = aWorkspace();
    await audit(workspace);
    tamper(
      workspace,
      "UPDATE runs SET record = json_set(record, '$.human_interventions', 1) WHERE run_id = ?",
      "RUN_2026_02_01_001",
    );

    const { code, stdout } = await runCli(["--workspace", workspace, "audit"]);

    expect(code).toBe(1);
    expect(stdout).toMatch(/error +RECORD_CHANGED +mission_runs, RUN_2026_02_01_001/u);
  });
});

describe("an audit of what was run here", () => {
  it("finds nothing: the books balance", async () => {
    const clock = aClock();
    const workspace = aWorkspace(
      aReference(aPlan({ T1: [], T2: ["T1"], T3: [] }, { T2: { requires_human_approval: true } })),
    );
    const control = await aMissionControl({ workspace, clock });
    const { run_id } = await control.start({ mission_id: "M" });
    clock.advance(7);
    await control.decide(run_id, { T2: approve });
    const failing = await control.start({ mission_id: "M" });
    await control.decide(failing.run_id, { T2: { type: "reject", reason: "no" } });
    await control.close();

    expect((await audit(workspace)).findings).toEqual([]);
  });
});

describe("a broken history", () => {
  const ended = { status: "completed" as const, end_time: "2026-11-22T12:05:00Z" };

  async function auditOf(documents: Readonly<Record<string, unknown>>) {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    const given = {
      mission_runs: [aRun({ ...ended, total_duration_minutes: 5 })],
      task_execution_logs: [aRow()],
      ...documents,
    };
    for (const [name, records] of Object.entries(given)) writeDocument(workspace, name, records);
    const { findings } = await audit(workspace);
    // That runs were imported is said of all of them.
    const own = findings.filter(({ code }) => code !== "BEFORE_THE_CHAIN");
    return own.map(({ code, record, field = "" }) => [code, record, field].join(" "));
  }

  it.each([
    ["nothing wrong", {}, []],
    [
      "an orphan row",
      { task_execution_logs: [aRow(), aRow({ run_id: "R9" })] },
      ["UNKNOWN_REFERENCE R9 T1 attempt 1 run_id"],
    ],
    [
      "an orphan event",
      { mission_risk_events: [anEvent({ run_id: "R9" })] },
      ["UNKNOWN_REFERENCE RISK_001 run_id"],
    ],
    [
      "an unknown task",
      { mission_risk_events: [anEvent({ task_id: "T9" })] },
      ["UNKNOWN_REFERENCE RISK_001 task_id", "AGGREGATE_DIFFERS R1 risk_flagged"],
    ],
    [
      "an unknown agent",
      { task_execution_logs: [aRow({ agent_id: "A9" })] },
      ["UNKNOWN_REFERENCE R1 T1 attempt 1 agent_id"],
    ],
    ["a duplicate", { task_execution_logs: [aRow(), aRow()] }, ["BAD_RECORD record 2 (R1 T1 1) "]],
    [
      "negative minutes",
      { task_execution_logs: [aRow(), { ...aRow({ attempt: 2 }), actual_duration_minutes: -1 }] },
      ["BAD_RECORD record 2 (R1 T1) actual_duration_minutes"],
    ],
    [
      "an unknown status",
      { mission_runs: [{ ...aRun(), status: "odd" }], task_execution_logs: [] },
      ["BAD_RECORD record 1 (R1) status"],
    ],
    [
      "an end before the start",
      {
        mission_runs: [
          aRun({ ...ended, end_time: "2026-11-22T11:00:00Z", total_duration_minutes: 0 }),
        ],
      },
      ["IMPOSSIBLE_TIME R1 end_time", "UNEXPLAINED_TIME R1 total_duration_minutes"],
    ],
    [
      "a longer wait than time",
      { task_execution_logs: [aRow({ human_delay_minutes: 9 })] },
      ["IMPOSSIBLE_TIME R1 T1 attempt 1 human_delay_minutes"],
    ],
    [
      "minutes that its times deny",
      { task_execution_logs: [aRow({ actual_duration_minutes: 4 })] },
      ["IMPOSSIBLE_TIME R1 T1 attempt 1 actual_duration_minutes"],
    ],
    [
      "no rows",
      { task_execution_logs: [] },
      ["NO_ROWS R1 ", "UNEXPLAINED_TIME R1 total_duration_minutes"],
    ],
    ["a list that is none", { mission_risk_events: { events: [] } }, ["BAD_DOCUMENT  "]],
    [
      "a text of 1 MB",
      { mission_risk_events: [anEvent({ risk_type: "x".repeat(1_000_000), run_id: "R9" })] },
      ["UNKNOWN_REFERENCE RISK_001 run_id"],
    ],
  ])("with %s is a matter of findings", async (_name, documents, expected) => {
    expect(await auditOf(documents)).toEqual(expected);
  });

  it("that was cut off in the middle of a file is found, with its place", async () => {
    const workspace = aWorkspace();
    const path = join(workspace, "task_execution_logs.json");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, 500));

    const { findings } = await audit(workspace);

    const broken = findings.find((finding) => finding.code === "BAD_DOCUMENT");
    expect(broken?.message).toMatch(/task_execution_logs\.json: not JSON at line \d+, column \d+/);
    expect(findings.every((finding) => finding.message.length < 500)).toBe(true);
  });
});

/** A run with three decisions. */
async function aDecidedRun(): Promise<{ readonly workspace: string; readonly run_id: string }> {
  const gate = { requires_human_approval: true };
  const plan = aPlan({ T1: [], T2: [], T3: [] }, { T1: gate, T2: gate, T3: gate });
  const workspace = aWorkspace(aReference(plan));
  const control = await aMissionControl({ workspace, clock: aClock() });
  const { run_id } = await control.start({ mission_id: "M" });
  for (const task of ["T1", "T2", "T3"]) await control.decide(run_id, { [task]: approve });
  await control.close();
  return { workspace, run_id };
}

function changeRequest(workspace: string, task: string, field: string, value: string | number) {
  const set = `UPDATE approvals SET record = json_set(record, '$.' || ?, ?)`;
  tamper(workspace, `${set} WHERE task_id = ?`, field, value, task);
}

describe("the chain of decisions", () => {
  async function findDecisions(workspace: string): Promise<readonly string[]> {
    const { findings } = await audit(workspace);
    return findings
      .filter(({ code }) => code.startsWith("DECISION"))
      .map(({ code, record }) => `${code} ${record.split("-").slice(2).join("-")}`);
  }

  it("holds as it was written", async () => {
    const { workspace } = await aDecidedRun();

    expect((await audit(workspace)).findings).toEqual([]);
  });

  it.each([
    ["decided_by", "eve"],
    ["decision", "reject"],
    ["decided_at", "2026-11-22T12:00:01Z"],
    ["content_hash", "other"],
    ["reason", "added later"],
  ])("tells the first entry whose %s was changed", async (field, value) => {
    const { workspace } = await aDecidedRun();

    changeRequest(workspace, "T2", field, value);

    expect(await findDecisions(workspace)).toEqual(["DECISION_CHANGED T2-1"]);
  });

  it("tells where one is missing", async () => {
    const { workspace } = await aDecidedRun();

    tamper(workspace, "DELETE FROM approvals WHERE task_id = 'T2'");

    expect(await findDecisions(workspace)).toEqual(["DECISION_MISSING T3-1"]);
  });

  it("tells that the end was cut off", async () => {
    const { workspace } = await aDecidedRun();

    tamper(workspace, "DELETE FROM approvals WHERE task_id = 'T3'");

    expect(await findDecisions(workspace)).toEqual([expect.stringMatching(/^DECISIONS_CUT_OFF/)]);
  });

  it("tells where two have changed places", async () => {
    const { workspace } = await aDecidedRun();

    changeRequest(workspace, "T2", "decision_number", 3);
    changeRequest(workspace, "T3", "decision_number", 2);

    expect(await findDecisions(workspace)).toEqual(["DECISION_CHANGED T3-1"]);
  });
});

describe("the chain of what happened", () => {
  it.each([
    [
      "a row that was changed",
      "UPDATE task_logs SET record = json_set(record, '$.actual_duration_minutes', 1)",
      "RECORD_CHANGED",
    ],
    ["a row that was taken out", "DELETE FROM task_logs WHERE task_id = 'T3'", "RECORD_CHANGED"],
    [
      "an end that was moved",
      "UPDATE runs SET record = json_set(record, '$.requested_by', 'eve')",
      "RECORD_CHANGED",
    ],
    ["a run that is gone", "DELETE FROM runs", "RECORD_CHANGED"],
    [
      "evidence for a route that was changed",
      `UPDATE runs SET routing = replace(routing, '"executions":', '"executions":1')`,
      "RECORD_CHANGED",
    ],
    ["routes that are gone", "UPDATE runs SET routing = NULL", "RECORD_CHANGED"],
    [
      "an event that says nothing",
      "UPDATE outbox SET event = 'x' WHERE number = 3",
      "CHAIN_BROKEN",
    ],
    ["an event that is gone", "DELETE FROM outbox WHERE number = 2", "CHAIN_BROKEN"],
    [
      "an event that was changed",
      "UPDATE outbox SET at = '2026-11-22T11:00:00Z' WHERE number = 3",
      "CHAIN_BROKEN",
    ],
  ])("tells %s", async (_what, sql, code) => {
    const { workspace } = await aDecidedRun();

    tamper(workspace, sql);

    expect((await audit(workspace)).findings).toContainEqual(
      expect.objectContaining({ code, severity: "error" }),
    );
  });

  it("tells a history that was made anew, to who kept its head elsewhere", async () => {
    const { workspace } = await aDecidedRun();
    const { head } = await audit(workspace);
    const [number = ""] = head.split(":");

    const same = await audit(workspace, { expectHead: head });
    tamper(workspace, "DELETE FROM outbox WHERE number = ?", Number(number));
    const cut = await audit(workspace, { expectHead: head });

    expect(Number(number)).toBeGreaterThan(5);
    expect(same.findings).toEqual([]);
    expect(cut.findings).toContainEqual(
      expect.objectContaining({ code: "CHAIN_BROKEN", record: number }),
    );
  });

  it("takes no head that there never was for one that is as it was", async () => {
    const { workspace } = await aDecidedRun();

    const { findings } = await audit(workspace, { expectHead: "999:" });

    expect(findings).toMatchObject([{ code: "CHAIN_BROKEN", record: "999" }]);
  });
});

describe("what a run was opened with", () => {
  const anError = (code: string, fields: object) =>
    expect.objectContaining({ code, severity: "error", ...fields });

  it.each([
    ["plan_hash", "UPDATE kept SET record = json_set(record, '$.tasks[0].task', 'other')"],
    ["policy_hash", "UPDATE kept SET record = json_set(record, '$.routing.window', 7)"],
  ])("is found when the text kept as %s was changed", async (field, sql) => {
    const { workspace } = await aDecidedRun();
    const hash = String(readRecorded(workspace, "mission_runs")[0]?.[field]);

    tamper(workspace, `${sql} WHERE hash = ?`, hash);

    const { findings } = await audit(workspace);
    expect(findings).toContainEqual(anError("RECORD_CHANGED", { document: "kept", record: hash }));
  });

  it.each(["plan_hash", "policy_hash"])("is found when the %s names nothing", async (field) => {
    const { workspace, run_id } = await aDecidedRun();
    const hash = String(readRecorded(workspace, "mission_runs")[0]?.[field]);

    tamper(workspace, "DELETE FROM kept WHERE hash = ?", hash);

    const { findings } = await audit(workspace);
    expect(findings).toContainEqual(
      anError("RECORD_CHANGED", {
        document: "mission_runs",
        record: run_id,
        field,
        recorded: hash,
      }),
    );
  });

  it("holds when a plan has its figures in the order that people gave them", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace, clock: aClock() });
    await control.start({ mission_id: "M001" });
    await control.close();

    const { findings } = await audit(workspace);

    expect(findings.filter(({ document }) => document === "kept")).toEqual([]);
    expect(findings.filter(({ code }) => code === "COLUMN_DIFFERS")).toEqual([]);
  });

  it("is what its rows are held against, whatever the plan of today says", async () => {
    const { workspace } = await aDecidedRun();
    const today = aReference(aPlan({ T8: [], T9: [] }));
    writeDocument(workspace, "decomposed_mission_tasks", today.plans);

    const { findings } = await audit(workspace);

    expect(findings.filter(({ code }) => code === "UNKNOWN_REFERENCE")).toEqual([]);
  });

  it("tells that the run was opened here, when all events are gone", async () => {
    const { workspace, run_id } = await aDecidedRun();

    tamper(workspace, "DELETE FROM outbox");

    const { findings } = await audit(workspace);
    expect(findings).toContainEqual(anError("CHAIN_BROKEN", { record: run_id }));
    expect(findings.map(({ code }) => code)).not.toContain("BEFORE_THE_CHAIN");
  });

  it("is no proof against a run that was imported and has the same plan", async () => {
    const { workspace } = await aDecidedRun();
    rmSync(join(workspace, ".mission-control"), { recursive: true });
    const control = await aMissionControl({ workspace, clock: aClock() });
    await control.start({ mission_id: "M" });
    await control.close();

    const { findings } = await audit(workspace);

    expect(findings.map(({ code }) => code)).toEqual(["BEFORE_THE_CHAIN"]);
  });
});

describe("what is kept twice", () => {
  it("finds an output that is not what its hash says", async () => {
    const { workspace } = await aDecidedRun();
    const sha256 = "0".repeat(64);

    tamper(workspace, "INSERT INTO outputs (sha256, record) VALUES (?, '{}')", sha256);

    expect((await audit(workspace)).findings).toMatchObject([
      { code: "RECORD_CHANGED", severity: "error", document: "outputs", record: sha256 },
    ]);
  });

  it("finds that an output is gone, which a row and a request lead to", async () => {
    const large: AgentRuntime = async () => ({ output: "x".repeat(17_000), work_minutes: 1 });
    const judged = { requires_human_approval: true, approval_stage: "after" as const };
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }, { T1: judged })));
    const control = await aMissionControl({ workspace, runtimes: { A1: large } });
    const { run_id } = await control.start({ mission_id: "M" });
    await control.decide(run_id, { T1: { type: "approve" } });
    await control.close();
    const before = await audit(workspace);

    tamper(workspace, "DELETE FROM outputs");

    const gone = { code: "RECORD_CHANGED", severity: "error", field: "output_ref" };
    expect(before.findings).toEqual([]);
    expect((await audit(workspace)).findings).toMatchObject([
      { ...gone, document: "task_execution_logs", record: `${run_id} T1 attempt 1` },
      { ...gone, document: "approval_requests", record: `APR-${run_id}-T1-1-output` },
    ]);
  });

  it.each([
    ["runs", "end_ms = 1", "end_ms", 1],
    ["runs", "status = 'running', end_ms = NULL", "status, end_ms", 1],
    ["task_logs", "outcome = 'skipped'", "outcome", 3],
    ["approvals", "status = 'pending'", "status", 3],
    ["approvals", "blocked = 99.5", "blocked", 3],
  ])("finds columns of %s that were changed: %s", async (table, change, field, count) => {
    const { workspace } = await aDecidedRun();

    tamper(workspace, `UPDATE ${table} SET ${change}`);

    const { findings } = await audit(workspace);
    const differing = findings.filter(({ code }) => code === "COLUMN_DIFFERS");
    expect(differing).toHaveLength(count);
    expect(differing[0]).toMatchObject({ severity: "error", field });
  });

  it("finds a risk that is closed for queries alone", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    writeDocument(workspace, "mission_runs", [aRun({ risk_flagged: true })]);
    writeDocument(workspace, "mission_risk_events", [anEvent()]);
    await audit(workspace);

    tamper(workspace, "UPDATE risk_events SET status = 'closed'");

    expect((await audit(workspace)).findings).toContainEqual(
      expect.objectContaining({ code: "COLUMN_DIFFERS", record: "RISK_001", field: "status" }),
    );
  });

  it("takes what a column cannot hold for what was written", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));
    writeDocument(workspace, "mission_runs", [aRun()]);
    writeDocument(workspace, "mission_risk_events", [
      anEvent({ risk_type: "a\0b" }),
      anEvent({ event_id: "RISK_002", risk_type: "\ud800" }),
    ]);

    const { findings } = await audit(workspace);

    expect(findings.filter(({ code }) => code === "COLUMN_DIFFERS")).toEqual([]);
  });
});
