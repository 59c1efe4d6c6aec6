import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { cli } from "../support/command-line.ts";
import { aFolder, aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

const SWEEP = "task-overrun.task.overrun_pct=40..60:10";

/** A policy file outside of any workspace. */
function aPolicyFile(policy: unknown): string {
  const file = join(aFolder(), "tested.json");
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

/** Every file of a folder with its text, but for the database that opening it makes. */
function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes(".mission-control"))
      .map((path) => [path, readFileSync(path, "utf8")]),
  );
}

describe("backtest", () => {
  it("compares a policy with the one in force, and writes nothing to the workspace", async () => {
    const workspace = aWorkspace();
    const before = contentOf(workspace);
    const policy = aPolicyFile({ approvals: { due_minutes: 4 } });

    const text = await cli(workspace, "backtest", "--policy", policy);
    const json = await cli(workspace, "--json", "backtest", "--policy", policy);

    expect(text.code).toBe(0);
    expect(text.stdout).toContain("Risk events: 1 appear (+), 0 vanish (-), 5 stay the same.");
    expect(text.stdout).toContain("precision 0.75, recall 1");
    expect(JSON.parse(json.stdout)).toMatchObject({
      events: { appear: [{ run_id: "RUN_2026_02_03_002", task_id: "T2" }], vanish: [], same: 5 },
      precision: 0.75,
      recall: 1,
      not_evaluable: [{ n: 8 }],
    });
    expect(contentOf(workspace)).toEqual(before);
  });

  it("compares with another file, and agrees with itself", async () => {
    const workspace = aWorkspace();
    const policy = aPolicyFile({ approvals: { due_minutes: 4 } });

    const mirrored = await cli(workspace, "--json", "backtest", "--against", policy);
    const same = await cli(workspace, "backtest", "--policy", policy, "--against", policy);

    expect(JSON.parse(mirrored.stdout).events.vanish).toHaveLength(1);
    expect(same.stdout).toContain("0 appear (+), 0 vanish (-), 6 stay the same.");
    expect(same.stdout).toContain("Everything could be evaluated.");
  });

  it("sweeps a threshold into a table and a page", async () => {
    const workspace = aWorkspace();
    const page = join(aFolder(), "sweep.html");

    const text = await cli(workspace, "backtest", "--sweep", SWEEP, "--html", page);
    const json = await cli(workspace, "--json", "backtest", "--sweep", SWEEP);

    expect(text.stdout).toMatch(/VALUE +EVENTS +FLAGGED RUNS +PRECISION +RECALL\n40 +5 +3 +1 +1\n/);
    expect(text.stdout).toContain(`Wrote ${page}.`);
    expect(readFileSync(page, "utf8")).toContain("Sweep of task-overrun");
    expect(JSON.parse(json.stdout).sweep.points).toHaveLength(3);
  });

  it.each([
    [["--against", "/nowhere.json"], "There is no policy file /nowhere.json."],
    [["--sweep", "x.y=1..2:1"], "Its rules: task-overrun, approval-delay"],
    [["--sweep", "task-overrun.task.attempts=1..2:1"], "Its metrics: task.overrun_pct"],
    [["--html", "/tmp/never.html"], "name it with --sweep"],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await cli(aWorkspace(), "backtest", ...args);

    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^USAGE: /);
    expect(stderr).toContain(message);
  });

  it("refuses a policy with faulty rules, whichever side it is on", async () => {
    const workspace = aWorkspace();
    const when = { all: [{ metric: "task.speed", op: ">=", value: 1 }] };
    const rule = { rule_id: "x", risk_type: "x", scope: "task", severity: "low", description: "X" };
    const faulty = aPolicyFile({ risk: { rules: [{ ...rule, when }] } });

    for (const side of ["--policy", "--against"]) {
      const { code, stderr } = await cli(workspace, "backtest", side, faulty);

      expect(code).toBe(2);
      expect(stderr).toContain("task.speed");
    }
  });
});

describe("advise", () => {
  /** T2 was approved 73 times, and nothing was ever changed. */
  function aTrustedGate(): string {
    const workspace = aWorkspace();
    const runs = Array.from({ length: 73 }, (_, index) => `RUN_${index}`);
    const decided = { human_approval_required: true, human_delay_minutes: 4, outcome: "approved" };
    const row = { mission_id: "M001", task_id: "T2", agent_id: "A2", actual_duration_minutes: 13 };
    writeDocument(
      workspace,
      "task_execution_logs",
      runs.map((run_id) => ({ run_id, ...row, ...decided })),
    );
    return workspace;
  }

  it("keeps the sample's gates and has nothing to propose", async () => {
    const workspace = aWorkspace();
    const out = join(aFolder(), "proposal.json");

    const text = await cli(workspace, "advise", "--out", out);
    const json = await cli(workspace, "--json", "advise");

    expect(text.code).toBe(0);
    expect(text.stdout).toContain("Nothing to propose");
    expect(existsSync(out)).toBe(false);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { task_id: "T2", advice: "keep", n: 3 },
      {},
      {},
    ]);
  });

  it("proposes plans in a file, and leaves the workspace as it was", async () => {
    const workspace = aTrustedGate();
    const before = contentOf(workspace);
    const out = join(aFolder(), "proposal.json");

    const { code, stdout } = await cli(workspace, "advise", "--out", out);

    const plans = readDocument(workspace, "decomposed_mission_tasks");
    const relaxed = JSON.stringify(plans).replace(
      '"depends_on":["T1"],"estimated_duration_minutes":10,"requires_human_approval":true',
      '"depends_on":["T1"],"estimated_duration_minutes":10,"requires_human_approval":false',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/M001 +T2 +yes +relax +73 +0\.9507 +0 +0 +4 min +292 min/);
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(JSON.parse(relaxed));
    expect(contentOf(workspace)).toEqual(before);
  });

  it("refuses to write over a document of the workspace", async () => {
    const workspace = aTrustedGate();
    const before = contentOf(workspace);

    const out = join(workspace, "decomposed_mission_tasks.json");
    const { code, stderr } = await cli(workspace, "advise", "--out", out);

    expect(code).toBe(2);
    expect(stderr).toContain("advice is never applied");
    expect(contentOf(workspace)).toEqual(before);
  });
});
