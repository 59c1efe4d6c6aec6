/** What each command does, says and refuses, and what it exits with. */

import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { initWorkspace } from "../../src/index.ts";
import { aWaitingRun, cli, runCli } from "../support/command-line.ts";
import {
  aFolder,
  aWorkspace,
  readDocument,
  readRecorded,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

describe("the command line", () => {
  it("completes the run on approval, and its report is on disk", async () => {
    const { workspace, runId } = await aWaitingRun();

    const approved = await cli(workspace, "approve", runId, "--by", "ana");
    const again = await cli(workspace, "approve", runId, "T2", "--by", "ana");

    expect(approved.code).toBe(0);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain("ALREADY_DECIDED");
    expect(readFileSync(join(workspace, "reports", `${runId}.md`), "utf8")).toContain("completed");
  });

  it("exits with 1 when a rejected task leaves the mission undone", async () => {
    const { workspace, runId } = await aWaitingRun();

    const { code, stdout } = await cli(
      workspace,
      "reject",
      runId,
      "T2",
      "--reason",
      "fraud",
      "--by",
      "ana",
    );

    expect(code).toBe(1);
    expect(stdout).toContain('"Verify documents" was rejected by ana: fraud;');
  });

  it("approves planned gates with --approve-all, which needs a name", async () => {
    const workspace = aWorkspace();

    const nameless = await cli(workspace, "run", "M002", "--approve-all");
    const { code, stdout } = await cli(
      workspace,
      "--json",
      "run",
      "M002",
      "--approve-all",
      "--by",
      "ana",
      "--kpi",
      "pipeline_days=6.5",
    );

    expect(nameless).toMatchObject({ code: 2 });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "completed" });
    expect(readRecorded(workspace, "mission_runs").at(-1)).toMatchObject({
      kpis: { pipeline_days: 6.5 },
    });
  });

  it("never approves a failure with --approve-all, and lets a person skip it", async () => {
    const workspace = aWorkspace();

    const failed = await runCli(
      ["--workspace", workspace, "--json", "run", "M001", "--approve-all", "--by", "ana"],
      { MISSION_CONTROL_FAILURE_RATE: "1" },
    );
    const outcome = JSON.parse(failed.stdout);
    const skipped = await cli(
      workspace,
      "--json",
      "skip",
      outcome.run_id,
      "T1",
      "--reason",
      "known",
      "--by",
      "ana",
    );

    expect(failed.code).toBe(3);
    expect(outcome.pending_approvals).toMatchObject([{ task_id: "T1", stage: "failure" }]);
    expect(JSON.parse(skipped.stdout)).toMatchObject({
      task_status_by_id: { T1: "completed", T2: "awaiting_approval" },
    });
  });

  it("edits values, turned into the asked type", async () => {
    const { workspace, runId } = await aWaitingRun();

    const wrong = await cli(workspace, "edit", runId, "T2", "--set", "nothing=1", "--by", "ana");
    const right = await cli(
      workspace,
      "edit",
      runId,
      "T2",
      "--set",
      "instruction=Verify twice",
      "--by",
      "ana",
    );

    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('no value "nothing" to edit, only instruction, T1.summary');
    expect(right.code).toBe(0);
    const row = readRecorded(workspace, "task_execution_logs").find(
      (log) => log["run_id"] === runId && log["task_id"] === "T2",
    );
    expect(row).toMatchObject({
      decision: "edit",
      output: { summary: "Verify twice: done by Document Verification Agent." },
    });
  });

  it("cancels a run: abandoned, and nothing waits any more", async () => {
    const { workspace, runId } = await aWaitingRun();

    const cancelled = await cli(workspace, "cancel", runId, "--reason", "duplicate", "--by", "ana");
    const resumed = await cli(workspace, "--json", "resume", runId);
    const late = await cli(workspace, "approve", runId, "T2", "--by", "ana");

    expect(cancelled).toMatchObject({ code: 0 });
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      status: "abandoned",
      pending_approvals: [],
    });
    expect(resumed.code).toBe(1);
    expect(late).toMatchObject({ code: 2 });
    expect(late.stderr).toContain("void");
    expect(readRecorded(workspace, "mission_runs").at(-1)).toMatchObject({
      ended_reason: "duplicate (ana)",
    });
  });

  it("records decisions on a run that waits elsewhere, and says where it goes on", async () => {
    const { workspace, runId } = await aWaitingRun();
    tamper(
      workspace,
      `UPDATE runs SET thread_id = 'thread-1', record = json_set(record,
        '$.thread_id', 'thread-1', '$.checkpoints', 'external') WHERE run_id = ?`,
      runId,
    );

    const approved = await cli(workspace, "--json", "approve", runId, "--by", "ana");
    const resumed = await cli(workspace, "resume", runId);

    expect(approved.code).toBe(3);
    expect(approved.stderr).toContain("Send any input to its thread thread-1");
    expect(JSON.parse(approved.stdout)).toMatchObject({ pending_approvals: [] });
    expect(resumed).toMatchObject({ code: 2 });
    expect(resumed.stderr).toMatch(/^EXTERNAL_RUN: .*thread-1/);
  });

  it("lists what waits, what ran, and one run with its timeline", async () => {
    const { workspace, runId } = await aWaitingRun();

    const waiting = await cli(workspace, "--json", "approvals");
    const all = await cli(workspace, "--json", "runs");
    const some = await cli(workspace, "runs", "--mission", "M001", "--status", "awaiting_approval");
    const shown = await cli(workspace, "show", runId);

    expect(JSON.parse(waiting.stdout)).toMatchObject([{ approval_id: `APR-${runId}-T2-1` }]);
    expect(JSON.parse(all.stdout)).toHaveLength(9);
    expect(some.stdout.trim().split("\n")).toHaveLength(2);
    expect(shown.stdout).toContain("Tasks: T1 completed, T2 awaiting approval, T3 pending");
  });

  it("prints schemas, the policy, the statistics and the graph", async () => {
    const workspace = aWorkspace();

    const [schema, names, policy, stats, graph] = await Promise.all([
      cli(workspace, "schema", "mission_runs"),
      cli(workspace, "--json", "schema"),
      cli(workspace, "policy"),
      cli(workspace, "--json", "stats"),
      cli(workspace, "graph"),
    ]);

    expect(JSON.parse(schema.stdout)).toMatchObject({ type: "array", items: { type: "object" } });
    expect(JSON.parse(names.stdout)).toHaveLength(12);
    expect(JSON.parse(policy.stdout)).toMatchObject({ approvals: { due_minutes: 5 } });
    expect(JSON.parse(stats.stdout)).toHaveLength(5);
    expect(graph.stdout).toContain("await_approvals -.-> execute_tasks");
  });

  it("shows what is recorded, whatever the documents and the policy are like", async () => {
    const { workspace, runId } = await aWaitingRun();
    writeDocument(workspace, "policy", { approvals: { due_minuts: 3 } });
    writeDocument(workspace, "decomposed_mission_tasks", "no plans");

    const runs = await cli(workspace, "runs");
    const approvals = await cli(workspace, "approvals", "--run", runId);
    const risks = await cli(workspace, "risks");
    const missing = await cli(workspace, "approvals", "--run", "RUN_X");
    const acts = await cli(workspace, "approve", runId, "T2", "--by", "ana");

    expect(runs).toMatchObject({ code: 0, stdout: expect.stringContaining(runId) });
    expect(approvals).toMatchObject({ code: 0, stdout: expect.stringContaining("T2") });
    expect(risks).toMatchObject({ code: 0, stderr: "" });
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("RUN_X") });
    expect(acts).toMatchObject({ code: 2, stderr: expect.stringContaining("due_minuts") });
  });

  it("shows every fault and warning of the documents and the policy at once", async () => {
    const workspace = aWorkspace();
    const plans = readDocument(workspace, "decomposed_mission_tasks");
    writeDocument(workspace, "decomposed_mission_tasks", [
      { ...plans[0], mission_id: "M009", tasks: [] },
      ...plans.slice(1),
    ]);
    writeDocument(workspace, "policy", { approvals: { due_minuts: 3 } });
    const missions = readDocument(workspace, "business_missions");
    writeDocument(
      workspace,
      "business_missions",
      missions.map((mission) => ({ ...mission, colour: "red" })),
    );

    const { code: exitCode, stdout } = await cli(workspace, "--json", "validate");

    const { faults, warnings } = JSON.parse(stdout);
    expect(exitCode).toBe(2);
    const codes = faults.map((fault: { code: string }) => fault.code);
    expect(codes).toEqual(["NO_PLAN", "UNKNOWN_MISSION", "WRONG_FIELD"]);
    const warned = warnings.map((warning: { code: string }) => warning.code);
    expect(warned.toSorted()).toEqual([
      "UNKNOWN_FIELD",
      "UNKNOWN_FIELD",
      "UNKNOWN_FIELD",
      "UNUSED_CAPABILITY",
      "UNUSED_CAPABILITY",
      "UNUSED_CAPABILITY",
    ]);
  });
});

describe("bad input at the command line", () => {
  it.each([
    ["an unknown mission", ["run", "M999"], "UNKNOWN_MISSION", "one of M001, M002, M003"],
    ["a mission that is a path", ["run", "../../x"], "UNKNOWN_MISSION", "../../x"],
    ["a run that does not exist", ["show", "RUN_X"], "UNKNOWN_RUN", "RUN_X"],
    ["a run that is a path", ["resume", "../../../etc/passwd"], "UNKNOWN_RUN", "passwd"],
    ["an unknown command", ["frobnicate"], "USAGE", "frobnicate"],
    ["an unknown flag", ["runs", "--bogus"], "USAGE", "--bogus"],
    ["an unknown status", ["runs", "--status", "fine"], "USAGE", "awaiting_approval"],
    ["an unknown priority", ["run", "M001", "--priority", "urgent"], "USAGE", "critical"],
    ["a figure that is none", ["run", "M001", "--kpi", "csat=good"], "USAGE", "csat"],
    ["an unknown document", ["schema", "nothing"], "USAGE", "mission_runs"],
    [
      "a policy that is not there",
      ["--policy", "/nowhere.json", "policy"],
      "USAGE",
      "/nowhere.json",
    ],
    ["an unknown store", ["--store", "ftp://x", "runs"], "USAGE", "ftp:"],
  ])("refuses %s with exit 2 and without a stack", async (_name, args, code, part) => {
    const workspace = aWorkspace();

    const ended = await cli(workspace, ...args);

    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(new RegExp(`^${code}: `));
    expect(ended.stderr).toContain(part);
    expect(ended.stderr).not.toContain("    at ");
    expect(JSON.parse((await cli(workspace, "--json", "runs")).stdout)).toHaveLength(8);
  });

  it("says how to make a workspace where there is none", async () => {
    const ended = await cli(join(aFolder(), "none"), "runs");

    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^NO_WORKSPACE: .*mission-control init/);
  });

  it("never makes a workspace in a folder with something else in it", async () => {
    const folder = aFolder();
    writeFileSync(join(folder, "thesis.txt"), "five years of work");

    const ended = await cli(folder, "init");

    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("is not empty");
  });

  it("names line and column of malformed JSON", async () => {
    const workspace = aWorkspace();
    writeFileSync(join(workspace, "mission_kpis.json"), '[\n  { "mission_id": "M001", }\n]');

    const ended = await cli(workspace, "run", "M001");

    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /^BAD_DOCUMENT: mission_kpis\.json: not JSON at line 2, column \d+/,
    );
  });

  it("names the field and what was expected", async () => {
    const workspace = aWorkspace();
    writeDocument(workspace, "specialized_agents", [
      { agent_id: "A 1", name: "A", status: "asleep" },
    ]);

    const ended = await cli(workspace, "--json", "validate");

    const { faults } = JSON.parse(ended.stdout);
    expect(faults.map((fault: { field: string }) => fault.field)).toEqual(["agent_id", "status"]);
  });

  it("takes a reason of 10,000 characters, and refuses a longer one before anything is written", async () => {
    const { workspace, runId } = await aWaitingRun();

    const long = await cli(
      workspace,
      "reject",
      runId,
      "T2",
      "--reason",
      "x".repeat(10_001),
      "--by",
      "ana",
    );
    const right = await cli(
      workspace,
      "reject",
      runId,
      "T2",
      "--reason",
      "x".repeat(10_000),
      "--by",
      "ana",
    );

    expect(long.code).toBe(2);
    expect(right.code).toBe(1);
    const [request] = readRecorded(workspace, "approval_requests");
    expect(String(request?.["reason"])).toHaveLength(10_000);
  });

  it("takes the name that the system knows where $USER is not set", async () => {
    const { workspace, runId } = await aWaitingRun();

    const ended = await runCli(["--workspace", workspace, "approve", runId], { USER: "" });

    expect(ended).toMatchObject({ code: 0 });
    expect(readRecorded(workspace, "approval_requests").at(-1)).toMatchObject({
      decided_by: userInfo().username,
    });
  });

  it("shows control characters from data as harmless text", async () => {
    const workspace = join(aFolder(), "workspace");
    initWorkspace(workspace);
    const plans = JSON.parse(
      readFileSync(join(workspace, "decomposed_mission_tasks.json"), "utf8"),
    );
    plans[0].tasks[0].task = "Collect\u001B[2J\u0007 it";
    writeDocument(workspace, "decomposed_mission_tasks", plans);

    const { stdout } = await cli(workspace, "run", "M001");

    expect(stdout).toContain("T1 Collect\uFFFD[2J\uFFFD it");
    expect(stdout).not.toContain("\u001B");
  });
});
